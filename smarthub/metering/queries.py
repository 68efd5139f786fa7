"""Every read of metering."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import F, Max, Min, Q, QuerySet

from smarthub.accounts.types import ServicePointId
from smarthub.kernel.period import Period, day_bounds
from smarthub.metering.engine import NegativeUse, register_use, unpack
from smarthub.metering.engine.packing import day_quality
from smarthub.metering.models import (
    Channel,
    Flow,
    IntervalDay,
    MeterInstall,
    ReadFile,
    Register,
    RegisterRead,
    StationDay,
)
from smarthub.metering.types import (
    MISSING,
    ChannelId,
    FailedDay,
    FileTotals,
    FlowChannel,
    ImportReport,
    KnownChannel,
    KnownInstall,
    KnownMeter,
    KnownRegister,
    PointChannel,
    Problem,
    Quality,
    ReadDay,
    RegisterId,
    RegisterSpan,
    RowProblem,
    StoredSpan,
    UnderstoodRead,
)

READ_KINDS = tuple(RegisterRead.Kind.values)
"""What a register read may be (domain rule 15)."""


_METERS = """
SELECT m.serial, i.id, i.service_point_id, i.installed_on, i.removed_on,
       c.id, c.unit, c.exponent, c.step_seconds, c.wide, c.flow,
       coalesce(u.total, -1), coalesce(u.peak, -1)
  FROM metering_meter m
  LEFT JOIN metering_meterinstall i ON i.meter_id = m.id
  LEFT JOIN metering_channel c ON c.service_point_id = i.service_point_id
  LEFT JOIN metering_usualuse u ON u.channel_id = c.id
 WHERE m.serial = ANY(%s)
 ORDER BY m.serial, i.installed_on, i.id, c.step_seconds, c.flow
"""
_REGISTERS = """
SELECT m.serial, g.id, g.unit, g.dials, g.multiplier, g.flow
  FROM metering_meter m JOIN metering_register g ON g.meter_id = m.id
 WHERE m.serial = ANY(%s) ORDER BY g.flow
"""


def list_meters(*, serials: Collection[str], with_registers: bool = False) -> dict[str, KnownMeter]:
    """Return the meters among ``serials`` that exist, with their places and channels: one query.

    Written out, and not by objects, because a night's file names every meter of the co-op.

    Args:
        serials: What stands in a file.
        with_registers: Whether their registers are wanted too, in a second query.
    """
    wanted = list(serials)
    registers: dict[str, list[KnownRegister]] = {}
    with connection.cursor() as cursor:
        if with_registers:
            cursor.execute(_REGISTERS, [wanted])
            for serial, number, *rest in cursor.fetchall():
                registers.setdefault(serial, []).append(KnownRegister(RegisterId(number), *rest))
        cursor.execute(_METERS, [wanted])
        rows = cursor.fetchall()
    return {
        serial: KnownMeter(serial, _known_installs(list(group)), tuple(registers.get(serial, ())))
        for serial, group in groupby(rows, key=itemgetter(0))
    }


def _known_installs(rows: Sequence[tuple[Any, ...]]) -> tuple[KnownInstall, ...]:
    return tuple(
        KnownInstall(point, installed_on, removed_on, _known_channels(channels))
        for (number, point, installed_on, removed_on), channels in groupby(
            rows, key=itemgetter(1, 2, 3, 4)
        )
        if number is not None
    )


def _known_channels(rows: Iterable[tuple[Any, ...]]) -> tuple[FlowChannel, ...]:
    return tuple(FlowChannel(*row[5:]) for row in rows if row[5] is not None)


def list_meter_serials(
    *, service_point_ids: Collection[ServicePointId], on: dt.date
) -> dict[ServicePointId, list[str]]:
    """Return the meters that hang at each service point on ``on``."""
    serials: dict[ServicePointId, list[str]] = {point: [] for point in service_point_ids}
    installs = MeterInstall.objects.filter(
        service_point__in=service_point_ids, installed_on__lte=on
    ).exclude(removed_on__lte=on)
    for point, serial in installs.order_by("installed_on").values_list(
        "service_point_id", "meter__serial"
    ):
        serials[ServicePointId(point)].append(serial)
    return serials


def find_report(*, sha256: str) -> ImportReport | None:
    """Return what became of the file with these contents, if it was taken in before."""
    file = ReadFile.objects.filter(sha256=sha256).first()
    if file is None:
        return None
    return ImportReport(
        file_name=file.name,
        sha256=sha256,
        rows=file.rows,
        kept=file.rows_kept,
        already_known=True,
        problems=list_problems(sha256=sha256),
        stored=False,
    )


def list_problems(*, sha256: str) -> tuple[RowProblem, ...]:
    """Return the rows of a file that were not kept, in the order of the file."""
    rows = ReadFile.objects.filter(sha256=sha256, problems__isnull=False).values_list(
        "problems__row", "problems__code", "problems__values"
    )
    return tuple(
        RowProblem(row, Problem(code), values)
        for row, code, values in rows.order_by("problems__row", "problems__pk")
    )


def read_days(*, channel_ids: Sequence[ChannelId], period: Period) -> list[ReadDay]:
    """Return the stored days of the channels in the period, by channel and day: one query."""
    rows = IntervalDay.objects.filter(
        channel__in=channel_ids, day__gte=period.start, day__lt=period.end
    ).select_related("channel")
    return [_read_day(row) for row in rows.order_by("channel_id", "day")]


def _read_day(row: IntervalDay) -> ReadDay:
    values = unpack(bytes(row.v), row.channel.wide)
    return ReadDay(
        channel_id=ChannelId(row.channel_id),
        service_point_id=ServicePointId(row.channel.service_point_id),
        day=row.day,
        unit=row.channel.unit,
        exponent=row.channel.exponent,
        step_seconds=row.channel.step_seconds,
        values=values,
        quality=day_quality(None if row.q is None else bytes(row.q), len(values)),
    )


def list_channels(
    *, service_point_ids: Collection[ServicePointId]
) -> Mapping[ServicePointId, list[KnownChannel]]:
    """Return the delivered channels of each service point, the finest step first."""
    channels: dict[ServicePointId, list[KnownChannel]] = {p: [] for p in service_point_ids}
    rows = Channel.objects.filter(service_point__in=service_point_ids, flow=Flow.DELIVERED)
    for c in rows.order_by("step_seconds"):
        known = KnownChannel(ChannelId(c.pk), c.unit, c.exponent, c.step_seconds, c.wide)
        channels[ServicePointId(c.service_point_id)].append(known)
    return channels


def list_flow_channels(
    *, service_point_ids: Collection[ServicePointId]
) -> dict[ServicePointId, list[FlowChannel]]:
    """Return the channels of energy or volume of each point, by flow, the finest step first."""
    channels: dict[ServicePointId, list[FlowChannel]] = {p: [] for p in service_point_ids}
    rows = Channel.objects.filter(
        service_point__in=service_point_ids, flow__in=[Flow.DELIVERED, Flow.RECEIVED]
    )
    for c in rows.order_by("flow", "step_seconds"):
        known = FlowChannel(ChannelId(c.pk), c.unit, c.exponent, c.step_seconds, c.wide, c.flow)
        channels[ServicePointId(c.service_point_id)].append(known)
    return channels


def list_channels_by_id(*, channel_ids: Collection[ChannelId]) -> dict[ChannelId, PointChannel]:
    """Return the channels with the places they count at: one query."""
    channels = _point_channels(Channel.objects.filter(pk__in=channel_ids))
    return {channel.id: channel for channel in channels}


def list_point_channels(*, service_point_ids: Collection[ServicePointId]) -> list[PointChannel]:
    """Return every channel of the places: one query."""
    return _point_channels(Channel.objects.filter(service_point__in=service_point_ids))


def _point_channels(rows: QuerySet[Channel]) -> list[PointChannel]:
    return [
        PointChannel(
            ChannelId(c.pk),
            c.unit,
            c.exponent,
            c.step_seconds,
            c.wide,
            c.flow,
            service_point_id=ServicePointId(c.service_point_id),
            service_point_number=c.service_point.number,
        )
        for c in rows.select_related("service_point")
    ]


def list_hung_days(
    *, service_point_ids: Collection[ServicePointId], period: Period
) -> dict[ServicePointId, list[Period]]:
    """Return when, within the period, a meter hung at each place: one query."""
    found: dict[ServicePointId, list[Period]] = {point: [] for point in service_point_ids}
    installs = MeterInstall.objects.filter(
        service_point__in=service_point_ids, installed_on__lt=period.end
    ).exclude(removed_on__lte=period.start)
    for row in installs.order_by("installed_on"):
        start, end = row.installed_on, row.removed_on or period.end
        found[ServicePointId(row.service_point_id)].append(
            Period(max(start, period.start), min(end, period.end))
        )
    return found


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


_GAPS = """
SELECT c.id, c.service_point_id
  FROM metering_channel c
  JOIN metering_meterinstall i ON i.service_point_id = c.service_point_id
   AND i.installed_on < %(end)s AND (i.removed_on IS NULL OR i.removed_on > %(start)s)
  LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE d.q IS NULL OR position('\\x02'::bytea IN d.q) = 0) AS whole
      FROM metering_interval_day d
     WHERE d.channel_id = c.id AND d.day >= greatest(i.installed_on, %(start)s)
       AND d.day < least(i.removed_on, %(end)s)) d ON true
 WHERE d.whole < least(i.removed_on, %(end)s::date) - greatest(i.installed_on, %(start)s::date)
   AND EXISTS (SELECT FROM metering_interval_day e
                WHERE e.channel_id = c.id AND e.day < %(end)s
                  AND e.day >= %(start)s::date - 35)
 GROUP BY c.id ORDER BY c.id
"""
"""Channels that lack intervals while a meter hung there, but have not been silent for weeks."""


def list_channels_with_gaps(*, period: Period) -> dict[ChannelId, ServicePointId]:
    """Return the channels that lack intervals of the period, with their places: one query."""
    with connection.cursor() as cursor:
        cursor.execute(_GAPS, {"start": period.start, "end": period.end})
        return dict(cursor.fetchall())


def list_missing_days(
    *, channel_ids: Collection[ChannelId], period: Period
) -> dict[tuple[ChannelId, dt.date], int]:
    """Return how many intervals each stored day of the channels lacks; days without one are 0."""
    days = IntervalDay.objects.filter(
        channel__in=channel_ids, day__gte=period.start, day__lt=period.end
    ).values_list("channel_id", "day", "q")
    return {
        (ChannelId(channel), day): bytes(q or b"").count(Quality.MISSING)
        for channel, day, q in days
    }


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


def list_counted_places(*, period: Period) -> list[ServicePointId]:
    """Return the places where a register was read in the period and intervals are counted."""
    rows = MeterInstall.objects.filter(
        meter__registers__reads__read_on__gt=period.start,
        meter__registers__reads__read_on__lte=period.end,
        service_point__channels__isnull=False,
    )
    places = rows.order_by("service_point").values_list("service_point", flat=True).distinct()
    return [ServicePointId(place) for place in places]


_OPEN_CHECKS = """
  FROM metering_failedcheck f
  JOIN metering_channel c ON c.id = f.channel_id
  LEFT JOIN metering_interval_day d ON d.channel_id = f.channel_id AND d.day = f.day
 WHERE d.file_id IS NOT DISTINCT FROM f.file_id
   AND NOT EXISTS (SELECT FROM metering_checkdecision x WHERE x.check_failed_id = f.id)
"""
"""Nobody has decided, and the day is still as it was when it failed."""
_FAILED_DAYS = f"""
SELECT f.id, f.channel_id, c.service_point_id,
       coalesce((SELECT m.serial FROM metering_meterinstall i
                   JOIN metering_meter m ON m.id = i.meter_id
         WHERE i.service_point_id = c.service_point_id AND i.installed_on <= f.day
           AND (i.removed_on IS NULL OR i.removed_on > f.day)
         ORDER BY i.installed_on DESC LIMIT 1), ''),
       c.flow, c.unit, c.exponent, c.step_seconds, f.day, f.code, f.values, f.found_at
{_OPEN_CHECKS}
"""  # noqa: S608 (constants alone)


def count_failed_checks() -> int:
    """Return how many failed checks wait for somebody."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {_OPEN_CHECKS}")
        return int(cursor.fetchone()[0])


def list_failed_checks(*, code: str = "", limit: int, offset: int = 0) -> list[FailedDay]:
    """Return failed checks that wait for somebody, the newest days first: one query.

    Args:
        code: Only this check; all when empty.
        limit: At most so many.
        offset: After so many.
    """
    return _failed_days(
        "AND (%s = '' OR f.code = %s) ORDER BY f.day DESC, f.id LIMIT %s OFFSET %s",
        [code, code, limit, offset],
    )


def find_failed_check(*, check_id: int) -> FailedDay | None:
    """Return a failed check if it still waits for somebody."""
    return next(iter(_failed_days("AND f.id = %s", [check_id])), None)


def _failed_days(rest: str, values: list[Any]) -> list[FailedDay]:
    with connection.cursor() as cursor:
        cursor.execute(_FAILED_DAYS + rest, values)
        rows = cursor.fetchall()
    return [_failed_day(*row) for row in rows]


def _failed_day(*row: Any) -> FailedDay:
    names = [each.name for each in fields(FailedDay)]
    values = dict(zip(names, row, strict=True))
    return FailedDay(**{**values, "values": json.loads(values["values"])})


_FILE_TOTALS = """
SELECT c.flow, c.unit, count(DISTINCT c.service_point_id), count(*),
       sum(d.total * power(10::numeric, c.exponent))
  FROM metering_interval_day d
  JOIN metering_readfile f ON f.id = d.file_id AND f.sha256 = %s
  JOIN metering_channel c ON c.id = d.channel_id
 GROUP BY c.flow, c.unit ORDER BY c.flow, c.unit
"""
_FILE_DAYS = """
SELECT d.channel_id, d.day,
       (SELECT m.serial FROM metering_meterinstall i JOIN metering_meter m ON m.id = i.meter_id
         WHERE i.service_point_id = c.service_point_id AND i.installed_on <= d.day
         ORDER BY i.installed_on DESC LIMIT 1)
  FROM metering_interval_day d
  JOIN metering_readfile f ON f.id = d.file_id AND f.sha256 = %s
  JOIN metering_channel c ON c.id = d.channel_id
 ORDER BY d.day, d.channel_id LIMIT 3
"""


def list_file_totals(*, sha256: str) -> tuple[FileTotals, ...]:
    """Return what the days a file wrote come to, by flow and unit: one query."""
    with connection.cursor() as cursor:
        cursor.execute(_FILE_TOTALS, [sha256])
        return tuple(FileTotals(*row, total.normalize()) for *row, total in cursor.fetchall())


def list_understood_reads(*, sha256: str, zone: ZoneInfo, limit: int) -> tuple[UnderstoodRead, ...]:
    """Return the first reads a file wrote, as they are stored."""
    with connection.cursor() as cursor:
        cursor.execute(_FILE_DAYS, [sha256])
        rows = cursor.fetchall()
    reads: list[UnderstoodRead] = []
    for channel_id, day, serial in rows:
        channel = list_channels_by_id(channel_ids=[channel_id])[channel_id]
        period = Period(day, day + dt.timedelta(days=1))
        (stored,) = read_days(channel_ids=[channel_id], period=period)
        begin = day_bounds(day, zone)[0]
        reads.extend(
            UnderstoodRead(
                serial,
                channel.flow,
                begin + dt.timedelta(seconds=n * stored.step_seconds),
                Decimal(int(value)).scaleb(stored.exponent),
                stored.unit,
            )
            for n, value in enumerate(stored.values)
            if value != MISSING
        )
    registers = RegisterRead.objects.filter(file__sha256=sha256).select_related("register__meter")
    reads.extend(
        UnderstoodRead(
            row.register.meter.serial,
            row.register.flow,
            day_bounds(row.read_on, zone)[0],
            row.value,
            row.register.unit,
        )
        for row in registers.order_by("row")[:limit]
    )
    return tuple(reads[:limit])
