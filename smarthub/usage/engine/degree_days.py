"""The weather in a home's use: base, heating and cooling by degree days, with change points.

    use of a day = base + heating x max(0, heat_below - T) + cooling x max(0, T - cool_above)

with T the day's mean temperature. Least squares over a grid of change points; of the models
without weather, with heating, with cooling and with both, the one with the lowest BIC, so that
a term must earn its place. Where a meter is read once a billing period, the same line is laid
through the average day of each period; so few points forgive a chance fit less, and AICc judges.
Source: change-point degree-day regression as in CalTRACK; the reference
"greenbutton-rating-usage", C2; domain rules, section 4 (nine periods).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from smarthub.metering.types import Integers
from smarthub.usage.types import ComparedPeriod, Floats, Shares, WeatherModel

FEWEST_DAYS = 90
"""With fewer days of use and temperature no model is fitted."""
FEWEST_PERIODS = 9
"""With fewer periods between reads no model is fitted; source: domain rules, section 4."""
HEAT_BELOW_F = np.arange(44.0, 69.0, 2.0)
COOL_ABOVE_F = np.arange(58.0, 81.0, 2.0)
YEAR_DAYS = 365.2425
HARMONICS = 1
BLOCK_DAYS = 30
"""Past days are told their normal by a fit without the month around them, as the future is."""
FEWEST_DAYS_OF_NORMALS = 330
"""A temperature that is normal for a day needs nearly a year of them."""
NEVER_HEATS, NEVER_COOLS = -1000.0, 1000.0


@dataclass(frozen=True, slots=True)
class _Form:
    """One of the four forms: for each choice of change points, which terms its line is made of.

    Terms are numbered: 0 is the base, then a heating for each of ``HEAT_BELOW_F``, then a cooling
    for each of ``COOL_ABOVE_F``.
    """

    points: tuple[tuple[float, float], ...]
    terms: Integers


def _forms() -> tuple[_Form, ...]:
    heats = [(n, float(below)) for n, below in enumerate(HEAT_BELOW_F, start=1)]
    cools = [(n, float(above)) for n, above in enumerate(COOL_ABOVE_F, start=1 + len(heats))]
    both = [(heat, cool) for heat in heats for cool in cools if heat[1] <= cool[1]]
    return (
        _Form(((NEVER_HEATS, NEVER_COOLS),), np.array([[0]])),
        _Form(
            tuple((below, NEVER_COOLS) for _, below in heats), np.array([[0, n] for n, _ in heats])
        ),
        _Form(
            tuple((NEVER_HEATS, above) for _, above in cools), np.array([[0, n] for n, _ in cools])
        ),
        _Form(
            tuple((below, above) for (_, below), (_, above) in both),
            np.array([[0, heat, cool] for (heat, _), (cool, _) in both]),
        ),
    )


FORMS = _forms()
"""Without weather, with heating, with cooling, with both."""


def fit_model(*, use: Floats, mean_f: Floats) -> WeatherModel | None:
    """Return the best of the four models of daily use, or None where the days are too few.

    Args:
        use: One value a day, NaN where it is not known.
        mean_f: The mean temperature of the same days, NaN where it is not known.
    """
    known = ~(np.isnan(use) | np.isnan(mean_f))
    if known.sum() < FEWEST_DAYS:
        return None
    t = mean_f[known]
    terms = np.concatenate([np.ones((1, len(t))), _below(t), _above(t)])
    return _best(_Sample(use=use[known], terms=terms, judge=_bic))


def fit_periods(*, periods: Sequence[ComparedPeriod]) -> WeatherModel | None:
    """Return the best of the four models, from the average day of whole periods between reads.

    A period weighs as much as its days. Nine periods of 30 days that used 10 kWh a day and 0.55
    for each degree day give 0.55.

    Args:
        periods: What was used between reads that are no estimates; those without the temperature
            of each of their days do not count.

    Returns:
        The model, whose ``days`` are those of its periods; None where the periods are too few.

    Source: domain rules, section 4 (regression on nine periods or more).
    """
    known = [each for each in periods if each.mean_f and len(each.mean_f) == each.days]
    if len(known) < FEWEST_PERIODS:
        return None
    days = np.array([each.days for each in known], dtype=np.float64)
    temperatures = [np.array(each.mean_f, dtype=np.float64) for each in known]
    weight = np.sqrt(days / days.mean())
    heat = np.stack([_below(t).mean(axis=1) for t in temperatures], axis=1)
    cool = np.stack([_above(t).mean(axis=1) for t in temperatures], axis=1)
    sample = _Sample(
        use=np.array([float(each.quantity) for each in known]) / days * weight,
        terms=np.concatenate([np.ones((1, len(known))), heat, cool]) * weight,
        judge=_aicc,
    )
    return replace(_best(sample), days=int(days.sum()))


def shares_of(*, model: WeatherModel, use: Floats, mean_f: Floats) -> Shares | None:
    """Return how a period's use divides into base, heating and cooling, as estimated parts of 1.

    Scaled to what was used on the days with a temperature; None where there is none.
    """
    known = ~(np.isnan(use) | np.isnan(mean_f))
    if not known.any() or use[known].sum() <= 0:
        return None
    t = mean_f[known]
    base = float(model.base * len(t))
    heating = float(model.heating * np.maximum(model.heat_below - t, 0).sum())
    cooling = float(model.cooling * np.maximum(t - model.cool_above, 0).sum())
    whole = base + heating + cooling
    if whole <= 0:
        return None
    return Shares(base / whole, heating / whole, cooling / whole)


def normal_temperatures(
    *, known: Sequence[tuple[dt.date, float]], days: Sequence[dt.date]
) -> Floats | None:
    """Return the temperature that is usual for each of ``days``, from the station's own past.

    A smooth year through all days known; None where less than a year is. A day that is itself
    known is told by a fit without the days around it, for what it was must not tell what is
    usual: else the past looks easier to foretell than it was.
    """
    if len(known) < FEWEST_DAYS_OF_NORMALS:
        return None
    at = np.array([day.toordinal() for day, _ in known])
    degrees = np.array([mean for _, mean in known])
    wanted = np.array([day.toordinal() for day in days])
    past, waves = _waves(at), _waves(wanted)
    moments, along = past.T @ past, past.T @ degrees
    normal = waves @ np.linalg.solve(moments, along)
    for start in range(int(at.min()), int(at.max()) + 1, BLOCK_DAYS):
        here = (wanted >= start) & (wanted < start + BLOCK_DAYS) & (wanted <= at.max())
        around = (at >= start - BLOCK_DAYS // 2) & (at < start + BLOCK_DAYS + BLOCK_DAYS // 2)
        if here.any():
            # The sums of all days less those of the days around are the sums of the others.
            without = moments - past[around].T @ past[around]
            fitted = np.linalg.solve(without, along - past[around].T @ degrees[around])
            normal[here] = waves[here] @ fitted
    return np.asarray(normal, dtype=np.float64)


def _waves(at: Integers) -> Floats:
    angle = 2 * np.pi * at / YEAR_DAYS
    columns = [np.ones(len(at))]
    for n in range(1, HARMONICS + 1):
        columns += [np.cos(n * angle), np.sin(n * angle)]
    return np.stack(columns, axis=1)


@dataclass(frozen=True, slots=True)
class _Sample:
    """What a line is laid through: the use of each day, and the terms of ``_Form``, a row each.

    ``judge`` makes of error, count and parameters what the four models are compared by.
    """

    use: Floats
    terms: Floats
    judge: Callable[[float, int, int], float]


def _below(t: Floats) -> Floats:
    return np.asarray(np.maximum(HEAT_BELOW_F[:, None] - t, 0), dtype=np.float64)


def _above(t: Floats) -> Floats:
    return np.asarray(np.maximum(t - COOL_ABOVE_F[:, None], 0), dtype=np.float64)


def _bic(error: float, count: int, parameters: int) -> float:
    return float(count * np.log(error / count) + parameters * np.log(count))


def _aicc(error: float, count: int, parameters: int) -> float:
    """Return Akaike's measure with its correction for few points; the variance is a parameter."""
    k = parameters + 1
    if count <= k + 1:
        return float("inf")
    return float(count * np.log(error / count) + 2 * k + 2 * k * (k + 1) / (count - k - 1))


def _best(sample: _Sample) -> WeatherModel:
    """Return the best of the best of each form; the sums of squares are made once for all."""
    moments, along = sample.terms @ sample.terms.T, sample.terms @ sample.use
    judged = (_chosen(sample, moments, along, form) for form in FORMS)
    return min(judged, key=lambda pair: pair[0])[1]


def _chosen(
    sample: _Sample, moments: Floats, along: Floats, form: _Form
) -> tuple[float, WeatherModel]:
    """Return the change points of least error whose slopes are not below zero, judged."""
    terms, y = form.terms, sample.use
    count = terms.shape[1]
    of_each = moments[terms[:, :, None], terms[:, None, :]] + 1e-9 * np.eye(count)
    found = np.linalg.solve(of_each, along[terms][..., None])[..., 0]
    # Of a line by least squares, the more of the sum of squares it takes, the less is left.
    left = y @ y - (along[terms] * found).sum(axis=1)
    left = np.where((found < 0).any(axis=1), np.inf, left)
    best = int(np.argmin(left))
    error = float(((found[best] @ sample.terms[terms[best]] - y) ** 2).sum())
    judged = sample.judge(max(error, 1e-9), len(y), 2 * count - 1)
    heat_below, cool_above = form.points[best]
    slopes = dict(zip(_names(heat_below, cool_above), found[best], strict=True))
    model = WeatherModel(
        base=float(slopes["base"]),
        heating=float(slopes.get("heating", 0.0)),
        heat_below=float(heat_below),
        cooling=float(slopes.get("cooling", 0.0)),
        cool_above=float(cool_above),
        days=len(y),
    )
    return (judged if np.isfinite(left[best]) else np.inf), model


def _names(heat_below: float, cool_above: float) -> list[str]:
    names = ["base"]
    if heat_below != NEVER_HEATS:
        names.append("heating")
    if cool_above != NEVER_COOLS:
        names.append("cooling")
    return names
