"""A day of reads that waits for staff in the visited co-op, under a number known beforehand."""

from __future__ import annotations

import datetime as dt

from smarthub.metering.models import FailedCheck, IntervalDay

FAILED_CHECK = 900_001


def fill_reads(*, now: dt.datetime) -> None:
    """Let the newest stored day have a spike."""
    day = IntervalDay.objects.order_by("-day", "channel_id").select_related("channel")[0]
    FailedCheck.objects.create(
        pk=FAILED_CHECK,
        channel=day.channel,
        day=day.day,
        code="spike",
        values={"total": day.total, "peak": 9_000, "usual_total": 14_000, "usual_peak": 1_300},
        file=day.file,
        found_at=now,
    )
