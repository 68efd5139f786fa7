"""Months of the books: closed in order and for good, and nothing is posted in one any more."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smarthub.kernel.money import Money
from smarthub.ledger.models import MonthClose
from smarthub.ledger.operations import (
    MonthNotNext,
    MonthNotOver,
    close_month,
    entry_id_for,
    post_entries,
    reverse_entry,
)
from smarthub.ledger.queries import (
    get_balances,
    list_closed_months,
    next_month_to_close,
    sum_accounts,
)
from smarthub.ledger.types import ClosedMonth
from tests.cast import Cast
from tests.ledger.accounts import a_charge

CHICAGO = ZoneInfo("America/Chicago")
OCTOBER, NOVEMBER, DECEMBER = dt.date(2026, 10, 1), dt.date(2026, 11, 1), dt.date(2026, 12, 1)
IN_OCTOBER = dt.datetime(2026, 10, 20, 12, tzinfo=dt.UTC)
LAST_OF_OCTOBER = dt.datetime(2026, 11, 1, 4, 59, 59, tzinfo=dt.UTC)
"""A second before midnight in Chicago, where summer ends two hours later."""
IN_NOVEMBER = dt.datetime(2026, 11, 1, 5, tzinfo=dt.UTC)
IN_DECEMBER = dt.datetime(2026, 12, 2, 12, tzinfo=dt.UTC)


def bill(cast: Cast, cents: int, key: str, at: dt.datetime, on: dt.date = OCTOBER) -> None:
    post_entries(entries=[a_charge(cast.account_1001, cents, key, on=on)], posted_at=at)


def close(month: dt.date, at: dt.datetime = IN_DECEMBER) -> ClosedMonth:
    return close_month(month=month, zone=CHICAGO, by="Dana Whitfield", now=at)


class TestClosing:
    def test_keeps_every_balance_as_it_stood_at_the_end_of_the_month(self, cast: Cast) -> None:
        bill(cast, 80_00, "bill:1", IN_OCTOBER)
        bill(cast, 20_00, "bill:2", LAST_OF_OCTOBER)
        bill(cast, 7_00, "bill:3", IN_NOVEMBER)

        closed = close(OCTOBER)

        assert closed.entries == 2
        assert closed.balances == {"ar:electric": Money(100_00), "revenue:electric": Money(-100_00)}
        assert list_closed_months() == [closed]

    def test_goes_month_by_month(self, cast: Cast) -> None:
        bill(cast, 80_00, "bill:1", IN_OCTOBER)
        with pytest.raises(MonthNotNext):
            close(NOVEMBER)

        close(OCTOBER)

        with pytest.raises(MonthNotNext):
            close(OCTOBER)
        assert next_month_to_close(zone=CHICAGO) == NOVEMBER
        assert close(NOVEMBER).entries == 0
        assert next_month_to_close(zone=CHICAGO) == DECEMBER

    def test_waits_until_the_month_is_over_where_the_co_op_is(self, cast: Cast) -> None:
        bill(cast, 80_00, "bill:1", IN_OCTOBER)

        with pytest.raises(MonthNotOver):
            close(OCTOBER, at=LAST_OF_OCTOBER)

        assert close(OCTOBER, at=IN_NOVEMBER).month == OCTOBER

    def test_of_books_without_entries_has_no_month(self, cast: Cast) -> None:
        assert next_month_to_close(zone=CHICAGO) is None


class TestAClosedMonth:
    def test_takes_nothing_more(self, cast: Cast) -> None:
        bill(cast, 80_00, "bill:1", IN_OCTOBER)
        close(OCTOBER)

        with pytest.raises(IntegrityError, match="closed month"), transaction.atomic():
            bill(cast, 5_00, "bill:2", LAST_OF_OCTOBER)

    def test_is_corrected_in_the_open_one_with_its_own_date(self, cast: Cast) -> None:
        bill(cast, 80_00, "bill:1", IN_OCTOBER)
        closed = close(OCTOBER)

        reverse_entry(
            source_key="bill:1:cancelled",
            reverses=entry_id_for("bill:1"),
            effective_date=dt.date(2026, 10, 20),
            posted_at=IN_DECEMBER,
        )

        assert get_balances(account_ids=[cast.account_1001])[cast.account_1001].owed == Money(0)
        assert list_closed_months() == [closed]

    def test_is_never_opened_again(self, cast: Cast) -> None:
        bill(cast, 80_00, "bill:1", IN_OCTOBER)
        close(OCTOBER)

        with pytest.raises(DatabaseError), transaction.atomic():
            MonthClose.objects.update(entries=0)
        with pytest.raises(DatabaseError), transaction.atomic():
            MonthClose.objects.all().delete()


@given(amounts=st.lists(st.tuples(st.integers(1, 10_000), st.integers(0, 1)), max_size=6))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_closed_and_what_came_after_make_up_the_books(
    cast: Cast, amounts: list[tuple[int, int]]
) -> None:
    with transaction.atomic():
        bill(cast, 1_00, "bill:first", IN_OCTOBER)
        for n, (cents, later) in enumerate(amounts):
            bill(cast, cents, f"bill:{n}", IN_NOVEMBER if later else IN_OCTOBER)

        closed = close(OCTOBER)

        after = sum(cents for cents, later in amounts if later)
        whole = sum_accounts(prefixes=["ar:"])["ar:electric"]
        assert closed.balances["ar:electric"] + Money(after) == whole
        assert Money.sum(closed.balances.values()) == Money(0)
        transaction.set_rollback(True)
