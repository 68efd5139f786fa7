"""Estimated register reads, so that a bill need not wait for a meter nobody could reach."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from itertools import takewhile

from smarthub.accounts.types import ServicePointId
from smarthub.kernel.errors import Refused
from smarthub.kernel.period import Period
from smarthub.metering.engine import register_use
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
BETWEEN_READS = "between_reads"


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
    register = _register_at(service_point_id, read_on, flow)
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


def replace_estimates(
    *, service_point_id: ServicePointId, until: dt.date, now: dt.datetime
) -> tuple[dt.date, ...]:
    """Put what the real reads on both sides say in place of the estimates before a real read.

    What was used between the two real reads is shared out by days. The estimates stay on record;
    what takes their place is the next revision of each, and an estimate still.

    100 on October 1, 1,312 estimated on November 1, 1,500 read on December 1: 1,400 in 61 days,
    so 711.475 in the first 31, and 811.475 on November 1.

    Args:
        service_point_id: Where.
        until: The local day of the real read after them.
        now: When they are replaced.

    Returns:
        The days of the reads that were replaced, oldest first; none where there is no estimate
        between two real reads.

    Raises:
        NegativeUse: the register went back between the two real reads.

    Source: domain rule 17.
    """
    register = _register_at(service_point_id, until, Flow.DELIVERED)
    rows = [row for row in _latest_reads(register) if row.read_on <= until] if register else []
    if register is None or not rows or rows[-1].read_on != until or _is_estimate(rows[-1]):
        return ()
    estimates = list(takewhile(_is_estimate, reversed(rows[:-1])))
    if not estimates or len(estimates) == len(rows) - 1:
        return ()
    first, last = rows[-2 - len(estimates)], rows[-1]
    counting = CountingRegister(register.dials, register.multiplier)
    used = register_use(
        previous=first.value,
        present=last.value,
        multiplier=counting.multiplier,
        dials=counting.dials,
    )
    for row in reversed(estimates):
        share = used * (row.read_on - first.read_on).days / (last.read_on - first.read_on).days
        value = shown_after(previous=first.value, used=share, register=counting)
        read = EstimatedRead(
            RegisterId(register.pk), row.read_on, value, share, BETWEEN_READS, known=False
        )
        _store(register, read, now, revision=row.revision + 1)
    return tuple(row.read_on for row in reversed(estimates))


def _is_estimate(row: RegisterRead) -> bool:
    return row.kind == RegisterRead.Kind.ESTIMATED


def _register_at(service_point_id: ServicePointId, read_on: dt.date, flow: str) -> Register | None:
    installed = Register.objects.filter(
        flow=flow,
        meter__installs__service_point=service_point_id,
        meter__installs__installed_on__lt=read_on,
    ).exclude(meter__installs__removed_on__lt=read_on)
    return installed.order_by("-meter__installs__installed_on").first()


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


def _store(register: Register, read: EstimatedRead, now: dt.datetime, *, revision: int = 0) -> None:
    """Store the read as a file of one row, known by what it says."""
    name = f"estimate of register {register.pk} on {read.read_on}"
    says = f"{ESTIMATED_READ_PROFILE} {name} {read.value} {now.isoformat()}"

    def write(file_row: ReadFile) -> None:
        RegisterRead.objects.get_or_create(
            register=register,
            read_on=read.read_on,
            revision=revision,
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
