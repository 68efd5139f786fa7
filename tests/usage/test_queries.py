"""What was used: by the hour, the day, the month, and between register reads."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from smarthub.accounts.models import Premise
from smarthub.accounts.operations import add_service_point
from smarthub.accounts.types import PremiseId, ServicePointId
from smarthub.kernel.period import Period
from smarthub.metering.engine import NegativeUse
from smarthub.metering.models import RegisterRead
from smarthub.metering.operations import (
    add_register,
    install_meter,
    open_channel,
    remove_meter,
    store_days,
)
from smarthub.metering.types import DayBlock, FileFacts, Findings, OnError, Quality
from smarthub.usage.queries import (
    get_register_use,
    list_daily_use,
    list_station_days,
)
from smarthub.usage.types import DayUse
from tests.metering.yard import (
    MARCH_2,
    MARCH_3,
    RECEIVED,
    YARD,
    Yard,
    ingest_registers,
    ingest_wide,
    month,
    register_file,
    wide_file,
    wide_row,
)
from tests.worlds import Atlas

MARCH_4 = dt.date(2026, 3, 4)
THREE_DAYS = Period(MARCH_2, dt.date(2026, 3, 5))


@pytest.fixture
def yard(db: None, atlas: Atlas) -> Yard:
    return atlas.lend(YARD)


def store_estimate(yard: Yard, day: dt.date) -> None:
    """Store a day of 24 times 1 kWh whose first hour is an estimate."""
    quality = np.zeros((1, 24), np.uint8)
    quality[0, 0] = Quality.ESTIMATED
    block = DayBlock(
        wide=False,
        channel_ids=np.array([yard.electric_channel]),
        days=np.array([day.toordinal()]),
        rows=np.array([2]),
        values=np.full((1, 24), 1000),
        quality=quality,
    )
    store_days(
        file=FileFacts("estimates", f"{day}", "tests", RECEIVED),
        on_error=OnError.REFUSE_FILE,
        findings=Findings(rows=1),
        blocks=[block],
    )


class TestDailyUse:
    def test_a_day_without_reads_is_none_not_zero(self, yard: Yard, tmp_path: Path) -> None:
        rows = [wide_row(MARCH_2, ["0"] * 24), wide_row(MARCH_4, ["0.5", "", *["1"] * 22])]
        ingest_wide(wide_file(tmp_path, *rows))

        with CaptureQueriesContext(
            connection,
        ) as queries:
            use = list_daily_use(service_point_ids=[yard.electric, yard.gas], period=THREE_DAYS)

        assert use[yard.electric] == [
            DayUse(MARCH_2, Decimal(0), "kWh", estimated=False),
            DayUse(MARCH_3, None, "kWh", estimated=False),
            DayUse(MARCH_4, Decimal("22.5"), "kWh", estimated=False, partial=True),
        ]
        assert [day.quantity for day in use[yard.gas]] == [None] * 3
        assert len(queries) == 1

    def test_a_day_of_gaps_only_is_none(self, yard: Yard, tmp_path: Path) -> None:
        ingest_wide(wide_file(tmp_path, wide_row(MARCH_2, [""] * 24)))

        days = list_daily_use(service_point_ids=[yard.electric], period=THREE_DAYS)

        assert days[yard.electric][0] == DayUse(MARCH_2, None, "kWh", estimated=False, partial=True)

    def test_an_estimate_is_told(self, yard: Yard) -> None:
        store_estimate(yard, MARCH_2)

        days = list_daily_use(service_point_ids=[yard.electric], period=THREE_DAYS)

        assert days[yard.electric][0] == DayUse(MARCH_2, Decimal(24), "kWh", estimated=True)

    def test_a_point_without_a_channel_has_no_days(self, yard: Yard) -> None:
        lamp = add_service_point(
            number="S9",
            premise_id=PremiseId(Premise.objects.get().pk),
            service="light",
            metered=False,
        )

        use = list_daily_use(service_point_ids=[lamp, yard.gas], period=THREE_DAYS)

        assert (use[lamp], len(use[yard.gas])) == ([], 3)

    def test_the_finest_step_is_counted_once(self, yard: Yard, tmp_path: Path) -> None:
        open_channel(service_point_id=yard.electric, unit="kWh", step_seconds=1800)
        header = "meter,start,step_seconds," + ",".join(f"v{n}" for n in range(1, 51))
        halves = "E1,2026-03-02T00:00:00-06:00,1800," + ",".join(["1"] * 48 + [""] * 2)
        (tmp_path / "halves.csv").write_text(f"{header}\n{halves}\n")
        ingest_wide(tmp_path / "halves.csv")
        ingest_wide(wide_file(tmp_path, wide_row(MARCH_2, ["1"] * 24)))

        days = list_daily_use(service_point_ids=[yard.electric], period=THREE_DAYS)

        assert days[yard.electric][0].quantity == Decimal(48)


class TestRegisterUse:
    MARCH = month(2026, 3)

    def use(self, yard: Yard, *points: ServicePointId) -> list[tuple[str, Decimal]]:
        found = get_register_use(service_point_ids=points or [yard.electric], period=self.MARCH)
        return [(use.meter_serial, use.quantity) for uses in found.values() for use in uses]

    def test_is_between_the_reads_at_the_ends(self, yard: Yard, tmp_path: Path) -> None:
        rows = ["E1,2026-03-01,100.5,ami", "E1,2026-03-15,400,ami", "E1,2026-04-01,842,estimated"]
        gas = ["G1,2026-03-01,9987,ami", "G1,2026-04-01,0021,ami"]  # four dials: 34
        ingest_registers(register_file(tmp_path, *rows, *gas))

        with CaptureQueriesContext(connection) as queries:
            found = get_register_use(service_point_ids=[yard.electric, yard.gas], period=self.MARCH)

        (electric,), (gas_use,) = found[yard.electric], found[yard.gas]
        assert (electric.previous, electric.present) == (Decimal("100.5"), Decimal(842))
        assert (electric.previous_on, electric.present_on) == (self.MARCH.start, self.MARCH.end)
        assert (electric.quantity, electric.unit) == (Decimal("741.5"), "kWh")
        assert (electric.present_kind, electric.estimated) == ("estimated", True)
        assert (gas_use.quantity, gas_use.estimated) == (Decimal(34), False)
        assert len(queries) == 1

    def test_an_exchange_gives_two_parts_each_with_its_multiplier(
        self, yard: Yard, tmp_path: Path
    ) -> None:
        exchanged = dt.date(2026, 3, 11)
        remove_meter(serial="E1", service_point_id=yard.electric, removed_on=exchanged)
        install_meter(serial="E2", service_point_id=yard.electric, installed_on=exchanged)
        add_register(serial="E2", unit="kWh", dials=5, multiplier=Decimal(40))
        rows = [
            "E1,2026-03-01,100,ami",
            "E1,2026-03-11,350,change_out",
            "E2,2026-03-11,1498,change_out",
            "E2,2026-04-01,1523,ami",
        ]
        ingest_registers(register_file(tmp_path, *rows))

        # old part 350 - 100; new part (1523 - 1498) x 40
        assert self.use(yard) == [("E1", Decimal(250)), ("E2", Decimal(1000))]

    @pytest.mark.parametrize("gone", ["E1,2026-03-01,100,ami", "E1,2026-04-01,200,ami"])
    def test_a_missing_read_is_not_guessed(self, yard: Yard, tmp_path: Path, gone: str) -> None:
        rows = {"E1,2026-03-01,100,ami", "E1,2026-03-31,190,ami", "E1,2026-04-01,200,ami"}
        ingest_registers(register_file(tmp_path, *sorted(rows - {gone})))

        assert self.use(yard) == []

    def test_half_an_exchange_is_not_guessed(self, yard: Yard, tmp_path: Path) -> None:
        exchanged = dt.date(2026, 3, 11)
        remove_meter(serial="E1", service_point_id=yard.electric, removed_on=exchanged)
        install_meter(serial="E2", service_point_id=yard.electric, installed_on=exchanged)
        rows = ["E1,2026-03-01,100,ami", "E1,2026-03-11,350,change_out"]
        ingest_registers(register_file(tmp_path, *rows))

        assert self.use(yard) == []  # the new meter has no register yet

        add_register(serial="E2", unit="kWh")
        assert self.use(yard) == []  # and now it has, but no reads

    def test_a_correction_is_what_counts(self, yard: Yard, tmp_path: Path) -> None:
        rows = ["E1,2026-03-01,100,ami", "E1,2026-04-01,200,estimated"]
        ingest_registers(register_file(tmp_path, *rows, name="one.csv"))
        ingest_registers(register_file(tmp_path, "E1,2026-04-01,205,actual", name="two.csv"))

        assert self.use(yard) == [("E1", Decimal(105))]

    def test_a_register_that_went_back_names_its_meter(self, yard: Yard, tmp_path: Path) -> None:
        ingest_registers(register_file(tmp_path, "E1,2026-03-01,100,ami"))
        read = RegisterRead.objects.get()
        RegisterRead.objects.create(
            register=read.register,
            read_on=self.MARCH.end,
            value=Decimal(90),
            kind="ami",
            file=read.file,
            row=3,
        )

        with pytest.raises(NegativeUse) as refused:
            self.use(yard)

        assert refused.value.values["meter"] == "E1"
        assert refused.value.values["service_point_id"] == yard.electric


class TestStationDays:
    def test_an_unknown_station_has_no_days(self, db: None) -> None:
        assert list_station_days(stations=["KNONE"], period=THREE_DAYS) == {"KNONE": []}
