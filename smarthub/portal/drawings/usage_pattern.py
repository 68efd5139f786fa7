"""Turn averages into words and pictures: the usual day by its hours, the usual week by its days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
from django.utils.translation import gettext

from smarthub.kernel.charts import Bar, BarKind, Guide, bar_chart, choose_guides
from smarthub.portal.pinned_notes import PinnedNote, pin_letters
from smarthub.portal.words.usage import say_use
from smarthub.ui.formats import say_day, say_number, say_unit
from smarthub.ui.hours import say_hour, say_hour_range
from smarthub.ui.parts import Chart, Key, Table
from smarthub.usage.types import Floats
from smarthub.workflows.usage.usage_pattern import PatternView

A_MONDAY = dt.date(2024, 1, 1)
A_DAY = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
"""An ordinary day of 24 hours, to name hours and weekdays by."""
UTC = ZoneInfo("UTC")
WEEKEND = 5
THOUSANDTH = Decimal("0.001")
QUARTER_DAY = 6


@dataclass(frozen=True, slots=True)
class PatternDrawn:
    """Both pictures, and what is always on; a picture is None where nothing is known."""

    day: Chart | None
    week: Chart | None
    always_on: str
    notes: tuple[PinnedNote, ...]


def draw_pattern(view: PatternView) -> PatternDrawn:
    """Draw the usual day and the usual week."""
    return PatternDrawn(
        day=_draw_day(view) if _is_known(view.weekday_hours) else None,
        week=_draw_week(view) if _is_known(view.week) else None,
        always_on=_say_always(view),
        notes=pin_letters(view.ground.notes_on(view.period)),
    )


def _draw_day(view: PatternView) -> Chart:
    unit = view.ground.history.unit
    values, ticks = _decimals(view.weekday_hours), _decimals(view.weekend_hours)
    sentence = gettext(
        "The most is used at %(weekday)s on weekdays, and at %(weekend)s at weekends."
    ) % {"weekday": _peak_hour(values), "weekend": _peak_hour(ticks)}
    bars = [
        Bar(
            value=value,
            label=f"{_hour_name(n)}: {say_use(value, unit)}",
            below=say_hour(_hour_at(n), UTC) if n % QUARTER_DAY == 0 else "",
        )
        for n, value in enumerate(values)
    ]
    svg = bar_chart(
        name="usual-day",
        title=gettext("%(unit)s an hour") % {"unit": say_unit(unit)},
        sentence=sentence,
        bars=bars,
        guides=_guides([*values, *ticks]),
        marks=ticks,
        height=180,
    )
    keys = (Key("plain", gettext("weekdays")), Key("mark", gettext("weekends")))
    table = Table(
        caption=gettext("The usual day"),
        head=(gettext("Hour"), gettext("Weekdays"), gettext("Weekends")),
        rows=tuple(
            (_hour_name(n), say_use(value, unit), say_use(tick, unit))
            for n, (value, tick) in enumerate(zip(values, ticks, strict=True))
        ),
    )
    return Chart(sentence, svg, keys, table)


def _draw_week(view: PatternView) -> Chart:
    unit = view.ground.history.unit
    values = _decimals(view.week)
    known = [(value, n) for n, value in enumerate(values) if value is not None]
    most, least = max(known)[1], min(known)[1]
    sentence = gettext("The most is used on a %(most)s, the least on a %(least)s.") % {
        "most": _weekday(most),
        "least": _weekday(least),
    }
    bars = [
        Bar(
            value=value,
            label=f"{_weekday(n)}: {say_use(value, unit)}",
            below=say_day(A_MONDAY + dt.timedelta(days=n), "weekday_name_short"),
            kind=BarKind.DIM if n >= WEEKEND else BarKind.PLAIN,
        )
        for n, value in enumerate(values)
    ]
    svg = bar_chart(
        name="usual-week",
        title=gettext("%(unit)s a day") % {"unit": say_unit(unit)},
        sentence=sentence,
        bars=bars,
        guides=_guides(values),
        height=160,
    )
    keys = (Key("plain", gettext("weekdays")), Key("dim", gettext("weekends")))
    table = Table(
        caption=gettext("The usual week"),
        head=(gettext("Day"), gettext("Average use")),
        rows=tuple((_weekday(n), say_use(value, unit)) for n, value in enumerate(values)),
    )
    return Chart(sentence, svg, keys, table)


def _say_always(view: PatternView) -> str:
    """Return what runs even in quiet nights, in the unit and as an estimate; empty if not known."""
    if view.always_on is None:
        return ""
    unit = view.ground.history.unit
    amount = say_number(_decimal(view.always_on), 2)
    if unit == "kWh":
        return gettext("About %(amount)s kW are always on, even at night: an estimate.") % {
            "amount": amount
        }
    return gettext("About %(amount)s %(unit)s an hour are used even at night: an estimate.") % {
        "amount": amount,
        "unit": say_unit(unit),
    }


def _guides(values: list[Decimal | None]) -> list[Guide]:
    return [Guide(value, say_number(value)) for value in choose_guides(values) or ()]


def _is_known(values: Floats) -> bool:
    return bool(len(values)) and not bool(np.isnan(values).all())


def _decimals(values: Floats) -> list[Decimal | None]:
    return [None if np.isnan(value) else _decimal(float(value)) for value in values]


def _decimal(value: float) -> Decimal:
    return Decimal(value).quantize(THOUSANDTH)


def _hour_at(n: int) -> dt.datetime:
    return A_DAY + dt.timedelta(hours=n)


def _hour_name(n: int) -> str:
    return say_hour_range(_hour_at(n), UTC)


def _peak_hour(values: list[Decimal | None]) -> str:
    known = [(value, -n) for n, value in enumerate(values) if value is not None]
    return _hour_name(-max(known)[1]) if known else gettext("not known")


def _weekday(n: int) -> str:
    return say_day(A_MONDAY + dt.timedelta(days=n), "weekday_name")
