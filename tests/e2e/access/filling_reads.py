"""What waits on the desk's lists of reads in the visited co-op, under numbers known beforehand."""

from __future__ import annotations

import datetime as dt
import uuid

import numpy as np

from smarthub.kernel.period import Period
from smarthub.metering.models import Channel, FailedCheck, IntervalDay
from smarthub.metering.operations import end_given_file, fail_given_file, give_file, store_days
from smarthub.metering.queries import read_days
from smarthub.metering.types import (
    ChannelId,
    DayBlock,
    FileFacts,
    Findings,
    OnError,
    Quality,
)

FAILED_CHECK = 900_001
TRIED, GIVEN, STOPPED = (uuid.UUID(int=n) for n in (901, 902, 903))


DOUBTED_DAY = dt.date(2024, 11, 5)


def _doubt_a_day(*, now: dt.datetime) -> None:
    """Correct a day of one service: some of its hours estimated, one written by staff."""
    (channel,) = Channel.objects.filter(
        service_point__number="E2001-0", flow="delivered", step_seconds=3600
    )
    period = Period(DOUBTED_DAY, DOUBTED_DAY + dt.timedelta(days=1))
    (day,) = read_days(channel_ids=[ChannelId(channel.pk)], period=period)
    values, quality = day.values.copy(), day.quality.copy()
    values[6:10] += 100
    quality[6:9], quality[9] = Quality.ESTIMATED, Quality.EDITED
    store_days(
        file=FileFacts("corrected.csv", "corrected.csv", "wide", now),
        on_error=OnError.REFUSE_FILE,
        findings=Findings(),
        blocks=[
            DayBlock(
                wide=channel.wide,
                channel_ids=np.array([channel.pk]),
                days=np.array([DOUBTED_DAY.toordinal()]),
                rows=np.array([2]),
                values=values[None],
                quality=quality[None],
            )
        ],
        by_hand=True,
    )


def fill_reads(*, now: dt.datetime) -> None:
    """Let the newest stored day have a spike, one file be tried, one wait and one stop."""
    _doubt_a_day(now=now)
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
    for key in (TRIED, GIVEN, STOPPED):
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
    fail_given_file(key=STOPPED, before="running", why="cut_off", now=now)
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
