"""Estimated register reads, so that a bill need not wait for a meter nobody could reach."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from smarthub.accounts.types import ServicePointId
from smarthub.kernel.errors import Refused
from smarthub.kernel.period import Period
from smarthub.metering.engine.register_estimates import (
    CountingRegister,
    Reads,
    estimate_use,
    shown_after,
)
from smarthub.metering.models import Flow, ReadFile, Register, RegisterRead, StationDay
from smarthub.metering.operations.files import take_in
from smarthub.metering.types import (
    EstimatedRead,
    FileFacts,
    Findings,
    OnError,
    RegisterId,
)

ESTIMATED_READ_PROFILE = "estimated_read"


class NothingToEstimateFrom(Refused):
    """No meter hangs there, or its register has too little history to expect anything."""

    code = "nothing_to_estimate_from"


def estimate_register_read(
    *,
    service_point_id: ServicePointId,
    read_on: dt.date,
    now: dt.datetime,
    station: str = "",
    flow: str = Flow.DELIVERED,
) -> EstimatedRead:
    """Store what the register at a place would have shown on a day, if nothing says so already.

    The read is of kind ``estimated``, so the bill says so; the next actual read settles the
    difference by itself, for use is always the difference of two reads. A real read of that day
    that comes later is the next revision of it. Calling again returns what is there.

    Whoever bills decides whether it may be estimated at all: never where the agreement says "no
    estimate", and not more often in a row than policy allows.

    Args:
        service_point_id: Where.
        read_on: The local day at whose start the read is wanted.
        now: When it is estimated.
        station: The weather station of the place, for the ratio of degree days.
        flow: Which register.

    Raises:
        NothingToEstimateFrom: see there; ``values`` say what was missing.

    Source: domain rules 15, 16 and 17.
    """
    register = (
        Register.objects.filter(
            flow=flow,
            meter__installs__service_point=service_point_id,
            meter__installs__installed_on__lt=read_on,
        )
        .exclude(meter__installs__removed_on__lt=read_on)
        .order_by("-meter__installs__installed_on")
        .first()
    )
    if register is None:
        raise NothingToEstimateFrom(service_point=service_point_id, missing="register")
    rows = _latest_reads(register)
    there = next((row for row in rows if row.read_on == read_on), None)
    if there is not None:
        return EstimatedRead(
            RegisterId(register.pk), read_on, there.value, there.value * 0, there.kind, known=True
        )
    wanted = _expect(register, rows, read_on, station)
    _store(register, wanted, now)
    return wanted


def _latest_reads(register: Register) -> list[RegisterRead]:
    rows = RegisterRead.objects.filter(register=register)
    return list(rows.order_by("read_on", "-revision").distinct("read_on"))


def _expect(
    register: Register, rows: Sequence[RegisterRead], read_on: dt.date, station: str
) -> EstimatedRead:
    before = [row for row in rows if row.read_on < read_on]
    if not before:
        raise NothingToEstimateFrom(register=register.pk, missing="reads")
    last = before[-1]
    counting = CountingRegister(register.dials, register.multiplier)
    reads: Reads = [
        (row.read_on, row.value) for row in before if row.kind != RegisterRead.Kind.ESTIMATED
    ]
    found = estimate_use(
        reads=reads,
        period=Period(last.read_on, read_on),
        register=counting,
        mean_f=dict(
            StationDay.objects.filter(station=station, day__lt=read_on).values_list("day", "mean_f")
        )
        if station
        else {},
    )
    if found is None:
        raise NothingToEstimateFrom(register=register.pk, missing="history")
    value = shown_after(previous=last.value, used=found.used, register=counting)
    return EstimatedRead(
        RegisterId(register.pk), read_on, value, found.used, found.method, known=False
    )


def _store(register: Register, read: EstimatedRead, now: dt.datetime) -> None:
    """Store the read as a file of one row, known by what it says."""
    name = f"estimate of register {register.pk} on {read.read_on}"
    says = f"{ESTIMATED_READ_PROFILE} {name} {read.value} {now.isoformat()}"

    def write(file_row: ReadFile) -> None:
        RegisterRead.objects.get_or_create(
            register=register,
            read_on=read.read_on,
            revision=0,
            defaults={
                "value": read.value,
                "kind": RegisterRead.Kind.ESTIMATED,
                "file": file_row,
                "row": 1,
            },
        )

    take_in(
        file=FileFacts(
            name, hashlib.sha256(says.encode()).hexdigest(), ESTIMATED_READ_PROFILE, now
        ),
        on_error=OnError.REFUSE_FILE,
        findings=Findings(rows=1),
        read=lambda: None,
        write=write,
    )
