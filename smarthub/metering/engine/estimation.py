"""Estimates for intervals that did not arrive: a straight line, or days like the one with the gap.

Pure numpy. Days are compared by the wall clock, because people live by it; a gap is filled in
elapsed order, so a day keeps its 23, 24 or 25 hours. What each constant rests on, and what the
estimates are worth, is measured in docs/algorithms/reads.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smarthub.metering.engine.packing import is_estimate
from smarthub.metering.types import MISSING, Integers, Quality

Floats = NDArray[np.float64]

LOOK_BACK_DAYS = 63
"""Days before the gap that may be like it: nine weeks, so that each weekday is there nine times."""
FADE_A_WEEK = 0.9
"""What a day's weight falls to with each week between it and the gap."""
OTHER_KIND = 0.6
"""What a weekend weighs for a working day, and a working day for a weekend."""
LIKE_DEGREES_C = 5.0
"""Days whose mean temperature differs by so much weigh 1/e."""
CONTEXT_HOURS = 4
"""Hours before and after the gap that tell which days were like this one."""
CONTEXT_WEIGHT = 1.5
"""How strongly a day that differs in those hours loses weight."""
FEWEST_LIKE_DAYS = 7
"""With fewer days to learn from, nothing is estimated: the gap stays a gap."""
MOST_SCALING = 5.0
"""A register that asks for a larger or smaller factor contradicts the day; it is not obeyed."""


@dataclass(frozen=True, slots=True)
class EstimateSettings:
    """What a co-op decides: hours up to which a straight line is drawn (CA: 2, Ontario: 1)."""

    straight_line_hours: float = 2.0
    longest_days: int = 35


@dataclass(frozen=True, slots=True)
class ChannelDays:
    """Consecutive local days of one channel, in elapsed order, laid end to end.

    ``day`` and ``column`` say of each value in which day it is (counted from the first) and at
    which step of the wall clock. ``weekend`` has one mark a day and ``degrees_c`` one mean
    temperature a day, ``nan`` where nobody knows.
    """

    values: Integers
    quality: NDArray[np.uint8]
    day: Integers
    column: Integers
    weekend: NDArray[np.bool_]
    degrees_c: Floats
    step_seconds: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Values from ``start`` up to, not including, ``stop`` that nobody knows."""

    start: int
    stop: int


def find_gaps(unknown: NDArray[np.bool_]) -> list[Gap]:
    """Return the runs of ``unknown``, in order."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], unknown, [False]]).astype(np.int8)))
    return [Gap(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def fill_gaps(
    days: ChannelDays, *, first_day: int, settings: EstimateSettings
) -> tuple[Integers, NDArray[np.uint8]]:
    """Return values and qualities with the gaps from ``first_day`` on filled, where they can be.

    A gap of at most ``straight_line_hours`` between two known values is a straight line; a longer
    one follows like days before it. Estimates made before are no days to learn from. A gap with
    fewer than a week to learn from, or longer than ``longest_days``, stays.

    Args:
        days: The days before and with the gaps.
        first_day: Gaps that begin on earlier days are left alone.
        settings: The co-op's limits.
    """
    values, quality = days.values.copy(), days.quality.copy()
    real = (values != MISSING) & ~is_estimate(quality)
    straight = settings.straight_line_hours * 3600 / days.step_seconds
    for gap in find_gaps(values == MISSING):
        if days.day[gap.start] < first_day or _too_long(days, gap, settings):
            continue
        where = slice(gap.start, gap.stop)
        if gap.stop - gap.start <= straight and _bounded(days.values, gap):
            values[where] = straight_line(days.values, gap)
            quality[where] = Quality.INTERPOLATED
        elif (estimate := like_days(days, real, gap)) is not None:
            values[where] = np.rint(estimate).astype(np.int64)
            quality[where] = Quality.ESTIMATED
    return values, quality


def _too_long(days: ChannelDays, gap: Gap, settings: EstimateSettings) -> bool:
    return bool(days.day[gap.stop - 1] - days.day[gap.start] >= settings.longest_days)


def _bounded(values: Integers, gap: Gap) -> bool:
    return gap.start > 0 and gap.stop < len(values)


def straight_line(values: Integers, gap: Gap) -> Integers:
    """Return whole values on the line from the value before the gap to the one after it."""
    ends = [gap.start - 1, gap.stop]
    line = np.interp(np.arange(gap.start, gap.stop), ends, values[ends])
    return np.rint(line).astype(np.int64)


def like_days(days: ChannelDays, real: NDArray[np.bool_], gap: Gap) -> Floats | None:
    """Return what the days before the gap used at its hours, the likest weighing most.

    Half of each value is the weighted mean, which keeps the total, and half the weighted median,
    which keeps single hot showers out of it.

    Returns:
        One value a step of the gap, or ``None`` with fewer than ``FEWEST_LIKE_DAYS`` to learn from.
    """
    grid, first = _grid(days, real, before=gap)
    if len(grid) < FEWEST_LIKE_DAYS:
        return None
    estimate = np.full(gap.stop - gap.start, np.nan)
    for day in np.unique(days.day[gap.start : gap.stop]):
        here = np.flatnonzero(days.day[gap.start : gap.stop] == day) + gap.start
        weights = _calendar_weights(days, range(first, first + len(grid)), int(day))
        weights *= _likeness(days, real, gap, grid, int(day))
        estimate[here - gap.start] = _half_mean_half_median(grid[:, days.column[here]], weights)
    return None if np.isnan(estimate).any() else estimate


def _grid(days: ChannelDays, real: NDArray[np.bool_], *, before: Gap) -> tuple[Floats, int]:
    """Return the days before the gap by wall clock, ``nan`` where unknown, and the first's number.

    An hour the clock shows twice is there once; the one it skips is unknown.
    """
    last = int(days.day[before.start])
    first = max(0, last - LOOK_BACK_DAYS)
    grid = np.full((last - first, 86_400 // days.step_seconds), np.nan)
    chosen = real & (days.day >= first) & (days.day < last)
    grid[days.day[chosen] - first, days.column[chosen]] = days.values[chosen]
    return grid, first


def _calendar_weights(days: ChannelDays, candidates: range, day: int) -> Floats:
    """Return how much each candidate counts for ``day``, by distance, weekday and weather."""
    others = np.array(candidates)
    weights = FADE_A_WEEK ** ((day - others) / 7.0)
    weights *= np.where(days.weekend[others] == days.weekend[day], 1.0, OTHER_KIND)
    apart = np.abs(days.degrees_c[others] - days.degrees_c[day])
    return np.asarray(
        weights * np.where(np.isnan(apart), 1.0, np.exp(-((apart / LIKE_DEGREES_C) ** 2)))
    )


def _likeness(
    days: ChannelDays, real: NDArray[np.bool_], gap: Gap, grid: Floats, day: int
) -> Floats:
    """Return 1 for days alike in the hours around the gap, and less the more they differ."""
    reach = CONTEXT_HOURS * 3600 // days.step_seconds
    around = np.r_[
        max(0, gap.start - reach) : gap.start, gap.stop : min(len(days.values), gap.stop + reach)
    ]
    around = around[real[around]]
    if not len(around):
        return np.ones(len(grid))
    rows = np.arange(len(grid))[:, None] + (days.day[around] - day)[None, :]
    there = grid[np.clip(rows, 0, len(grid) - 1), days.column[around]]
    known = ~np.isnan(there) & (rows >= 0) & (rows < len(grid))
    scale = there[known].mean() if known.any() else 0.0
    differences = np.where(known, np.abs(there - days.values[around]), 0.0).sum(axis=1)
    counted = known.sum(axis=1)
    apart = np.where(counted, differences / np.maximum(counted, 1) / (scale + 1e-9), 1.0)
    return np.asarray(np.exp(-CONTEXT_WEIGHT * apart))


def _half_mean_half_median(grid: Floats, weights: Floats) -> Floats:
    """Return half weighted mean and half weighted median of each column; ``nan`` if it is empty."""
    known = ~np.isnan(grid)
    heavy = np.where(known, np.maximum(weights, 1e-12)[:, None], 0.0)
    total = heavy.sum(axis=0)
    mean = np.where(known, grid, 0.0) * heavy
    with np.errstate(invalid="ignore"):
        means = mean.sum(axis=0) / total
    order = np.argsort(np.where(known, grid, np.inf), axis=0)
    reached = np.take_along_axis(heavy, order, axis=0).cumsum(axis=0) >= total / 2
    middle = np.take_along_axis(order, reached.argmax(axis=0)[None, :], axis=0)
    medians = np.take_along_axis(grid, middle, axis=0)[0]
    return np.where(total > 0, (means + medians) / 2, np.nan)


def scale_to(estimates: Integers, *, total: int) -> Integers:
    """Return ``estimates`` in the same shape, in whole steps that sum to ``total`` exactly.

    What a register counted is a fact, so the estimates of the span give way to it. A total that
    asks for a factor beyond ``MOST_SCALING`` (or below zero) contradicts the known values of
    the span, and the estimates stay as they are; the sum check tells staff.

    Source: Ontario IESO_STD_0078 and the California VEE standard (scaling to the register).
    """
    planned = int(estimates.sum())
    if planned == 0 or not planned <= total * MOST_SCALING <= planned * MOST_SCALING**2:
        return estimates
    down, rest = np.divmod(estimates * total, planned)
    short = total - int(down.sum())
    order = np.lexsort((np.arange(len(rest)), -rest))
    down[order[:short]] += 1
    return np.asarray(down)
