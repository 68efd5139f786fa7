"""Meters, where they hang, and their channels and registers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from smarthub.accounts.types import ServicePointId
from smarthub.kernel.period import Period
from smarthub.metering.models import (
    Channel,
    Flow,
    MeterInstall,
    RegisterRead,
)
from smarthub.metering.types import (
    ChannelId,
    FlowChannel,
    KnownChannel,
    KnownInstall,
    KnownMeter,
    KnownRegister,
    PointChannel,
    RegisterId,
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
    """Return the channels with the places they count at, in the order of their ids: one query.

    What is written from them is known by what it says, in their order, and so must not depend on
    how the server happened to look them up.
    """
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
        for c in rows.select_related("service_point").order_by("pk")
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


def list_counted_places(*, period: Period) -> list[ServicePointId]:
    """Return the places where a register was read in the period and intervals are counted."""
    rows = MeterInstall.objects.filter(
        meter__registers__reads__read_on__gt=period.start,
        meter__registers__reads__read_on__lte=period.end,
        service_point__channels__isnull=False,
    )
    places = rows.order_by("service_point").values_list("service_point", flat=True).distinct()
    return [ServicePointId(place) for place in places]
