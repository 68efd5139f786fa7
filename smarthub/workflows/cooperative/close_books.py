"""Close months of the books at the desk; each is left in the audit trail."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from smarthub.cooperative.queries import get_zone
from smarthub.kernel.period import local_day
from smarthub.ledger.operations import MonthNotNext, close_month
from smarthub.ledger.queries import (
    get_month_figures,
    list_closed_months,
    next_month_to_close,
)
from smarthub.ledger.types import ClosedMonth, MonthFigures
from smarthub.members.operations import record_act
from smarthub.members.queries import get_person_of_user
from smarthub.payments.queries import count_waiting


@dataclass(frozen=True, slots=True)
class Books:
    """The closed months, newest first, and the one that may be closed now, if one may."""

    closed: tuple[ClosedMonth, ...]
    to_close: dt.date | None


def see_books(*, now: dt.datetime) -> Books:
    """Return the closed months and the next one, in three queries."""
    zone = get_zone()
    next_one = next_month_to_close(zone=zone)
    is_over = next_one is not None and next_one < local_day(now, zone).replace(day=1)
    return Books(tuple(list_closed_months()), next_one if is_over else None)


@dataclass(frozen=True, slots=True)
class Closing:
    """What closing a month would fix: its figures, and what still waits for staff, in all."""

    figures: MonthFigures
    waiting: int


def look_at_closing(*, month: dt.date, now: dt.datetime) -> Closing:
    """Return what would be closed, before it is.

    Raises:
        MonthNotNext: the month is not the one that may be closed now.

    Source: domain rule 63.
    """
    if month != see_books(now=now).to_close:
        raise MonthNotNext(month=month.isoformat())
    return Closing(
        figures=get_month_figures(month=month, zone=get_zone()),
        waiting=sum(count_waiting().values()),
    )


def close_books(*, user_id: int, month: dt.date, now: dt.datetime) -> ClosedMonth:
    """Close a month of the books for good.

    Raises:
        MonthNotOver, MonthNotNext: see ``ledger.operations``.

    Source: domain rules 63 and 125.
    """
    with transaction.atomic():
        by = get_person_of_user(user_id=user_id).name
        closed = close_month(month=month, zone=get_zone(), by=by, now=now)
        record_act(
            user_id=user_id,
            act="books.closed",
            subject=f"month:{month:%Y-%m}",
            now=now,
            after={"entries": closed.entries},
        )
    return closed
