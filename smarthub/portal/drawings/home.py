"""Turn the last days of use into words and a picture, for the first page."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext, ngettext

from smarthub.kernel.charts import Bar, BarKind, Guide, bar_chart, choose_guides
from smarthub.ui.formats import say_day, say_number, say_unit
from smarthub.ui.parts import Chart, Key, Table
from smarthub.usage.types import DayUse
from smarthub.workflows.usage.account_usage import DayOfUse


def draw_days(*, name: str, days: Sequence[DayOfUse], unit: str) -> Chart:
    """Draw the use of each of the last days, those that stand out in amber."""
    sentence = say_days(days, unit)
    last = len(days) - 1
    bars = [
        Bar(
            value=day.use.quantity,
            label=_day_in_words(day),
            below=say_day(day.use.day, "short") if n in (0, last // 2, last) else "",
            kind=BarKind.HIGH if day.stands_out else _kind(day.use),
        )
        for n, day in enumerate(days)
    ]
    temperatures = [day.mean_f for day in days]
    svg = bar_chart(
        name=name,
        title=gettext("%(unit)s a day") % {"unit": say_unit(unit)},
        sentence=sentence,
        bars=bars,
        guides=_guides([bar.value for bar in bars]),
        line=temperatures if any(t is not None for t in temperatures) else (),
    )
    return Chart(sentence, svg, _keys(bars, temperatures, unit), _day_table(days, unit))


def say_days(days: Sequence[DayOfUse], unit: str) -> str:
    """Return in one or two sentences what the last days show."""
    known = [day for day in days if day.use.quantity is not None]
    if not known:
        return gettext("No readings have come in for these days yet.")
    total = sum((day.use.quantity or Decimal(0) for day in known), Decimal(0))
    highest = max(known, key=lambda day: day.use.quantity or Decimal(0))
    return ngettext(
        "%(total)s %(unit)s on the one day with readings.",
        "%(total)s %(unit)s in %(count)s days. The most was on %(day)s: %(most)s %(unit)s.",
        len(known),
    ) % {
        "total": say_number(total, 0),
        "unit": say_unit(unit),
        "count": len(known),
        "day": say_day(highest.use.day, "weekday"),
        "most": say_number(highest.use.quantity or Decimal(0), 1),
    }


def _kind(use: DayUse) -> BarKind:
    return BarKind.DIM if use.estimated or use.partial else BarKind.PLAIN


def _guides(values: Sequence[Decimal | None]) -> list[Guide]:
    return [Guide(value, say_number(value)) for value in choose_guides(values) or ()]


def _keys(bars: Sequence[Bar], line: Sequence[Decimal | None], unit: str) -> tuple[Key, ...]:
    """Name what is drawn; with one look only there is nothing to tell apart."""
    kinds = {bar.kind for bar in bars}
    keys = [Key("plain", unit)]
    if BarKind.HIGH in kinds:
        keys.append(Key("high", gettext("much more than usual")))
    if BarKind.DIM in kinds:
        keys.append(Key("dim", gettext("not complete or estimated")))
    if any(value is not None for value in line):
        keys.append(Key("line", gettext("outdoor temperature")))
    return tuple(keys) if len(keys) > 1 else ()


def _amount_in_words(quantity: Decimal | None, unit: str, places: int) -> str:
    return (
        gettext("not known")
        if quantity is None
        else f"{say_number(quantity, places)} {say_unit(unit)}"
    )


def _remark(use: DayUse, *, complete: bool) -> str:
    if use.quantity is None:
        return ""
    if not complete:
        return gettext("some readings are missing")
    return gettext("estimated") if use.estimated else gettext("measured")


def _day_in_words(day: DayOfUse) -> str:
    amount = _amount_in_words(day.use.quantity, day.use.unit, 1)
    return f"{say_day(day.use.day, 'weekday')}: {amount}"


def _degrees(mean_f: Decimal | None) -> str:
    return "" if mean_f is None else f"{say_number(mean_f, 0)} °F"


def _day_table(days: Sequence[DayOfUse], unit: str) -> Table:
    """Return the days, the newest first."""
    return Table(
        caption=gettext("Use by day"),
        head=(gettext("Day"), unit, gettext("Mean temperature"), gettext("Reading")),
        rows=tuple(
            (
                say_day(day.use.day, "medium"),
                _amount_in_words(day.use.quantity, "", 1).strip(),
                _degrees(day.mean_f),
                _remark(day.use, complete=not day.use.partial),
            )
            for day in reversed(days)
        ),
    )
