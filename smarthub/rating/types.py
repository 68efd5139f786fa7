"""A tariff as a value: what is charged, under which name, from which date.

A definition is plain data (JSON in the database, YAML in a rate book) and is checked here, so
nothing half-translated, misspelt or unpriceable is ever published. Plain Python.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from smarthub.kernel.errors import Refused, Unavailable
from smarthub.kernel.money import Money
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.kernel.text import Text


class SpanishMissing(Refused):
    """A name or sentence lacks English or Spanish (domain rule 116); ``where`` says which."""

    code = "spanish_missing"


class ChargeKindUnknown(Refused):
    """A charge is of a ``kind`` the engine cannot price."""

    code = "charge_kind_unknown"


class ChargeCodeRepeated(Refused):
    """Two charges of one tariff share a code, so a bill line could not be named."""

    code = "charge_code_repeated"


class TariffHasGap(Refused):
    """A value the price needs is absent or not readable; ``where`` says which."""

    code = "tariff_has_gap"


class UnitsDiffer(Refused):
    """Charges of one tariff count different units, or not the one it converts to."""

    code = "units_differ"


class TariffMissing(Unavailable):
    """No version of the tariff holds on that date."""

    code = "rate_missing"


@dataclass(frozen=True, slots=True)
class FixedMonthly:
    """So many dollars for each month of service, prorated by days (rules 30 and 32)."""

    code: str
    name: Text
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Subscription:
    """So many dollars for each calendar month, billed in advance (rule 38)."""

    code: str
    name: Text
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PerUnit:
    """So many dollars for each unit used (rule 26)."""

    code: str
    name: Text
    unit: Unit
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Rider:
    """Dollars for each unit used, at the rider's rate on the bill date (rule 25)."""

    code: str
    name: Text
    unit: Unit
    rider: str


@dataclass(frozen=True, slots=True)
class LesserOfTax:
    """The lesser of dollars a unit and a percentage of the price (rule 33)."""

    code: str
    name: Text
    unit: Unit
    rate: Decimal
    percent: Decimal


Charge = FixedMonthly | Subscription | PerUnit | Rider | LesserOfTax


@dataclass(frozen=True, slots=True)
class Conversion:
    """How what the meter counts becomes what is charged: ccf x 1.025 = therms, to 0.1."""

    source: Unit
    target: Unit
    factor: Decimal
    decimals: int


@dataclass(frozen=True, slots=True)
class Tariff:
    """One version of a tariff: its charges, in the order the bill shows them (rule 24)."""

    code: str
    service: str
    name: Text
    effective_from: dt.date
    sentence: Text | None
    conversion: Conversion | None
    charges: tuple[Charge, ...]

    @classmethod
    def from_json(cls, definition: Mapping[str, Any]) -> Tariff:
        """Read and check a definition; docs/operating/tariffs.md shows one.

        Raises:
            SpanishMissing: a name or the sentence is not in both languages.
            ChargeKindUnknown: a charge is of no kind the engine knows.
            ChargeCodeRepeated: two charges share a code.
            TariffHasGap: a value is absent, or is not a number or date.
            UnitsDiffer: the charges do not all count the same unit.
        """
        sentence, conversion = definition.get("sentence"), definition.get("conversion")
        return cls(
            code=_word(definition, "code"),
            service=_word(definition, "service"),
            name=_text(definition.get("name"), "name"),
            effective_from=_date(definition, "effective_from"),
            sentence=_text(sentence, "sentence") if sentence else None,
            conversion=_conversion(conversion) if conversion else None,
            charges=tuple(_charge(each) for each in definition.get("charges") or ()),
        )

    def __post_init__(self) -> None:
        if not self.charges:
            raise TariffHasGap(where="charges")
        codes = [charge.code for charge in self.charges]
        for code in codes:
            if codes.count(code) > 1:
                raise ChargeCodeRepeated(charge=code)
        self._check_units()

    def _check_units(self) -> None:
        counted = {charge.unit for charge in self.charges if hasattr(charge, "unit")}
        expected = {self.conversion.target} if self.conversion else counted
        if len(counted) > 1 or counted - expected:
            raise UnitsDiffer(units=sorted(counted | expected))

    @property
    def billed_unit(self) -> Unit | None:
        """What the charges count, or ``None`` where nothing is metered."""
        return next((charge.unit for charge in self.charges if hasattr(charge, "unit")), None)

    @property
    def metered_unit(self) -> Unit | None:
        """What the meter must count for this tariff, or ``None`` where nothing is metered."""
        return self.conversion.source if self.conversion else self.billed_unit

    @property
    def in_advance(self) -> bool:
        """Whether the tariff is a subscription, billed for the calendar month ahead (rule 38)."""
        return any(isinstance(charge, Subscription) for charge in self.charges)

    @property
    def rider_codes(self) -> tuple[str, ...]:
        """The riders whose rates the price needs."""
        return tuple(charge.rider for charge in self.charges if isinstance(charge, Rider))

    def name_of(self, charge_code: str) -> Text:
        """Return the name a bill line of ``charge_code`` carries."""
        return next(charge.name for charge in self.charges if charge.code == charge_code)


@dataclass(frozen=True, slots=True)
class PublishedTariff:
    """A tariff version and the row a bill names as the one it used."""

    version_id: int
    tariff: Tariff


class RateBook:
    """All tariff versions of some codes, in memory: a bill run asks it thousands of times."""

    def __init__(self, versions: Collection[PublishedTariff]) -> None:
        newest_first = sorted(versions, key=lambda v: v.tariff.effective_from, reverse=True)
        self._versions: dict[str, list[PublishedTariff]] = {}
        for version in newest_first:
            self._versions.setdefault(version.tariff.code, []).append(version)

    def find(self, *, code: str, on: dt.date) -> PublishedTariff:
        """Return the version of ``code`` that holds on ``on``.

        Raises:
            TariffMissing: there is none.
        """
        for version in self._versions.get(code, ()):
            if version.tariff.effective_from <= on:
                return version
        raise TariffMissing(tariff=code, on=on.isoformat())


@dataclass(frozen=True, slots=True)
class PartMonth:
    """Some days of a billing month that has ``of_days``; a move in or out makes one (rule 32)."""

    days: int
    of_days: int


@dataclass(frozen=True, slots=True)
class BilledTime:
    """How much time fixed charges are for: whole billing months, and parts of others."""

    whole_months: int = 1
    parts: tuple[PartMonth, ...] = ()


@dataclass(frozen=True, slots=True)
class BilledUse:
    """What one agreement is to be priced for: use as metered (if it is metered), and time."""

    quantity: Quantity | None = None
    time: BilledTime = BilledTime()


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One line of a bill: ``quantity`` of ``unit`` at ``rate`` dollars each is ``amount``."""

    code: str
    name: Text
    quantity: Decimal
    unit: Unit
    rate: Decimal
    amount: Money


def total_of(lines: Sequence[PricedLine]) -> Money:
    """Return the sum of the rounded lines (rule 26)."""
    return Money.sum(line.amount for line in lines)


def _word(source: Mapping[str, Any], field: str) -> str:
    value = source.get(field)
    if not isinstance(value, str) or not value.strip():
        raise TariffHasGap(where=field)
    return value


def _number(source: Mapping[str, Any], field: str) -> Decimal:
    try:
        number = Decimal(str(source[field]))
    except (KeyError, InvalidOperation):
        raise TariffHasGap(where=field) from None
    if not number.is_finite():
        raise TariffHasGap(where=field)
    return number


def _date(source: Mapping[str, Any], field: str) -> dt.date:
    value = source.get(field)
    if isinstance(value, dt.date):  # YAML reads a bare date as one
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise TariffHasGap(where=field) from None


def _unit(source: Mapping[str, Any], field: str) -> Unit:
    try:
        return Unit(source.get(field, ""))
    except ValueError:
        raise TariffHasGap(where=field) from None


def _text(value: object, where: str) -> Text:
    if not isinstance(value, Mapping):
        raise SpanishMissing(where=where)
    try:
        return Text.from_json(value)
    except ValueError:
        raise SpanishMissing(where=where) from None


def _conversion(value: Mapping[str, Any]) -> Conversion:
    return Conversion(
        source=_unit(value, "from"),
        target=_unit(value, "to"),
        factor=_number(value, "factor"),
        decimals=int(_number(value, "decimals")),
    )


def _charge(value: Mapping[str, Any]) -> Charge:
    code = _word(value, "code")
    name = _text(value.get("name"), f"{code}.name")
    match value.get("kind"):
        case "fixed_monthly":
            return FixedMonthly(code, name, _number(value, "amount"))
        case "subscription":
            return Subscription(code, name, _number(value, "amount"))
        case "per_unit":
            return PerUnit(code, name, _unit(value, "unit"), _number(value, "rate"))
        case "rider":
            return Rider(code, name, _unit(value, "unit"), _word(value, "rider"))
        case "lesser_of_tax":
            rate, percent = _number(value, "rate"), _number(value, "percent")
            return LesserOfTax(code, name, _unit(value, "unit"), rate, percent)
        case unknown:
            raise ChargeKindUnknown(kind=unknown, charge=code)
