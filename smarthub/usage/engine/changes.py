"""Why is it different: two periods in steps that add up exactly, in the unit of the meter.

The period before is first stretched to as many days, then moved by the weather; what is left is
other use. Each step starts where the one before ended, so the parts add up to the difference.
Source: domain rules, section 4 ("Explaining a bill"), the steps in units.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from smarthub.usage.types import Change, ComparedPeriod, WeatherModel

STEP = Decimal("0.1")


def explain_change(
    *, before: ComparedPeriod, now: ComparedPeriod, model: WeatherModel | None
) -> Change:
    """Return what of the difference is days, heating, cooling, and other use.

    930 kWh in 30 days with 780 heating degree days, then 1260 in 33 with 1122, at 0.55 kWh a
    degree day: days 93.0, heating 0.55 x (1122 - 780 x 33 / 30) = 145.2, other 91.8: 330 in all.

    Args:
        before: The earlier period.
        now: The later one.
        model: What a degree day costs this home; without it, weather is part of other use.
    """
    stretch = Decimal(now.days) / before.days
    days = _tenths(before.quantity * stretch - before.quantity)
    heating = cooling = None
    if model is not None and before.mean_f is not None and now.mean_f is not None:
        per_heating, per_cooling = Decimal(str(model.heating)), Decimal(str(model.cooling))
        heating = _tenths(per_heating * (now.heating(model) - before.heating(model) * stretch))
        cooling = _tenths(per_cooling * (now.cooling(model) - before.cooling(model) * stretch))
    whole = now.quantity - before.quantity
    weather = (heating or Decimal(0)) + (cooling or Decimal(0))
    return Change(
        before=before,
        now=now,
        days=days,
        heating=heating,
        cooling=cooling,
        other=whole - days - weather,
    )


def _tenths(value: Decimal) -> Decimal:
    return value.quantize(STEP, rounding=ROUND_HALF_UP)
