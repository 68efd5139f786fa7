"""Days and their slots, the store's bytes, numbers in text, and register differences."""

from __future__ import annotations

import datetime as dt
import itertools
import struct
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthub.metering.engine import NegativeUse, pack, register_use, slots, unpack
from smarthub.metering.engine.days import RowRefused, ZoneDays, read_instant
from smarthub.metering.engine.merging import StoredDay, merge_days
from smarthub.metering.engine.numbers import parse_numbers
from smarthub.metering.engine.packing import capacity, encode_days
from smarthub.metering.engine.registers import find_steps_back
from smarthub.metering.types import (
    MISSING,
    DayBlock,
    Problem,
    Quality,
    RegisterId,
    RegisterReading,
)

CHICAGO, NEW_YORK, PHOENIX = (
    ZoneInfo(f"America/{city}") for city in ("Chicago", "New_York", "Phoenix")
)
START_OF_2020 = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
NARROW = st.one_of(st.just(MISSING), st.integers(0, capacity(wide=False)))
WIDE = st.one_of(st.just(MISSING), st.integers(0, capacity(wide=True)))


class TestSlots:
    @pytest.mark.parametrize(
        ("zone", "spring", "autumn"),
        [(CHICAGO, 23, 25), (NEW_YORK, 23, 25), (PHOENIX, 24, 24)],
    )
    def test_a_day_has_23_24_or_25_hours(self, zone: ZoneInfo, spring: int, autumn: int) -> None:
        days = [dt.date(2026, 3, 8), dt.date(2026, 7, 1), dt.date(2026, 11, 1)]

        hours = [slots(day, zone, 3600) for day in days]

        assert hours == [spring, 24, autumn]
        assert [slots(day, zone, 900) for day in days] == [4 * n for n in hours]

    @pytest.mark.parametrize("zone", [CHICAGO, NEW_YORK, PHOENIX])
    def test_a_year_has_all_its_hours(self, zone: ZoneInfo) -> None:
        days = [dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(365)]

        assert sum(slots(day, zone, 3600) for day in days) == 8760


class TestReadInstant:
    @pytest.mark.parametrize(
        ("text", "instant"),
        [
            ("2026-03-08T00:00:00-06:00", "2026-03-08T06:00:00+00:00"),
            ("2026-03-08 03:00", "2026-03-08T08:00:00+00:00"),  # the clock has moved on
            ("2026-07-01T12:00Z", "2026-07-01T12:00:00+00:00"),
        ],
    )
    def test_reads_offsets_and_local_time(self, text: str, instant: str) -> None:
        assert read_instant(text, CHICAGO).isoformat() == instant

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("2026-11-01T01:30", Problem.AMBIGUOUS_HOUR),
            ("2026-03-08T02:30", Problem.SKIPPED_HOUR),
            ("08/03/2026", Problem.UNREADABLE_TIME),
        ],
    )
    def test_refuses_what_names_no_instant(self, text: str, problem: Problem) -> None:
        with pytest.raises(RowRefused) as refused:
            read_instant(text, CHICAGO)

        assert refused.value.problem is problem

    def test_the_hours_around_the_change_are_clear(self) -> None:
        clear = ["2026-11-01T00:59", "2026-11-01T02:00", "2026-03-08T01:59", "2026-03-08T03:00"]

        assert len({read_instant(text, CHICAGO) for text in clear}) == 4

    @given(st.integers(0, 10 * 365 * 86_400))
    def test_a_place_in_a_day_is_the_instant_again(self, seconds_since_2020: int) -> None:
        days = ZoneDays(CHICAGO)
        instant = START_OF_2020 + dt.timedelta(seconds=seconds_since_2020)

        day, seconds = days.place(instant.isoformat())

        assert days.bounds(day)[0] + dt.timedelta(seconds=seconds) == instant


class TestPacking:
    @given(st.lists(NARROW, min_size=23, max_size=100))
    def test_narrow_days_come_back(self, values: list[int]) -> None:
        blob = pack(np.array(values), wide=False)

        assert unpack(blob, wide=False).tolist() == values
        assert len(blob) == 2 * len(values)

    @given(st.lists(WIDE, min_size=23, max_size=100))
    def test_wide_days_come_back(self, values: list[int]) -> None:
        blob = pack(np.array(values), wide=True)

        assert unpack(blob, wide=True).tolist() == values

    def test_bytes_are_little_endian_and_missing_is_the_top_value(self) -> None:
        assert pack(np.array([1, 258, MISSING]), wide=False) == b"\x01\x00\x02\x01\xff\xff"

    @pytest.mark.parametrize("value", [-2, 65_535])
    def test_what_does_not_fit_is_refused(self, value: int) -> None:
        with pytest.raises(ValueError, match="does not fit"):
            pack(np.array([value]), wide=False)

    def test_a_record_of_copy_is_as_postgresql_reads_it(self) -> None:
        block = DayBlock(
            wide=False,
            channel_ids=np.array([7]),
            days=np.array([dt.date(2000, 1, 11).toordinal()]),
            rows=np.array([2]),
            values=np.array([[5, 300]]),
        )

        record = encode_days(block)

        # 7 columns: channel 7; day 10 since 2000-01-01; total 305; peak 300; v; q null; row 2
        assert record == struct.pack(
            ">h iq ii iq ii i4s i ii",
            *(7, 8, 7, 4, 10, 8, 305, 4, 300, 4, b"\x05\x00\x2c\x01", -1, 4, 2),
        )


class TestMerging:
    @staticmethod
    def day(*values: int, q: bytes | None = None) -> StoredDay:
        return StoredDay(pack(np.array(values), wide=False), q)

    def test_new_values_win_and_gaps_erase_nothing(self) -> None:
        missing = bytes([Quality.GOOD, Quality.MISSING, Quality.GOOD])

        merged = merge_days(
            old=self.day(1, 2, 3), new=self.day(9, MISSING, 3, q=missing), wide=False
        )

        assert merged is not None
        assert unpack(merged.v, wide=False).tolist() == [9, 2, 3]
        assert (merged.q, merged.total, merged.peak) == (None, 14, 9)

    def test_a_good_value_replaces_an_estimate(self) -> None:
        merged = merge_days(
            old=self.day(5, q=bytes([Quality.ESTIMATED])), new=self.day(5), wide=False
        )

        assert merged is not None
        assert merged.q is None

    @given(st.lists(NARROW, min_size=24, max_size=24), st.lists(NARROW, min_size=24, max_size=24))
    def test_merging_twice_changes_nothing_more(self, old: list[int], new: list[int]) -> None:
        def marked(values: list[int]) -> StoredDay:
            flags = bytes(Quality.MISSING if value == MISSING else 0 for value in values)
            return self.day(*values, q=flags if any(flags) else None)

        once = merge_days(old=marked(old), new=marked(new), wide=False)

        held = StoredDay(once.v, once.q) if once else marked(old)
        assert merge_days(old=held, new=marked(new), wide=False) is None


class TestParseNumbers:
    @given(st.integers(0, 10**12 - 1), st.integers(0, 6))
    def test_reads_what_decimal_writes(self, value: int, places: int) -> None:
        text = f"{Decimal(value).scaleb(-places):f}"

        values, bad = parse_numbers([text], places=np.array([places]))

        assert (values.tolist(), bad.tolist()) == ([value], [False])

    @pytest.mark.parametrize(
        ("text", "value"),
        [("", MISSING), ("0", 0), (".5", 500), ("7.", 7000), ("1.20000", 1200), ("007", 7000)],
    )
    def test_reads_every_plain_form(self, text: str, value: int) -> None:
        values, bad = parse_numbers([text, "1"], places=np.array([3, 3]))

        assert (values.tolist(), bad.tolist()) == ([value, 1000], [False, False])

    @pytest.mark.parametrize(
        "text", ["-1", "+1", "1e2", ".", "1,5", "1.2.3", "0x1", "1 ", "1.0005", "Ü", "1" * 17]
    )
    def test_refuses_everything_else(self, text: str) -> None:
        assert parse_numbers([text], places=np.array([3]))[1].tolist() == [True]

    @given(st.text(max_size=20))
    def test_never_takes_what_decimal_would_read_otherwise(self, text: str) -> None:
        values, bad = parse_numbers([text], places=np.array([3]))

        if not bad[0] and values[0] != MISSING and values[0] < 10**15:
            assert Decimal(text) * 1000 == int(values[0])


class TestRegisterUse:
    @pytest.mark.parametrize(
        ("previous", "present", "multiplier", "dials", "use"),
        [
            ("99874", "00212", "1", 5, "338"),  # rule 13
            ("1498", "1523", "40", 5, "1000"),  # rule 12
            ("100.5", "100.5", "1", 6, "0"),
            ("9999.750", "0.250", "1", 4, "0.5"),
        ],
    )
    def test_is_the_difference_times_the_multiplier(
        self, previous: str, present: str, multiplier: str, dials: int, use: str
    ) -> None:
        found = register_use(
            previous=Decimal(previous),
            present=Decimal(present),
            multiplier=Decimal(multiplier),
            dials=dials,
        )

        assert found == Decimal(use)

    def test_going_back_a_little_is_no_rollover(self) -> None:
        with pytest.raises(NegativeUse):
            register_use(
                previous=Decimal(5010), present=Decimal(5000), multiplier=Decimal(1), dials=5
            )

    @given(st.integers(0, 99_999), st.lists(st.integers(0, 9_999), min_size=1, max_size=5))
    def test_parts_of_a_period_sum_to_the_whole(self, first: int, uses: list[int]) -> None:
        shown = [Decimal((first + sum(uses[:n])) % 100_000) for n in range(len(uses) + 1)]

        parts = [
            register_use(previous=a, present=b, multiplier=Decimal(40), dials=5)
            for a, b in itertools.pairwise(shown)
        ]

        whole = register_use(previous=shown[0], present=shown[-1], multiplier=Decimal(40), dials=5)
        assert sum(parts) == whole


class TestStepsBack:
    @staticmethod
    def reading(day: int, value: int) -> RegisterReading:
        return RegisterReading(
            row=day,
            register_id=RegisterId(1),
            read_on=dt.date(2026, 3, day),
            value=Decimal(value),
            kind="ami",
            dials=5,
        )

    @given(st.permutations([(2, 10), (3, 8), (4, 12), (5, 11)]))
    def test_the_answer_does_not_depend_on_the_order(self, order: list[tuple[int, int]]) -> None:
        refused = find_steps_back(stored={}, new=[self.reading(*shown) for shown in order])

        assert [reading.row for reading in refused] == [3, 5]

    def test_a_late_read_must_fit_before_the_stored_one(self) -> None:
        stored = {dt.date(2026, 3, 9): Decimal(100)}

        assert find_steps_back(stored=stored, new=[self.reading(2, 101)]) == [self.reading(2, 101)]
        assert find_steps_back(stored=stored, new=[self.reading(2, 99)]) == []
