"""The desk's work lists: one registry into which each later room puts its lists.

A list is a name, a count of what waits on a local day, and the page where it is worked off.
Put a new one into ``WORK_LISTS``, in the order the office works them off.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from smarthub.accounts.claims import count_open_sweeps
from smarthub.arrears.queries import count_disconnections_due
from smarthub.billing.queries.desk import count_open_differences, count_waiting_in_runs
from smarthub.metering.queries import count_failed_checks
from smarthub.notifications.queries import count_open_reports
from smarthub.workflows.money.money_desk import count_waiting
from smarthub.workflows.rates.tax_certificates import list_running_out


@dataclass(frozen=True, slots=True)
class WorkList:
    """One list: ``title`` is translated when it is shown, ``page`` is the name of an address."""

    title: Promise
    count: Callable[[dt.date], int]
    page: str


@dataclass(frozen=True, slots=True)
class WaitingWork:
    """One list as the desk shows it today."""

    title: str
    count: int
    address: str


def _waiting(name: str) -> Callable[[dt.date], int]:
    return lambda _on: count_waiting()[name]


WORK_LISTS: tuple[WorkList, ...] = (
    WorkList(
        title=gettext_lazy("Suspicious calls and messages"),
        count=lambda _day: count_open_reports(),
        page="desk_reports",
    ),
    WorkList(
        title=gettext_lazy("Reads that failed a check"),
        count=lambda _day: count_failed_checks(),
        page="desk_failed_reads",
    ),
    WorkList(
        title=gettext_lazy("Many account numbers asked for"),
        count=lambda _day: count_open_sweeps(),
        page="desk_sweeps",
    ),
    WorkList(
        title=gettext_lazy("Bills that wait in a run"),
        count=lambda _day: count_waiting_in_runs(),
        page="desk_runs",
    ),
    WorkList(
        title=gettext_lazy("Bills that would come out otherwise today"),
        count=lambda _day: count_open_differences(),
        page="desk_differences",
    ),
    WorkList(
        title=gettext_lazy("Tax certificates that run out soon"),
        count=lambda day: len(list_running_out(on=day)),
        page="desk_certificates_running_out",
    ),
    WorkList(gettext_lazy("Money that does not fit"), _waiting("exceptions"), "desk_exceptions"),
    WorkList(gettext_lazy("Money nobody knows"), _waiting("suspense"), "desk_suspense"),
    WorkList(gettext_lazy("Refunds to allow"), _waiting("refunds"), "desk_refunds"),
    WorkList(
        title=gettext_lazy("Disconnections whose day has come"),
        count=lambda day: count_disconnections_due(on=day),
        page="desk_arrears",
    ),
)
"""Every list of this house, in the order the office works them off."""


def list_work(*, on: dt.date, lists: Sequence[WorkList] = WORK_LISTS) -> tuple[WaitingWork, ...]:
    """Return every list with how much waits on it on a local day, one query a list."""
    return tuple(
        WaitingWork(title=str(each.title), count=each.count(on), address=reverse(each.page))
        for each in lists
    )
