"""Two services with meters, and files of reads for them: the small world of the reads tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from smarthub.accounts.operations import add_premise, add_service_point
from smarthub.accounts.types import ServicePointId
from smarthub.kernel.period import Period, day_bounds
from smarthub.metering.operations import add_register, install_meter, open_channel
from smarthub.metering.types import ChannelId, ImportReport, OnError
from smarthub.wiring import read_formats
from smarthub.workflows.reads.ingest_reads import ingest_interval_file, ingest_register_file
from tests.worlds import World

CHICAGO = ZoneInfo("America/Chicago")
RECEIVED = dt.datetime(2026, 11, 22, 18, tzinfo=dt.UTC)
INSTALLED = dt.date(2025, 1, 1)
MARCH_2, MARCH_3 = dt.date(2026, 3, 2), dt.date(2026, 3, 3)
SPRING_FORWARD, FALL_BACK = dt.date(2026, 3, 8), dt.date(2026, 11, 1)
WIDE_HEADER = "meter,start,step_seconds," + ",".join(f"v{n}" for n in range(1, 26))


@dataclass(frozen=True)
class Yard:
    """An electric meter E1 and a gas meter G1, each with hourly intervals."""

    electric: ServicePointId
    gas: ServicePointId
    electric_channel: ChannelId
    gas_channel: ChannelId


def build_yard() -> Yard:
    """Build it through the same operations the co-op uses."""
    premise_id = add_premise(
        number="P1",
        street="412 Elm St",
        city="Willow Bend",
        state="IL",
        postal_code="61000",
        station="KTEST",
    )
    electric, gas = (
        add_service_point(number=n, premise_id=premise_id, service=service, metered=True)
        for n, service in (("S1", "electric"), ("S2", "gas"))
    )
    for serial, point, unit, dials in (("E1", electric, "kWh", 6), ("G1", gas, "ccf", 4)):
        install_meter(serial=serial, service_point_id=point, installed_on=INSTALLED)
        add_register(serial=serial, unit=unit, dials=dials)
    return Yard(
        electric=electric,
        gas=gas,
        electric_channel=open_channel(service_point_id=electric, unit="kWh", step_seconds=3600),
        gas_channel=open_channel(service_point_id=gas, unit="ccf", step_seconds=3600),
    )


YARD: World[None, Yard] = World("yard", lambda _: build_yard())


def wide_row(day: dt.date, values: Sequence[object], *, meter: str = "E1", step: int = 3600) -> str:
    """Return a row of profile wide for a local day in Chicago."""
    start = day_bounds(day, CHICAGO)[0].astimezone(CHICAGO).isoformat()
    fields = [*map(str, values), *[""] * (25 - len(values))]
    return ",".join([meter, start, str(step), *fields])


def wide_file(folder: Path, *rows: str, name: str = "days.csv") -> Path:
    """Write a file of profile wide."""
    return text_file(folder, WIDE_HEADER, *rows, name=name)


def long_file(folder: Path, *rows: str, name: str = "reads.csv") -> Path:
    """Write a file of profile long."""
    return text_file(folder, "meter,start,value", *rows, name=name)


def register_file(folder: Path, *rows: str, name: str = "registers.csv") -> Path:
    """Write a file of register reads."""
    return text_file(folder, "meter,read_on,value,kind", *rows, name=name)


def text_file(folder: Path, *lines: str, name: str) -> Path:
    """Write lines, each with its end."""
    path = folder / name
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def ingest_wide(path: Path, *, on_error: OnError = OnError.KEEP_GOOD) -> ImportReport:
    """Take in a file of profile wide, as received on the tests' day."""
    return ingest_interval_file(
        path=path,
        profile=read_formats.WIDE,
        on_error=on_error,
        received_at=RECEIVED,
        zone=CHICAGO,
    )


def ingest_long(path: Path, *, on_error: OnError = OnError.KEEP_GOOD) -> ImportReport:
    """Take in a file of profile long, as received on the tests' day."""
    return ingest_interval_file(
        path=path,
        profile=read_formats.LONG,
        on_error=on_error,
        received_at=RECEIVED,
        zone=CHICAGO,
    )


def ingest_registers(path: Path, *, on_error: OnError = OnError.KEEP_GOOD) -> ImportReport:
    """Take in a file of register reads, as received on the tests' day."""
    return ingest_register_file(
        path=path,
        profile=read_formats.REGISTERS,
        on_error=on_error,
        received_at=RECEIVED,
        zone=CHICAGO,
    )


def month(year: int, number: int) -> Period:
    """Return a calendar month."""
    first = dt.date(year, number, 1)
    return Period(first, (first + dt.timedelta(days=31)).replace(day=1))
