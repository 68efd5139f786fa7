"""The checks a day's values must pass, over many days at once. Pure numpy.

Each takes days as rows and intervals as columns, ``MISSING`` where nothing came, and says which
days, or which intervals, fail. What each rests on, its setting, and how often it is wrong on
measured homes is in docs/algorithms/reads.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smarthub.metering.types import MISSING, Integers

Marks = NDArray[np.bool_]
UNKNOWN_USUAL = -1
"""Stands for a channel too young to have a usual use."""
_THIRD = 3
_SHORTEST_RUN = 2


class Check(StrEnum):
    """What a day of a channel can fail; docs/algorithms/reads.md explains each."""

    MISSING = "missing"
    SUM = "sum"
    SPIKE = "spike"
    HIGH = "high"
    LOW = "low"
    ZERO = "zero"
    INACTIVE = "inactive"
    NEGATIVE = "negative"
    STUCK = "stuck"


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """The values of the policy ``read.checks``; zero switches a check off.

    Attributes:
        spike_over_third: How far the highest value may be above the day's third highest, as a
            part of it (California: 1.8).
        spike_over_usual: How many times the highest of the last weeks a spike must be, besides.
        spike_alone_times: Or how many times both its neighbours it is, standing alone ...
        spike_alone_over_usual: ... and how many times the highest of the last weeks besides.
        high_times: A day's use this many times the usual is too high (domain rule 18).
        low_part: A day's use below this part of the usual is too low (domain rule 18).
        zero_hours: Hours in a row without any use.
        stuck_hours: Hours in a row of one and the same use.
        stuck_least_steps: Fewer steps of the register than this an interval repeat by chance.
        sum_part: How far intervals may be from the register, as a part of it.
        sum_least_steps: Or this many of the register's own steps, if that is more.
    """

    spike_over_third: float = 1.8
    spike_over_usual: float = 2.0
    spike_alone_times: float = 4.0
    spike_alone_over_usual: float = 1.5
    high_times: float = 3.0
    low_part: float = 0.2
    zero_hours: float = 24.0
    stuck_hours: float = 6.0
    stuck_least_steps: int = 20
    sum_part: float = 0.02
    sum_least_steps: int = 2

    @classmethod
    def from_policy(cls, value: Mapping[str, Any]) -> CheckSettings:
        """Return the settings a policy states; what it does not state stays as above."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: each for name, each in value.items() if name in known})


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual for each day's channel: use a day and the highest interval of three weeks."""

    totals: Integers
    peaks: Integers


@dataclass(frozen=True, slots=True)
class Verdict:
    """What failed: whole days by check, and the single intervals that are doubtful.

    Only a spike accuses single intervals. A run of one value may be a lamp or a pump: staff are
    asked, and members are not told that their use is in doubt.
    """

    days: Mapping[Check, Marks]
    doubtful: Marks


def examine(
    values: Integers, *, usual: Usual, step_seconds: int, settings: CheckSettings
) -> Verdict:
    """Return what fails of days of equal length and step, by all checks that need only them."""
    spikes = find_spikes(values, usual=usual, settings=settings)
    stuck = find_runs_of_one_value(values, step_seconds=step_seconds, settings=settings)
    known = values != MISSING
    totals = np.where(known, values, 0).sum(axis=1)
    whole = known.all(axis=1)
    judged = whole & (usual.totals > 0)
    zero = find_no_use(values, step_seconds=step_seconds, settings=settings)
    days = {
        Check.MISSING: ~whole,
        Check.SPIKE: spikes.any(axis=1),
        Check.STUCK: stuck.any(axis=1),
        Check.ZERO: zero,
        Check.HIGH: judged & (totals > settings.high_times * usual.totals),
        Check.LOW: judged & ~zero & (totals < settings.low_part * usual.totals),
    }
    return Verdict(days, spikes)


def find_spikes(values: Integers, *, usual: Usual, settings: CheckSettings) -> Marks:
    """Return intervals far above the highest of the last weeks, and above the day they stand in.

    Either far above the day's third highest; or, where it stands alone, above both its neighbours,
    which a quiet hour gone wrong does and cooking seldom does.

    Source: the California VEE standard, spike check: (highest - third) / third > 1.8; the second
    way by what it finds and costs (docs/algorithms/reads.md).
    """
    marks = np.zeros(values.shape, bool)
    if not settings.spike_over_third or values.shape[1] < _THIRD:
        return marks
    least = min(settings.spike_over_usual, settings.spike_alone_over_usual)
    peaks = np.where(usual.peaks > 0, usual.peaks, np.inf)
    some = np.flatnonzero(values.max(axis=1) > peaks * least)  # very few, and sorting is slow
    if len(some):
        days, usually = values[some], peaks[some, None]
        third = np.maximum(np.partition(days, -_THIRD, axis=1)[:, -_THIRD], 1)[:, None]
        far = days > third * (1 + settings.spike_over_third)
        alone = days > _higher_neighbour(days) * (settings.spike_alone_times or np.inf)
        marks[some] = far & (days > usually * settings.spike_over_usual)
        marks[some] |= alone & (days > usually * settings.spike_alone_over_usual)
    return marks


def _higher_neighbour(days: Integers) -> NDArray[np.float64]:
    """Return the higher of the known neighbours of each interval, beyond all if none is."""
    edge = np.full((len(days), 1), MISSING)
    before = np.concatenate([edge, days[:, :-1]], axis=1)
    after = np.concatenate([days[:, 1:], edge], axis=1)
    higher = np.maximum(before, after)
    return np.where(higher == MISSING, np.inf, np.maximum(higher, 1))


def find_no_use(values: Integers, *, step_seconds: int, settings: CheckSettings) -> Marks:
    """Return days with no use for so many hours in a row (domain rule 18)."""
    count = _steps(settings.zero_hours, step_seconds)
    if not count:
        return np.zeros(len(values), bool)
    count = min(count, values.shape[1])
    return np.asarray(_runs(values == 0, count).any(axis=1))


def find_runs_of_one_value(
    values: Integers, *, step_seconds: int, settings: CheckSettings
) -> Marks:
    """Return the intervals of runs in which a meter says one and the same use for hours."""
    count = _steps(settings.stuck_hours, step_seconds)
    if count < _SHORTEST_RUN or values.shape[1] < count:
        return np.zeros(values.shape, bool)
    same = np.zeros(values.shape, bool)
    same[:, 1:] = (values[:, 1:] == values[:, :-1]) & (values[:, 1:] >= settings.stuck_least_steps)
    ends = _runs(same, count - 1)
    marks = np.zeros(values.shape, bool)
    if ends.any():
        for back in range(count):
            marks[:, : values.shape[1] - back] |= ends[:, back:]
    return marks


def _steps(hours: float, step_seconds: int) -> int:
    return round(hours * 3600 / step_seconds)


def _runs(marks: Marks, count: int) -> Marks:
    """Return where a mark is at least the ``count``-th in a row."""
    ends = np.zeros(marks.shape, bool)
    some = np.flatnonzero(marks.sum(axis=1) >= count)  # very few
    sums = np.zeros((len(some), marks.shape[1] + 1), np.int32)
    marks[some].cumsum(axis=1, out=sums[:, 1:])
    ends[some, count - 1 :] = sums[:, count:] - sums[:, :-count] == count
    return ends


def find_negative(values: Integers) -> Marks:
    """Return intervals below zero in a channel that can only count up; a gap is none of them."""
    return np.asarray(values < MISSING)


def differs_from_register(
    *, interval_sum: int, counted: float, register_step: float, settings: CheckSettings
) -> bool:
    """Say whether intervals and register of one span disagree by more than both can round.

    Args:
        interval_sum: What the intervals come to.
        counted: What the register counted, in the same steps.
        register_step: The least it can count, in the same steps.
        settings: The co-op's tolerance.

    Source: California and Ontario VEE standards, sum check; the tolerance is a setting.
    """
    room = max(settings.sum_part * counted, settings.sum_least_steps * register_step)
    return bool(settings.sum_part) and abs(interval_sum - counted) > room
