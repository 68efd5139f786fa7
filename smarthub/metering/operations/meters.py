"""Meters come, hang somewhere and go; registers and channels are opened once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction

from smarthub.accounts.types import ServicePointId
from smarthub.kernel.errors import Conflict
from smarthub.metering.models import Channel, Flow, Meter, MeterInstall, Register
from smarthub.metering.types import ChannelId, MeterId, RegisterId


class MeterElsewhere(Conflict):
    """The meter hangs at another service point on that day."""

    code = "meter_elsewhere"


class MeterNotThere(Conflict):
    """The meter does not hang at that service point, so it cannot be removed from it."""

    code = "meter_not_there"


class RegisterDiffers(Conflict):
    """The meter has such a register already, with another unit, multiplier or dials."""

    code = "register_differs"


class ChannelDiffers(Conflict):
    """The service point has such a channel already, with another unit or size."""

    code = "channel_differs"


def add_meter(*, serial: str, source_system: str = "smarthub", source_id: str = "") -> MeterId:
    """Add a meter, once for its serial."""
    meter, _ = Meter.objects.get_or_create(
        serial=serial, defaults={"source_system": source_system, "source_id": source_id}
    )
    return MeterId(meter.pk)


def install_meter(
    *, serial: str, service_point_id: ServicePointId, installed_on: dt.date
) -> MeterId:
    """Hang a meter at a service point from the start of a local day; again is harmless.

    Raises:
        MeterElsewhere: it hangs at another point on that day, or will before being removed.
    """
    meter_id = add_meter(serial=serial)
    with transaction.atomic():
        Meter.objects.select_for_update().get(pk=meter_id)
        installs = MeterInstall.objects.filter(meter=meter_id)
        if installs.filter(service_point=service_point_id, installed_on=installed_on).exists():
            return meter_id
        if installs.exclude(removed_on__lte=installed_on).exists():
            raise MeterElsewhere(serial=serial, installed_on=str(installed_on))
        MeterInstall.objects.create(
            meter_id=meter_id, service_point_id=service_point_id, installed_on=installed_on
        )
    return meter_id


def remove_meter(*, serial: str, service_point_id: ServicePointId, removed_on: dt.date) -> None:
    """Take a meter away at the start of a local day, the first it no longer counts for.

    Raises:
        MeterNotThere: it does not hang there, or was put there on that day or later, or was
            removed on another day.
    """
    installs = MeterInstall.objects.filter(
        meter__serial=serial, service_point=service_point_id, installed_on__lt=removed_on
    )
    with transaction.atomic():
        install = installs.select_for_update().order_by("-installed_on").first()
        if install is None or install.removed_on not in {None, removed_on}:
            raise MeterNotThere(serial=serial, removed_on=str(removed_on))
        install.removed_on = removed_on
        install.save(update_fields=["removed_on"])


def add_register(
    *,
    serial: str,
    unit: str,
    dials: int = 6,
    multiplier: Decimal = Decimal(1),
    flow: str = Flow.DELIVERED,
) -> RegisterId:
    """Add a register to a meter, once for its flow.

    Raises:
        RegisterDiffers: it is there already with other values.
    """
    wanted = {"unit": unit, "dials": dials, "multiplier": multiplier}
    meter_id = add_meter(serial=serial)
    register, _ = Register.objects.get_or_create(meter_id=meter_id, flow=flow, defaults=wanted)
    if any(getattr(register, name) != value for name, value in wanted.items()):
        raise RegisterDiffers(serial=serial, flow=flow)
    return RegisterId(register.pk)


def open_channel(
    *,
    service_point_id: ServicePointId,
    unit: str,
    step_seconds: int,
    flow: str = Flow.DELIVERED,
    exponent: int = -3,
    wide: bool = False,
) -> ChannelId:
    """Open a channel of intervals at a service point, once for its flow and step.

    Args:
        service_point_id: Where; the channel outlives the meters there.
        unit: The unit its values are in, e.g. ``kWh``.
        step_seconds: The length of an interval; divides an hour.
        flow: Which way it counts.
        exponent: Stored integers x 10 ** exponent are in ``unit``.
        wide: Values may pass 65,534 (65.5 kWh an interval at -3).

    Raises:
        ValueError: the step does not divide an hour.
        ChannelDiffers: it is there already with other values, or another step there has
            another unit or exponent, so that their sums could not be joined.
    """
    if step_seconds <= 0 or 3600 % step_seconds:
        raise ValueError("a step must divide an hour")
    wanted = {"unit": unit, "exponent": exponent, "wide": wide}
    steps = Channel.objects.filter(service_point=service_point_id, flow=flow)
    if steps.exclude(unit=unit, exponent=exponent).exists():
        raise ChannelDiffers(service_point=service_point_id, flow=flow, step_seconds=step_seconds)
    channel, _ = Channel.objects.get_or_create(
        service_point_id=service_point_id, flow=flow, step_seconds=step_seconds, defaults=wanted
    )
    if any(getattr(channel, name) != value for name, value in wanted.items()):
        raise ChannelDiffers(service_point=service_point_id, flow=flow, step_seconds=step_seconds)
    return ChannelId(channel.pk)
