"""Price many services under one tariff version, each line as ``engine.price`` makes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from smarthub.kernel.errors import ExpectedError
from smarthub.kernel.money import Money
from smarthub.rating.engine import counting as plain
from smarthub.rating.engine.batch import energy, extra
from smarthub.rating.engine.batch.columns import (
    MICRO,
    Column,
    Flags,
    LineColumn,
    Numbers,
    Services,
    among_those,
    total_cents,
    total_dollars,
)
from smarthub.rating.engine.batch.counting import Counted, count, settled
from smarthub.rating.engine.batch.demand import demand_lines, peaks_by_name
from smarthub.rating.engine.batch.fixed import fixed_lines_of
from smarthub.rating.engine.extra import RiderRates
from smarthub.rating.engine.months import history_after
from smarthub.rating.engine.pricing import may_be_below_zero, price_counted
from smarthub.rating.types import (
    TAXES,
    BilledUse,
    Blocks,
    Charge,
    Contract,
    Demand,
    Determinants,
    District,
    ExportCredit,
    History,
    Minimum,
    PastMonth,
    PerUnit,
    PricedLine,
    Rider,
    Run,
    SharedSolar,
    Tariff,
    TimeOfUse,
)

MILLIONTH = Decimal(1).scaleb(-6)


@dataclass(frozen=True, slots=True)
class Carried:
    """What the period leaves to the next, by service: demands, charges, bank and credit."""

    peaks: Mapping[str, Column]
    charged: Column
    bank: Mapping[str, Column]
    credit: Column


@dataclass(frozen=True, slots=True)
class PricedBatch:
    """The lines of many services, by column; ``refused`` says who is not billed, and why.

    ``singly`` holds the lines of those the columns could not price and ``engine.price`` could.
    """

    services: Services
    lines: tuple[LineColumn, ...]
    refused: Mapping[int, ExpectedError]
    singly: Mapping[int, tuple[PricedLine, ...]]
    carried: Carried
    histories: Mapping[int, History]

    @property
    def cents(self) -> Numbers:
        """The sum of the rounded lines of each service; zero where it is refused."""
        total = total_cents(self.lines, self.services.count)
        for place, lines in self.singly.items():
            total[place] = sum(line.amount.cents for line in lines)
        return total

    def bill_lines(self) -> list[tuple[PricedLine, ...]]:
        """Return each service's lines as its bill keeps them, in the bill's order."""
        columns = [_shown(line) for line in self.lines]
        return [
            self.singly[place]
            if place in self.singly
            else tuple([line for column in columns if (line := column[place]) is not None])
            for place in range(self.services.count)
        ]

    def lines_of(self, place: int) -> tuple[PricedLine, ...]:
        """Return one service's lines as ``engine.price`` returns them."""
        if place in self.singly:
            return self.singly[place]
        return tuple(
            PricedLine(
                line.code,
                line.name,
                Decimal(int(line.quantity.steps(MICRO)[place])).scaleb(-6),
                line.unit,
                Decimal(int(line.rate.steps(MICRO)[place])).scaleb(-6),
                Money(int(line.cents[place])),
                unrounded=line.dollars.decimal(place),
            )
            for line in self.lines
            if line.present[place]
        )

    def history_of(self, place: int) -> History:
        """Return what one service's period leaves to its next, as ``history_after`` does."""
        if place in self.histories:
            return self.histories[place]
        before = self.services.histories[place] if self.services.histories else History()
        carried = self.carried
        month = PastMonth(
            self.services.period.start,
            {name: column.decimal(place) for name, column in carried.peaks.items()},
            carried.charged.decimal(place),
        )
        bank = {key: column.decimal(place) for key, column in carried.bank.items()}
        return History((*before.months, month), bank, carried.credit.decimal(place))


def price_batch(*, tariff: Tariff, services: Services, riders: RiderRates) -> PricedBatch:
    """Return the lines of many services for one period, equal to ``engine.price`` to the cent.

    Args:
        tariff: The version that holds for the period.
        services: Use of each service, and what its account adds.
        riders: Dollars a unit of each rider; by days where it goes by use date (rule 25).

    Raises:
        ValueError: the tariff needs a meter and nothing was measured.

    Source: domain rules 26, 29 and 30; scale 3.
    """
    counted = count(tariff=tariff, services=services)
    before = _lines_before_minimum(counted, riders)
    lines = [*before, *_minimums(counted, before)]
    lines += extra.payout_lines(counted=counted, lines=tuple(lines))
    lines += _taxes(counted, lines)
    carried = _carried(counted, before)
    odd = counted.unfit.copy()
    if not may_be_below_zero(tariff=tariff):
        odd |= np.asarray(total_cents(lines, services.count) < 0, bool)
    return _with_the_odd_ones(counted, lines, carried, riders, odd)


def _with_the_odd_ones(
    counted: Counted,
    lines: Sequence[LineColumn],
    carried: Carried,
    riders: RiderRates,
    odd: Flags,
) -> PricedBatch:
    """Price those the columns cannot by ``engine.price``, which says why it refuses them."""
    refused: dict[int, ExpectedError] = {}
    singly: dict[int, tuple[PricedLine, ...]] = {}
    histories: dict[int, History] = {}
    for place in (int(each) for each in np.flatnonzero(odd)):
        single = plain.count(tariff=counted.tariff, use=_use_of(counted, place))
        try:
            singly[place] = price_counted(counted=single, riders=riders)
            histories[place] = history_after(counted=single, riders=riders)
        except ExpectedError as error:
            refused[place] = error
    kept = [among_those(line, ~odd) for line in lines] if odd.any() else lines
    present = tuple(line for line in kept if line.present.any())
    return PricedBatch(counted.services, present, refused, singly, carried, histories)


def _lines_before_minimum(counted: Counted, riders: RiderRates) -> list[LineColumn]:
    lines: list[LineColumn] = []
    for charge in counted.tariff.charges:
        if not counted.covers(charge) or _is_kept_back(charge, counted):
            continue
        if isinstance(charge, Rider):
            lines += extra.rider_lines(charge=charge, counted=counted, riders=riders, lines=lines)
        elif isinstance(charge, SharedSolar):
            lines += extra.solar_lines(charge=charge, counted=counted, riders=riders)
        else:
            lines += _lines_of(charge, counted)
    lines += extra.credit_lines(counted=counted, lines=tuple(lines))
    return [*lines, *extra.bank_lines(counted=counted)]


def _is_kept_back(charge: Charge, counted: Counted) -> bool:
    return isinstance(charge, ExportCredit) and counted.tariff.netting.credit == "next_month"


def _lines_of(charge: Charge, counted: Counted) -> Iterator[LineColumn]:
    match charge:
        case PerUnit():
            return energy.per_unit_lines(charge=charge, counted=counted)
        case Blocks():
            return energy.block_lines(charge=charge, counted=counted)
        case TimeOfUse():
            return energy.time_of_use_lines(charge=charge, counted=counted)
        case ExportCredit():
            return energy.export_lines(charge=charge, counted=counted)
        case Demand():
            return demand_lines(charge=charge, counted=counted)
        case _:
            return fixed_lines_of(charge=charge, counted=counted)


def _minimums(counted: Counted, before: Sequence[LineColumn]) -> list[LineColumn]:
    minimums: list[LineColumn] = []
    for charge in counted.tariff.charges:
        if isinstance(charge, Minimum) and counted.covers(charge):
            lines = (*before, *minimums)
            minimums += extra.minimum_lines(charge=charge, counted=counted, lines=lines)
    return minimums


def _taxes(counted: Counted, lines: Sequence[LineColumn]) -> list[LineColumn]:
    taxes: list[LineColumn] = []
    for charge in counted.tariff.charges:
        if isinstance(charge, TAXES) and counted.covers(charge):
            made = extra.tax_lines(charge=charge, counted=counted, lines=lines, taxes=tuple(taxes))
            taxes += made if charge.inside is None else _inside(charge.inside, counted, made)
    return taxes


def _inside(
    district: District, counted: Counted, made: Iterator[LineColumn]
) -> Iterator[LineColumn]:
    """Take a district's tax only of the services that lie in it (rule 34)."""
    places = counted.services.inside or [()] * counted.count
    chosen = np.array([district.code in each for each in places], bool)
    return (among_those(line, chosen) for line in made)


def _carried(counted: Counted, lines: Sequence[LineColumn]) -> Carried:
    netting = counted.tariff.netting
    is_anniversary = extra.is_settled(counted=counted)
    nothing = Column.same(0, counted.count)
    return Carried(
        peaks_by_name(counted=counted),
        settled(total_dollars(lines, counted.count).above_zero()),
        {} if is_anniversary and netting.settle != "roll" else counted.bank,
        nothing if is_anniversary else settled(extra.credit_after(counted=counted, lines=lines)),
    )


def _use_of(counted: Counted, place: int) -> BilledUse:
    """Return what one service is to be priced for, as ``engine.price`` takes it."""
    measured, services = counted.measured, counted.services

    def energy_of(table: Numbers, run: int) -> Decimal:
        return Column(table[place : place + 1, run], measured.over).decimal(0)

    runs = tuple(
        Run(bucket, energy_of(measured.delivered, n), energy_of(measured.received, n))
        for n, bucket in enumerate(measured.runs)
    )
    peaks = {bucket: column.decimal(place) for bucket, column in measured.peaks.items()}
    coincident = measured.coincident_kw
    return BilledUse(
        time=services.time,
        period=services.period,
        determinants=Determinants(
            runs, measured.days, peaks, None if coincident is None else coincident.decimal(place)
        ),
        whole=services.whole,
        inside=tuple(services.inside[place]) if services.inside else (),
        contract=services.contracts[place] if services.contracts else Contract(),
        history=services.histories[place] if services.histories else History(),
    )


def _shown(line: LineColumn) -> list[PricedLine | None]:
    """Return the line of each service that has it, quantity and rate in millionths."""
    quantities, rates = line.quantity.steps(MICRO).tolist(), line.rate.steps(MICRO).tolist()
    exact = {whole: whole * MILLIONTH for whole in {*quantities, *rates}}  # most share a rate
    figures = zip(line.present.tolist(), quantities, rates, line.cents.tolist(), strict=True)
    return [
        PricedLine(line.code, line.name, exact[many], line.unit, exact[rate], Money(cents))
        if present
        else None
        for present, many, rate, cents in figures
    ]
