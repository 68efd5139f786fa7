"""What staff see and decide about days of reads that failed a check.

Every decision is left in the audit trail, in the transaction that changes the day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction

from smarthub.kernel.errors import NotVisible
from smarthub.kernel.period import Period, day_bounds
from smarthub.members.operations import record_act
from smarthub.members.queries import is_staff
from smarthub.metering import operations, queries
from smarthub.metering.engine.days import slots
from smarthub.metering.types import MISSING, FailedDay, Quality

MOST_SHOWN = 100
"""So many failures are listed at once, the newest days first; a filter finds the rest."""


@dataclass(frozen=True, slots=True)
class FailedDays:
    """The list: what is shown of it, and how many wait in all."""

    days: tuple[FailedDay, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class ShownInterval:
    """One interval of the day: when it begins and ends, its value, and how good it is."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    value: Decimal | None
    quality: Quality


@dataclass(frozen=True, slots=True)
class FailedDayPage:
    """A failed day with its intervals, in the co-op's own time."""

    failed: FailedDay
    intervals: tuple[ShownInterval, ...]


def open_failed_days(*, user_id: int, check: str = "") -> FailedDays:
    """Return the days that wait for somebody; only one check's if it is named.

    Raises:
        NotVisible: the login is not staff's.
    """
    _refuse_others(user_id)
    days = queries.list_failed_checks(code=check, limit=MOST_SHOWN)
    return FailedDays(tuple(days), queries.count_failed_checks())


def open_failed_day(*, user_id: int, check_id: int, zone: ZoneInfo) -> FailedDayPage:
    """Return a failed day with its intervals.

    Raises:
        NotVisible: the login is not staff's, or nothing waits under this number.
    """
    _refuse_others(user_id)
    failed = queries.find_failed_check(check_id=check_id)
    if failed is None:
        raise NotVisible(check=check_id)
    return FailedDayPage(failed, tuple(_intervals(failed, zone)))


def decide_failed_day(
    *,
    user_id: int,
    check_id: int,
    action: str,
    zone: ZoneInfo,
    now: dt.datetime,
    note: str = "",
    values: Sequence[Decimal | None] | None = None,
) -> None:
    """Accept, estimate or edit a failed day, and leave it in the audit trail (rule 125).

    Raises:
        NotVisible: the login is not staff's, or nothing waits under this number.
        AlreadyDecided: somebody was faster.
        ValuesRefused: the values cannot be those of the day.
    """
    page = open_failed_day(user_id=user_id, check_id=check_id, zone=zone)
    with transaction.atomic():
        operations.decide(
            check_id=check_id,
            action=action,
            decided_by=f"user:{user_id}",
            now=now,
            zone=zone,
            note=note,
            values=values,
        )
        record_act(
            user_id=user_id,
            act=f"reads.{action}",
            subject=f"check:{check_id}",
            now=now,
            before={"meter": page.failed.meter_serial, "day": str(page.failed.day)},
            after={"check": page.failed.code, "note": note},
        )


def _intervals(failed: FailedDay, zone: ZoneInfo) -> list[ShownInterval]:
    period = Period(failed.day, failed.day + dt.timedelta(days=1))
    stored = queries.read_days(channel_ids=[failed.channel_id], period=period)
    step = dt.timedelta(seconds=failed.step_seconds)
    begin = day_bounds(failed.day, zone)[0]
    count = slots(failed.day, zone, failed.step_seconds)
    values = stored[0].values.tolist() if stored else [MISSING] * count
    marks = stored[0].quality.tolist() if stored else [Quality.MISSING] * count
    return [
        ShownInterval(
            (begin + n * step).astimezone(zone),
            (begin + (n + 1) * step).astimezone(zone),
            None if value == MISSING else Decimal(value).scaleb(failed.exponent),
            Quality(mark),
        )
        for n, (value, mark) in enumerate(zip(values, marks, strict=True))
    ]


def _refuse_others(user_id: int) -> None:
    if not is_staff(user_id=user_id):
        raise NotVisible
