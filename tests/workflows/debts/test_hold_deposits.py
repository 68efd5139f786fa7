"""Deposits earn their interest each year and go back after good months, on the day it is due."""

from __future__ import annotations

import datetime as dt

import pytest

from smarthub.deposits.engine import months_later
from smarthub.kernel.money import Money
from smarthub.payments.operations import charge_fee
from smarthub.workflows.debts.hold_deposits import keep_deposits
from tests.arrears.bills import at
from tests.cast import TODAY, Cast
from tests.deposits.test_deposits import ask, pay, the_deposit
from tests.workflows.both_books import on

YEAR = dt.date(2027, 11, 22)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (dt.date(2027, 11, 22), -12, dt.date(2026, 11, 22)),
        (dt.date(2028, 2, 29), 12, dt.date(2029, 2, 28)),
        (dt.date(2026, 12, 31), 2, dt.date(2027, 2, 28)),
        (dt.date(2026, 12, 31), 12, dt.date(2027, 12, 31)),
        (dt.date(2026, 11, 30), 1, dt.date(2026, 12, 30)),
        (dt.date(2026, 1, 31), -1, dt.date(2025, 12, 31)),
    ],
)
def test_months_later_stays_within_the_month(day: dt.date, months: int, later: dt.date) -> None:
    assert months_later(day, months) == later


def test_goes_back_with_a_years_interest_after_twelve_good_months(cast: Cast) -> None:
    ask(cast, 200_00)
    pay(200_00, TODAY)

    done = [keep_deposits(now=at(day)) for day in (TODAY, YEAR - dt.timedelta(days=1), YEAR, YEAR)]

    assert done == [0, 0, 1, 0]
    # 200.00 and 3.00 of interest wait on the account.
    assert (on("deposit_liability"), on("deposit_interest"), on("unapplied_cash")) == (
        0,
        3_00,
        -203_00,
    )
    assert the_deposit().ended_on == YEAR


def test_stays_after_a_late_month_and_earns_its_years_interest_once(cast: Cast) -> None:
    ask(cast, 200_00)
    pay(200_00, TODAY)
    charge_fee(
        kind="late",
        account_id=cast.account_1001,
        amount=Money(1_99),
        about="due:1001:2027-03-20",
        on=dt.date(2027, 3, 23),
        now=at(dt.date(2027, 3, 23)),
    )

    days = (YEAR, YEAR, dt.date(2028, 3, 22), dt.date(2028, 3, 23), dt.date(2028, 3, 24))
    done = [keep_deposits(now=at(day)) for day in days]

    # Twelve months after the fee of 23 March it is clean from the day after on.
    assert done == [1, 0, 0, 0, 1]
    # 3.00 for the first year; 200.00 x 1.5 % x 123/365 = 1.0109... for 22 November to 24 March.
    assert on("deposit_interest") == 3_00 + 1_01
