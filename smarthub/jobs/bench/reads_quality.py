"""Plant faults into measured homes, and say what the checks find and what the estimates are worth.

The truth is known, because the fault is ours: each is planted into a day that was whole, judged by
the very checks and estimators that judge a co-op's reads, and forgotten before the next. Seeded,
so the table is the same each time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from smarthub.jobs.demo.sources import MISSING as NOT_IN_FILE
from smarthub.jobs.demo.sources import read_series
from smarthub.kernel.period import day_seconds
from smarthub.metering.engine.checks import (
    Check,
    CheckSettings,
    Usual,
    differs_from_register,
    examine,
    find_negative,
)
from smarthub.metering.engine.estimation import (
    LOOK_BACK_DAYS,
    ChannelDays,
    EstimateSettings,
    Gap,
    fill_gaps,
    straight_line,
)
from smarthub.metering.types import MISSING, Integers

SEED = 20_261_126
LEARNING_DAYS = 28
USUAL_DAYS = 21
FEWEST_USUAL_DAYS = 7
REGISTER_STEP = 100
"""The daily register counts tenths of the unit; values are thousandths."""
DAYS_A_YEAR = 365
_SATURDAY = 5
_HOUR = 3600
_MOSTLY = 0.7


_MEASURED = {
    "UK 0": ("uk-electricity-hdd-only-hourly-sample-0", "uk-tempC-sample-0"),
    "UK 1": ("uk-electricity-hdd-only-hourly-sample-1", "uk-tempC-sample-1_2"),
    "UK 2": ("uk-electricity-hdd-only-hourly-sample-2", "uk-tempC-sample-1_2"),
}
"""Homes that behave as measured: file of the load, file of the temperature."""
_SIMULATED = {
    "IL heating and cooling": ("il-electricity-cdd-hdd-hourly", "il-tempF"),
    "IL cooling": ("il-electricity-cdd-only-hourly", "il-tempF"),
    "IL gas heating": ("il-gas-hdd-only-hourly", "il-tempF"),
    "IL gas, no heating": ("il-gas-intercept-only-hourly", "il-tempF"),
}
"""Loads simulated on real weather; they say little about real hours, and are told apart."""


@dataclass(frozen=True, slots=True)
class Home:
    """A home on its grid: days as rows, thousandths of its unit, ``MISSING`` where unknown."""

    name: str
    measured: bool
    zone: ZoneInfo
    first_day: dt.date
    step_seconds: int
    values: Integers
    degrees_c: NDArray[np.float64]
    usual: Usual

    @property
    def whole_days(self) -> Integers:
        """Days that are whole and have something usual behind them."""
        whole = (self.values != MISSING).all(axis=1) & (self.usual.totals > 0)
        whole[:LEARNING_DAYS] = False
        return np.flatnonzero(whole)

    def usual_of(self, day: int) -> Usual:
        """Return what was usual before one day."""
        return Usual(self.usual.totals[day : day + 1], self.usual.peaks[day : day + 1])


def load_homes() -> list[Home]:
    """Return the homes of the data folder, the measured ones first."""
    return [
        _home(name, *files, measured=homes is _MEASURED)
        for homes in (_MEASURED, _SIMULATED)
        for name, files in homes.items()
    ]


def _home(name: str, load: str, temperature: str, *, measured: bool) -> Home:
    series = read_series(load)
    values = np.where(series.values == NOT_IN_FILE, MISSING, series.values)
    return Home(
        name=name,
        measured=measured,
        zone=ZoneInfo("Europe/London" if measured else "America/Chicago"),
        first_day=series.first_day,
        step_seconds=series.step_seconds,
        values=values,
        degrees_c=_mean_degrees_c(temperature, series.first_day, len(values)),
        usual=_usual(values),
    )


def _mean_degrees_c(file: str, first_day: dt.date, count: int) -> NDArray[np.float64]:
    """Return each day's mean temperature, ``nan`` where the station says nothing."""
    weather = read_series(file)
    degrees = np.where(weather.values == NOT_IN_FILE, np.nan, weather.values / 1000)
    known = ~np.isnan(degrees)
    sums = np.where(known, degrees, 0).sum(axis=1)
    means = np.where(known.any(axis=1), sums / np.maximum(known.sum(axis=1), 1), np.nan)
    if file.endswith("F"):
        means = (means - 32) / 1.8
    places = np.arange(count) + (first_day - weather.first_day).days
    inside = (places >= 0) & (places < len(means))
    return np.where(inside, means[np.clip(places, 0, len(means) - 1)], np.nan)


def _usual(values: Integers) -> Usual:
    """Return what ``refresh_usual_use`` would have known on each day."""
    known = values != MISSING
    totals = np.where(known, values, 0).sum(axis=1)
    counted = known.any(axis=1)
    peaks = values.max(axis=1)
    usual_totals, usual_peaks = np.full((2, len(values)), -1)
    for day in range(len(values)):
        before = np.arange(max(0, day - USUAL_DAYS), day)
        before = before[counted[before]]
        if len(before) >= FEWEST_USUAL_DAYS:
            usual_totals[day] = int(np.median(totals[before]))
            usual_peaks[day] = int(peaks[before].max())
    return Usual(usual_totals, usual_peaks)


ORDINARY_DAY = 86_400
CLOCK_CHANGE = "clock change unknown"
Chance = np.random.Generator
Plant = Callable[[Integers, int, Chance], Integers]


def _lose(hours: int) -> Plant:
    def plant(day: Integers, step: int, chance: Chance) -> Integers:
        count = min(hours * _HOUR // step, len(day))
        start = int(chance.integers(0, len(day) - count + 1))
        return _replaced(day, start, count, MISSING)

    return plant


def _spike(day: Integers, step: int, chance: Chance) -> Integers:
    del step
    place = int(chance.integers(0, len(day)))
    return _replaced(day, place, 1, int(day[place]) * 10)


def _scaled(day: Integers, step: int, chance: Chance) -> Integers:
    del step, chance
    return day * 10


def _flipped(day: Integers, step: int, chance: Chance) -> Integers:
    """Return the 24 hours of a sender who does not know that the clock changed."""
    del chance
    hours = _HOUR // step
    ordinary = ORDINARY_DAY // step
    return day[:ordinary] if len(day) > ordinary else np.concatenate([day, day[-hours:]])


def _stuck(day: Integers, step: int, chance: Chance) -> Integers:
    count = 8 * _HOUR // step
    start = int(chance.integers(0, len(day) - count + 1))
    return _replaced(day, start, count, int(day[start]))


def _zero(day: Integers, step: int, chance: Chance) -> Integers:
    del step, chance
    return day * 0


def _negative(day: Integers, step: int, chance: Chance) -> Integers:
    del step
    place = int(chance.integers(0, len(day)))
    return _replaced(day, place, 1, -max(2, int(day[place])))


def _replaced(day: Integers, start: int, count: int, value: int) -> Integers:
    planted = day.copy()
    planted[start : start + count] = value
    return planted


FAULTS: dict[str, Plant] = {
    "1 hour missing": _lose(1),
    "2 hours missing": _lose(2),
    "6 hours missing": _lose(6),
    "48 hours missing": _lose(48),
    "spike x10": _spike,
    "day x10": _scaled,
    CLOCK_CHANGE: _flipped,
    "stuck for 8 hours": _stuck,
    "zero all day": _zero,
    "negative": _negative,
}
"""What is planted, by name. 48 hours are two whole days, each judged as one."""


@dataclass(frozen=True, slots=True)
class Detection:
    """How many faults of a kind were planted in a home, and how many went unseen.

    ``by_intervals`` with the intervals alone; ``with_register`` with a daily register besides.
    """

    kind: str
    planted: int
    missed_by_intervals: int
    missed_with_register: int


def detect(home: Home, *, planted: int, settings: CheckSettings) -> list[Detection]:
    """Plant each fault into ``planted`` days of a home, or as many as it has."""
    answers = []
    for number, (kind, plant) in enumerate(FAULTS.items()):
        chance = np.random.default_rng([SEED, number])
        missed, missed_with = 0, 0
        days = _days_for(home, kind, planted, chance)
        for day in days:
            true = _true_day(home, int(day))
            faulty = plant(true, home.step_seconds, chance)
            seen = _seen(home, int(day), faulty, settings)
            missed += not seen
            counted = int(true.sum()) // REGISTER_STEP * REGISTER_STEP
            missed_with += not seen and not _sum_differs(faulty, counted, settings)
        answers.append(Detection(kind, len(days), missed, missed_with))
    return answers


def _days_for(home: Home, kind: str, planted: int, chance: Chance) -> list[int]:
    if kind == CLOCK_CHANGE:
        days = range(LEARNING_DAYS, len(home.values))
        return [day for day in days if _length(home, day) != ORDINARY_DAY]
    whole = home.whole_days
    return [int(day) for day in chance.choice(whole, min(planted, len(whole)), replace=False)]


def _length(home: Home, day: int) -> int:
    return day_seconds(home.first_day + dt.timedelta(days=day), home.zone)


def _true_day(home: Home, day: int) -> Integers:
    """Return a day with as many intervals as it had: the grid has 24 hours for every day."""
    values: Integers = home.values[day]
    more = (_length(home, day) - ORDINARY_DAY) // home.step_seconds
    if more > 0:
        return np.concatenate([values, values[-more:]])
    return values[: len(values) + more]


def _seen(home: Home, day: int, values: Integers, settings: CheckSettings) -> bool:
    if len(values) != _length(home, day) // home.step_seconds or find_negative(values).any():
        return True
    verdict = examine(
        values[None], usual=home.usual_of(day), step_seconds=home.step_seconds, settings=settings
    )
    return any(bool(days[0]) for days in verdict.days.values())


def _sum_differs(values: Integers, counted: int, settings: CheckSettings) -> bool:
    known = values[values > MISSING]
    return differs_from_register(
        interval_sum=int(known.sum()),
        counted=counted,
        register_step=REGISTER_STEP,
        settings=settings,
    )


def false_alarms(home: Home, *, settings: CheckSettings) -> dict[Check, float]:
    """Return how often each check fails a year on the home's own whole days, nothing planted."""
    days = home.whole_days
    verdict = examine(
        home.values[days],
        usual=Usual(home.usual.totals[days], home.usual.peaks[days]),
        step_seconds=home.step_seconds,
        settings=settings,
    )
    years = len(days) / DAYS_A_YEAR
    return {check: float(failed.sum()) / years for check, failed in verdict.days.items()}


@dataclass(frozen=True, slots=True)
class FillError:
    """Mean absolute error of an interval, in percent of the home's mean interval, by method."""

    hours: int
    gaps: int
    ours: float
    line: float
    same_hour: float

    @property
    def wins(self) -> bool:
        """Whether ours is below both."""
        return self.ours < min(self.line, self.same_hour)


def fill_errors(home: Home, *, gaps: int, lengths: Sequence[int]) -> list[FillError]:
    """Take real stretches away, estimate them from what came before, and compare.

    No register helps here; where one is known, ours is scaled to it and its total is exact.
    """
    return [_fill_error(home, hours, gaps) for hours in lengths]


def _fill_error(home: Home, hours: int, gaps: int) -> FillError:
    flat = home.values.reshape(-1)
    mean = flat[flat != MISSING].mean()
    errors = np.zeros(3)
    count = 0
    for gap in _stretches(home, hours, gaps):
        truth = flat[gap.start : gap.stop]
        answers = _our_fill(home, gap), straight_line(flat, gap), _same_hour_mean(home, gap)
        errors += [np.abs(answer - truth).mean() for answer in answers]
        count += 1
    ours, line, same_hour = (float(each) for each in 100 * errors / count / mean)
    return FillError(hours, count, ours, line, same_hour)


def _stretches(home: Home, hours: int, gaps: int) -> Iterator[Gap]:
    """Yield stretches that are known, between known values, after weeks that mostly are."""
    chance = np.random.default_rng([SEED, hours])
    flat, slots = home.values.reshape(-1), home.values.shape[1]
    length = hours * _HOUR // home.step_seconds
    found = 0
    while found < gaps:
        start = int(chance.integers(LEARNING_DAYS * slots, len(flat) - length - 1))
        around = flat[start - 1 : start + length + 1]
        before = flat[start - 14 * slots : start]
        if (around != MISSING).all() and (before != MISSING).mean() > _MOSTLY:
            found += 1
            yield Gap(start, start + length)


def _our_fill(home: Home, gap: Gap) -> NDArray[np.float64]:
    slots = home.values.shape[1]
    first = max(0, gap.start // slots - LOOK_BACK_DAYS)
    last = min(len(home.values), gap.stop // slots + 2)
    values = home.values[first:last].reshape(-1).copy()
    inside = slice(gap.start - first * slots, gap.stop - first * slots)
    values[inside] = MISSING
    days = np.arange(last - first)
    weekday = (home.first_day.weekday() + first + days) % 7
    filled, _ = fill_gaps(
        ChannelDays(
            values=values,
            quality=np.zeros(len(values), np.uint8),
            day=days.repeat(slots),
            column=np.tile(np.arange(slots), len(days)),
            weekend=weekday >= _SATURDAY,
            degrees_c=home.degrees_c[first:last],
            step_seconds=home.step_seconds,
        ),
        first_day=gap.start // slots - first,
        settings=EstimateSettings(),
    )
    return filled[inside].astype(np.float64)


def _same_hour_mean(home: Home, gap: Gap) -> NDArray[np.float64]:
    """Return the mean of the same hour of the three weeks before; the baseline of the issue."""
    flat, slots = home.values.reshape(-1), home.values.shape[1]
    answer = np.empty(gap.stop - gap.start)
    for n, place in enumerate(range(gap.start, gap.stop)):
        before = place - slots * np.arange(1, USUAL_DAYS + 1)
        before = before[(before >= 0) & (before < gap.start)]
        known = flat[before][flat[before] != MISSING]
        answer[n] = known.mean() if len(known) else flat[flat != MISSING].mean()
    return answer


def print_report(*, say: Callable[[str], object], planted: int, gaps: int) -> bool:
    """Say what was found, as the tables of docs/algorithms/reads.md; and whether ours wins."""
    homes = load_homes()
    settings = CheckSettings()
    _say_detection(say, [detect(home, planted=planted, settings=settings) for home in homes])
    _say_alarms(say, {home.name: false_alarms(home, settings=settings) for home in homes})
    errors = {home.name: fill_errors(home, gaps=gaps, lengths=GAP_HOURS) for home in homes}
    _say_errors(say, errors)
    measured = [row for home in homes if home.measured for row in errors[home.name]]
    return all(row.wins for row in measured)


GAP_HOURS = (4, 6, 12, 24, 48)


def _say_detection(say: Callable[[str], object], homes: list[list[Detection]]) -> None:
    say("| planted | days | missed, intervals alone | missed, with a daily register |")
    say("|---|---|---|---|")
    for rows in zip(*homes, strict=True):
        planted, alone, beside = (
            sum(getattr(row, name) for row in rows)
            for name in ("planted", "missed_by_intervals", "missed_with_register")
        )
        say(f"| {rows[0].kind} | {planted} | {alone / planted:.1%} | {beside / planted:.1%} |")
    say("")


def _say_alarms(say: Callable[[str], object], homes: dict[str, dict[Check, float]]) -> None:
    checks = [check for check in next(iter(homes.values())) if check is not Check.MISSING]
    say("| false alarms a meter-year | " + " | ".join(checks) + " |")
    say("|---" * (len(checks) + 1) + "|")
    for name, alarms in homes.items():
        say(f"| {name} | " + " | ".join(f"{alarms[check]:.1f}" for check in checks) + " |")
    say("")


def _say_errors(say: Callable[[str], object], homes: dict[str, list[FillError]]) -> None:
    say("| home | gap | like days | straight line | same-hour mean | below both |")
    say("|---|---|---|---|---|---|")
    for name, rows in homes.items():
        for row in rows:
            numbers = " | ".join(f"{each:.1f} %" for each in (row.ours, row.line, row.same_hour))
            say(f"| {name} | {row.hours} h | {numbers} | {'yes' if row.wins else 'NO'} |")
