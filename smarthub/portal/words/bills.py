"""What a bill's own page says of its services: lines that open, a year's picture, comparisons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from smarthub.billing.engine.cash_number import BILLER, cash_number, in_groups
from smarthub.billing.types import BilledPeriod, BillView, SegmentView
from smarthub.cooperative.types import Cooperative
from smarthub.kernel.bar_code import code_128_svg
from smarthub.kernel.charts import Bar, BarKind, Guide, bar_chart, choose_guides
from smarthub.kernel.money import ZERO
from smarthub.portal.templatetags.services import service_name
from smarthub.portal.words.lines import LineWords, say_line
from smarthub.ui.formats import reading_language, say_day, say_money, say_number, say_unit
from smarthub.ui.parts import Chart, Key, Table
from smarthub.ui.templatetags.formats import quantity_of
from smarthub.workflows.bills.explained_bill import ExplainedSegment

BARS = 13
DASH = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class SegmentWords:
    """One service of a bill in words; what a service has not is empty."""

    view: SegmentView
    name: str
    rate: str
    since: str
    lines: tuple[LineWords, ...]
    compared: Table | None
    history: Chart | None


def say_segment(told: ExplainedSegment, *, place: int) -> SegmentWords:
    """Return a service of a bill; ``place`` tells it from the others of its page."""
    view = told.whole.view
    shown = zip(told.lines, view.lines, strict=True)
    return SegmentWords(
        view=view,
        name=service_name(view.service),
        rate=f"{view.tariff_name.in_language(reading_language())} ({view.tariff_code})",
        since=gettext("These prices hold for use from %(day)s on.")
        % {"day": say_day(told.whole.tariff.effective_from, "long")},
        lines=tuple(say_line(line, stored) for line, stored in shown),
        compared=_compared(view),
        history=_history(view, place),
    )


def _compared(view: SegmentView) -> Table | None:
    """This period beside the last and the same of last year: days, use, cost and warmth a day."""
    named = (
        (gettext("This bill"), view.this_bill),
        (gettext("Last bill"), view.last_bill),
        (gettext("A year ago"), view.last_year),
    )
    known = [(name, period) for name, period in named if period is not None]
    if view.use is None or not known:
        return None
    unit = view.use.unit
    rows = [(say_row(), *(say(period, unit) for _n, period in known)) for say_row, say in FIGURES]
    if any(period.mean_f is not None for _name, period in known):
        rows.append((gettext("Temperature"), *(_warmth(period) for _name, period in known)))
    return Table(gettext("Averages"), ("", *(name for name, _period in known)), tuple(rows))


FIGURES: tuple[tuple[Callable[[], str], Callable[[BilledPeriod, str], str]], ...] = (
    (lambda: gettext("Days"), lambda period, _unit: say_number(Decimal(period.period.days))),
    (lambda: gettext("Use"), lambda period, unit: quantity_of(period.quantity, unit)),
    (
        lambda: gettext("Use a day"),
        lambda period, unit: f"{say_number(period.daily_use, 1)} {say_unit(unit)}",
    ),
    (lambda: gettext("Cost a day"), lambda period, _unit: say_money(period.daily_cost)),
)
"""The rows of the averages: their names, and how each is said of a period."""


def _to_a_tenth(quantity: Decimal, unit: str) -> str:
    """Say averages alike, so that 4.0 and 3.6 kWh stand under each other."""
    return f"{say_number(quantity, 1)} {say_unit(unit)}"


def _warmth(period: BilledPeriod) -> str:
    return DASH if period.mean_f is None else f"{say_number(period.mean_f, 0)} °F"


def _history(view: SegmentView, place: int) -> Chart | None:
    """Draw the use of thirteen bills and how warm it was; nothing to draw of a first bill."""
    periods = view.history[-BARS:]
    if view.use is None or len(periods) < 2:  # noqa: PLR2004 (two make a comparison)
        return None
    unit = view.use.unit
    sentence = _sentence(periods, unit)
    warmth = [period.mean_f for period in periods]
    known = any(mean is not None for mean in warmth)
    svg = bar_chart(
        name=f"history-{place}",
        title=gettext("%(unit)s on each bill") % {"unit": say_unit(unit)},
        sentence=sentence,
        bars=[_bar(period, unit, n, len(periods)) for n, period in enumerate(periods)],
        guides=_guides(periods),
        line=warmth if known else (),
    )
    keys = (Key("plain", unit), Key("line", gettext("outdoor temperature"))) if known else ()
    return Chart(sentence, svg, keys, _history_table(periods, unit, known=known))


def _bar(period: BilledPeriod, unit: str, number: int, count: int) -> Bar:
    month = say_day(period.period.last_day, "month_short")
    return Bar(
        value=period.quantity,
        label=f"{say_day(period.period.last_day, 'month')}: {quantity_of(period.quantity, unit)}",
        below=month if number in (0, count // 2, count - 1) else "",
        kind=BarKind.PLAIN if number == count - 1 else BarKind.DIM,
    )


def _guides(periods: Sequence[BilledPeriod]) -> list[Guide]:
    values = choose_guides([period.quantity for period in periods])
    return [Guide(value, say_number(value)) for value in values or ()]


def _sentence(periods: Sequence[BilledPeriod], unit: str) -> str:
    most = max(periods, key=lambda period: period.quantity)
    return gettext("%(use)s on this bill. The most of these months was %(most)s, in %(month)s.") % {
        "use": quantity_of(periods[-1].quantity, unit),
        "most": quantity_of(most.quantity, unit),
        "month": say_day(most.period.last_day, "month"),
    }


def _history_table(periods: Sequence[BilledPeriod], unit: str, *, known: bool) -> Table:
    head = (gettext("Month"), gettext("Use"), gettext("Cost"))
    rows = (
        (
            say_day(period.period.last_day, "month"),
            quantity_of(period.quantity, unit),
            say_money(period.charges),
            *([_warmth(period)] * known),
        )
        for period in reversed(periods)
    )
    return Table(
        caption=gettext("Use and cost of each bill"),
        head=(*head, *([gettext("Temperature")] * known)),
        rows=tuple(rows),
    )


@dataclass(frozen=True, slots=True)
class CashCode:
    """The bar code a store takes cash by, drawn, and its number in groups."""

    svg: str
    number: str


def say_cash_code(bill: BillView, cooperative: Cooperative) -> CashCode | None:
    """Return the account's bar code; None where nothing is owed or no store takes cash."""
    biller = cooperative.policies.get(BILLER)
    number = cash_number(biller=biller, account_number=bill.account_number)
    if number is None or bill.asked <= ZERO:
        return None
    return CashCode(code_128_svg(number), in_groups(number))
