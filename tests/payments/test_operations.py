"""Payments in bulk, as a lock box brings them, and rows that nobody may change."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.operations import post_entry
from smarthub.ledger.queries import get_balances, get_unapplied_cash, list_open_charges
from smarthub.ledger.types import Asked, Posting
from smarthub.payments.models import Attempt, StoredMethod
from smarthub.payments.models import Payment as PaymentRow
from smarthub.payments.operations import (
    PaymentConflict,
    begin_payments,
    record_received_payments,
)
from smarthub.payments.queries import find_attempt_key
from smarthub.payments.types import MethodId, Part, Payment, PaymentId, ReceivedPayment
from tests.cast import NOW, Cast, Player
from tests.workflows.wallet import bill

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
        assert PaymentRow.objects.count() == 1

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
    attempt = PaymentRow.objects.get().attempts.create(key="k", gateway="sandbox", made_at=NOW)
    attempt.events.create(state="unknown", learnt_at=NOW)


def run_sql(commands: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(commands)


class TestBeginPayments:
    """Many payments about to be sent: each is judged as alone, and no cent is taken twice."""

    def begin(self, cast: Cast, *payments: Payment) -> list[str]:
        """Begin them and say how each was judged: begun, before, or the code of the refusal."""
        judged = begin_payments(
            payments=payments, gateway="sandbox", maximum=Money(50_00), allow_credit=False, now=NOW
        )
        return [
            "before" if each.id not in judged else getattr(judged[each.id], "code", "begun")
            for each in payments
        ]

    @pytest.fixture
    def card(self, cast: Cast) -> MethodId:
        for account_id in (cast.account_1001, cast.account_1002):
            bill(account_id, 60_00, f"bill:{account_id}")
        return store(cast.maria, "token-1")

    def test_together_take_no_more_than_is_due_in_their_order(
        self, cast: Cast, card: MethodId
    ) -> None:
        forty, thirty, twenty = (payment(cast, card, cents) for cents in (40_00, 30_00, 20_00))

        judged = self.begin(cast, forty, thirty, twenty)

        # 60.00 are due: 40.00 leave 20.00, so 30.00 are too much and 20.00 are not
        assert judged == ["begun", "more_than_due", "begun"]
        assert set(PaymentRow.objects.values_list("pk", flat=True)) == {forty.id, twenty.id}
        assert sorted(Attempt.objects.values_list("key", flat=True)) == sorted(
            f"payment:{each.id}" for each in (forty, twenty)
        )

    def test_a_refused_one_leaves_the_others(self, cast: Cast, card: MethodId) -> None:
        gone = store(cast.maria, "token-2", removed_at=NOW)
        given = [
            payment(cast, card, 51_00),
            payment(cast, gone, 1_00),
            payment(cast, store(cast.rosa, "token-3"), 2_00),
            payment(cast, card, 0),
            payment(cast, card, 3_00),
        ]

        judged = self.begin(cast, *given)

        assert judged == [
            "amount_too_large",
            "method_gone",
            "method_gone",
            "amount_not_positive",
            "begun",
        ]
        assert list(PaymentRow.objects.values_list("amount_cents", flat=True)) == [3_00]

    def test_one_begun_before_is_not_begun_again_and_never_with_other_values(
        self, cast: Cast, card: MethodId
    ) -> None:
        first = payment(cast, card, 10_00)
        self.begin(cast, first)

        again = self.begin(cast, first, payment(cast, card, 50_00))
        other = self.begin(cast, replace(first, channel="auto_pay"))

        # of 60.00, 10.00 are on their way: 50.00 are due
        assert (again, other) == (["before", "begun"], ["payment_conflict"])
        assert Attempt.objects.count() == 2


def payment(cast: Cast, method: MethodId, cents: int) -> Payment:
    """Return a payment of Maria's for account 1001."""
    return Payment(
        id=PaymentId(uuid.uuid4()),
        channel="web",
        parts=(Part(cast.account_1001, "1001", Money(cents)),),
        received_at=NOW,
        clearing="clearing:sandbox:card",
        person_id=cast.maria.person_id,
        method_id=method,
    )


def store(player: Player, token: str, **more: object) -> MethodId:
    """Keep a card of somebody's, as if the gateway had just given it."""
    card = StoredMethod.objects.create(
        person_id=player.person_id,
        gateway="sandbox",
        token=token,
        kind="card",
        brand="Visa",
        last4="4242",
        added_at=NOW,
        **more,
    )
    return MethodId(card.pk)


def test_a_gateways_charge_is_found_by_indexes_alone(cast: Cast) -> None:
    """However many attempts there are: each event of a gateway asks for one."""
    with CaptureQueriesContext(connection) as asked:
        found = find_attempt_key(gateway="sandbox", key="payment:x", reference="chg_x")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plans = []
        for query in asked.captured_queries:
            cursor.execute(f"EXPLAIN {query['sql']}")
            plans += [line for (line,) in cursor.fetchall()]

    assert found is None
    assert len(asked) == 2
    assert not [line for line in plans if "Seq Scan" in line]
