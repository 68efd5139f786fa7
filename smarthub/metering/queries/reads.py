"""What is stored: days of channels, spans of registers, days of stations."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any

from django.db import connection
from django.db.models import F, Max, Min, Q

from smarthub.accounts.types import ServicePointId
from smarthub.kernel.period import Period
from smarthub.metering.engine import NegativeUse, register_use, unpack
from smarthub.metering.engine.packing import day_quality
from smarthub.metering.models import (
    IntervalDay,
    Register,
    RegisterRead,
    StationDay,
)
from smarthub.metering.types import (
    ChannelId,
    ReadDay,
    RegisterSpan,
    StoredSpan,
)

_DAYS = """
SELECT d.channel_id, c.service_point_id, d.day, c.unit, c.exponent, c.step_seconds, c.wide, d.v, d.q
  FROM metering_interval_day d JOIN metering_channel c ON c.id = d.channel_id
 WHERE d.channel_id = ANY(%s) AND d.day >= %s AND d.day < %s ORDER BY d.channel_id, d.day
"""


def read_days(*, channel_ids: Sequence[ChannelId], period: Period) -> list[ReadDay]:
    """Return the stored days of the channels in the period, by channel and day: one query."""
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, [list(channel_ids), period.start, period.end])
        return [_read_day(*row) for row in cursor.fetchall()]


def _read_day(*row: Any) -> ReadDay:
    channel, point, day, unit, exponent, step_seconds, wide, v, q = row
    values = unpack(v, wide)
    return ReadDay(
        channel_id=channel,
        service_point_id=point,
        day=day,
        unit=unit,
        exponent=exponent,
        step_seconds=step_seconds,
        values=values,
        quality=day_quality(q, len(values)),
    )


def find_stored_span(*, channel_ids: Collection[ChannelId], period: Period) -> StoredSpan | None:
    """Return which days of the period are stored, from the first to the last: one query."""
    days = IntervalDay.objects.filter(
        channel__in=channel_ids, day__gte=period.start, day__lt=period.end
    )
    found = days.aggregate(first=Min("day"), last=Max("day"), at=Max("file__received_at"))
    if found["first"] is None:
        return None
    return StoredSpan(Period(found["first"], found["last"] + dt.timedelta(days=1)), found["at"])


def list_register_spans(
    *, service_point_ids: Collection[ServicePointId], period: Period
) -> list[RegisterSpan]:
    """Return what registers counted between neighbouring reads of the period: one query.

    A span ends at a read that is no estimate, from the read before it that is none either; a
    register that went back has no span there.
    """
    rows = (
        RegisterRead.objects.filter(
            register__meter__installs__service_point__in=service_point_ids,
            read_on__gte=F("register__meter__installs__installed_on"),
            read_on__range=(period.start, period.end),
        )
        .filter(
            Q(register__meter__installs__removed_on=None)
            | Q(read_on__lte=F("register__meter__installs__removed_on"))
        )
        .order_by("register_id", "read_on", "-revision")
        .distinct("register_id", "read_on")
        .select_related("register")
        .annotate(point=F("register__meter__installs__service_point"))
    )
    told = [row for row in rows if row.kind != RegisterRead.Kind.ESTIMATED]
    return [
        span
        for (register, point), reads in groupby(told, key=lambda row: (row.register, row.point))
        for span in _spans(register, ServicePointId(point), list(reads))
    ]


def _spans(
    register: Register, point: ServicePointId, reads: Sequence[RegisterRead]
) -> Iterator[RegisterSpan]:
    decimals = min(int(read.value.normalize().as_tuple().exponent) for read in reads)
    for before, after in pairwise(reads):
        with contextlib.suppress(NegativeUse):
            yield RegisterSpan(
                service_point_id=point,
                flow=register.flow,
                unit=register.unit,
                days=Period(before.read_on, after.read_on),
                total=register_use(
                    previous=before.value,
                    present=after.value,
                    multiplier=register.multiplier,
                    dials=register.dials,
                ),
                resolution=Decimal(1).scaleb(min(0, decimals)) * register.multiplier,
            )


def list_station_means(
    *, stations: Collection[str], period: Period
) -> dict[str, dict[dt.date, Decimal]]:
    """Return the mean temperature of each station's days, degrees Fahrenheit: one query."""
    means: dict[str, dict[dt.date, Decimal]] = {station: {} for station in stations}
    rows = StationDay.objects.filter(
        station__in=stations, day__gte=period.start, day__lt=period.end
    )
    for station, day, mean in rows.values_list("station", "day", "mean_f"):
        means[station][day] = mean
    return means
