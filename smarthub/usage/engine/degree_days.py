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
from collections.abc import Callable, Iterator, Sequence
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
    sample = _Sample(
        use=use[known],
        ones=np.ones(len(t)),
        heat=_below(t),
        cool=_above(t),
        judge=_bic,
    )
    return _best(sample)


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
    sample = _Sample(
        use=np.array([float(each.quantity) for each in known]) / days * weight,
        ones=weight,
        heat=np.stack([_below(t).mean(axis=1) for t in temperatures], axis=1) * weight,
        cool=np.stack([_above(t).mean(axis=1) for t in temperatures], axis=1) * weight,
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
    normal = _waves(wanted) @ _fit(at, degrees)
    for start in range(int(at.min()), int(at.max()) + 1, BLOCK_DAYS):
        here = (wanted >= start) & (wanted < start + BLOCK_DAYS) & (wanted <= at.max())
        apart = (at < start - BLOCK_DAYS // 2) | (at >= start + BLOCK_DAYS + BLOCK_DAYS // 2)
        if here.any():
            normal[here] = _waves(wanted[here]) @ _fit(at[apart], degrees[apart])
    return np.asarray(normal, dtype=np.float64)


def _fit(at: Integers, degrees: Floats) -> Floats:
    found, *_rest = np.linalg.lstsq(_waves(at), degrees, rcond=None)
    return np.asarray(found, dtype=np.float64)


def _waves(at: Integers) -> Floats:
    angle = 2 * np.pi * at / YEAR_DAYS
    columns = [np.ones(len(at))]
    for n in range(1, HARMONICS + 1):
        columns += [np.cos(n * angle), np.sin(n * angle)]
    return np.stack(columns, axis=1)


@dataclass(frozen=True, slots=True)
class _Sample:
    """What a line is laid through: use, and degrees below and above each change point.

    ``judge`` makes of error, count and parameters what the four models are compared by.
    """

    use: Floats
    ones: Floats
    heat: Floats
    cool: Floats
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
    return min(_models(sample), key=lambda pair: pair[0])[1]


def _models(sample: _Sample) -> Iterator[tuple[float, WeatherModel]]:
    """Yield the best model of each of the four forms with how it is judged."""
    heat, cool = sample.heat, sample.cool
    yield _chosen(sample, [sample.ones[None]], [(NEVER_HEATS, NEVER_COOLS)])
    ones = np.broadcast_to(sample.ones, heat.shape)
    yield _chosen(sample, [ones, heat], [(b, NEVER_COOLS) for b in HEAT_BELOW_F])
    ones = np.broadcast_to(sample.ones, cool.shape)
    yield _chosen(sample, [ones, cool], [(NEVER_HEATS, c) for c in COOL_ABOVE_F])
    pairs = [
        (n, m) for n, b in enumerate(HEAT_BELOW_F) for m, c in enumerate(COOL_ABOVE_F) if b <= c
    ]
    rows, columns = [n for n, _ in pairs], [m for _, m in pairs]
    ones = np.broadcast_to(sample.ones, (len(pairs), len(sample.ones)))
    points = [(HEAT_BELOW_F[n], COOL_ABOVE_F[m]) for n, m in pairs]
    yield _chosen(sample, [ones, heat[rows], cool[columns]], points)


def _chosen(
    sample: _Sample, terms: Sequence[Floats], points: Sequence[tuple[float, float]]
) -> tuple[float, WeatherModel]:
    """Return the change points of least error whose slopes are not below zero, judged."""
    y = sample.use
    x = np.stack(terms, axis=2)  # change points, days or periods, terms
    moments = np.einsum("mdi,mdj->mij", x, x) + 1e-9 * np.eye(x.shape[2])
    found = np.linalg.solve(moments, np.einsum("mdi,d->mi", x, y)[..., None])[..., 0]
    errors = ((np.einsum("mdi,mi->md", x, found) - y) ** 2).sum(axis=1)
    errors = np.where((found < 0).any(axis=1), np.inf, errors)
    best = int(np.argmin(errors))
    judged = sample.judge(max(float(errors[best]), 1e-9), len(y), 2 * x.shape[2] - 1)
    heat_below, cool_above = points[best]
    slopes = dict(zip(_names(heat_below, cool_above), found[best], strict=True))
    model = WeatherModel(
        base=float(slopes["base"]),
        heating=float(slopes.get("heating", 0.0)),
        heat_below=float(heat_below),
        cooling=float(slopes.get("cooling", 0.0)),
        cool_above=float(cool_above),
        days=len(y),
    )
    return (judged if np.isfinite(errors[best]) else np.inf), model


def _names(heat_below: float, cool_above: float) -> list[str]:
    names = ["base"]
    if heat_below != NEVER_HEATS:
        names.append("heating")
    if cool_above != NEVER_COOLS:
        names.append("cooling")
    return names
