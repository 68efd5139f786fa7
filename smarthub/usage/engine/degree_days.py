"""The weather in a home's use: base, heating and cooling by degree days, with change points.

    use of a day = base + heating x max(0, heat_below - T) + cooling x max(0, T - cool_above)

with T the day's mean temperature. Least squares over a grid of change points; of the models
without weather, with heating, with cooling and with both, the one with the lowest BIC, so that
a term must earn its place. Source: change-point degree-day regression as in CalTRACK; the
reference "greenbutton-rating-usage", C2.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import numpy as np

from smarthub.metering.types import Integers
from smarthub.usage.types import Floats, Shares, WeatherModel

FEWEST_DAYS = 90
"""With fewer days of use and temperature no model is fitted."""
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
    y, t = use[known], mean_f[known]
    return min(_models(y, t), key=lambda pair: pair[0])[1]


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


def _models(y: Floats, t: Floats) -> Iterator[tuple[float, WeatherModel]]:
    """Yield the best model of each of the four forms with its BIC."""
    heat = np.maximum(HEAT_BELOW_F[:, None] - t, 0)
    cool = np.maximum(t - COOL_ABOVE_F[:, None], 0)
    yield _chosen(y, [np.ones((1, len(y)))], [(NEVER_HEATS, NEVER_COOLS)])
    ones = np.ones((len(heat), len(y)))
    yield _chosen(y, [ones, heat], [(b, NEVER_COOLS) for b in HEAT_BELOW_F])
    ones = np.ones((len(cool), len(y)))
    yield _chosen(y, [ones, cool], [(NEVER_HEATS, c) for c in COOL_ABOVE_F])
    pairs = [
        (n, m) for n, b in enumerate(HEAT_BELOW_F) for m, c in enumerate(COOL_ABOVE_F) if b <= c
    ]
    rows, columns = [n for n, _ in pairs], [m for _, m in pairs]
    ones = np.ones((len(pairs), len(y)))
    points = [(HEAT_BELOW_F[n], COOL_ABOVE_F[m]) for n, m in pairs]
    yield _chosen(y, [ones, heat[rows], cool[columns]], points)


def _chosen(
    y: Floats, terms: Sequence[Floats], points: Sequence[tuple[float, float]]
) -> tuple[float, WeatherModel]:
    """Return the change points of least error whose slopes are not below zero, and their BIC."""
    x = np.stack(terms, axis=2)  # change points, days, terms
    moments = np.einsum("mdi,mdj->mij", x, x) + 1e-9 * np.eye(x.shape[2])
    found = np.linalg.solve(moments, np.einsum("mdi,d->mi", x, y)[..., None])[..., 0]
    errors = ((np.einsum("mdi,mi->md", x, found) - y) ** 2).sum(axis=1)
    errors = np.where((found < 0).any(axis=1), np.inf, errors)
    best = int(np.argmin(errors))
    count, parameters = len(y), 2 * x.shape[2] - 1
    bic = count * np.log(max(errors[best], 1e-9) / count) + parameters * np.log(count)
    heat_below, cool_above = points[best]
    slopes = dict(zip(_names(heat_below, cool_above), found[best], strict=True))
    model = WeatherModel(
        base=float(slopes["base"]),
        heating=float(slopes.get("heating", 0.0)),
        heat_below=float(heat_below),
        cooling=float(slopes.get("cooling", 0.0)),
        cool_above=float(cool_above),
        days=count,
    )
    return (float(bic) if np.isfinite(errors[best]) else np.inf), model


def _names(heat_below: float, cool_above: float) -> list[str]:
    names = ["base"]
    if heat_below != NEVER_HEATS:
        names.append("heating")
    if cool_above != NEVER_COOLS:
        names.append("cooling")
    return names
