"""The demo's loads: real ones as they are, the others by rule, registers that add them up."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from smarthub.jobs.demo.chance import Chance
from smarthub.jobs.demo.files import MeteredLoad, write_intervals, write_temperature
from smarthub.jobs.demo.loads import Load, load_of
from smarthub.jobs.demo.registers import DemoRead, list_reads
from smarthub.jobs.demo.shifting import LocalDays, moved, moved_by
from smarthub.jobs.demo.sources import DATA, MISSING, read_series
from smarthub.jobs.demo.world import DemoMeter, Shape, Supply
from smarthub.kernel.period import Period

ZONE = ZoneInfo("America/Chicago")
OCTOBER = Period(dt.date(2026, 10, 1), dt.date(2026, 11, 1))
AUTUMN = Period(dt.date(2026, 10, 31), dt.date(2026, 11, 3))  # the clock goes back on the 1st
SPRING = Period(dt.date(2026, 3, 7), dt.date(2026, 3, 10))  # and forward on the 8th


class TestSources:
    def test_stamps_in_utc_become_the_clock_of_the_home(self) -> None:
        series = read_series("uk-electricity-hdd-only-hourly-sample-0")

        # "2020-04-01 23:00:00+00:00" is midnight of 2 April in London, in summer time.
        assert series.first_day == dt.date(2020, 4, 2)
        assert series.values[0, 0] == _stored("2020-04-01 23:00:00+00:00")

    def test_gaps_stay_gaps(self) -> None:
        values = read_series("uk-electricity-hdd-only-hourly-sample-2").values

        # data/README.md: about a third of this home is missing.
        assert values.shape[1] == 48
        assert 0.25 < (values == MISSING).mean() < 0.35

    def test_an_hour_the_clock_skipped_is_no_gap(self) -> None:
        values = read_series("il-tempF").values

        assert not (values == MISSING).any()


class TestMoving:
    @pytest.mark.parametrize(
        ("years", "weeks"),
        [(1, 52), (4, 209), (9, 470), (13, 678)],  # 9 x 365.2425 = 3,287.2 days = 469.6 weeks
    )
    def test_goes_by_the_whole_weeks_nearest_to_whole_years(self, years: int, weeks: int) -> None:
        assert moved_by(years) == dt.timedelta(weeks=weeks)

    def test_takes_the_smallest_move_that_reaches_the_last_day(self) -> None:
        series = read_series("il-tempF")  # 2015-11-22 to 2018-02-07

        rows = moved(series, period=OCTOBER)

        # 8 years and 2018-02-07 end in January 2026; 9 years (470 weeks) reach October 2026.
        source = dt.date(2026, 10, 1) - dt.timedelta(weeks=470)
        assert (rows[0] == series.values[(source - series.first_day).days]).all()

    def test_a_day_before_the_file_comes_from_the_year_after(self) -> None:
        series = read_series("il-tempF")
        before = Period(dt.date(2024, 10, 7), dt.date(2026, 11, 1))

        rows = moved(series, period=before)

        # 470 weeks back is 3 October 2015, before the file; 417 weeks (8 years) is in it.
        source = dt.date(2024, 10, 7) - dt.timedelta(weeks=417)
        assert (rows[0] == series.values[(source - series.first_day).days]).all()


class TestLoads:
    def test_a_measured_home_is_as_it_was(self) -> None:
        series = read_series("uk-electricity-hdd-only-hourly-sample-1")

        load = load_of(_supply(Shape.MEASURED_1), days=LocalDays(OCTOBER, ZONE), chance=Chance(1))

        assert load.step_seconds == 1800
        assert (load.arrived == moved(series, period=OCTOBER)).all()

    def test_a_register_counts_through_a_gap_at_the_usual_use(self) -> None:
        days = LocalDays(Period(dt.date(2025, 11, 1), dt.date(2026, 11, 1)), ZONE)

        load = load_of(_supply(Shape.MEASURED_2), days=days, chance=Chance(1))

        gaps = load.arrived == MISSING
        midnight = load.arrived[:, 0][~gaps[:, 0]]
        usual = (2 * midnight.sum() + len(midnight)) // (2 * len(midnight))  # a half rounds up
        assert gaps[:, 0].any()
        assert (load.used[:, 0][gaps[:, 0]] == usual).all()
        assert (load.used[~gaps] == load.arrived[~gaps]).all()

    def test_other_homes_differ_by_seed_and_place_and_lose_four_hours_in_a_thousand(self) -> None:
        days = LocalDays(Period(dt.date(2025, 11, 1), dt.date(2026, 11, 1)), ZONE)
        supply = _supply(Shape.HOME)

        first, again, other = (
            load_of(supply, days=days, chance=Chance(seed)) for seed in (1, 1, 2)
        )

        assert (first.arrived == again.arrived).all()
        assert (first.used != other.used).any()
        assert 0.002 < (first.arrived == MISSING).mean() < 0.006


class TestRegisters:
    def test_shows_whole_units_and_begins_again_after_its_last_number(self) -> None:
        meter = _meter(dials=5, starts_at=99_990)

        reads = _reads(_even_load(OCTOBER, hourly=50), meter)

        # 50 Wh an hour is 1.2 kWh a day: 99,990 + 7 x 1.2 = 99,998.4; + 14 x 1.2 = 100,006.8.
        assert [read.value for read in reads] == [99_990, 99_998, 6]

    def test_counts_in_its_multiplier(self) -> None:
        meter = _meter(multiplier=40, starts_at=1498)

        reads = _reads(_even_load(OCTOBER, hourly=5_000), meter)

        # 5 kWh an hour: 840 kWh a week = 21 units of 40.
        assert [read.value for read in reads] == [1498, 1519, 1540]

    def test_counts_the_hours_a_day_really_has(self) -> None:
        supply = _supply(Shape.HOME, _meter(installed_on=AUTUMN.start))
        days = [AUTUMN.start, AUTUMN.start + dt.timedelta(days=2)]

        reads = list_reads(supply, _even_load(AUTUMN, hourly=1_000), days=days)

        # 24 hours on 31 October and 25 on 1 November.
        assert [read.value for read in reads] == [0, 49]

    def test_an_exchange_reads_both_meters_on_its_day(self) -> None:
        day = dt.date(2026, 10, 10)
        old = _meter("OLD", starts_at=700, removed_on=day)
        new = _meter("NEW", installed_on=day)

        reads = list(
            list_reads(
                _supply(Shape.HOME, old, new),
                _even_load(OCTOBER, hourly=1_000),
                days=[OCTOBER.start, dt.date(2026, 10, 15)],
            )
        )

        # Nine days of 24 kWh on the old meter, five on the new.
        assert reads == [
            DemoRead("OLD", OCTOBER.start, 700, "actual"),
            DemoRead("OLD", day, 916, "change_out"),
            DemoRead("NEW", day, 0, "change_out"),
            DemoRead("NEW", dt.date(2026, 10, 15), 120, "actual"),
        ]


class TestFiles:
    @pytest.mark.parametrize(
        ("period", "day", "hours", "start"),
        [
            (AUTUMN, "2026-11-01", 25, "2026-11-01T00:00:00-05:00"),
            (SPRING, "2026-03-08", 23, "2026-03-08T00:00:00-06:00"),
        ],
    )
    def test_a_row_has_the_hours_of_its_day(
        self, tmp_path: Path, period: Period, day: str, hours: int, start: str
    ) -> None:
        supply = _supply(Shape.HOME, _meter(installed_on=period.start))
        load = MeteredLoad(supply, _even_load(period, hourly=1_234))

        path = write_intervals(folder=tmp_path, loads=[load], month=period, step_seconds=3600)

        row = next(row for row in _rows(path) if row["start"].startswith(day))
        values = [row[f"v{n}"] for n in range(1, 26)]
        assert row["start"] == start
        assert values == ["1.234"] * hours + [""] * (25 - hours)

    def test_says_nothing_of_a_day_of_which_nothing_arrived(self, tmp_path: Path) -> None:
        load = _even_load(OCTOBER, hourly=100)
        load.arrived[3] = MISSING
        load.arrived[4, 5] = MISSING

        path = write_intervals(
            folder=tmp_path,
            loads=[MeteredLoad(_supply(Shape.HOME, _meter()), load)],
            month=OCTOBER,
            step_seconds=3600,
        )

        rows = {row["start"][:10]: row for row in _rows(path)}
        assert "2026-10-04" not in rows
        assert (rows["2026-10-05"]["v5"], rows["2026-10-05"]["v6"]) == ("0.100", "")

    def test_temperatures_are_those_of_the_station(self, tmp_path: Path) -> None:
        path = write_temperature(
            folder=tmp_path, station="MAPLE HILL", days=LocalDays(SPRING, ZONE)
        )

        rows = list(_rows(path))
        series = read_series("uk-tempC-sample-0")
        first = moved(series, period=SPRING)[0, 0]
        assert len(rows) == 24 + 23 + 24
        assert rows[0]["dt"] == "2026-03-07T00:00:00-06:00"
        assert round(float(rows[0]["tempC"]) * 1000) == first


def _stored(stamp: str) -> int:
    """Return the value of the first measured home at a stamp, straight from its file."""
    path = DATA / "uk-electricity-hdd-only-hourly-sample-0.csv.gz"
    with gzip.open(path, "rt", newline="") as lines:
        row = next(row for row in csv.DictReader(lines) if row["start"] == stamp)
    return round(float(row["value"]) * 1000)


def _even_load(period: Period, *, hourly: int) -> Load:
    used = np.full((period.days, 24), hourly, dtype=np.int64)
    return Load(LocalDays(period, ZONE), 3600, used, used.copy())


def _supply(shape: Shape, *meters: DemoMeter) -> Supply:
    starts_on = meters[0].installed_on if meters else OCTOBER.start
    return Supply("E1", "A1", "electric", "E-R1", starts_on, shape, meters)


def _meter(
    serial: str = "M1",
    *,
    dials: int = 6,
    multiplier: int = 1,
    starts_at: int = 0,
    installed_on: dt.date = OCTOBER.start,
    removed_on: dt.date | None = None,
) -> DemoMeter:
    return DemoMeter(serial, "kWh", dials, multiplier, installed_on, removed_on, starts_at)


def _reads(load: Load, meter: DemoMeter) -> list[DemoRead]:
    days = [OCTOBER.start + dt.timedelta(days=n) for n in (0, 7, 14)]
    return list(list_reads(_supply(Shape.HOME, meter), load, days=days))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))
