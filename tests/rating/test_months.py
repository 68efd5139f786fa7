"""A load month by month: the clock's changes, banks, blocks, demand windows, and properties."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthub.kernel.period import Period
from smarthub.rating.engine import RatedMonth, determinants_of, rate_months
from smarthub.rating.types import Bucket, Contract, History, Load, Tariff
from tests.rating.test_worked_examples import per_kwh, tariff

CHICAGO, FIXED = ZoneInfo("America/Chicago"), ZoneInfo("Etc/GMT+6")
ON, OFF = {"en": "on", "es": "en"}, {"en": "off", "es": "fuera"}
PERIODS = [
    {"code": "day", "name": ON, "when": [{"days": ["weekdays"], "hours": ["06:00-22:00"]}]},
    {"code": "night", "name": OFF},
]


def load(
    kwh: Sequence[str], *, start: str = "2026-11-01", step: int = 3600, back: Sequence[str] = ()
) -> Load:
    """Return a load from local midnight in Chicago on."""
    at = dt.datetime.combine(dt.date.fromisoformat(start), dt.time(), CHICAGO)
    taken = tuple(map(Decimal, kwh))
    given_back = tuple(map(Decimal, back)) or (Decimal(0),) * len(taken)
    return Load(at.astimezone(dt.UTC), step, taken, given_back)


def rated(of: Tariff, brought: Load, zone: ZoneInfo = CHICAGO) -> list[RatedMonth]:
    months = rate_months(
        tariff=of,
        load=brought,
        zone=zone,
        riders_on=lambda _day: {},
        contract=Contract(),
        history=History(),
    )
    return list(months)


def counted(of: Tariff, brought: Load, *, days: int = 1) -> dict[Bucket, Decimal]:
    start = brought.start.astimezone(CHICAGO).date()
    period = Period(start, start + dt.timedelta(days=days))
    return determinants_of(tariff=of, load=brought, period=period, zone=CHICAGO).delivered


class TestTheClock:
    @pytest.mark.parametrize(
        ("start", "hours", "day"),
        [("2026-11-01", 25, 0), ("2026-03-08", 23, 0), ("2026-11-03", 24, 16)],
    )
    def test_a_day_of_23_24_or_25_hours_is_counted_whole(
        self, start: str, hours: int, day: int
    ) -> None:
        # The clock changes on Sundays, so every hour of those days is at night.
        of = tariff(per_kwh("1"), periods=PERIODS)

        found = counted(of, load(["1"] * hours, start=start))

        assert found.get(Bucket("all_year", "day"), 0) == day
        assert found[Bucket("all_year", "night")] == hours - day

    def test_a_holiday_on_a_weekday_is_no_weekday(self) -> None:
        # Thanksgiving of 2026 is Thursday, 26 November.
        of = tariff(per_kwh("1"), periods=PERIODS, holidays=["thanksgiving"])

        found = counted(of, load(["1"] * 24, start="2026-11-26"))

        assert found == {Bucket("all_year", "night"): 24}


class TestDemand:
    @pytest.mark.parametrize(
        ("minutes", "kw"),
        # 1, 3, 2 and 0 kWh in quarter-hours: 12 kW in one, 8 in the first half hour, 6 in the hour
        [(15, "12"), (30, "8"), (60, "6")],
    )
    def test_is_the_mean_of_the_window_the_tariff_names(self, minutes: int, kw: str) -> None:
        of = tariff({"kind": "demand", "rate": "1"}, settings={"demand_minutes": minutes})

        (month,) = rated(of, load(["1", "3", "2", "0", *["0"] * 96], step=900))

        assert [line.quantity for line in month.lines] == [Decimal(kw)]


class TestBlocks:
    @pytest.mark.parametrize(
        ("how", "quantities"),
        [
            # 600 kWh at night, then 200 by day; the first block is 500
            ("pro_rata", {"375", "225", "125", "75"}),
            ("in_order", {"500", "100", "200"}),
            ("each_period", {"500", "100", "200"}),
        ],
    )
    def test_under_time_of_use_are_counted_as_the_tariff_says(
        self, how: str, quantities: set[str]
    ) -> None:
        tiers = [{"upto": "500", "rate": "0.1"}, {"rate": "0.2"}]
        charge = {"kind": "time_of_use", "unit": "kWh", "rates": {"day": tiers, "night": tiers}}
        of = tariff(charge, periods=PERIODS, settings={"block_counting": how})

        (month,) = rated(of, load(["600", *["0"] * 11, "200", *["0"] * 11], start="2026-11-03"))

        assert {f"{line.quantity:.0f}" for line in month.lines} == quantities
        # In order, the 200 kWh by day are all above the block; with a counter each, within it.
        by_day = [line.rate for line in month.lines if line.code.endswith(".day")]
        if how != "pro_rata":
            assert by_day == [Decimal("0.2") if how == "in_order" else Decimal("0.1")]


class TestTheBank:
    NETTING = {"kind": "kwh_bank"}

    def months(self, netting: dict[str, Any]) -> list[RatedMonth]:
        """Three months of 620/900, 700/650 and 880/500 kWh taken and given, from February on."""
        hours = [28 * 24, 31 * 24 - 1, 30 * 24]  # the clock is put forward in March
        taken, back = [], []
        for count, (use, give) in zip(
            hours, [("620", "900"), ("700", "650"), ("880", "500")], strict=True
        ):
            taken += [use, *["0"] * (count - 1)]
            back += [give, *["0"] * (count - 1)]
        of = tariff(per_kwh("0.1"), netting=netting)
        return rated(of, load(taken, start="2026-02-01", back=back))

    def test_bills_0_0_and_150_kwh_of_three_months(self) -> None:
        # The bank stands at 280, 230 and 0 (rule 94).
        assert [month.total for month in self.months(self.NETTING)] == [0, 0, 15]

    def test_is_paid_for_what_is_left_in_its_month_and_then_empty(self) -> None:
        settled = {"true_up_month": 3, "settle": "pay", "rate": "0.0335", "name": ON}

        months = self.months({**self.NETTING, **settled})

        # 230 kWh are left in March: 230 x .0335 = 7.705, so -7.71; April bills all 380 (rule 95)
        assert [month.total_amount.cents for month in months] == [0, -771, 3800]


energy = st.lists(st.decimals(min_value=0, max_value=50, places=3), min_size=48, max_size=48).map(
    lambda values: [str(value) for value in values]
)
RICH = tariff(
    {"kind": "fixed_monthly", "amount": "30"},
    {"kind": "blocks", "unit": "kWh", "tiers": [{"upto": "200", "rate": ".1"}, {"rate": ".2"}]},
    {"kind": "demand", "rate": "2"},
)


class TestProperties:
    @given(kwh=energy)
    def test_the_order_of_hours_does_not_matter_without_time_of_use(self, kwh: list[str]) -> None:
        (one,), (other,) = (rated(RICH, load(values)) for values in (kwh, sorted(kwh)))

        assert one.lines == other.lines

    @given(kwh=energy, more=st.integers(1, 100))
    def test_a_bill_never_falls_as_use_rises(self, kwh: list[str], more: int) -> None:
        (less,) = rated(RICH, load(kwh))
        (greater,) = rated(RICH, load([*kwh[:-1], str(Decimal(kwh[-1]) + more)]))

        assert less.total <= greater.total

    @given(kwh=energy, at=st.integers(1, 47))
    def test_two_parts_of_a_load_come_to_the_whole_where_prices_are_linear(
        self, kwh: list[str], at: int
    ) -> None:
        of = tariff(per_kwh("0.123456"))
        first = [*kwh[:at], *["0"] * (48 - at)]
        rest = [*["0"] * at, *kwh[at:]]

        (whole,), *parts = (rated(of, load(values)) for values in (kwh, first, rest))

        assert whole.total == sum(month.total for (month,) in parts)

    @given(kwh=energy)
    def test_rating_again_gives_the_same_lines(self, kwh: list[str]) -> None:
        assert rated(RICH, load(kwh)) == rated(RICH, load(kwh))

    def test_a_fixed_zone_moves_months_but_loses_nothing(self) -> None:
        of = tariff(per_kwh("1"))
        brought = load(["1"] * (30 * 24 + 1))

        assert sum(m.total for m in rated(of, brought)) == 30 * 24 + 1
        assert sum(m.total for m in rated(of, brought, FIXED)) == 30 * 24 + 1
