"""Where a billing period is heading: use so far, and what is likely to follow, as a range.

What follows is the weather model on the temperatures ahead, moved by how far the last weeks lay
from it, and mixed with the run-rate in the share that served this home best before, most of all
at this time of the year. The range holds the middle 80 % of what the same method would have missed
by in this home's own past, on the same day of a period as long. Where there is no weather, the
run-rate stands alone.

Only days before ``today`` are ever looked at. Source: the reference "greenbutton-rating-usage",
C3 and C4; docs/algorithms/projection.md has the back-test.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from smarthub.usage.engine.degree_days import YEAR_DAYS, fit_model
from smarthub.usage.types import Floats, Method, Projection, WeatherModel

FIRST_DAY = 5
"""Before so many days of a period are known, nothing is projected."""
LEVEL_DAYS = 21
"""How far back the home's distance from its model is looked at."""
LEVEL_SHRINK = 7.0
"""Days of doubt: a distance seen on so many days is believed by half."""
STEP_DAYS = 3
FEWEST_TRIALS = 20
EVEN, DOUBT = 0.5, 0.5
"""The model's share where nothing is known of it, and how far from that it may well be."""
SEASON_DAYS = 60.0
"""A stretch so far from this time of the year counts for a third of one at it ..."""
LEAST_SEASON = 0.1
"""... and one of another season for so little."""
A_LITTLE, HALF = 0.1, 0.5
"""Parts of the usual use that keep a miss of next to nothing from being many times of it."""
NOTHING = 1e-9
LOW, HIGH = 0.10, 0.90
SPREAD_WITHOUT_PAST = 0.25
"""With no past to learn from, what follows may lie a quarter to either side."""


class Past(NamedTuple):
    """Whole days before the period: use, temperature, and what was normal; NaN if not known."""

    use: Floats
    mean_f: Floats
    normal_f: Floats


class Ahead(NamedTuple):
    """The days so far of the period, as ``Past`` has them, and the temperatures to come."""

    use: Floats
    mean_f: Floats
    coming_f: Floats


def project(*, past: Past, ahead: Ahead, days: int) -> Projection | None:
    """Return where a period of ``days`` days is heading, or None before day 5 or with nothing.

    Args:
        past: The days before the period, the oldest first; two years are plenty.
        ahead: What is known of the period, and a temperature for each day left.
        days: How long the period will be.
    """
    done = len(ahead.use)
    known = ahead.use[~np.isnan(ahead.use)]
    if not FIRST_DAY <= done <= days or len(known) * 2 < done:
        return None
    so_far = float(known.mean() * done)  # a day without readings counts as a usual one
    left = days - done
    if left == 0:
        return Projection(so_far, so_far, so_far, Method.KNOWN, done, days)
    model = _model(past, ahead)
    trials = list(_trials(past, model, done=done, left=left))
    independent = max(len(past.use) / days, 1)
    usual = float(np.nanmean(past.use)) * left if trials else 0.0
    mix = _best_mix(trials, usual=usual, independent=independent) if model else 0.0
    rest = _mixed(
        _by_run_rate(ahead.use, left),
        _by_model(model, past, ahead) if model else 0.0,
        mix,
    )
    low, high = _spread(trials, mix, said=rest, usual=usual, independent=independent)
    method = Method.DEGREE_DAYS if mix > 0 else Method.RUN_RATE
    return Projection(
        low=so_far + max(rest + low, 0.0),
        likely=so_far + rest,
        high=so_far + rest + high,
        method=method,
        day=done,
        days=days,
    )


class _Trial(NamedTuple):
    """A stretch of the past: what both methods would have said of its rest, and what it was."""

    days_before: int
    by_run_rate: float
    by_model: float
    actual: float

    def weight(self) -> float:
        """Say how much it tells of this time of the year."""
        around = self.days_before % YEAR_DAYS
        return float(np.exp(-((min(around, YEAR_DAYS - around) / SEASON_DAYS) ** 2)) + LEAST_SEASON)


def _model(past: Past, ahead: Ahead) -> WeatherModel | None:
    if np.isnan(ahead.coming_f).any() or np.isnan(past.normal_f).any():
        return None  # its past could not be told with what is normal
    return fit_model(use=past.use, mean_f=past.mean_f)


def _trials(past: Past, model: WeatherModel | None, *, done: int, left: int) -> Iterator[_Trial]:
    """Yield what would have been said on the same day of each stretch of the past."""
    expected = None if model is None else model.predict(past.mean_f)
    for start in range(0, len(past.use) - done - left + 1, STEP_DAYS):
        now, end = start + done, start + done + left
        rest, before = past.use[now:end], past.use[start:now]
        if np.isnan(rest).sum() * 10 > left or np.isnan(before).sum() * 2 > done:
            continue
        by_model = 0.0
        if model is not None and expected is not None:
            recent = slice(max(0, now - LEVEL_DAYS), now)
            level = _level(past.use[recent] - expected[recent])
            by_model = float(model.predict(past.normal_f[now:end]).sum() + level * left)
        yield _Trial(
            days_before=len(past.use) - start,
            by_run_rate=_by_run_rate(before, left),
            by_model=by_model,
            actual=float(np.nanmean(rest) * left),
        )


def _by_run_rate(so_far: Floats, left: int) -> float:
    return float(np.nanmean(so_far)) * left


def _by_model(model: WeatherModel, past: Past, ahead: Ahead) -> float:
    use = np.concatenate([past.use, ahead.use])[-LEVEL_DAYS:]
    mean_f = np.concatenate([past.mean_f, ahead.mean_f])[-LEVEL_DAYS:]
    level = _level(use - model.predict(mean_f))
    return float(model.predict(ahead.coming_f).sum()) + level * len(ahead.coming_f)


def _level(residuals: Floats) -> float:
    """Return how far the last days lie from the model, believed the more the more they are."""
    known = residuals[~np.isnan(residuals)]
    return float(known.sum() / (len(known) + LEVEL_SHRINK))


def _mixed(by_run_rate: float, by_model: float, mix: float) -> float:
    return max(mix * by_model + (1 - mix) * by_run_rate, 0.0)


def _best_mix(trials: list[_Trial], *, usual: float, independent: float) -> float:
    """Return the share of the model that would have missed least before, believed as it deserves.

    Least squares of misses in proportion to what was told, so that a month of much use does not
    speak for a year; drawn to one half, by as much as so few independent stretches leave in
    doubt. With too little past to say anything the model stands alone.

    Source: the mean of a normal share with a normal prior (EVEN, DOUBT).
    """
    if len(trials) < FEWEST_TRIALS:
        return 1.0
    by_run_rate, by_model, actual, weight = np.array(
        [(t.by_run_rate, t.by_model, t.actual, t.weight()) for t in trials]
    ).T
    size = (by_run_rate + np.maximum(by_model, 0)) / 2 + A_LITTLE * usual + NOTHING
    apart, missed = (by_model - by_run_rate) / size, (actual - by_run_rate) / size
    weight /= weight.sum()
    square, product = float(weight @ apart**2), float(weight @ (apart * missed))
    best = min(max(product / max(square, NOTHING), 0.0), 1.0)
    noise = max(float(weight @ (missed - best * apart) ** 2), NOTHING)
    told, doubted = independent / noise, 1 / DOUBT**2
    share = (told * product + doubted * EVEN) / (told * square + doubted)
    return min(max(share, 0.0), 1.0)


def _spread(
    trials: list[_Trial], mix: float, *, said: float, usual: float, independent: float
) -> tuple[float, float]:
    """Return how far the rest may lie below and above what is said of it, in its own unit.

    Misses grow with what is said, but not from nothing, so they are measured in it and half the
    usual use. Stretches overlap and count for as many as would stand side by side; the quantiles
    are taken so much further out as one more month, of which nothing is known, is owed.

    Source: split conformal prediction, the quantile of rank (n + 1) x 0.9 of n.
    """
    if len(trials) < FEWEST_TRIALS:
        return -SPREAD_WITHOUT_PAST * said, SPREAD_WITHOUT_PAST * said
    told = np.array([_mixed(t.by_run_rate, t.by_model, mix) for t in trials])
    size = told + HALF * usual + NOTHING
    errors = (np.array([t.actual for t in trials]) - told) / size
    owed = HIGH / independent
    low, high = np.quantile(errors, [max(LOW - owed, 0), min(HIGH + owed, 1)])
    now = said + HALF * usual
    return min(float(low) * now, 0.0), max(float(high) * now, 0.0)
