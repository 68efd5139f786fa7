"""What waits on the desk's lists of reads in the visited co-op, under numbers known beforehand."""

from __future__ import annotations

import datetime as dt
import uuid

from smarthub.metering.models import FailedCheck, IntervalDay
from smarthub.metering.operations import end_given_file, give_file

FAILED_CHECK = 900_001
TRIED, GIVEN = uuid.UUID(int=901), uuid.UUID(int=902)


def fill_reads(*, now: dt.datetime) -> None:
    """Let the newest stored day have a spike, one file be tried and another wait for its trial."""
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
    for key in (TRIED, GIVEN):
        give_file(
            key=key,
            name=f"Wolfeschlegelsteinhausenbergerdorff-{key.int}.csv",
            path="/nowhere",
            profile="long",
            on_error="keep_good",
            given_by="user:1",
            size=185_289_312,
            now=now,
        )
    end_given_file(
        key=TRIED,
        state="preview",
        now=None,
        report={
            "rows": 28_800_000,
            "kept": 28_799_999,
            "problem_count": 1,
            "problems": [{"row": 17, "code": "unknown_meter", "values": {"meter": "E-40017"}}],
            "totals": [
                {"flow": "delivered", "unit": "kWh", "meters": 300_000, "days": 300_000,
                 "total": "9314412.125"}
            ],
            "first": [
                {"meter": "E-40016", "flow": "delivered", "unit": "kWh", "value": "0.412",
                 "starts_at": "2024-12-01T06:00:00+00:00"}
            ],
        },
    )  # fmt: skip
