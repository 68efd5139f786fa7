"""Count what is billed: convert, net what was given back, split by season and period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction

from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity
from smarthub.rating.engine.making import settled
from smarthub.rating.types import (
    ALL_DAY,
    ALL_YEAR,
    BilledTime,
    BilledUse,
    Bucket,
    Charge,
    Contract,
    Conversion,
    Determinants,
    FactMissing,
    History,
    Run,
    Tariff,
    UnmeteredLight,
)

ZERO = Decimal(0)
QUANTITY_DECIMALS = 3
Sums = Mapping[Bucket, Decimal]


@dataclass(frozen=True, slots=True)
class Counted:
    """What the charges of one tariff count in one period: the ground of every line."""

    tariff: Tariff
    use: BilledUse
    measured: Determinants
    billed: Sums
    exported: Sums
    bank: Mapping[str, Decimal]

    @property
    def share(self) -> Fraction:
        """How much of its whole period is priced; one, where no price changed inside it."""
        return self.use.share

    @property
    def demand_share(self) -> Fraction:
        """How much of a month's demand charge is made (the setting ``prorated``)."""
        if "demand" not in self.tariff.settings.prorated:
            return self.share
        return min(months_of(self.use.time), Fraction(1))

    @property
    def quantity(self) -> Decimal:
        """Everything riders and taxes count: billed use, and what lamps use unmetered (rule 37)."""
        return sum(self.billed.values(), ZERO) + self.lamps_use

    @property
    def lamps_use(self) -> Decimal:
        """The kWh of unmetered lamps, for the time billed."""
        lights = [c for c in self.tariff.charges if isinstance(c, UnmeteredLight)]
        months = months_of(self.use.time)
        return sum((settled(times(self.lamps * light.kwh, months)) for light in lights), ZERO)

    @property
    def lamps(self) -> int:
        """How many lamps the account has.

        Raises:
            FactMissing: the account's number of lamps was not given.
        """
        return int(fact(self, "lamps"))

    def covers(self, charge: Charge) -> bool:
        """Return whether a charge is made in this period's billing month."""
        if not charge.when.months:
            return True
        return self.bill_month in charge.when.months

    @property
    def bill_month(self) -> int:
        """The month the period ends in; a season by bill month goes by it (domain rules 3.21)."""
        if self.use.period is None:
            raise FactMissing(fact="period", tariff=self.tariff.code)
        return (self.use.whole or self.use.period).last_day.month

    def seasons(self, charge: Charge) -> tuple[str, ...]:
        """Return the seasons a charge is made in."""
        return charge.when.seasons or self.tariff.calendar.season_codes

    def in_seasons(self, sums: Sums, charge: Charge) -> dict[Bucket, Decimal]:
        """Return the part of ``sums`` that falls in a charge's seasons."""
        seasons = self.seasons(charge)
        return {bucket: value for bucket, value in sums.items() if bucket.season in seasons}


def count(*, tariff: Tariff, use: BilledUse) -> Counted:
    """Return what a tariff's charges count: billed and exported energy by season and period.

    Raises:
        FactMissing: a register's total cannot be split by time of use, or no period was given
            where seasons need one.
        ValueError: use is missing, negative, or in another unit than the tariff's meter.

    Source: domain rules 12, 20, 31, 94 and 96.
    """
    measured = use.determinants or _of_register(tariff, use)
    billed, exported, bank = _netted(tariff, measured, use.history)
    return Counted(tariff, use, measured, billed, exported, bank)


def billed_quantity(
    *, tariff: Tariff, metered: Quantity | None, factor: Decimal | None = None
) -> Decimal:
    """Return what the charges count, in the tariff's billed unit; zero where nothing is metered.

    Raises:
        ValueError: use is missing, negative, or in another unit than the tariff's meter.

    Source: domain rule 12; the gas tariff's conversion clause.
    """
    if tariff.metered_unit is None:
        return ZERO
    if metered is None or metered.unit is not tariff.metered_unit or metered.value < 0:
        raise ValueError(f"{tariff.code} cannot price {metered}")
    if tariff.conversion is None:
        return metered.value
    return converted(tariff.conversion, metered.value, factor=factor_of(tariff, factor))


def factor_of(tariff: Tariff, factor: Decimal | None) -> Decimal:
    """Return what a conversion multiplies by: the tariff's factor, or the one of these dates.

    Raises:
        FactMissing: the factor has dates of its own, and none was given.

    Source: greenbutton-rating-usage B2: therms are ccf times a factor that changes monthly.
    """
    found = tariff.conversion.factor if tariff.conversion else Decimal(1)
    found = factor if found is None else found
    if found is None:
        raise FactMissing(fact="conversion factor", tariff=tariff.code)
    return found


def converted(conversion: Conversion, value: Decimal, *, factor: Decimal) -> Decimal:
    """Return ``value`` in the conversion's target unit, rounded as the schedule says.

    118 ccf x 1.025 = 120.95, to 0.1: 121.0 therms. Water may be cut to whole thousands of
    gallons instead.

    Source: domain rules section 9.1, G-R1; 1.3, water reads.
    """
    step = Decimal(1).scaleb(-conversion.decimals)
    rounding = ROUND_DOWN if conversion.rounding == "down" else ROUND_HALF_UP
    return (value * factor).quantize(step, rounding=rounding)


def split_by_days(*, quantity: Decimal, days: Sequence[int]) -> list[Decimal]:
    """Split a register's use over parts of its period by their days, to 0.001, adding up to it.

    900 kWh of which 12 of 30 days are in the first part: 360.000 and 540.000.

    Source: domain rules 31 and 62.
    """
    step = Decimal(1).scaleb(-QUANTITY_DECIMALS)
    parts, reached, given = [], 0, ZERO
    for count_of_days in days:
        reached += count_of_days
        upto = (quantity * reached / sum(days)).quantize(step, rounding=ROUND_HALF_UP)
        parts.append((upto if reached < sum(days) else quantity) - given)
        given += parts[-1]
    return parts


def months_of(time: BilledTime) -> Fraction:
    """Return how many billing months are billed, parts of months by their days, exactly."""
    parts = (Fraction(part.days, part.of_days) for part in time.parts)
    return time.whole_months + sum(parts, Fraction(0))


def times(value: Decimal, months: Fraction) -> Decimal:
    """Return a monthly value for so many months: multiplied first, so that it is cut only once."""
    return value * months.numerator / months.denominator


def fact(counted: Counted, name: str) -> Decimal:
    """Return a fact of the account.

    Raises:
        FactMissing: it was not given, so there is no bill rather than a wrong one.
    """
    contract: Contract = counted.use.contract
    value: Decimal | int | None = getattr(contract, name)
    if value is None:
        raise FactMissing(fact=name, tariff=counted.tariff.code)
    return Decimal(value)


def days_by_season(
    *, tariff: Tariff, period: Period, whole: Period | None = None
) -> dict[str, int]:
    """Return how many days of a period each season has; all, where the bill month decides.

    Source: domain rules 3, row 21; the setting ``season_by``.
    """
    if tariff.settings.season_by == "bill_month":
        return {tariff.calendar.season_of((whole or period).last_day): period.days}
    days: dict[str, int] = {}
    for day in period:
        season = tariff.calendar.season_of(day)
        days[season] = days.get(season, 0) + 1
    return days


def _of_register(tariff: Tariff, use: BilledUse) -> Determinants:
    quantity = billed_quantity(tariff=tariff, metered=use.quantity, factor=use.factor)
    if tariff.metered_unit is not None and tariff.calendar.periods and quantity:
        raise FactMissing(fact="use by period", tariff=tariff.code)
    if use.period is None and tariff.calendar.seasons:
        raise FactMissing(fact="period", tariff=tariff.code)
    days = {ALL_YEAR: 1}
    if use.period is not None:
        days = days_by_season(tariff=tariff, period=use.period, whole=use.whole)
    shares = split_by_days(quantity=quantity, days=list(days.values()))
    period = tariff.calendar.period_codes[0]
    runs = (Run(Bucket(s, period), part, ZERO) for s, part in zip(days, shares, strict=True))
    return Determinants(tuple(runs), days)


def _netted(
    tariff: Tariff, measured: Determinants, history: History
) -> tuple[Sums, Sums, Mapping[str, Decimal]]:
    delivered, received = measured.delivered, measured.received
    if tariff.netting.kind in ("none", "hour"):
        return delivered, received, {}
    net: Sums = {bucket: delivered[bucket] - received[bucket] for bucket in delivered}
    if not tariff.netting.by_period:
        net = _netted_over_periods(net, delivered)
    banked = history.bank if tariff.netting.kind == "kwh_bank" else {}
    return _against_bank(tariff, net, dict(banked))


def _netted_over_periods(net: Sums, delivered: Sums) -> Sums:
    """Net the whole period at once; what remains is shared out as the member took it.

    The shares are rounded cumulatively, so that they add up to what remains (rule 62).
    """
    total, taken = sum(net.values(), ZERO), sum(delivered.values(), ZERO)
    if total <= 0 or not taken:
        first = next(iter(net), Bucket(ALL_YEAR, ALL_DAY))
        return {bucket: total if bucket == first else ZERO for bucket in net or (first,)}
    shares: dict[Bucket, Decimal] = {}
    reached, given = ZERO, ZERO
    for bucket in net:
        reached += delivered[bucket]
        upto = settled(total * reached / taken) if reached < taken else total
        shares[bucket], given = upto - given, upto
    return shares


def _against_bank(
    tariff: Tariff, net: Sums, bank: dict[str, Decimal]
) -> tuple[Sums, Sums, Mapping[str, Decimal]]:
    """Use up the bank, and add this period's surplus to it, or leave that to be credited."""
    billed, surplus = {}, {}
    for bucket, value in net.items():
        key = bucket.period if tariff.netting.by_period else ""
        used = min(max(value, ZERO), bank.get(key, ZERO))
        billed[bucket] = max(value, ZERO) - used
        surplus[bucket] = max(-value, ZERO)
        bank[key] = bank.get(key, ZERO) - used
    if tariff.netting.kind != "kwh_bank":
        return billed, surplus, {}
    for key, more in _by_key(tariff, surplus):
        bank[key] = bank.get(key, ZERO) + more
    return billed, {}, bank


def _by_key(tariff: Tariff, surplus: Sums) -> Iterator[tuple[str, Decimal]]:
    for bucket, value in surplus.items():
        yield (bucket.period if tariff.netting.by_period else ""), value
