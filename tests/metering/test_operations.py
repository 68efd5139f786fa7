"""Meters come and go, registers and channels are opened once, and the store holds its shape."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from smarthub.metering.models import Meter, MeterInstall, ReadFile
from smarthub.metering.operations import (
    ChannelDiffers,
    MeterElsewhere,
    MeterNotThere,
    RegisterDiffers,
    add_meter,
    add_register,
    install_meter,
    open_channel,
    remove_meter,
)
from smarthub.metering.queries import list_channels, list_meter_serials
from tests.metering.yard import (
    INSTALLED,
    MARCH_2,
    MARCH_3,
    YARD,
    Yard,
    build_yard,
    ingest_wide,
    wide_file,
    wide_row,
)
from tests.worlds import Atlas


@pytest.fixture
def yard(db: None, atlas: Atlas) -> Yard:
    return atlas.lend(YARD)


class TestMeters:
    def test_building_twice_gives_the_same(self, yard: Yard) -> None:
        assert build_yard() == yard
        assert Meter.objects.count() == MeterInstall.objects.count() == 2

    def test_a_meter_hangs_in_one_place(self, yard: Yard) -> None:
        with pytest.raises(MeterElsewhere):
            install_meter(serial="E1", service_point_id=yard.gas, installed_on=MARCH_2)

    def test_a_meter_may_hang_elsewhere_once_removed(self, yard: Yard) -> None:
        remove_meter(serial="E1", service_point_id=yard.electric, removed_on=MARCH_2)
        remove_meter(serial="E1", service_point_id=yard.electric, removed_on=MARCH_2)

        install_meter(serial="E1", service_point_id=yard.gas, installed_on=MARCH_2)

        points = [yard.electric, yard.gas]
        before = list_meter_serials(service_point_ids=points, on=MARCH_2 - dt.timedelta(days=1))
        after = list_meter_serials(service_point_ids=points, on=MARCH_2)
        assert before == {yard.electric: ["E1"], yard.gas: ["G1"]}
        assert after == {yard.electric: [], yard.gas: ["G1", "E1"]}

    def test_the_database_itself_refuses_two_places(self, yard: Yard) -> None:
        with pytest.raises(IntegrityError, match="meter_install_one_place"):
            MeterInstall.objects.create(
                meter_id=add_meter(serial="E1"), service_point_id=yard.gas, installed_on=MARCH_2
            )

    @pytest.mark.parametrize("removed_on", [INSTALLED, dt.date(2024, 1, 1)])
    def test_a_meter_cannot_leave_before_it_came(self, yard: Yard, removed_on: dt.date) -> None:
        with pytest.raises(MeterNotThere):
            remove_meter(serial="E1", service_point_id=yard.electric, removed_on=removed_on)

    def test_a_meter_leaves_once(self, yard: Yard) -> None:
        remove_meter(serial="E1", service_point_id=yard.electric, removed_on=MARCH_2)

        with pytest.raises(MeterNotThere):
            remove_meter(serial="E1", service_point_id=yard.electric, removed_on=MARCH_3)


class TestRegistersAndChannels:
    def test_a_register_keeps_its_multiplier(self, yard: Yard) -> None:
        del yard

        with pytest.raises(RegisterDiffers):
            add_register(serial="E1", unit="kWh", multiplier=Decimal(40))

    def test_a_channel_keeps_its_size(self, yard: Yard) -> None:
        with pytest.raises(ChannelDiffers):
            open_channel(service_point_id=yard.electric, unit="kWh", step_seconds=3600, wide=True)

    def test_steps_of_one_place_share_their_unit(self, yard: Yard) -> None:
        with pytest.raises(ChannelDiffers):
            open_channel(service_point_id=yard.electric, unit="kWh", step_seconds=900, exponent=-2)

    @pytest.mark.parametrize("step", [0, -900, 7200, 7000])
    def test_a_step_divides_an_hour(self, yard: Yard, step: int) -> None:
        with pytest.raises(ValueError, match="divide an hour"):
            open_channel(service_point_id=yard.electric, unit="kWh", step_seconds=step)

    def test_the_finest_step_comes_first(self, yard: Yard) -> None:
        quarter = open_channel(service_point_id=yard.electric, unit="kWh", step_seconds=900)

        channels = list_channels(service_point_ids=[yard.electric])

        assert [c.id for c in channels[yard.electric]] == [quarter, yard.electric_channel]


class TestStore:
    def test_days_lie_in_the_partition_of_their_month(self, yard: Yard, tmp_path: Path) -> None:
        del yard
        rows = [wide_row(day, ["1"] * 24) for day in (MARCH_2, dt.date(2026, 4, 1))]

        ingest_wide(wide_file(tmp_path, *rows))

        with connection.cursor() as cursor:
            cursor.execute("SELECT tableoid::regclass::text FROM metering_interval_day ORDER BY 1")
            tables = [name for (name,) in cursor.fetchall()]
        assert tables == ["metering_interval_day_202603", "metering_interval_day_202604"]

    def test_a_file_is_never_edited(self, yard: Yard, tmp_path: Path) -> None:
        del yard
        ingest_wide(wide_file(tmp_path, wide_row(MARCH_2, ["1"] * 24)))

        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            ReadFile.objects.update(rows=9)
