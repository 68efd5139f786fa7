"""Turn the hours of a day or a week into words, a drawing, and the figures uPlot draws again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, ngettext

from smarthub.kernel.charts import Bar, BarKind, Guide, bar_chart, choose_guides
from smarthub.ui.formats import say_day, say_number
from smarthub.ui.hours import say_hour, say_hour_range, say_weekday
from smarthub.ui.parts import Chart, Key, Table
from smarthub.usage.types import HourUse
from smarthub.workflows.account_hours import HOUR_SECONDS, DayOfHours, HoursView

HOURS_BETWEEN_LABELS = 6


def draw_hours(view: HoursView, *, zone: ZoneInfo) -> Chart:
    """Draw one day by its hours, or a week by its days; the table has every hour."""
    is_week = len(view.days) > 1
    sentence = say_hours(view, zone=zone)
    bars = _bars_of_days(view) if is_week else _bars_of_hours(view, zone)
    title = gettext("%(unit)s a day") if is_week else gettext("%(unit)s an hour")
    svg = bar_chart(
        name="hours",
        title=title % {"unit": view.unit},
        sentence=sentence,
        bars=bars,
        guides=[
            Guide(value, say_number(value))
            for value in choose_guides([bar.value for bar in bars]) or ()
        ],
    )
    return Chart(sentence, svg, _keys(view), _table(view, zone=zone, with_day=is_week))


def intervals_of(view: HoursView, *, zone: ZoneInfo) -> dict[str, Any]:
    """Return what the browser draws: the start, the step in seconds, and a value an hour.

    ``v`` is ``null`` where nothing is known, ``estimated`` holds the places of estimates, and
    ``ticks`` the places with a label, for an hour may come twice or not at all.
    """
    hours = view.hours
    return {
        "start": int(hours[0].starts_at.timestamp()),
        "step": HOUR_SECONDS,
        "v": [None if hour.quantity is None else float(hour.quantity) for hour in hours],
        "estimated": [n for n, hour in enumerate(hours) if hour.estimated],
        "ticks": list(_ticks(view, zone)),
    }


def say_hours(view: HoursView, *, zone: ZoneInfo) -> str:
    """Return in a few sentences what the hours show, and what is not known of them."""
    known = [hour for hour in view.hours if hour.quantity is not None]
    if not known:
        return gettext("No readings have come in for these hours.")
    most = max(known, key=lambda hour: hour.quantity or Decimal(0))
    sentences = [
        gettext("%(total)s %(unit)s in all. The most was on %(day)s, %(hours)s: %(most)s %(unit)s.")
        % {
            "total": say_number(sum((h.quantity or Decimal(0) for h in known), Decimal(0)), 1),
            "unit": view.unit,
            "day": say_day(most.starts_at.astimezone(zone).date(), "weekday"),
            "hours": say_hour_range(most.starts_at, zone),
            "most": say_number(most.quantity or Decimal(0), 2),
        },
        *_doubts(view.hours),
    ]
    return " ".join(sentences)


def _doubts(hours: Sequence[HourUse]) -> Iterator[str]:
    missing = sum(hour.quantity is None for hour in hours)
    guessed = sum(hour.estimated for hour in hours)
    if missing:
        yield ngettext("One hour has no reading.", "%(count)s hours have no reading.", missing) % {
            "count": missing
        }
    if guessed:
        yield ngettext("One hour is an estimate.", "%(count)s hours are an estimate.", guessed) % {
            "count": guessed
        }


def _bars_of_hours(view: HoursView, zone: ZoneInfo) -> list[Bar]:
    labels = dict(_ticks(view, zone))
    return [
        Bar(
            value=hour.quantity,
            label=f"{say_hour_range(hour.starts_at, zone)}: {_amount(hour, view.unit)}",
            below=labels.get(n, ""),
            kind=BarKind.DIM if hour.estimated else BarKind.PLAIN,
        )
        for n, hour in enumerate(view.hours)
    ]


def _bars_of_days(view: HoursView) -> list[Bar]:
    return [
        Bar(
            value=day.quantity,
            label=f"{say_day(day.day, 'weekday')}: {_total(day, view.unit)}",
            below=say_weekday(day.day),
            kind=BarKind.DIM if day.is_estimated or not day.is_whole else BarKind.PLAIN,
        )
        for day in view.days
    ]


def _ticks(view: HoursView, zone: ZoneInfo) -> Iterator[tuple[int, str]]:
    """Give the places with a label: each quarter of one day, or the beginning of each of many."""
    if len(view.days) == 1:
        for n, hour in enumerate(view.hours):
            local = hour.starts_at.astimezone(zone)
            if local.hour % HOURS_BETWEEN_LABELS == 0:
                yield n, say_hour(hour.starts_at, zone)
        return
    place = 0
    for day in view.days:
        yield place, say_weekday(day.day)
        place += len(day.hours)


def _keys(view: HoursView) -> tuple[Key, ...]:
    if not any(hour.estimated for hour in view.hours):
        return ()
    return Key("plain", view.unit), Key("dim", gettext("not complete or estimated"))


def _amount(hour: HourUse, unit: str) -> str:
    return (
        gettext("not known") if hour.quantity is None else f"{say_number(hour.quantity, 2)} {unit}"
    )


def _total(day: DayOfHours, unit: str) -> str:
    return gettext("not known") if day.quantity is None else f"{say_number(day.quantity, 1)} {unit}"


def _remark(hour: HourUse) -> str:
    if hour.quantity is None:
        return gettext("no reading")
    return gettext("estimated") if hour.estimated else gettext("measured")


def _table(view: HoursView, *, zone: ZoneInfo, with_day: bool) -> Table:
    """Return every hour in the order it passed, its day first where there are many."""
    return Table(
        caption=gettext("Use by hour"),
        head=(gettext("Hour"), gettext("Use"), gettext("Reading")),
        rows=tuple(
            (
                f"{say_day(day.day, 'weekday')}, {say_hour_range(hour.starts_at, zone)}"
                if with_day
                else say_hour_range(hour.starts_at, zone),
                _amount(hour, view.unit),
                _remark(hour),
            )
            for day in view.days
            for hour in day.hours
        ),
    )
