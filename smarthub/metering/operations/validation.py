"""What is usual for channels, and the checks that need more than one file to fail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import connection

from smarthub.accounts.types import ServicePointId
from smarthub.kernel.period import Period
from smarthub.metering.engine.checks import Check, CheckSettings, differs_from_register
from smarthub.metering.models import FailedCheck, IntervalDay
from smarthub.metering.queries import list_point_channels, list_register_spans
from smarthub.metering.types import ChannelId, PointChannel, Quality

USUAL_DAYS = 21
"""Like the three weeks of the Ontario standard."""
FEWEST_USUAL_DAYS = 7

_USUAL = """
INSERT INTO metering_usualuse (channel_id, total, peak, days, until)
SELECT channel_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY total)::bigint, max(peak),
       count(*), %(until)s
  FROM metering_interval_day
 WHERE day >= %(first)s AND day < %(until)s AND peak >= 0
 GROUP BY channel_id HAVING count(*) >= %(fewest)s
    ON CONFLICT (channel_id) DO UPDATE
   SET total = excluded.total, peak = excluded.peak, days = excluded.days, until = excluded.until
"""
_UNSERVED = """
SELECT d.channel_id, d.day, d.total, d.file_id
  FROM metering_interval_day d
  JOIN metering_channel c ON c.id = d.channel_id AND c.flow = 'delivered'
 WHERE d.day >= %(start)s AND d.day < %(end)s AND d.total > 0
   AND NOT EXISTS (
     SELECT FROM accounts_serviceagreement a
      WHERE a.service_point_id = c.service_point_id AND a.starts_on <= d.day
        AND (a.ends_on IS NULL OR a.ends_on > d.day))
"""


def refresh_usual_use(*, until: dt.date) -> int:
    """Work out what is usual for every channel from the three weeks before a day.

    Returns:
        For how many channels there is enough to tell.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _USUAL,
            {
                "first": until - dt.timedelta(days=USUAL_DAYS),
                "until": until,
                "fewest": FEWEST_USUAL_DAYS,
            },
        )
        return int(cursor.rowcount)


def check_against_registers(
    *,
    service_point_ids: Collection[ServicePointId],
    period: Period,
    now: dt.datetime,
    settings: CheckSettings,
) -> int:
    """Tell the spans in which intervals and register disagree; return how many were new.

    Only spans whose days are all there are judged, and each is told on its first day.

    Source: domain rule 18; the sum check of the California and Ontario standards.
    """
    channels = {
        (channel.service_point_id, channel.flow, channel.unit): channel
        for channel in list_point_channels(service_point_ids=service_point_ids)
    }
    sums = _day_sums(channels.values(), period)
    wrong = []
    for span in list_register_spans(service_point_ids=service_point_ids, period=period):
        channel = channels.get((span.service_point_id, span.flow, span.unit))
        days = [] if channel is None else [sums.get((channel.id, day)) for day in span.days]
        whole = [day for day in days if day is not None and day.whole]
        if channel is None or len(whole) != span.days.days:
            continue
        found = sum(day.total for day in whole)
        counted, least = (
            float(each.scaleb(-channel.exponent)) for each in (span.total, span.resolution)
        )
        if differs_from_register(
            interval_sum=found, counted=counted, register_step=least, settings=settings
        ):
            where = _Day(channel.id, span.days.start, whole[0].file_id)
            until = str(span.days.last_day)
            values = {"total": found, "counted": round(counted), "until": until}
            wrong.append(_failed(where, Check.SUM, values, now))
    return _tell(wrong)


def check_without_agreement(*, period: Period, now: dt.datetime) -> int:
    """Tell the days with use where nobody takes service; return how many were new.

    Source: domain rule 18 (use on an inactive account).
    """
    with connection.cursor() as cursor:
        cursor.execute(_UNSERVED, {"start": period.start, "end": period.end})
        rows = cursor.fetchall()
    return _tell(
        [
            _failed(_Day(channel, day, file), Check.INACTIVE, {"total": total}, now)
            for channel, day, total, file in rows
        ]
    )


def tell_missing(
    *, gaps: Mapping[tuple[ChannelId, dt.date], int], period: Period, now: dt.datetime
) -> int:
    """Tell the days that still lack intervals, by how many; return how many were new."""
    files = {
        (ChannelId(channel), day): file
        for channel, day, file in IntervalDay.objects.filter(
            day__gte=period.start,
            day__lt=period.end,
            channel__in={channel for channel, _day in gaps},
        ).values_list("channel_id", "day", "file_id")
    }
    return _tell(
        [
            _failed(
                _Day(channel, day, files.get((channel, day))),
                Check.MISSING,
                {"missing": count},
                now,
            )
            for (channel, day), count in gaps.items()
        ]
    )


class _DaySum(NamedTuple):
    """What a stored day comes to, whether all of it is there, and the file it stems from."""

    total: int
    whole: bool
    file_id: int


def _day_sums(
    channels: Iterable[PointChannel], period: Period
) -> dict[tuple[ChannelId, dt.date], _DaySum]:
    rows = IntervalDay.objects.filter(
        channel__in=[channel.id for channel in channels],
        day__gte=period.start,
        day__lt=period.end,
    ).values_list("channel_id", "day", "total", "q", "file_id")
    return {
        (ChannelId(channel), day): _DaySum(total, not q or Quality.MISSING not in bytes(q), file)
        for channel, day, total, q, file in rows
    }


class _Day(NamedTuple):
    """A day that failed, and the "file" it stems from."""

    channel: int
    day: dt.date
    file: int | None


def _failed(
    where: _Day, check: Check, values: Mapping[str, object], now: dt.datetime
) -> FailedCheck:
    return FailedCheck(
        channel_id=where.channel,
        day=where.day,
        code=check,
        values=dict(values),
        file_id=where.file,
        found_at=now,
    )


def _tell(rows: Sequence[FailedCheck]) -> int:
    """Keep those not told before; return how many."""
    told = set(
        FailedCheck.objects.filter(
            channel__in={row.channel_id for row in rows}, day__in={row.day for row in rows}
        ).values_list("channel_id", "day", "code", "file_id")
    )
    new = [row for row in rows if (row.channel_id, row.day, row.code, row.file_id) not in told]
    FailedCheck.objects.bulk_create(new, batch_size=5000, ignore_conflicts=True)
    return len(new)
