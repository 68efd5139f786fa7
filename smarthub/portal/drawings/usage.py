"""Turn what was used into words and pictures: the one chart of the explorer, and its table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext

from smarthub.kernel.charts import Bar, BarKind, Guide, bar_chart, choose_guides
from smarthub.metering.engine.packing import is_estimate
from smarthub.metering.types import MISSING
from smarthub.portal.pinned_notes import PinnedNote, flags_of, pin_letters
from smarthub.portal.usage_address import write_days
from smarthub.portal.words.usage import (
    say_days,
    say_dollars,
    say_fine_dollars,
    say_reading,
    say_use,
)
from smarthub.ui.formats import reading_language, say_day, say_number, say_unit
from smarthub.ui.hours import say_hour, say_hour_range, say_step_range, say_weekday
from smarthub.ui.parts import Key
from smarthub.usage.types import Series
from smarthub.workflows.usage.usage_explorer import ExplorerView, Slice
from smarthub.workflows.usage.usage_spans import Span, day_of, month_of

WEEK = 7
APART = 3
"""A label under a bar is as wide as so many of a month's bars."""
QUARTER_DAY = 6
HOUR_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: what it is of, where that leads, and its cells in words."""

    name: str
    address: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UsageChart:
    """The picture, its sentence, what its looks mean, and the table behind it."""

    svg: str
    sentence: str
    keys: tuple[Key, ...]
    caption: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[PinnedNote, ...]


def draw_explorer(view: ExplorerView, *, sentence: str, dollars: bool) -> UsageChart:
    """Draw the slices of a view, in its unit or in dollars."""
    notes = pin_letters(view.notes)
    bars = [_bar(view, n, each, dollars=dollars) for n, each in enumerate(view.slices)]
    marks = [] if dollars else [each.a_year_before for each in view.slices]
    temperatures = [each.mean_f for each in view.slices]
    given = [each.received for each in view.slices]
    svg = bar_chart(
        name="use",
        title=_title(view, dollars=dollars),
        sentence=sentence,
        bars=bars,
        guides=_guides(bars, dollars=dollars),
        line=temperatures if any(t is not None for t in temperatures) else (),
        marks=marks if any(mark is not None for mark in marks) else (),
        hanging=given if any(given) and not dollars else (),
        flags=flags_of(view.slices, notes),
        height=190,
    )
    return UsageChart(
        svg=svg,
        sentence=sentence,
        keys=_keys(view, bars, dollars=dollars),
        caption=_caption(view),
        head=_head(view),
        rows=tuple(_row(view, each) for each in view.slices),
        notes=notes,
    )


def intervals_of(series: Series, view: ExplorerView) -> dict[str, Any]:
    """Return what the browser draws of a day: start, step in seconds, and a value a step.

    ``v`` is ``null`` where nothing is known, ``estimated`` holds the places of estimates, ``ticks``
    the places with a label, and ``said`` what each is called, for an hour may come twice.
    """
    zone = view.ground.zone
    values = [_in_unit(int(value), series.exponent) for value in series.values]
    starts = [
        series.start + dt.timedelta(seconds=n * series.step_seconds) for n in range(len(values))
    ]
    return {
        "start": int(series.start.timestamp()),
        "step": series.step_seconds,
        "v": [None if value is None else float(value) for value in values],
        "estimated": np.flatnonzero(is_estimate(series.quality)).tolist(),
        "ticks": list(_ticks(view, HOUR_SECONDS // series.step_seconds)),
        "said": [
            f"{_clock_range(at, series.step_seconds, zone)} · {say_use(value, series.unit)}"
            for at, value in zip(starts, values, strict=True)
        ],
    }


def _in_unit(value: int, exponent: int) -> Decimal | None:
    return None if value == MISSING else Decimal(value).scaleb(exponent)


def _clock_range(at: dt.datetime, step_seconds: int, zone: ZoneInfo) -> str:
    if step_seconds == HOUR_SECONDS:
        return say_hour_range(at, zone)
    return say_step_range(at, step_seconds, zone)


def _ticks(view: ExplorerView, per_hour: int) -> Iterator[tuple[int, str]]:
    """Give the steps with a label: each quarter of the day, by the clock on the wall."""
    for n, each in enumerate(view.slices):
        if each.starts_at is not None:
            local = each.starts_at.astimezone(view.ground.zone)
            if local.hour % QUARTER_DAY == 0 and not local.fold:
                yield n * per_hour, say_hour(each.starts_at, view.ground.zone)


def _bar(view: ExplorerView, place: int, each: Slice, *, dollars: bool) -> Bar:
    value = each.cost if dollars else each.quantity
    said = _name(view, each) + ": "
    said += say_use(each.quantity, view.unit) if not dollars else _say_price(each)
    return Bar(
        value=value,
        label=said,
        below=_below(view, place, each),
        kind=_kind(view, each, dollars=dollars),
    )


def _kind(view: ExplorerView, each: Slice, *, dollars: bool) -> BarKind:
    if dollars and each.use_period:
        dearest = _dearest(view)
        return BarKind.HIGH if each.use_period == dearest else BarKind.PLAIN
    if each.stands_out and not dollars:
        return BarKind.HIGH
    is_last_month = view.shown.span is Span.YEAR and each.period.end >= view.ground.on
    return BarKind.DIM if each.estimated or each.partial or is_last_month else BarKind.PLAIN


def _dearest(view: ExplorerView) -> str:
    """Return the time-of-use period with the highest price that day."""
    prices: dict[str, Decimal] = {}
    for each in view.slices:
        if each.quantity and each.cost is not None:
            price = each.cost / each.quantity
            prices[each.use_period] = max(prices.get(each.use_period, Decimal(0)), price)
    return max(prices, key=lambda code: prices[code], default="") if len(prices) > 1 else ""


def _below(view: ExplorerView, place: int, each: Slice) -> str:
    """Return the short label under a bar: few, so that they can be read on a phone."""
    last = len(view.slices) - 1
    start = each.period.start
    if each.starts_at is not None:
        local = each.starts_at.astimezone(view.ground.zone)
        wanted = local.hour % QUARTER_DAY == 0 and not local.fold
        return say_hour(each.starts_at, view.ground.zone) if wanted else ""
    if each.period.days > 1 or view.shown.span is Span.YEAR:
        return say_day(start, "month_short") if place % (1 + last // WEEK) == 0 else ""
    if last < WEEK:
        return say_weekday(start)
    if view.shown.span is Span.MONTH:
        is_told = place == last or (start.day % WEEK == 1 and last - place >= APART)
        return str(start.day) if is_told else ""
    return say_day(start, "short") if place in {0, last // 2, last} else ""


def _guides(bars: Sequence[Bar], *, dollars: bool) -> list[Guide]:
    sign = "$" if dollars else ""
    return [
        Guide(value, f"{sign}{say_number(value)}")
        for value in choose_guides([bar.value for bar in bars]) or ()
    ]


def _title(view: ExplorerView, *, dollars: bool) -> str:
    unit = gettext("dollars") if dollars else view.unit
    if view.shown.span is Span.DAY:
        return gettext("%(unit)s an hour") % {"unit": say_unit(unit)}
    if any(each.period.days > 1 for each in view.slices):
        return gettext("%(unit)s a month") % {"unit": say_unit(unit)}
    return gettext("%(unit)s a day") % {"unit": say_unit(unit)}


def _keys(view: ExplorerView, bars: Sequence[Bar], *, dollars: bool) -> tuple[Key, ...]:
    kinds = {bar.kind for bar in bars}
    keys = [Key("plain", _title(view, dollars=dollars))]
    if BarKind.HIGH in kinds:
        keys.append(
            Key(
                "high", gettext("the dearest hours") if dollars else gettext("much more than usual")
            )
        )
    if BarKind.DIM in kinds:
        keys.append(Key("dim", gettext("not complete or estimated")))
    if not dollars and any(each.a_year_before is not None for each in view.slices):
        keys.append(Key("mark", gettext("a year before")))
    if not dollars and any(each.received for each in view.slices):
        keys.append(Key("back", gettext("given back")))
    if any(each.mean_f is not None for each in view.slices):
        keys.append(Key("line", gettext("outdoor temperature")))
    return tuple(keys)


def _caption(view: ExplorerView) -> str:
    if view.shown.span is Span.DAY:
        return gettext("Use by hour")
    if any(each.period.days > 1 for each in view.slices):
        return gettext("Use by month")
    return gettext("Use by day")


def _head(view: ExplorerView) -> tuple[str, ...]:
    if view.shown.span is Span.DAY:
        first = gettext("Hour")
    elif any(each.period.days > 1 for each in view.slices):
        first = gettext("Month")
    else:
        first = gettext("Day")
    head = [first, view.unit]
    if any(each.received is not None for each in view.slices):
        head.append(gettext("Given back"))
    if any(each.cost is not None for each in view.slices):
        head += [gettext("For use"), gettext("Fixed")]
    if any(each.a_year_before is not None for each in view.slices):
        head.append(gettext("A year before"))
    if any(each.mean_f is not None for each in view.slices):
        head.append(gettext("Mean temperature"))
    return (*head, gettext("Reading")) if has_remarks(view) else tuple(head)


def has_remarks(view: ExplorerView) -> bool:
    """Return whether any slice is not simply measured, or has a time-of-use period to name."""
    return any(
        each.quantity is None
        or each.estimated
        or each.edited
        or each.partial
        or each.corrected_at is not None
        or each.use_period
        for each in view.slices
    )


def _row(view: ExplorerView, each: Slice) -> Row:
    cells = [_plain(each.quantity, view.unit)]
    if any(other.received is not None for other in view.slices):
        cells.append(_plain(each.received, view.unit))
    if any(other.cost is not None for other in view.slices):
        cells += [_say_price(each), "" if each.fixed is None else say_fine_dollars(each.fixed)]
    if any(other.a_year_before is not None for other in view.slices):
        cells.append("" if each.a_year_before is None else _plain(each.a_year_before, view.unit))
    if any(other.mean_f is not None for other in view.slices):
        cells.append("" if each.mean_f is None else f"{say_number(each.mean_f, 0)} °F")
    if has_remarks(view):
        cells.append(_reading(view, each, is_month=each.period.days > 1))
    return Row(_name(view, each), _address(view, each), tuple(cells))


def _reading(view: ExplorerView, each: Slice, *, is_month: bool) -> str:
    said = say_reading(each, missing_days=is_month)
    period = each.use_period and _period_name(view, each.use_period)
    return f"{said}, {period}" if period else said


def _period_name(view: ExplorerView, code: str) -> str:
    """Return what the tariff calls a time-of-use period."""
    for priced in view.costs.periods if view.costs else ():
        name = priced.tariff.calendar.period_name(code)
        if name is not None:
            return name.in_language(reading_language())
    return code


def _plain(quantity: Decimal | None, unit: str) -> str:
    """Return an amount without its unit, which stands above its column."""
    return gettext("not known") if quantity is None else say_use(quantity, unit).rsplit(" ", 1)[0]


def _say_price(each: Slice) -> str:
    if each.cost is None:
        return gettext("no price yet")
    return say_fine_dollars(each.cost) if each.starts_at is not None else say_dollars(each.cost)


def _name(view: ExplorerView, each: Slice) -> str:
    if each.starts_at is not None:
        return say_hour_range(each.starts_at, view.ground.zone)
    if each.period == month_of(each.period.start).period:
        return say_day(each.period.start, "month_year")
    if each.period.days > 1 or view.shown.span is Span.YEAR:
        return say_days(each.period)
    return say_day(each.period.start, "weekday_short")


def _address(view: ExplorerView, each: Slice) -> str:
    """Return where a slice can be seen closer: a month by its days, a day by its hours."""
    if each.starts_at is not None:
        return ""
    is_month = each.period.days > 1 or view.shown.span is Span.YEAR
    shown = month_of(each.period.start) if is_month else day_of(each.period.start)
    return reverse(
        "usage_when",
        kwargs={
            "number": view.ground.account.number,
            "point": view.ground.point.number,
            "when": write_days(shown),
        },
    )
