"""Turn all services of an account into words and small pictures, each in its own unit."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from smarthub.kernel.charts import Bar, BarKind, bar_chart
from smarthub.portal.pinned_notes import PinnedNote, flags_of, pin_letters
from smarthub.portal.words.usage import say_comparison, say_days, say_dollars, say_shown, say_use
from smarthub.ui.formats import say_day, say_unit
from smarthub.ui.parts import Chart, Table
from smarthub.workflows.usage.usage_explorer import Slice
from smarthub.workflows.usage.usage_spans import Span
from smarthub.workflows.usage.usage_together import ServiceUse, TogetherView


@dataclass(frozen=True, slots=True)
class ServiceWords:
    """One service: its figures in words, and its picture."""

    service: str
    number: str
    address: str
    amount: str
    dollars: str
    sentence: str
    chart: Chart | None
    """None where nothing is known of these days."""
    notes: tuple[PinnedNote, ...]


@dataclass(frozen=True, slots=True)
class TogetherWords:
    """Everything the page says."""

    title: str
    dollars: str
    services: tuple[ServiceWords, ...]


def say_together(view: TogetherView) -> TogetherWords:
    """Return the page of all services in words."""
    return TogetherWords(
        title=say_shown(view.shown),
        dollars="" if view.dollars is None else say_dollars(view.dollars),
        services=tuple(_service(view, n, each) for n, each in enumerate(view.services)),
    )


def _service(view: TogetherView, place: int, each: ServiceUse) -> ServiceWords:
    compared = each.last_year
    sentence = say_comparison(compared) if compared else ""
    notes = pin_letters(each.ground.notes_on(each.period))
    return ServiceWords(
        service=each.ground.point.service,
        number=each.ground.point.number,
        address=each.ground.point.address,
        amount=say_use(each.total.quantity, each.ground.history.unit),
        dollars="" if each.dollars is None else say_dollars(each.dollars),
        sentence=sentence,
        chart=_chart(view, place, each, sentence, notes)
        if each.total.quantity is not None
        else None,
        notes=notes,
    )


def _chart(
    view: TogetherView,
    place: int,
    each: ServiceUse,
    sentence: str,
    notes: tuple[PinnedNote, ...],
) -> Chart:
    unit = each.ground.history.unit
    by_month = view.shown.span is Span.YEAR or any(s.period.days > 1 for s in each.slices)
    title = gettext("%(unit)s a month") if by_month else gettext("%(unit)s a day")
    last = len(each.slices) - 1
    bars = [
        Bar(
            value=one.quantity,
            label=f"{_name(one)}: {say_use(one.quantity, unit)}",
            below=_below(one, by_month=by_month) if n in {0, last} else "",
            kind=BarKind.DIM if one.estimated or one.partial else BarKind.PLAIN,
        )
        for n, one in enumerate(each.slices)
    ]
    svg = bar_chart(
        name=f"service-{place}",
        title=title % {"unit": say_unit(unit)},
        sentence=sentence or say_use(each.total.quantity, unit),
        bars=bars,
        flags=flags_of(each.slices, notes),
        height=96,
    )
    table = Table(
        caption=gettext("Use by month") if by_month else gettext("Use by day"),
        head=(gettext("Month") if by_month else gettext("Day"), gettext("Use")),
        rows=tuple((_name(one), say_use(one.quantity, unit)) for one in each.slices),
    )
    return Chart(sentence, svg, (), table)


def _name(one: Slice) -> str:
    if one.period.days > 1:
        return say_days(one.period)
    return say_day(one.period.start, "weekday_short")


def _below(one: Slice, *, by_month: bool) -> str:
    return say_day(one.period.start, "month_short" if by_month else "short")
