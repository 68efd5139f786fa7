"""The billing calendar and the stub's scan line."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthub.billing.engine.calendar import (
    billed_time,
    calendar_month,
    delinquent_on,
    due_date,
    last_day_to_pay,
)
from smarthub.billing.engine.stub import LARGEST, check_digit, scan_line
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.rating.types import BilledTime, PartMonth

days = st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31))
days_of_month = st.integers(1, 31)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


class TestDueDate:
    @pytest.mark.parametrize(
        ("billed", "due_day", "due"),
        [
            ("2026-02-14", 5, "2026-03-07"),  # 5 March would be 19 days, so 21 days (rule 41)
            ("2028-02-14", 5, "2028-03-06"),  # 29 February exists: 20 days to the 5th, so 21
            ("2026-03-14", 5, "2026-04-05"),  # 22 days
            ("2026-01-05", 28, "2026-01-28"),  # 23 days, within the month
            ("2026-01-31", 31, "2026-02-28"),  # the last day of February, 28 days on
            ("2026-12-14", 5, "2027-01-05"),
        ],
    )
    def test_is_the_due_day_but_leaves_21_days(self, billed: str, due_day: int, due: str) -> None:
        assert due_date(bill_date=day(billed), due_day=due_day) == day(due)

    @given(billed=days, due_day=days_of_month, least=st.integers(0, 40))
    def test_always_leaves_the_least_days(self, billed: dt.date, due_day: int, least: int) -> None:
        due = due_date(bill_date=billed, due_day=due_day, least_days=least)

        assert (due - billed).days >= max(least, 1)

    @pytest.mark.parametrize(
        ("due", "closed", "last", "late"),
        [
            ("2026-12-23", [], "2026-12-23", "2026-12-24"),  # a Wednesday
            ("2026-11-28", [], "2026-11-30", "2026-12-01"),  # a Saturday
            ("2026-12-25", ["2026-12-25"], "2026-12-28", "2026-12-29"),  # a Friday, then a weekend
        ],
    )
    def test_on_a_day_of_rest_may_be_met_on_the_next_business_day(
        self, due: str, closed: list[str], last: str, late: str
    ) -> None:
        closed_days = {day(each) for each in closed}

        assert last_day_to_pay(due_date=day(due), closed_days=closed_days) == day(last)
        assert delinquent_on(due_date=day(due), closed_days=closed_days) == day(late)


class TestBilledTime:
    @pytest.mark.parametrize(
        ("start", "end", "anchor", "time"),
        [
            ("2026-01-05", "2026-02-05", 5, BilledTime(1)),
            ("2026-11-12", "2026-12-01", 1, BilledTime(0, (PartMonth(19, 30),))),
            ("2026-01-15", "2026-03-01", 1, BilledTime(1, (PartMonth(17, 31),))),
            ("2026-01-05", "2026-03-05", 5, BilledTime(2)),
            ("2026-01-31", "2026-02-28", 31, BilledTime(1)),
            (
                "2026-01-10",
                "2026-02-20",
                15,
                BilledTime(1, (PartMonth(5, 31), PartMonth(5, 28))),  # 10-14 Jan, 15-19 Feb
            ),
        ],
    )
    def test_is_whole_months_and_the_parts_of_others(
        self, start: str, end: str, anchor: int, time: BilledTime
    ) -> None:
        assert billed_time(period=Period(day(start), day(end)), anchor_day=anchor) == time

    @given(start=days, first=st.integers(1, 90), more=st.integers(1, 90), anchor=days_of_month)
    def test_of_two_periods_that_meet_is_the_time_of_both(
        self, start: dt.date, first: int, more: int, anchor: int
    ) -> None:
        middle = start + dt.timedelta(days=first)
        end = middle + dt.timedelta(days=more)

        apart = sum(_months(Period(*ends), anchor) for ends in ((start, middle), (middle, end)))

        assert apart == pytest.approx(_months(Period(start, end), anchor))

    def test_of_a_calendar_month_holds_its_days(self) -> None:
        assert calendar_month(date=day("2028-02-29")) == Period(
            day("2028-02-01"), day("2028-03-01")
        )


def _months(period: Period, anchor: int) -> float:
    time = billed_time(period=period, anchor_day=anchor)
    return time.whole_months + sum(part.days / part.of_days for part in time.parts)


class TestScanLine:
    def test_is_the_one_of_the_rule(self) -> None:
        line = scan_line(
            account_number="0010004821", amount=Money(13946), due_date=day("2026-12-28")
        )

        assert line == "0010004821 00013946 261228 4"

    def test_fills_a_short_account_number_with_zeros(self) -> None:
        line = scan_line(account_number="1001", amount=Money(0), due_date=day("2026-12-28"))

        assert line is not None
        assert line.startswith("0000001001 00000000 261228 ")

    @pytest.mark.parametrize(
        ("account_number", "amount"),
        [
            ("A-17", Money(100)),
            ("12345678901", Money(100)),
            ("١٢", Money(100)),
            ("1001", LARGEST + Money(1)),
        ],
        ids=["letters", "eleven digits", "other digits", "too much"],
    )
    def test_is_left_out_where_it_could_be_read_wrongly(
        self, account_number: str, amount: Money
    ) -> None:
        line = scan_line(account_number=account_number, amount=amount, due_date=day("2026-12-28"))

        assert line is None

    @given(digits=st.text("0123456789", min_size=1, max_size=24), at=st.integers(0, 23))
    def test_catches_any_single_wrong_digit(self, digits: str, at: int) -> None:
        at %= len(digits)
        wrong = f"{digits[:at]}{(int(digits[at]) + 1) % 10}{digits[at + 1 :]}"

        assert check_digit(wrong) != check_digit(digits)
