"""Turn the reasons why a bill differs into sentences and floating bars that add up to the cent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_lazy

from smarthub.billing.engine.differences import Step, Why
from smarthub.kernel.charts import float_steps
from smarthub.kernel.money import ZERO, Money
from smarthub.portal.templatetags.services import service_name
from smarthub.ui.formats import say_day, say_money, say_number
from smarthub.ui.templatetags.formats import quantity_of
from smarthub.workflows.bills.bill_changes import (
    BillChange,
    BillChanges,
    ServiceChange,
    ServiceFacts,
)
from smarthub.workflows.usage.bill_weather import Told
from smarthub.workflows.usage.usage_ground import WEATHERED

MINUS = "\N{MINUS SIGN}\N{WORD JOINER}"
"""With a joiner, so that a line never ends between the sign and its amount."""
DEAREST = "on_peak"
MOST_NAMED = 2
"""So many reasons stand in the first sentence; the list has them all."""

NAMES = {
    Why.DAYS: gettext_lazy("Days"),
    Why.WEATHER: gettext_lazy("Weather"),
    Why.USE: gettext_lazy("Other use"),
    Why.HOURS: gettext_lazy("Hours of use"),
    Why.DEMAND: gettext_lazy("Highest demand"),
    Why.GIVEN_BACK: gettext_lazy("What you gave back to us"),
    Why.FACTS: gettext_lazy("What is connected"),
    Why.RATE: gettext_lazy("Prices of your rate"),
    Why.RIDERS: gettext_lazy("Monthly adjustments"),
    Why.ONE_TIME: gettext_lazy("What comes once"),
    Why.STARTED: gettext_lazy("New on this bill"),
    Why.ENDED: gettext_lazy("Not on this bill"),
    Why.UNTOLD: gettext_lazy("Not known in parts"),
}

WEATHER_NOTES = {
    Told.BY_DAYS: gettext_lazy(
        "What the weather did is an estimate from how your use went with it before."
    ),
    Told.BY_PERIODS: gettext_lazy(
        "What the weather did is an estimate from how your use went with it on %(periods)s bills."
    ),
    Told.NOT_FELT: gettext_lazy(
        "Your use does not clearly go with the weather, so no part is put down to it."
    ),
    Told.TOO_LITTLE: gettext_lazy(
        "To tell what the weather did takes 90 days of daily readings, or nine bills with actual "
        "readings. Until then it is part of use."
    ),
    Told.NO_TEMPERATURE: gettext_lazy(
        "We do not have the temperature of every day of both bills, so what the weather did is "
        "part of use."
    ),
    Told.NOT_KNOWN: gettext_lazy("What the weather did cannot be told here, so it is part of use."),
}
"""What stands under the steps of a service whose use may go with the weather."""


@dataclass(frozen=True, slots=True)
class StepWords:
    """One reason: what it is, why, how much, and where its bar floats, in percent."""

    name: str
    why: str
    amount: str
    left: str
    width: str
    is_less: bool


@dataclass(frozen=True, slots=True)
class ServiceWords:
    """One service: what it came to then and now, and its reasons."""

    name: str
    address: str
    before: str
    now: str
    difference: str
    steps: tuple[StepWords, ...]
    weather: str


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """One comparison, in words; ``before_number`` is the bill it is with."""

    title: str
    sentence: str
    estimated: bool
    before_number: str
    before_name: str
    before: str
    now_name: str
    now: str
    whole: str
    services: tuple[ServiceWords, ...]


def say_changes(changes: BillChanges) -> tuple[ChangeWords, ...]:
    """Return the comparisons that can be made: with the bill before, and with a year ago."""
    last, year = changes.last, changes.last_year
    found = []
    if last is not None:
        title = (
            gettext("Against last month") if last.is_next else gettext("Against the bill before")
        )
        found.append(_change(last, title))
    if year is not None and (last is None or year.before.number != last.before.number):
        found.append(_change(year, gettext("Against the same month last year")))
    return tuple(found)


def signed(amount: Money) -> str:
    """Return an amount with its sign, so that a list of them can be added up by eye."""
    if amount < ZERO:
        return f"{MINUS}{say_money(-amount)}"
    return f"+{say_money(amount)}" if amount else say_money(amount)


def _change(change: BillChange, title: str) -> ChangeWords:
    return ChangeWords(
        title=title,
        sentence=say_difference(change),
        estimated=change.is_estimated,
        before_number=change.before.number,
        before_name=_bill_of(change.before.bill_date),
        before=say_money(change.before.charges),
        now_name=_bill_of(change.now.bill_date),
        now=say_money(change.now.charges),
        whole=signed(change.difference),
        services=tuple(_service(each) for each in change.services),
    )


def _bill_of(day: dt.date) -> str:
    return gettext("Bill of %(day)s") % {"day": say_day(day, "medium")}


def say_difference(change: BillChange) -> str:
    """Return how much more or less the new charges are, and the largest reasons that way."""
    difference = change.difference
    size = say_money(max(difference, -difference))
    if not difference:
        return gettext("The charges are the same as on that bill.")
    told = (
        gettext("The charges are %(amount)s more.")
        if difference > ZERO
        else gettext("The charges are %(amount)s less.")
    ) % {"amount": size}
    named = _largest(change.steps, more=difference > ZERO)
    if not named:
        return told
    reasons = gettext(" and ").join(
        f"{str(NAMES[step.why]).lower()} ({signed(step.amount)})" for step in named
    )
    return told + " " + gettext("Mostly: %(reasons)s.") % {"reasons": reasons}


def _largest(steps: Sequence[Step], *, more: bool) -> list[Step]:
    same_way = [step for step in steps if (step.amount > ZERO) == more]
    return sorted(same_way, key=lambda step: -abs(step.amount.cents))[:MOST_NAMED]


def _service(change: ServiceChange) -> ServiceWords:
    floats = float_steps([step.amount.dollars for step in change.steps])
    return ServiceWords(
        name=service_name(change.service),
        address=change.address,
        before=say_money(change.before.total if change.before else ZERO),
        now=say_money(change.now.total if change.now else ZERO),
        difference=signed(change.difference),
        steps=tuple(
            StepWords(
                name=_name(step, change),
                why=_why(step, change),
                amount=signed(step.amount),
                left=f"{bar.left}%",
                width=f"{bar.width}%",
                is_less=step.amount < ZERO,
            )
            for step, bar in zip(change.steps, floats, strict=True)
        ),
        weather=_weather_note(change),
    )


def _name(step: Step, change: ServiceChange) -> str:
    if step.why is Why.USE and change.weather.more is None:
        return gettext("Use")
    return str(NAMES[step.why])


def _weather_note(change: ServiceChange) -> str:
    """Say by what the weather's part was told, or why it is part of use."""
    if change.before is None or change.now is None or change.now.use is None:
        return ""
    if change.service not in WEATHERED:
        return ""
    said = str(WEATHER_NOTES[change.weather.told])
    return said % {"periods": change.weather.periods} if change.weather.periods else said


def _why(step: Step, change: ServiceChange) -> str:
    before, now = change.before, change.now
    if before is None or now is None:
        return ""
    say = WHYS.get(step.why)
    return say(before, now) if say else ""


def _days(before: ServiceFacts, now: ServiceFacts) -> str:
    more = now.period.days - before.period.days
    if not more:
        return gettext("another part of a month is billed")
    return gettext("%(now)s days instead of %(before)s") % {
        "now": now.period.days,
        "before": before.period.days,
    }


def _warmth(before: ServiceFacts, now: ServiceFacts) -> str:
    if before.mean_f is None or now.mean_f is None:
        return ""
    warmer = round(now.mean_f - before.mean_f)
    if not warmer:
        return ""
    if warmer > 0:
        return gettext("it was %(degrees)s°F warmer") % {"degrees": warmer}
    return gettext("it was %(degrees)s°F colder") % {"degrees": -warmer}


def _use(before: ServiceFacts, now: ServiceFacts) -> str:
    if before.daily_use is None or now.daily_use is None or now.use is None:
        return ""
    unit = now.use.unit
    return gettext("%(now)s a day in all, %(before)s before") % {
        "now": quantity_of(round(now.daily_use, 1), unit),
        "before": quantity_of(round(before.daily_use, 1), unit),
    }


def _hours(before: ServiceFacts, now: ServiceFacts) -> str:
    """Say the share of the dearest hours, where the rate has a peak."""
    if not (DEAREST in before.hours and DEAREST in now.hours):
        return ""
    return gettext("%(now)s %% in the dearest hours, %(before)s %% before") % {
        "now": say_number(now.hours[DEAREST], 0),
        "before": say_number(before.hours[DEAREST], 0),
    }


def _demand(before: ServiceFacts, now: ServiceFacts) -> str:
    if before.peak_kw is None or now.peak_kw is None:
        return ""
    return gettext("%(now)s instead of %(before)s") % {
        "now": quantity_of(round(now.peak_kw, 1), "kW"),
        "before": quantity_of(round(before.peak_kw, 1), "kW"),
    }


def _untold(_before: ServiceFacts, _now: ServiceFacts) -> str:
    return gettext("one of the bills is older than what we keep to split it")


WHYS: Mapping[Why, Callable[[ServiceFacts, ServiceFacts], str]] = {
    Why.DAYS: _days,
    Why.WEATHER: _warmth,
    Why.USE: _use,
    Why.HOURS: _hours,
    Why.DEMAND: _demand,
    Why.UNTOLD: _untold,
}
"""What stands under the name of a reason; the others say it by their name."""
