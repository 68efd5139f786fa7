"""What a tariff may charge for: one value class for each shape of a rate schedule."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from smarthub.kernel.quantity import Unit
from smarthub.kernel.text import Text
from smarthub.rating.types.fields import Tier

ANYTIME = "anytime"
COINCIDENT = "coincident"


@dataclass(frozen=True, slots=True)
class When:
    """Seasons and billing months in which a charge is made; naming none means always."""

    seasons: tuple[str, ...] = ()
    months: tuple[int, ...] = ()


ALWAYS = When()


@dataclass(frozen=True, slots=True)
class FixedMonthly:
    """So many dollars for each month of service, prorated by days (rules 30 and 32)."""

    code: str
    name: Text
    amount: Decimal
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class FixedDaily:
    """So many dollars for each day of service (domain rules 1.3)."""

    code: str
    name: Text
    amount: Decimal
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class FixedYearly:
    """So many dollars a year, a twelfth of it each month, prorated as a month is."""

    code: str
    name: Text
    amount: Decimal
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class Subscription:
    """So many dollars for each calendar month, billed in advance (rule 38)."""

    code: str
    name: Text
    amount: Decimal
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class PerUnit:
    """So many dollars for each unit used (rule 26); perhaps of one time-of-use period only."""

    code: str
    name: Text
    unit: Unit
    rate: Decimal
    period: str = ""
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class Blocks:
    """Dollars a unit that change with the quantity (rule 27).

    ``basis`` says what a bound counts: the whole period, each day, each billed kW (hours of use),
    or each billed kW and day.
    """

    code: str
    name: Text
    unit: Unit
    tiers: tuple[Tier, ...]
    basis: str = "period"
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class TimeOfUse:
    """Dollars a unit by the hour of use, in each period perhaps in blocks (rules 20 and 27)."""

    code: str
    name: Text
    unit: Unit
    rates: tuple[tuple[str, tuple[Tier, ...]], ...]
    basis: str = "period"
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class Rider:
    """Dollars for each unit used, at the rider's rate on the bill date (rule 25).

    ``per`` may also be ``month`` (a flat amount) or ``percent`` (of the lines above). ``date`` is
    ``bill``, or ``use``: then every day is charged at the rate that held on it.
    """

    code: str
    name: Text
    unit: Unit | None
    rider: str
    per: str = "unit"
    date: str = "bill"
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class Ratchet:
    """Demand is at least a percentage of the highest of some months before (rule 28)."""

    percent: Decimal
    months: int = 11
    of_months: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PowerFactor:
    """Billed demand rises by so many percent for each point the power factor is too low."""

    below: Decimal
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Demand:
    """Dollars for each kW of the highest demand (rule 28).

    ``of`` is ``anytime``, ``coincident`` (at the supplier's peak) or a time-of-use period.
    """

    code: str
    name: Text
    of: str
    tiers: tuple[Tier, ...]
    least_kw: Decimal = Decimal(0)
    ratchet: Ratchet | None = None
    power_factor: PowerFactor | None = None
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class PerKva:
    """Dollars for each kVA of installed transformer above an allowance."""

    code: str
    name: Text
    rate: Decimal
    above: Decimal
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class PerHorsepower:
    """Dollars for each horsepower of connected motors, in the months it is billed."""

    code: str
    name: Text
    rate: Decimal
    least: Decimal
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class UnmeteredLight:
    """A price for each lamp; its kWh go through riders and taxes (rule 37)."""

    code: str
    name: Text
    amount: Decimal
    kwh: Decimal
    unit: Unit = Unit.KWH
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class WinterAverage:
    """Dollars for each unit of the account's winter average, whatever is used now."""

    code: str
    name: Text
    unit: Unit
    rate: Decimal
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class ExportCredit:
    """Dollars paid for each unit the member delivers to us; perhaps by time of use (rule 96)."""

    code: str
    name: Text
    unit: Unit
    rates: tuple[tuple[str, tuple[Tier, ...]], ...]
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class SharedSolar:
    """Dollars credited for each kWh a shared array made on the blocks an account holds (rule 39).

    What a block made in a month is dated in the rider book under the code of the ``array``.
    """

    code: str
    name: Text
    rate: Decimal
    array: str
    when: When = ALWAYS

    def line_code(self, blocks: int) -> str:
        """Return the code of its line, which holds the number of blocks."""
        return f"{self.code}.{blocks}"

    def line_name(self, blocks: str) -> Text:
        """Return the name of its line, which says the number of blocks."""
        if blocks == "1":
            return Text(f"{self.name.en}, 1 block", f"{self.name.es}, 1 bloque")
        return Text(f"{self.name.en}, {blocks} blocks", f"{self.name.es}, {blocks} bloques")


@dataclass(frozen=True, slots=True)
class Minimum:
    """The least a bill comes to, before taxes and as a line of its own (rule 29).

    The least is ``amount``, with ``kva_rate`` for each kVA above ``kva_above``, and ``kw_rate``
    for each kW of the highest demand. ``credits_stay`` keeps a bill below zero from eating it.
    """

    code: str
    name: Text
    amount: Decimal
    per: str = "month"
    kva_rate: Decimal = Decimal(0)
    kva_above: Decimal = Decimal(0)
    kw_rate: Decimal = Decimal(0)
    counts: tuple[str, ...] = ()
    settles_in: int = 12
    credits_stay: bool = False
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class District:
    """A boundary a tax holds inside of, such as a city's: its code, and its name in a sentence."""

    code: str
    name: Text


@dataclass(frozen=True, slots=True)
class LesserOfTax:
    """The lesser of dollars a unit and a percentage of the price (rule 33).

    Any tax may hold only ``inside`` a district; its name then says so (rule 34).
    """

    code: str
    name: Text
    unit: Unit
    rate: Decimal
    percent: Decimal
    when: When = ALWAYS
    inside: District | None = None


@dataclass(frozen=True, slots=True)
class PercentTax:
    """A percentage of the rounded lines it is on; with ``on_tax``, of the taxes above too."""

    code: str
    name: Text
    percent: Decimal
    on: tuple[str, ...] = ()
    on_tax: bool = False
    when: When = ALWAYS
    inside: District | None = None


@dataclass(frozen=True, slots=True)
class TieredTax:
    """Dollars a unit in steps, for each purchaser and month (rule 34)."""

    code: str
    name: Text
    unit: Unit
    tiers: tuple[Tier, ...]
    when: When = ALWAYS
    inside: District | None = None


FixedCharge = FixedMonthly | FixedDaily | FixedYearly | Subscription
Tax = LesserOfTax | PercentTax | TieredTax
Charge = (
    FixedMonthly | FixedDaily | FixedYearly | Subscription | PerUnit | Blocks | TimeOfUse | Rider
    | Demand | PerKva | PerHorsepower | UnmeteredLight | WinterAverage | ExportCredit
    | SharedSolar | Minimum | LesserOfTax | PercentTax | TieredTax
)  # fmt: skip
TAXES = (LesserOfTax, PercentTax, TieredTax)
BY_PERIOD = (TimeOfUse, ExportCredit)
EXEMPT = "exempt"


def exempt_code(tax_code: str) -> str:
    """Return the code of the line that takes a tax off again (rule 35)."""
    return f"{tax_code}.{EXEMPT}"


def exempt_name(tax_name: Text) -> Text:
    """Return the name of that line."""
    return Text(f"{tax_name.en}, exempt by certificate", f"{tax_name.es}, exento por certificado")


def inside_name(tax_name: Text, district: District) -> Text:
    """Return the name of a tax that is taken only inside a district, which it says (rule 34)."""
    held = district.name
    return Text(f"{tax_name.en}, inside {held.en}", f"{tax_name.es}, dentro de {held.es}")
