"""Payments in bulk, as a lock box brings them, and rows that nobody may change."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.operations import post_entry
from smarthub.ledger.queries import get_balances, get_unapplied_cash, list_open_charges
from smarthub.ledger.types import Asked, Posting
from smarthub.payments.models import Payment
from smarthub.payments.operations import PaymentConflict, record_received_payments
from smarthub.payments.types import ReceivedPayment
from tests.cast import NOW, Cast

DAY = dt.date(2026, 11, 20)
MOST_QUERIES = 30
"""However many payments there are."""


def cheque(key: str, number: str, cents: int) -> ReceivedPayment:
    return ReceivedPayment(key, number, Money(cents), "mail", DAY)


class TestRecordReceivedPayments:
    def test_many_at_once_pay_in_their_order_and_each_once(
        self, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        self.bill(cast)
        box = [
            cheque("box:1", "1001", 60_00),
            cheque("box:2", "1002", 10_00),
            cheque("box:3", "1001", 60_00),
            cheque("box:4", "77-1001-A", 5_00),
            *(cheque(f"box:small:{n}", "1002", 1) for n in range(20)),
        ]

        with django_assert_max_num_queries(MOST_QUERIES):
            first = record_received_payments(payments=box, now=NOW)
        again = record_received_payments(payments=[*box, box[0]], now=NOW)

        assert again == [*first, first[0]]
        # 100.00 billed, 60.00 + 60.00 + 5.00 (to the number it had before) came: 25.00 wait
        balances = get_balances(account_ids=[cast.account_1001, cast.account_1002])
        assert balances[cast.account_1001].owed == Money(-25_00)
        assert balances[cast.account_1002].owed == Money(-10_20)  # 10.00 and 20 cents
        assert list_open_charges(account_id=cast.account_1001) == []
        waiting = get_unapplied_cash(account_ids=[cast.account_1001])
        assert waiting == {cast.account_1001: Money(25_00)}

    def test_one_conflict_records_nothing(self, cast: Cast) -> None:
        record_received_payments(payments=[cheque("box:1", "1001", 10_00)], now=NOW)

        with pytest.raises(PaymentConflict):
            record_received_payments(
                payments=[cheque("box:2", "1002", 5_00), cheque("box:1", "1001", 11_00)], now=NOW
            )

        balances = get_balances(account_ids=[cast.account_1002])
        assert balances[cast.account_1002].owed == ZERO
        assert Payment.objects.count() == 1

    def bill(self, cast: Cast) -> None:
        post_entry(
            source_key="bill:1",
            kind="bill",
            effective_date=dt.date(2026, 11, 3),
            postings=[
                Posting("ar:electric", Money(100_00), cast.account_1001),
                Posting("revenue:electric", Money(-100_00)),
            ],
            asked=[Asked(cast.account_1001, Money(100_00))],
            posted_at=NOW,
        )


@pytest.mark.parametrize("table", ["payment", "paymentpart", "attempt", "attemptevent"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_nothing_of_a_payment_goes_even_by_sql(cast: Cast, table: str, statement: str) -> None:
    record_received_payments(payments=[cheque("box:1", "1001", 10_00)], now=NOW)
    if table.startswith("attempt") and statement.startswith("DELETE"):
        add_attempt()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run_sql(f"SET CONSTRAINTS ALL IMMEDIATE; {statement.format(f'payments_{table}')}")

    assert get_balances(account_ids=[cast.account_1001])[cast.account_1001].owed == Money(-10_00)


def add_attempt() -> None:
    attempt = Payment.objects.get().attempts.create(key="k", gateway="sandbox", made_at=NOW)
    attempt.events.create(state="unknown", learnt_at=NOW)


def run_sql(commands: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(commands)
