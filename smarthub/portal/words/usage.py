"""How use is said: amounts with their unit, days and months, comparisons, doubts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext, gettext_noop, ngettext

from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.ui.formats import say_day, say_money, say_number, say_unit
from smarthub.workflows.usage.usage_explorer import Compared, ExplorerView, Slice
from smarthub.workflows.usage.usage_spans import Shown, Span, month_of, year_of

MANY = 100
FINE = 10
COMPARISONS: dict[tuple[int, int], str] = {
    (0, 0): gettext_noop("As much as %(then)s."),
    (1, 0): gettext_noop("%(percent)s%% more than %(then)s."),
    (1, 1): gettext_noop("%(percent)s%% more than %(then)s, and it was %(degrees)s°F warmer."),
    (1, -1): gettext_noop("%(percent)s%% more than %(then)s, and it was %(degrees)s°F colder."),
    (-1, 0): gettext_noop("%(percent)s%% less than %(then)s."),
    (-1, 1): gettext_noop("%(percent)s%% less than %(then)s, and it was %(degrees)s°F warmer."),
    (-1, -1): gettext_noop("%(percent)s%% less than %(then)s, and it was %(degrees)s°F colder."),
}
"""Whole sentences: more or less, and whether it was warmer or colder."""


def say_use(quantity: Decimal | None, unit: str) -> str:
    """Return an amount with its unit, with as many decimals as help: ``538 kWh``, ``3.42 kWh``."""
    if quantity is None:
        return gettext("not known")
    places = 0 if abs(quantity) >= MANY or unit == "gal" else 1 if abs(quantity) >= FINE else 2
    return f"{say_number(quantity, places)} {say_unit(unit)}"


def say_dollars(dollars: Decimal) -> str:
    """Return dollars with their cents."""
    return say_money(Money.rounded(dollars))


def say_fine_dollars(dollars: Decimal) -> str:
    """Return what an hour cost: with a tenth of a cent below a dollar, so that hours differ."""
    if abs(dollars) >= 1:
        return say_dollars(dollars)
    return f"${say_number(dollars, 3)}"


def say_days(period: Period) -> str:
    """Return some days: ``Nov 1 to 24, 2026`` as ``Nov 1 to Nov 24, 2026``, one day by itself."""
    if period.days == 1:
        return say_day(period.start, "medium")
    if period == month_of(period.start).period:
        return say_day(period.start, "month")
    if period == year_of(period.start.year).period:
        return str(period.start.year)
    first = "short" if period.start.year == period.last_day.year else "medium"
    return gettext("%(first)s to %(last)s") % {
        "first": say_day(period.start, first),
        "last": say_day(period.last_day, "medium"),
    }


def say_shown(shown: Shown) -> str:
    """Return what a page shows, as its title: ``November 2026``, ``Saturday, November 21``."""
    match shown.span:
        case Span.DAY:
            return say_day(shown.period.start, "weekday_year")
        case _:
            return say_days(shown.period)


def say_comparison(compared: Compared) -> str:
    """Return in a sentence how the period shown compares with another."""
    more, warmer = _sign(compared.percent), _sign(compared.warmer_f or 0)
    period = compared.total.period
    then = say_day(period.start, "weekday_year") if period.days == 1 else say_days(period)
    return gettext(COMPARISONS[more, warmer if more else 0]) % {
        "then": then,
        "percent": abs(compared.percent),
        "degrees": abs(compared.warmer_f or 0),
    }


def say_reading(each: Slice, *, missing_days: bool = False) -> str:
    """Return what is to be known of how a value came about; a measured one needs no words."""
    said = []
    if each.quantity is None:
        return gettext("no reading")
    if each.partial:
        said.append(
            gettext("some days are missing") if missing_days else gettext("some readings missing")
        )
    if each.estimated:
        said.append(gettext("partly estimated") if missing_days else gettext("estimated"))
    if each.edited:
        said.append(gettext("edited by the co-op"))
    if each.corrected_at is not None:
        said.append(
            gettext("corrected on %(day)s") % {"day": say_day(each.corrected_at.date(), "short")}
        )
    return ", ".join(said) if said else gettext("measured")


def say_known_until(view: ExplorerView) -> str:
    """Return up to when readings are there: the question whether this figure is new."""
    until = view.ground.known_until
    if until is None:
        return gettext("no readings yet")
    if until == view.ground.on - dt.timedelta(days=1):
        if all(map(_is_measured, view.slices)):
            return gettext("readings to last midnight, all of them measured")
        return gettext("readings to last midnight")
    return gettext("readings to midnight of %(day)s") % {"day": say_day(until, "short")}


def _is_measured(each: Slice) -> bool:
    """Return whether all of a value was read, and read as it is."""
    return each.quantity is not None and not (each.partial or each.estimated or each.edited)


def say_doubts(view: ExplorerView) -> str:
    """Return what is missing, estimated or corrected of what is shown; empty if nothing is."""
    sentences = []
    if missing := sum(each.quantity is None for each in view.slices):
        sentences.append(_missing(missing, view.shown.span))
    if guessed := sum(each.estimated for each in view.slices):
        sentences.append(_estimated(guessed, view.shown.span))
    if corrected := sum(each.corrected_at is not None for each in view.slices):
        sentences.append(
            ngettext(
                "One day was corrected after it was first shown.",
                "%(count)s days were corrected after they were first shown.",
                corrected,
            )
            % {"count": corrected}
        )
    return " ".join(sentences)


def _missing(count: int, span: Span) -> str:
    match span:
        case Span.DAY:
            said = ngettext("One hour has no reading.", "%(count)s hours have no reading.", count)
        case Span.YEAR:
            said = ngettext("One month has no reading.", "%(count)s months have no reading.", count)
        case _:
            said = ngettext("One day has no reading.", "%(count)s days have no reading.", count)
    return said % {"count": count}


def _estimated(count: int, span: Span) -> str:
    match span:
        case Span.DAY:
            said = ngettext("One hour is an estimate.", "%(count)s hours are an estimate.", count)
        case Span.YEAR:
            said = ngettext(
                "One month has estimates in it.", "%(count)s months have estimates in them.", count
            )
        case _:
            said = ngettext(
                "One day has estimates in it.", "%(count)s days have estimates in them.", count
            )
    return said % {"count": count}


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
