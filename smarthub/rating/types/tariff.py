"""A tariff as a value: what is charged, under which name, from which date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from smarthub.kernel.quantity import Unit
from smarthub.kernel.text import Text
from smarthub.rating.types import fields
from smarthub.rating.types.calendar import Calendar, read_calendar
from smarthub.rating.types.charges import (
    ANYTIME,
    BY_PERIOD,
    COINCIDENT,
    TAXES,
    Charge,
    Demand,
    District,
    ExportCredit,
    Minimum,
    PercentTax,
    PerUnit,
    Rider,
    SharedSolar,
    Subscription,
    TimeOfUse,
    UnmeteredLight,
    WinterAverage,
    exempt_code,
    exempt_name,
)
from smarthub.rating.types.errors import (
    ChargeCodeRepeated,
    FieldUnknown,
    NameUnknown,
    TariffHasGap,
    UnitsDiffer,
)
from smarthub.rating.types.kinds import read_charge
from smarthub.rating.types.lined import located

LEADING = ("code", "kind", "name", "seasons", "months", "unit")
FIELDS = (
    "code", "service", "effective_from", "name", "sentence", "conversion", "settings", "seasons",
    "holidays", "periods", "demand_periods", "netting", "choice", "charges",
)  # fmt: skip
SETTINGS: Mapping[str, tuple[str, ...]] = {
    "proration": ("month_days", "thirty_days"),
    "block_counting": ("pro_rata", "in_order", "each_period"),
    "season_by": ("use_date", "bill_month"),
}
"""What is ambiguous between co-ops: each setting's choices, the default first."""
DEMAND_MINUTES = (15, 30, 60)
ROUNDINGS = ("nearest", "down")
PRORATED = ("fixed", "minimum")
"""What a part of a month makes smaller, where the tariff does not say."""
MAY_BE_PRORATED = ("fixed", "minimum", "blocks", "demand")
CREDITS = ("this_month", "next_month")
NAMED = {"pay", "next_month"}
"""Settlements that make a line of their own, which needs a name."""
NETTINGS = ("kwh_bank", "month", "hour", "none")


@dataclass(frozen=True, slots=True)
class Settings:
    """What is ambiguous between co-ops, and so is said by the tariff; docs give the defaults."""

    proration: str = "month_days"
    block_counting: str = "pro_rata"
    season_by: str = "use_date"
    demand_minutes: int | None = None
    prorated: tuple[str, ...] = PRORATED


@dataclass(frozen=True, slots=True)
class Netting:
    """How energy a member delivers to us is set against what she takes (rules 94 to 96).

    ``kwh_bank`` carries a surplus to later months, ``month`` and ``hour`` net within them and
    leave the surplus to an export credit; ``none`` prices both flows as they were measured. A
    ``credit`` of ``next_month`` comes off the energy of later months instead of its own bill.
    """

    kind: str = "none"
    by_period: bool = False
    true_up_month: int | None = None
    settle: str = "forfeit"
    rate: Decimal = Decimal(0)
    name: Text | None = None
    credit: str = "this_month"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rates a member may choose between, and on which terms (rule 142).

    Rates of one ``group`` are compared with each other. One that is not ``open`` keeps its members
    and takes no more; ``needs`` is what a member must have, told beside it.
    """

    group: str
    open: bool = True
    needs: Text | None = None
    minimum_stay_months: int = 0


@dataclass(frozen=True, slots=True)
class Conversion:
    """How what the meter counts becomes what is charged: ccf x 1.025 = therms, to 0.1.

    The factor may have dates of its own, as a rider's rate has; then ``factor_of`` names it.
    """

    source: Unit
    target: Unit
    factor: Decimal | None
    decimals: int
    rounding: str = "nearest"
    factor_of: str = ""


@dataclass(frozen=True)
class Tariff:
    """One version of a tariff: its charges, in the order the bill shows them (rule 24).

    What follows from its charges is worked out once: a bill run asks it for every account.
    """

    code: str
    service: str
    name: Text
    effective_from: dt.date
    sentence: Text | None
    conversion: Conversion | None
    charges: tuple[Charge, ...]
    settings: Settings = Settings()
    calendar: Calendar = field(default_factory=Calendar)
    netting: Netting = Netting()
    choice: Choice | None = None

    @classmethod
    def from_json(cls, definition: Mapping[str, Any]) -> Tariff:
        """Read and check a definition; docs/operating/tariffs.md shows one.

        Raises:
            SpanishMissing: a name or the sentence is not in both languages.
            ChargeKindUnknown: a charge is of no kind the engine knows.
            ChargeCodeRepeated: two charges share a code.
            FieldUnknown: a field means nothing there.
            TariffHasGap: a value is absent, or is not a number or date.
            UnitsDiffer: the charges do not all count the same unit.
            Refused: blocks, seasons or periods leave a gap or overlap; docs/errors.md lists all.
        """
        fields.known_fields(definition, FIELDS, "tariff")
        conversion, sentence = definition.get("conversion"), definition.get("sentence")
        choice = definition.get("choice")
        return cls(
            code=fields.word(definition, "code"),
            service=fields.word(definition, "service"),
            name=fields.text(definition, "name", "name"),
            effective_from=fields.date(definition, "effective_from"),
            sentence=fields.text(definition, "sentence", "sentence") if sentence else None,
            conversion=_conversion(conversion) if conversion else None,
            charges=_charges(definition),
            settings=_settings(definition.get("settings") or {}),
            calendar=read_calendar(definition),
            netting=_netting(definition.get("netting") or {}),
            choice=_choice(choice) if choice else None,
        )

    def __post_init__(self) -> None:
        if not self.charges:
            raise TariffHasGap(where="charges")
        codes = [charge.code for charge in self.charges]
        for code in codes:
            if codes.count(code) > 1:
                raise ChargeCodeRepeated(charge=code)
        self._check_units()
        self._check_names(codes)

    def _check_units(self) -> None:
        counted = set(self._units)
        expected = {self.conversion.target} if self.conversion else counted
        if len(counted) > 1 or counted - expected:
            raise UnitsDiffer(units=sorted(counted | expected))

    def _check_names(self, codes: Collection[str]) -> None:
        for charge in self.charges:
            for season in charge.when.seasons:
                _known(charge, season, self.calendar.season_codes)
            for period in _periods_named(charge):
                known = self.calendar.for_demand if isinstance(charge, Demand) else self.calendar
                _known(charge, period, known.period_codes)
            self._check_every_period_priced(charge)
            for code in _charges_named(charge):
                _known(charge, code, codes)

    def _check_every_period_priced(self, charge: Charge) -> None:
        if isinstance(charge, TimeOfUse):
            priced = {code for code, _tiers in charge.rates}
            for period in self.calendar.period_codes:
                if period not in priced:
                    raise TariffHasGap(where=f"{charge.code}.rates.{period}")

    @property
    def _units(self) -> list[Unit]:
        """The units its charges count on the meter; a lamp's and a winter's are not metered now."""
        unmetered = (UnmeteredLight, WinterAverage)
        units = [getattr(c, "unit", None) for c in self.charges if not isinstance(c, unmetered)]
        return [unit for unit in units if unit is not None]

    @cached_property
    def billed_unit(self) -> Unit | None:
        """What the charges count, or ``None`` where nothing is metered."""
        return next(iter(self._units), None)

    @cached_property
    def metered_unit(self) -> Unit | None:
        """What the meter must count for this tariff, or ``None`` where nothing is metered."""
        if any(isinstance(charge, UnmeteredLight) for charge in self.charges):
            return None
        return self.conversion.source if self.conversion else self.billed_unit

    @cached_property
    def needs_intervals(self) -> bool:
        """Whether a register's total cannot price it: hours, demands or exports count."""
        if self.calendar.periods or self.netting.kind != "none":
            return True
        return any(isinstance(c, Demand | ExportCredit | TimeOfUse) for c in self.charges)

    @cached_property
    def leaves_something(self) -> bool:
        """Whether later bills rest on this one: a ratchet, a bank, a credit, a year's least."""
        if self.netting.kind == "kwh_bank" or self.netting.credit == "next_month":
            return True
        return any(
            (isinstance(charge, Demand) and charge.ratchet is not None)
            or (isinstance(charge, Minimum) and charge.per == "year")
            for charge in self.charges
        )

    @cached_property
    def in_advance(self) -> bool:
        """Whether the tariff is a subscription, billed for the calendar month ahead (rule 38)."""
        return any(isinstance(charge, Subscription) for charge in self.charges)

    @cached_property
    def districts(self) -> tuple[District, ...]:
        """The boundaries its taxes hold inside of; none for most tariffs (rule 34)."""
        named = [charge.inside for charge in self.charges if isinstance(charge, TAXES)]
        return tuple(dict.fromkeys(each for each in named if each is not None))

    @property
    def rider_codes(self) -> tuple[str, ...]:
        """The riders whose rates the price needs."""
        return tuple(charge.rider for charge in self.charges if isinstance(charge, Rider))

    @property
    def pays_for_export(self) -> bool:
        """Whether a bill below zero may be right, for the member sells to us (rule 96)."""
        return any(isinstance(charge, ExportCredit) for charge in self.charges)

    @property
    def shared_arrays(self) -> tuple[str, ...]:
        """The arrays whose blocks its members may hold (rule 39)."""
        return tuple(c.array for c in self.charges if isinstance(c, SharedSolar))

    @property
    def prices_demand(self) -> bool:
        """Whether any charge goes by the highest demand."""
        return any(isinstance(charge, Demand) for charge in self.charges)

    def name_of(self, line_code: str) -> Text:
        """Return the name a bill line of ``line_code`` carries.

        A line of one time-of-use period is ``charge.period``, the bank's is ``bank``, what a
        certificate takes off a tax is ``tax.exempt``, and a credit of three blocks ``solar.3``.
        """
        if line_code == BANK and self.netting.name:
            return self.netting.name
        for charge in self.charges:
            if line_code == charge.code:
                return charge.name
            if isinstance(charge, TAXES) and line_code == exempt_code(charge.code):
                return exempt_name(charge.name)
            if line_code.startswith(f"{charge.code}.") and isinstance(charge, SharedSolar):
                return charge.line_name(line_code.removeprefix(f"{charge.code}."))
            if line_code.startswith(f"{charge.code}."):
                return self.name_in_period(charge, line_code.removeprefix(f"{charge.code}."))
        raise StopIteration(line_code)

    def name_in_period(self, charge: Charge, period: str) -> Text:
        """Return a charge's name with the period's: ``Energy, on-peak``."""
        held = self.calendar.period_name(period)
        if held is None:
            return charge.name
        return Text(f"{charge.name.en}, {held.en}", f"{charge.name.es}, {held.es}")


BANK = "bank"


def _known(charge: Charge, name: str, names: Collection[str]) -> None:
    if name not in names:
        raise NameUnknown(where=charge.code, name=name)


def _periods_named(charge: Charge) -> list[str]:
    if isinstance(charge, BY_PERIOD):
        return [code for code, _tiers in charge.rates if code]
    if isinstance(charge, PerUnit) and charge.period:
        return [charge.period]
    if isinstance(charge, Demand) and charge.of not in (ANYTIME, COINCIDENT):
        return [charge.of]
    return []


def _charges_named(charge: Charge) -> tuple[str, ...]:
    if isinstance(charge, PercentTax):
        return charge.on
    return charge.counts if isinstance(charge, Minimum) else ()


def _charges(definition: Mapping[str, Any]) -> tuple[Charge, ...]:
    given = definition.get("charges") or ()
    if not isinstance(given, list | tuple) or not all(isinstance(c, Mapping) for c in given):
        raise TariffHasGap(where="charges", **located(definition, "charges"))
    return tuple(read_charge(each) for each in given)


def _conversion(value: Mapping[str, Any]) -> Conversion:
    allowed = ("from", "to", "factor", "factor_of", "decimals", "rounding")
    fields.known_fields(value, allowed, "conversion")
    is_dated = "factor_of" in value
    if is_dated and "factor" in value:
        raise FieldUnknown(where="conversion", field="factor", **located(value, "factor"))
    return Conversion(
        source=fields.unit(value, "from"),
        target=fields.unit(value, "to"),
        factor=None if is_dated else fields.number(value, "factor"),
        decimals=int(fields.number(value, "decimals")),
        rounding=fields.one_of(value, "rounding", ROUNDINGS, "nearest"),
        factor_of=fields.word(value, "factor_of") if is_dated else "",
    )


def in_reading_order(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return a definition with its fields in the order people write them; it means the same."""
    charges = [
        {field: charge[field] for field in sorted(charge, key=_place_in_charge)}
        for charge in definition.get("charges", ())
    ]
    ordered = {field: definition[field] for field in FIELDS if field in definition}
    return {**ordered, "charges": charges}


def _place_in_charge(field: str) -> tuple[int, str]:
    return (LEADING.index(field) if field in LEADING else len(LEADING)), field


def _choice(value: Mapping[str, Any]) -> Choice:
    fields.known_fields(value, ("group", "open", "needs", "minimum_stay_months"), "choice")
    return Choice(
        fields.word(value, "group"),
        fields.flag(value, "open") if "open" in value else True,
        fields.text(value, "needs", "choice.needs") if "needs" in value else None,
        int(fields.number_or(value, "minimum_stay_months", "0")),
    )


def _settings(value: Mapping[str, Any]) -> Settings:
    fields.known_fields(value, (*SETTINGS, "demand_minutes", "prorated"), "settings")
    chosen = {
        name: fields.one_of(value, name, choices, choices[0]) for name, choices in SETTINGS.items()
    }
    minutes = value.get("demand_minutes")
    if minutes not in (None, *DEMAND_MINUTES):
        raise TariffHasGap(where="demand_minutes", **located(value, "demand_minutes"))
    prorated = fields.words(value, "prorated") if "prorated" in value else PRORATED
    if set(prorated) - set(MAY_BE_PRORATED):
        raise TariffHasGap(where="prorated", **located(value, "prorated"))
    return Settings(**chosen, demand_minutes=minutes, prorated=prorated)


def _netting(value: Mapping[str, Any]) -> Netting:
    allowed = ("kind", "by_period", "true_up_month", "settle", "rate", "name", "credit")
    fields.known_fields(value, allowed, "netting")
    credit = fields.one_of(value, "credit", CREDITS, "this_month")
    settle = fields.one_of(value, "settle", ("forfeit", "pay", "roll"), "forfeit")
    return Netting(
        fields.one_of(value, "kind", NETTINGS, "none"),
        fields.flag(value, "by_period"),
        fields.month(value, "true_up_month"),
        settle,
        fields.number(value, "rate") if settle == "pay" else Decimal(0),
        fields.text(value, "name", "netting.name") if {settle, credit} & NAMED else None,
        credit,
    )
