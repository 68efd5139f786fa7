"""What every meter of the demo measured, step by step, in thousandths of its unit.

Three homes are measured ones as they are. Every other load is one of the simulated series,
varied by a rule that rests on the seed and the supply's number alone, in whole numbers:

    load = series x size x weekday x hour x jitter        (each factor in thousandths)

Size is 550 to 1,450, and more for farms and shops; each weekday 880 to 1,120; the hours follow
the kind of place (``HOURS``); the jitter is 800 to 1,200 from hour to hour.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smarthub.jobs.demo.chance import Chance
from smarthub.jobs.demo.shifting import LocalDays, moved
from smarthub.jobs.demo.sources import MISSING, read_series
from smarthub.jobs.demo.world import Shape, Supply

Matrix = NDArray[np.signedinteger]

MEASURED = {
    Shape.MEASURED_0: "uk-electricity-hdd-only-hourly-sample-0",
    Shape.MEASURED_1: "uk-electricity-hdd-only-hourly-sample-1",
    Shape.MEASURED_2: "uk-electricity-hdd-only-hourly-sample-2",
}
ELECTRIC = ("il-electricity-cdd-hdd-hourly", "il-electricity-cdd-only-hourly")
GAS = (*["il-gas-hdd-only-hourly"] * 7, "il-gas-intercept-only-hourly")
"""One home in eight only cooks and heats water with gas."""
SIZES = {
    Shape.HOME: (550, 900),
    Shape.FARM: (900, 1200),
    Shape.DAIRY: (1500, 1000),
    Shape.PLANT: (26_000, 9_000),
    Shape.PUMP: (900, 200),
}
SHOP_SIZE = (1200, 800)
"""Smallest size in thousandths, and how far chance may add to it."""

HOURS = {
    Shape.HOME: "780 720 700 690 700 780 980 1250 1180 1000 930 910 "
    "930 910 900 920 1010 1240 1420 1450 1380 1260 1080 900",
    Shape.FARM: "700 680 680 700 820 1100 1350 1400 1300 1200 1150 1100 "
    "1050 1080 1100 1120 1150 1200 1150 1000 900 800 740 710",
    Shape.DAIRY: "600 600 620 900 2200 2300 1500 800 700 700 700 700 "
    "700 700 700 900 2000 2100 1300 800 700 650 620 600",
    Shape.PLANT: "500 500 500 500 520 700 1100 1400 1500 1500 1480 1450 "
    "1300 1480 1500 1500 1450 1300 1000 800 650 550 500 500",
    Shape.PUMP: "1000 1000 1000 1000 1000 1000 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1000 1000 1000 1000",
    Shape.SHOP: "600 600 600 600 600 650 800 1100 1300 1350 1350 1350 "
    "1350 1350 1350 1350 1350 1300 1150 1000 800 700 650 620",
}
"""What each hour of the wall clock gets of the day, in thousandths."""

MISSING_PERMILLE = 4
"""Domain rules 9.3: 0.4 % of hours never arrive."""

CEILING = 60_000
"""No hour is above 60 kWh, so a packed day stays in two bytes a value."""

WATER_MEAN = 7_000
"""Thousandths of a gallon an hour: about 5,000 gallons a month for a home."""
PUMP_POWER = 18_000
"""Watt-hours an hour of 25 HP, at night in June, July and August (domain rules 9.3)."""
PUMP_MONTHS = (6, 7, 8)
CAR_POWER, CAR_HOURS, CAR_PERMILLE = 7_200, (22, 23, 0, 1), 600
"""A car charges at 7.2 kW in these hours, on six nights of ten (domain rules 9.3)."""
LEAST_PANELS, MORE_PANELS = 5_000, 7_000
"""Panels of 5 to 12 kW."""
SUN_HOURS = range(6, 20)

CCF_PER_MILLE = 1025
"""1 ccf = 1.025 therm (domain rules 9.1)."""


@dataclass(frozen=True, slots=True)
class Load:
    """One supply's load: what was used, and what arrived of it (``MISSING`` where nothing did).

    One row a local day of ``days``, one column a step of the wall clock. ``given`` is what panels
    gave back to the co-op, where there are any.
    """

    days: LocalDays
    step_seconds: int
    used: Matrix
    arrived: Matrix
    given: Matrix | None = None

    def in_order(self, row: NDArray[Any], day: dt.date) -> list[Any]:
        """Return a row of the wall clock as the day went by: 23, 24 or 25 hours of it."""
        columns = self.days.columns(day, step_seconds=self.step_seconds)
        ordered: list[Any] = (row if columns is None else row[columns]).tolist()
        return ordered

    def day_totals(self) -> Matrix:
        """Return what was used on each day, in thousandths."""
        totals: Matrix = self.used.sum(axis=1)
        for place, day in self.days.irregular().items():
            totals[place] = sum(self.in_order(self.used[place], day))
        return totals


def load_of(supply: Supply, *, days: LocalDays, chance: Chance) -> Load:
    """Return the load of a metered supply over ``days``; equal arguments give equal loads."""
    if supply.service == "electric" and supply.shape.measured:
        return _measured(MEASURED[supply.shape], days)
    if supply.service == "gas":
        therms = _series(supply, GAS, days, chance)
        return _varied(supply, _half_up(therms * 1000, CCF_PER_MILLE), days, chance)
    if supply.service == "water":
        return _varied(supply, np.full((days.period.days, 24), WATER_MEAN), days, chance)
    if supply.shape is Shape.PUMP:
        return _varied(supply, _pumping(days), days, chance)
    load = _varied(supply, _electric_series(supply, days, chance), days, chance)
    if supply.tariff == "E-R2":
        return _with_a_car(supply, load, chance)
    return _with_panels(supply, load, chance) if supply.gives_back else load


def _electric_series(supply: Supply, days: LocalDays, chance: Chance) -> Matrix:
    series = _series(supply, ELECTRIC, days, chance)
    quarters = 3600 // supply.step_seconds
    return series if quarters == 1 else _half_up(np.repeat(series, quarters, axis=1), quarters)


def _pumping(days: LocalDays) -> Matrix:
    """Return a pump's load: at night while things grow, and nothing else."""
    growing = np.array([day.month in PUMP_MONTHS for day in days.period], dtype=np.int64)
    return np.repeat(growing[:, np.newaxis] * PUMP_POWER, 24, axis=1)


def _with_a_car(supply: Supply, load: Load, chance: Chance) -> Load:
    """Add a car that charges on most nights."""
    nights = chance.generator("car", supply.number).integers(0, 1000, size=len(load.used))
    car = np.zeros_like(load.used)
    car[:, list(CAR_HOURS)] = CAR_POWER * (nights < CAR_PERMILLE)[:, np.newaxis]
    used = load.used + car
    return replace(load, used=used, arrived=np.where(load.arrived == MISSING, MISSING, used))


def _with_panels(supply: Supply, load: Load, chance: Chance) -> Load:
    """Let panels carry what they can; what they make beyond that is given back."""
    dice = chance.generator("panels", supply.number)
    size = LEAST_PANELS + int(dice.integers(0, MORE_PANELS))
    sun = np.array([_sun(hour) for hour in range(24)], dtype=np.int64)
    season = np.array([_season(day.month) for day in load.days.period], dtype=np.int64)
    sky = dice.integers(250, 1001, size=load.used.shape)
    made = _half_up(size * sun * season[:, np.newaxis] // 1000 * sky, 1_000_000)
    net = load.used - made
    taken, given = np.maximum(net, 0), np.maximum(-net, 0)
    lost = load.arrived == MISSING
    return replace(
        load,
        used=taken,
        arrived=np.where(lost, MISSING, taken),
        given=np.where(lost, MISSING, given),
    )


def _sun(hour: int) -> int:
    """Return how high the sun stands in an hour, in thousandths of noon."""
    if hour not in SUN_HOURS:
        return 0
    return round(1000 * math.sin(math.pi * (hour + 0.5 - SUN_HOURS.start) / len(SUN_HOURS)))


def _season(month: int) -> int:
    """Return what a month's sun is worth, in thousandths of June's."""
    return round(650 + 350 * math.cos(2 * math.pi * (month - 6) / 12))


def _measured(name: str, days: LocalDays) -> Load:
    series = read_series(name)
    arrived = moved(series, period=days.period)
    return Load(days, series.step_seconds, _through_gaps(arrived), arrived)


def _through_gaps(arrived: Matrix) -> Matrix:
    """Return the load with each gap at the home's usual use for that step of the day."""
    here = arrived != MISSING
    sums = np.where(here, arrived, 0).sum(axis=0)
    counts = np.maximum(here.sum(axis=0), 1)
    usual = _half_up(sums, counts)
    return np.where(here, arrived, usual[np.newaxis, :])


def _series(supply: Supply, names: tuple[str, ...], days: LocalDays, chance: Chance) -> Matrix:
    name = chance.pick("series", supply.number, among=names)
    return moved(read_series(name), period=days.period)


def _varied(supply: Supply, series: Matrix, days: LocalDays, chance: Chance) -> Load:
    dice = chance.generator("load", supply.number)
    shape = Shape.HOME if supply.shape.measured else supply.shape
    least, spread = SIZES.get(shape, SHOP_SIZE)
    size = least + int(dice.integers(0, spread))
    weekdays = dice.integers(880, 1121, size=7)
    per_hour = series.shape[1] // 24
    hours = np.repeat(np.array(HOURS[shape].split(), dtype=np.int64), per_hour)
    first = days.period.start.weekday()
    by_day = weekdays[(np.arange(len(series)) + first) % 7]
    jitter = dice.integers(800, 1201, size=series.shape)
    used = _half_up(series * size, 1000)
    used = _half_up(used * by_day[:, np.newaxis] * hours, 1_000_000)
    used = np.minimum(_half_up(used * jitter, 1000), CEILING)
    lost = dice.integers(0, 1000, size=series.shape) < MISSING_PERMILLE
    return Load(days, 3600 // per_hour, used, np.where(lost, MISSING, used))


def _half_up(value: Matrix, divisor: Matrix | int) -> Matrix:
    """Divide whole numbers, none negative, and round a half up."""
    quotient: Matrix = (2 * value + divisor) // (2 * divisor)
    return quotient
