"""Turn the steps of a change into rows with bars that add up to the difference."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext, ngettext

from smarthub.portal.words.usage import say_comparison, say_days, say_shown, say_use
from smarthub.ui.formats import say_number, say_unit
from smarthub.workflows.usage.what_changed import ChangedView, Explained

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class StepWords:
    """One reason: what it is, how much of the difference it is, and its bar in percent."""

    name: str
    why: str
    amount: str
    width: int
    is_less: bool


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """One comparison: two totals, the reasons, and their sum."""

    title: str
    sentence: str
    before_name: str
    before: str
    now_name: str
    now: str
    steps: tuple[StepWords, ...]
    whole: str


@dataclass(frozen=True, slots=True)
class ChangesWords:
    """Everything the page says."""

    title: str
    changes: tuple[ChangeWords, ...]


def say_changes(view: ChangedView) -> ChangesWords:
    """Return both comparisons of a view in words, as far as they can be made."""
    titled = [
        (gettext("Against a year before"), view.last_year),
        (gettext("Against just before"), view.before),
    ]
    return ChangesWords(
        title=say_shown(view.shown),
        changes=tuple(_change(view, title, each) for title, each in titled if each is not None),
    )


def _change(view: ChangedView, title: str, explained: Explained) -> ChangeWords:
    change, unit = explained.change, view.ground.history.unit
    steps = [
        (gettext("Days"), _say_days(explained), change.days),
        (gettext("Heating"), _say_weather(explained), change.heating),
        (gettext("Cooling"), _say_weather(explained), change.cooling),
        (gettext("Other use"), "", change.other),
    ]
    known = [(name, why, part) for name, why, part in steps if part is not None]
    longest = max(abs(part) for _, _, part in known) or Decimal(1)
    return ChangeWords(
        title=title,
        sentence=say_comparison(explained.compared),
        before_name=say_days(change.before.period),
        before=say_use(change.before.quantity, unit),
        now_name=say_days(change.now.period),
        now=say_use(change.now.quantity, unit),
        steps=tuple(
            StepWords(
                name=name,
                why=why,
                amount=_signed(part, unit),
                width=round(abs(part) / longest * HUNDRED),
                is_less=part < 0,
            )
            for name, why, part in known
            if part or name == steps[-1][0]
        ),
        whole=_signed(change.whole, unit),
    )


def _signed(part: Decimal, unit: str) -> str:
    """Return a part with its sign and a tenth, so that all of them can be added up by eye."""
    sign = "+" if part > 0 else "\N{MINUS SIGN}" if part < 0 else ""
    return f"{sign}{say_number(abs(part), 1)} {say_unit(unit)}"


def _say_days(explained: Explained) -> str:
    more = explained.change.now.days - explained.change.before.days
    if more > 0:
        return ngettext("one day more", "%(count)s days more", more) % {"count": more}
    if more < 0:
        return ngettext("one day fewer", "%(count)s days fewer", -more) % {"count": -more}
    return ""


def _say_weather(explained: Explained) -> str:
    warmer = explained.compared.warmer_f
    if not warmer:
        return ""
    if warmer > 0:
        return gettext("it was %(degrees)s°F warmer") % {"degrees": warmer}
    return gettext("it was %(degrees)s°F colder") % {"degrees": -warmer}
