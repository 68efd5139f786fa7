"""What files may hold besides hourly use: every step, demand, and registers of both flows."""

from __future__ import annotations

import datetime as dt
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from smarthub.accounts.operations import add_premise, add_service_point
from smarthub.integrations.csv_files import formats
from smarthub.integrations.csv_files.mapped import MappedFormat
from smarthub.kernel.period import Period, day_bounds
from smarthub.metering.engine import single_reads
from smarthub.metering.engine.days import slots
from smarthub.metering.models import RegisterRead
from smarthub.metering.operations import add_register, install_meter, open_channel
from smarthub.metering.ports import ReadFormat
from smarthub.metering.profiles import profile_from_policy
from smarthub.metering.queries import list_register_spans, read_days
from smarthub.metering.types import MISSING, ImportReport, OnError, Problem
from smarthub.wiring import read_formats
from smarthub.workflows.reads.import_reads import Order, import_file, try_file
from tests.metering.yard import (
    CHICAGO,
    FALL_BACK,
    INSTALLED,
    MARCH_2,
    MARCH_3,
    RECEIVED,
    SPRING_FORWARD,
    Yard,
    build_yard,
    ingest_registers,
    text_file,
    wide_file,
    wide_row,
)

EVER = Period(dt.date(2020, 1, 1), dt.date(2030, 1, 1))
NEW_YORK, PHOENIX = ZoneInfo("America/New_York"), ZoneInfo("America/Phoenix")
PEAKS = {"time_columns": ["at"], "value_columns": ["w"], "meter_column": "meter", "unit": "W"}


@pytest.fixture
def yard(db: None) -> Yard:
    return build_yard()


def taken(path: Path, layout: ReadFormat, zone: ZoneInfo = CHICAGO) -> ImportReport:
    return import_file(order=Order(path, layout, OnError.KEEP_GOOD, RECEIVED, zone))


def instants(day: dt.date, zone: ZoneInfo, step: int) -> Iterator[str]:
    begin = day_bounds(day, zone)[0]
    for n in range(slots(day, zone, step)):
        yield (begin + dt.timedelta(seconds=n * step)).astimezone(zone).isoformat()


class TestSteps:
    @pytest.mark.parametrize("zone", [CHICAGO, NEW_YORK, PHOENIX], ids=str)
    @pytest.mark.parametrize("day", [MARCH_2, SPRING_FORWARD, FALL_BACK], ids=str)
    @pytest.mark.parametrize("step", [300, 900, 1800, 3600])
    def test_a_day_has_as_many_values_as_its_clock_has_steps(
        self, yard: Yard, tmp_path: Path, step: int, day: dt.date, zone: ZoneInfo
    ) -> None:
        """23, 24 or 25 hours: 276, 288 or 300 values of five minutes; in Phoenix always 288."""
        del yard
        point = build_yard().gas
        install_meter(serial="W1", service_point_id=point, installed_on=INSTALLED)
        channel = open_channel(
            service_point_id=point, unit="gal", step_seconds=step, flow="received"
        )
        mapping = {
            "time_columns": ["at"], "value_columns": ["gal"], "meter_column": "meter",
            "unit": "gal", "step_seconds": step, "flow": "received",
        }  # fmt: skip
        layout = MappedFormat(profile_from_policy(name="steps", value=mapping), zone)
        rows = [f"W1,{at},0.{n:03}" for n, at in enumerate(instants(day, zone, step))]
        path = text_file(tmp_path, "meter,at,gal", *rows, name="steps.csv")

        report = taken(path, layout, zone)

        hours = {SPRING_FORWARD: 23, FALL_BACK: 25}.get(day, 24) if zone != PHOENIX else 24
        (stored,) = read_days(channel_ids=[channel], period=EVER)
        assert report.problems == ()
        assert stored.day == day
        assert len(stored.values) == hours * 3600 // step
        assert stored.values.tolist() == list(range(len(stored.values)))  # thousandths, in order

    def test_demand_in_watts_is_a_channel_of_kilowatts(self, yard: Yard, tmp_path: Path) -> None:
        channel = open_channel(
            service_point_id=yard.electric, unit="kW", step_seconds=900, flow="demand"
        )
        mapping = PEAKS | {"step_seconds": 900, "flow": "demand"}
        layout = MappedFormat(profile_from_policy(name="peaks", value=mapping), CHICAGO)
        rows = ["E1,2026-03-02T00:00,4200", "E1,2026-03-02T00:15,3800"]

        report = taken(text_file(tmp_path, "meter,at,w", *rows, name="peaks.csv"), layout)

        (day,) = read_days(channel_ids=[channel], period=EVER)
        assert report.problems == ()
        assert (day.unit, day.values[:3].tolist()) == ("kW", [4200, 3800, MISSING])  # W in a kW
        assert len(day.values) == 96


class TestRegistersOfBothFlows:
    def test_each_row_counts_for_the_register_of_its_flow(self, yard: Yard, tmp_path: Path) -> None:
        add_register(serial="E1", unit="kWh", flow="received")
        rows = [
            "E1,2026-03-02,100,ami,delivered",
            "E1,2026-03-03,130,ami,delivered",
            "E1,2026-03-02,40,ami,received",
            "E1,2026-03-03,52.5,ami,received",
        ]
        path = text_file(tmp_path, "meter,read_on,value,kind,flow", *rows, name="both.csv")

        report = ingest_registers(path)

        spans = list_register_spans(
            service_point_ids=[yard.electric], period=Period(MARCH_2, MARCH_3)
        )
        assert report.problems == ()
        assert {span.flow: span.total for span in spans} == {
            "delivered": 30,
            "received": Decimal("12.5"),
        }

    @pytest.mark.parametrize("flow", ["received", "demand", "sideways", ""])
    def test_a_flow_the_meter_does_not_count_is_told(
        self, yard: Yard, tmp_path: Path, flow: str
    ) -> None:
        del yard
        add_register(serial="E1", unit="kW", flow="demand")
        row = f"E1,2026-03-02,100,ami,{flow}"
        path = text_file(tmp_path, "meter,read_on,value,kind,flow", row, name="flow.csv")

        (problem,) = ingest_registers(path).problems

        assert (problem.row, problem.code) == (2, Problem.NO_REGISTER)
        assert problem.values == {"meter": "E1", "flow": flow}
        assert not RegisterRead.objects.exists()


class TestBombs:
    @pytest.mark.parametrize("layout", [read_formats.WIDE, read_formats.LONG], ids=["wide", "long"])
    def test_a_zip_bomb_is_not_unfolded(
        self, yard: Yard, tmp_path: Path, layout: ReadFormat
    ) -> None:
        """100 MB of zeros in 100 kB: the file is refused by its first line, packed as it is."""
        import zipfile  # noqa: PLC0415 (for this test alone)

        del yard
        path = tmp_path / "bomb.csv"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
            bomb.writestr("reads.csv", b"0" * 100_000_000)
        tracemalloc.start()

        report = taken(path, layout)

        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert [each.code for each in report.problems] == [Problem.WRONG_ENCODING]
        assert not report.stored
        assert peak < 5_000_000


class TestMemory:
    """A file eight times as long takes no more memory; only pieces of it are held at once."""

    @pytest.mark.parametrize("layout", [read_formats.LONG, read_formats.WIDE], ids=["long", "wide"])
    def test_stays_flat_however_long_the_file_is(
        self, yard: Yard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: ReadFormat
    ) -> None:
        """Smaller pieces than in service, so that a short file has several of them."""
        del yard
        monkeypatch.setattr(formats, "BATCH_ROWS", 256)
        monkeypatch.setattr(formats, "CHUNK_BYTES", 2**13)
        monkeypatch.setattr(single_reads, "IN_MEMORY_BYTES", 2**8)
        serials = [hang(f"M{n}") for n in range(16)]
        write = long_days if layout is read_formats.LONG else wide_days
        short, long = (write(tmp_path, serials[:count]) for count in (2, 16))
        peak_of(short, layout)  # what is made once and kept

        peaks = [peak_of(path, layout) for path in (short, long)]

        assert peaks[1] < peaks[0] + long.stat().st_size / 2


def hang(serial: str) -> str:
    """Hang a meter with hourly intervals at a place of its own."""
    premise = add_premise(
        number=serial, street="1 Elm St", city="B", state="IL", postal_code="61000", unit=serial
    )
    point = add_service_point(number=serial, premise_id=premise, service="electric", metered=True)
    install_meter(serial=serial, service_point_id=point, installed_on=INSTALLED)
    open_channel(service_point_id=point, unit="kWh", step_seconds=3600)
    return serial


DAYS = [INSTALLED + dt.timedelta(days=n) for n in range(30)]


def long_days(folder: Path, serials: list[str]) -> Path:
    times = [at for day in DAYS for at in instants(day, CHICAGO, 3600)]
    rows = (f"{serial},{at},0.{n % 9}" for serial in serials for n, at in enumerate(times))
    return text_file(folder, "meter,start,value", *rows, name=f"long-{len(serials)}.csv")


def wide_days(folder: Path, serials: list[str]) -> Path:
    values = [f"0.{n % 9}00" for n in range(24)]  # nothing that a check would have to tell
    rows = (wide_row(day, values, meter=serial) for serial in serials for day in DAYS)
    return wide_file(folder, *rows, name=f"wide-{len(serials)}.csv")


def peak_of(path: Path, layout: ReadFormat) -> int:
    """Return the most memory the program took for a file, from its bytes to the store."""
    order = Order(path, layout, OnError.REFUSE_FILE, RECEIVED, CHICAGO)
    tracemalloc.start()
    report = try_file(order=order).report
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert report.problems == ()
    return peak
