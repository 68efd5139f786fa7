"""What the desk calls the states, holds, exceptions and reasons of billing, and what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from smarthub.billing.types import RunState
from smarthub.ui.formats import say_day

STATES: Mapping[RunState, Promise] = {
    RunState.DRAFTING: gettext_lazy("Being drafted"),
    RunState.REVIEW: gettext_lazy("To be looked at"),
    RunState.WRITING: gettext_lazy("Being written"),
    RunState.DONE: gettext_lazy("Written"),
}
REASONS: Mapping[str, Promise] = {
    "reads": gettext_lazy("A read was wrong or came late"),
    "rate": gettext_lazy("A rate was wrong"),
    "agreement": gettext_lazy("A fact of the agreement was wrong"),
    "tax": gettext_lazy("A tax was charged that is not owed, or the other way round"),
    "estimate": gettext_lazy("An estimate proved wrong"),
    "request": gettext_lazy("The member asked, and is right"),
}
HOLDS: Mapping[str, Promise] = {
    "period_unusual": gettext_lazy("The period has %(days)s days"),
    "use_unusual": gettext_lazy("%(service_point)s used %(used)s %(unit)s; %(usual)s is usual"),
    "demand_above_transformer": gettext_lazy(
        "%(service_point)s took %(demand)s kW through a transformer of %(kva)s kVA"
    ),
    "changed_since_review": gettext_lazy("It changed after it was looked at"),
}
DIFFERENCES: Mapping[str, Promise] = {
    "late_reads": gettext_lazy("Reads came late or were replaced"),
    "tax_certificate": gettext_lazy("A tax certificate came late or was ended"),
    "tax_district": gettext_lazy("Its place came into a tax district, or out of it"),
    "earlier_bill_changed": gettext_lazy("An earlier bill it rests on was corrected"),
}
SERVICES: Mapping[str, Promise] = {
    "electric": gettext_lazy("Electric"),
    "gas": gettext_lazy("Gas"),
    "water": gettext_lazy("Water"),
    "fiber": gettext_lazy("Fiber"),
    "light": gettext_lazy("Light"),
}
EXCEPTIONS: Mapping[str, tuple[Promise, Promise]] = {
    "read_missing": (
        gettext_lazy("No read at %(service_point)s on %(start)s or %(end)s"),
        gettext_lazy("Bring the read in, or have it estimated, and draft again."),
    ),
    "intervals_missing": (
        gettext_lazy("%(missing)s of %(of)s hourly reads are missing at %(service_point)s"),
        gettext_lazy("Bring the reads in, or have the gaps estimated, and draft again."),
    ),
    "negative_use": (
        gettext_lazy("The register of meter %(meter)s went back"),
        gettext_lazy("Check both reads; correct one, or record the exchange."),
    ),
    "rate_missing": (
        gettext_lazy("There is no rate for this agreement"),
        gettext_lazy("Publish the rate, or put the agreement on another."),
    ),
    "fact_missing": (
        gettext_lazy("The price needs a fact that nobody recorded: %(fact)s"),
        gettext_lazy("Record it with the agreement, and draft again."),
    ),
    "price_below_zero": (
        gettext_lazy("A rider takes off more than the whole bill"),
        gettext_lazy("Check what the rider is worth."),
    ),
    "meter_unit_differs": (
        gettext_lazy("Meter %(meter)s counts another unit than the rate prices"),
        gettext_lazy("Put the agreement on a rate for that unit."),
    ),
    "estimate_proven_wrong": (
        gettext_lazy("The estimate of %(service_point)s from %(start)s to %(end)s proved wrong"),
        gettext_lazy(
            "Have its bill corrected by the reads on both sides; then this one is drafted again."
        ),
    ),
    "too_many_estimates": (
        gettext_lazy("%(service_point)s was estimated too often in a row"),
        gettext_lazy("Have the meter read."),
    ),
    "back_billing_too_old": (
        gettext_lazy("It would ask for more for days before %(oldest)s, %(months)s months back"),
        gettext_lazy("Nothing more may be asked for so long ago. Leave the bill as it is."),
    ),
    "nothing_to_rebill": (
        gettext_lazy("No service stands on it"),
        gettext_lazy("Take it back without a new one."),
    ),
    "bill_on_hold": (
        gettext_lazy("On hold: %(reason)s"),
        gettext_lazy("Open it and release it."),
    ),
}


KINDS: Mapping[str, Promise] = {
    "read_missing": gettext_lazy("A read is missing"),
    "intervals_missing": gettext_lazy("Hourly reads are missing"),
    "negative_use": gettext_lazy("A register went back"),
    "rate_missing": gettext_lazy("A rate is missing"),
    "fact_missing": gettext_lazy("A fact is missing"),
    "price_below_zero": gettext_lazy("A rider takes too much off"),
    "meter_unit_differs": gettext_lazy("Units differ"),
    "too_many_estimates": gettext_lazy("Estimated too often"),
    "estimate_proven_wrong": gettext_lazy("An estimate proved wrong"),
    "bill_on_hold": gettext_lazy("On hold"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What is wrong with an account in a run, and what to do about it."""

    account_number: str
    what: str
    remedy: str


def tell_exception(*, account_number: str, code: str, values: Mapping[str, Any]) -> Told:
    """Return an exception in words."""
    what, remedy = EXCEPTIONS.get(
        code, (gettext_lazy("It cannot be billed"), gettext_lazy("Open it to see why."))
    )
    said = {name: _said(name, value) for name, value in values.items()}
    return Told(account_number, _filled(what, said), str(remedy))


def name_kind(code: str) -> str:
    """Return what the desk calls all exceptions of one kind."""
    return str(KINDS[code]) if code in KINDS else gettext("It cannot be billed")


def tell_hold(*, code: str, values: Mapping[str, Any], reason: str) -> str:
    """Return in words why a draft waits for a person."""
    if reason:
        return reason
    return _filled(HOLDS[code], values) if code in HOLDS else gettext("Held")


def _said(name: str, value: Any) -> Any:
    """Say the days an exception names as people do."""
    if name in {"start", "end", "oldest"}:
        return say_day(dt.date.fromisoformat(str(value)), "medium")
    return value


def _filled(words: Promise, values: Mapping[str, Any]) -> str:
    try:
        return str(words) % values
    except (KeyError, ValueError):  # an older exception may lack a value
        return str(words)
