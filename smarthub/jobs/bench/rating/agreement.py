"""Price drawn loads under drawn tariffs twice, by the batch and singly, and compare each line."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import numpy as np

from smarthub.jobs.bench.rating.drawing import DISTRICTS, Drawing, draw_tariff
from smarthub.kernel.errors import ExpectedError
from smarthub.kernel.period import Period, day_bounds
from smarthub.rating.engine import RiderRates, determinants_of, price
from smarthub.rating.engine.batch import (
    Measured,
    PricedBatch,
    Services,
    measured_from_intervals,
    measured_from_registers,
    price_batch,
)
from smarthub.rating.engine.batch.columns import Column
from smarthub.rating.engine.counting import count
from smarthub.rating.engine.months import history_after
from smarthub.rating.types import (
    ANYTIME,
    BilledTime,
    BilledUse,
    Contract,
    Determinants,
    History,
    Load,
    PartMonth,
    PastMonth,
    PricedLine,
    RatePart,
    Run,
    Tariff,
)

ZONE = ZoneInfo("America/Chicago")
STEPS = (900, 1800, 3600)
A_WEEK = 7
PLACES = 3
HALF, SOME, FEW = 0.5, 0.2, 0.05
Outcome = tuple[tuple[PricedLine, ...] | str, History | None]


@dataclass(frozen=True)
class Case:
    """A drawn tariff, some services, and all that both ways of pricing are given."""

    drawing: Drawing
    tariff: Tariff
    period: Period
    time: BilledTime
    singles: tuple[BilledUse, ...]
    measured: Measured | None
    riders: RiderRates

    @property
    def shapes(self) -> set[str]:
        """The shapes of its tariff, and of its period."""
        return self.drawing.shapes


def draw_case(random: Random) -> Case:
    """Return a tariff and services drawn by chance."""
    drawing = draw_tariff(random)
    tariff = Tariff.from_json(drawing.definition)
    period = _draw_period(random)
    if _has_long_day(period) and tariff.calendar.periods:
        drawing.shapes.add("time of use over a change of clocks")
    time = _draw_time(random, period, drawing)
    whole = None
    if random.random() < SOME:
        whole = Period(
            period.start - dt.timedelta(days=random.choice([0, 4])),
            period.end + dt.timedelta(days=random.choice([0, 9])),
        )
        drawing.shapes.add("part of a period whose price changed")
    determinants, measured = _draw_measured(random, tariff, period, drawing)
    singles = tuple(
        BilledUse(
            time=time,
            period=period,
            determinants=each,
            contract=_draw_contract(random),
            history=_draw_history(random, tariff, period),
            whole=whole,
            inside=tuple(code for code in DISTRICTS if random.random() < HALF),
        )
        for each in determinants
    )
    return Case(drawing, tariff, period, time, singles, measured, _draw_riders(random, period))


def priced_singly(case: Case) -> list[Outcome]:
    """Return what ``engine.price`` makes of each service: its lines, or why it is refused."""
    return [_single(case, use) for use in case.singles]


def priced_together(case: Case) -> list[Outcome]:
    """Return what the batch makes of each service."""
    services = Services(
        len(case.singles),
        case.period,
        case.time,
        case.measured,
        [use.contract for use in case.singles],
        [use.history for use in case.singles],
        case.singles[0].whole,
        [use.inside for use in case.singles],
    )
    batch = price_batch(tariff=case.tariff, services=services, riders=case.riders)
    return [_outcome(batch, place) for place in range(len(case.singles))]


@dataclass
class Agreement:
    """What was compared, and what differed: every fault names the case that shows it again."""

    shapes: Counter[str] = field(default_factory=Counter)
    billed: int = 0
    refused: int = 0
    lines: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, case: Case, *, number: int) -> None:
        """Price a case both ways and compare."""
        self.shapes.update(case.shapes)
        outcomes = zip(priced_singly(case), priced_together(case), strict=True)
        for place, (singly, together) in enumerate(outcomes):
            lines = singly[0]
            if isinstance(lines, str):
                self.refused += 1
            else:
                self.billed += 1
                self.lines += len(lines)
            if singly != together:
                self.faults.append(f"case {number}, service {place}: {singly} and {together}")


def compare(*, cases: int, seed: int) -> Agreement:
    """Price so many drawn cases both ways; the same seed draws the same cases."""
    agreement = Agreement()
    for number in range(seed, seed + cases):
        agreement.add(draw_case(Random(number)), number=number)  # noqa: S311 (no secret)
    return agreement


def _single(case: Case, use: BilledUse) -> Outcome:
    try:
        lines = price(tariff=case.tariff, use=use, riders=case.riders)
        counted = count(tariff=case.tariff, use=use)
        return lines, history_after(counted=counted, riders=case.riders)
    except ExpectedError as error:
        return error.code, None


def _outcome(batch: PricedBatch, place: int) -> Outcome:
    if place in batch.refused:
        return batch.refused[place].code, None
    return batch.lines_of(place), batch.history_of(place)


def _draw_period(random: Random) -> Period:
    start = dt.date(2025, 1, 1) + dt.timedelta(days=random.randrange(730))
    if random.random() < SOME:
        start = random.choice([dt.date(2025, 10, 15), dt.date(2026, 3, 1), dt.date(2026, 10, 28)])
    return Period(start, start + dt.timedelta(days=random.choice([1, 3, 3, 6, 30, 33])))


def _has_long_day(period: Period) -> bool:
    begin, end = day_bounds(period.start, ZONE)[0], day_bounds(period.last_day, ZONE)[1]
    return (end - begin).total_seconds() % 86400 != 0


def _draw_time(random: Random, period: Period, drawing: Drawing) -> BilledTime:
    part = PartMonth(min(period.days, 27), 30)
    time = random.choice(
        [BilledTime(), BilledTime(), BilledTime(0, (part,)), BilledTime(1, (part,))]
    )
    if time.parts:
        settings = drawing.definition.get("settings", {})
        drawing.shapes.add(f"part of a month, {settings.get('proration', 'month_days')}")
    return time


def _draw_measured(
    random: Random, tariff: Tariff, period: Period, drawing: Drawing
) -> tuple[list[Determinants], Measured | None]:
    if tariff.metered_unit is None:
        nothing = measured_from_registers(tariff=tariff, quantities=[Decimal(0)] * 2, period=period)
        return _singles_of(nothing), None
    if not _needs_intervals(tariff) and random.random() < HALF:
        drawing.shapes.add("register use")
        uses = [Decimal(random.randrange(5_000_000)) / 1000, Decimal(0), Decimal(10**9)]
        measured = measured_from_registers(tariff=tariff, quantities=uses, period=period)
        return _singles_of(measured), measured
    drawing.shapes.add("interval use")
    return _from_intervals(random, tariff, period)


def _needs_intervals(tariff: Tariff) -> bool:
    kinds = {type(charge).__name__ for charge in tariff.charges}
    return bool(tariff.calendar.periods) or "Demand" in kinds or tariff.netting.kind != "none"


def _singles_of(measured: Measured) -> list[Determinants]:
    return [
        Determinants(
            tuple(
                Run(bucket, Column(row[n : n + 1], measured.over).decimal(0), Decimal(0))
                for n, bucket in enumerate(measured.runs)
            ),
            measured.days,
        )
        for row in measured.delivered
    ]


def _from_intervals(
    random: Random, tariff: Tariff, period: Period
) -> tuple[list[Determinants], Measured]:
    step = random.choice(STEPS) if period.days < A_WEEK else 3600
    begin, end = day_bounds(period.start, ZONE)[0], day_bounds(period.last_day, ZONE)[1]
    steps = int((end - begin).total_seconds()) // step
    chance = np.random.default_rng(random.randrange(2**32))
    sizes = [3000, 0, 800, random.choice([10**6, 10**9])]
    delivered = np.stack([chance.integers(0, size + 1, steps) for size in sizes])
    received = np.stack([chance.integers(0, size + 1, steps) for size in (0, 500, 4000, 0)])
    measured = measured_from_intervals(
        tariff=tariff, delivered=delivered, received=received, step_seconds=step, places=PLACES,
        period=period, zone=ZONE,
    )  # fmt: skip
    coincident = [Decimal(random.randrange(20_000)) / 1000 for _ in sizes]
    loads = [
        Load(begin, step, _kwh(taken), _kwh(given))
        for taken, given in zip(delivered, received, strict=True)
    ]
    singles = [
        replace(
            determinants_of(tariff=tariff, load=load, period=period, zone=ZONE), coincident_kw=kw
        )
        for load, kw in zip(loads, coincident, strict=True)
    ]
    return singles, replace(measured, coincident_kw=Column.of(coincident))


def _kwh(values: Sequence[int]) -> tuple[Decimal, ...]:
    return tuple(Decimal(int(value)).scaleb(-PLACES) for value in values)


def _draw_contract(random: Random) -> Contract:
    if random.random() < FEW:
        return Contract()
    return Contract(
        horsepower=Decimal(random.choice(["1", "75", "12.5"])),
        kva=Decimal(random.choice(["10", "25", "50"])),
        lamps=random.randrange(1, 20),
        power_factor=Decimal(random.choice(["0.91", "0.98", "0.873"])),
        winter_average=Decimal(random.choice(["0", "4.2", "3.333"])),
        solar_blocks=random.choice([None, 0, 1, 2, 12]),
    )


def _draw_history(random: Random, tariff: Tariff, period: Period) -> History:
    months = tuple(
        PastMonth(
            (period.start.replace(day=1) - dt.timedelta(days=30 * back)).replace(day=1),
            {name: Decimal(random.randrange(30_000)) / 1000 for name in (ANYTIME, "on")},
            Decimal(random.randrange(20_000)) / 100,
        )
        for back in range(random.choice([0, 5, 14]), 0, -1)
    )
    keys = tariff.calendar.period_codes if tariff.netting.by_period else ("",)
    bank = {key: Decimal(random.randrange(900_000)) / 1000 for key in keys}
    return History(months, bank, Decimal(random.randrange(5000)) / 100)


def _draw_riders(random: Random, period: Period) -> RiderRates:
    old = random.randrange(1, period.days) if period.days > 1 else 1
    parts = [RatePart(old, Decimal("0.00375")), RatePart(period.days - old, Decimal("0.00710"))]
    return {
        "BILLED": Decimal(random.choice(["0.00375", "-0.00180", "-0.00001", "0", "-0.9"])),
        "USED": [part for part in parts if part.days],
        "FLAT": Decimal("1.75"),
        "PERCENT": Decimal("2.5"),
        "SUN": Decimal(random.choice(["437.5", "0", "381.123456"])),
    }
