"""A message is queued once, in words its reader knows, and leaves with its transaction."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from smarthub.kernel.money import Money
from smarthub.notifications.models import Message, WaitingMessage
from smarthub.notifications.operations import queue_message
from tests.cast import NOW, TODAY, Cast

RECEIPT: dict[str, object] = {
    "amount": Money(14521),
    "payment_id": "00000000-0000-4000-8000-000000000001",
    "paid_on": TODAY,
    "receipt_number": "R-20261122-7",
    "parts": [{"account_ending": "1001", "amount": Money(14521)}],
    "method_brand": "Visa",
    "method_last4": "4242",
}


def queue_receipt(**changes: Any) -> None:
    queue_message(
        **{
            "dedupe_key": "receipt:1",
            "template": "payment_receipt",
            "language": "en",
            "person_id": None,
            "account_number": "1001",
            "address": "maria@prairieridge.example",
            "context": RECEIPT,
            "now": NOW,
            **changes,
        }
    )


@pytest.mark.django_db
class TestQueueMessage:
    def test_writes_the_words_with_money_and_the_day_as_people_read_them(self, cast: Cast) -> None:
        queue_receipt(person_id=cast.maria.person_id)

        message = Message.objects.get()
        assert message.subject == "We received your payment of $145.21"
        assert "on Sunday, November 22, 2026. Thank you." in message.body
        assert "Account ending in 1001: $145.21" in message.body
        assert "Paid with Visa ending in 4242." in message.body
        assert message.person_id == cast.maria.person_id

    def test_ends_every_body_with_the_proof_that_it_is_ours(self) -> None:
        queue_receipt()

        message = Message.objects.get()
        assert f"printed on your bill: {message.code}" in message.body
        assert "We never ask for your card or bank data, by mail or by phone." in message.body

    def test_says_the_same_once_when_called_twice(self) -> None:
        queue_receipt()
        queue_receipt(context={**RECEIPT, "amount": Money(1)})

        assert Message.objects.get().subject == "We received your payment of $145.21"
        assert WaitingMessage.objects.count() == 1

    def test_leaves_with_a_transaction_that_fails(self) -> None:
        with transaction.atomic():
            queue_receipt()
            transaction.set_rollback(True)

        assert not Message.objects.exists()
        assert not ProcrastinateJob.objects.exists()

    def test_asks_for_delivery_once_for_many_messages(self) -> None:
        with transaction.atomic():
            queue_receipt()
            queue_receipt(dedupe_key="receipt:2")

        assert Message.objects.count() == 2
        job = ProcrastinateJob.objects.get()
        assert (job.task_name, job.queueing_lock) == ("deliver_messages", "deliver_messages")

    def test_draws_again_when_a_code_is_taken(self) -> None:
        draws = iter(["AAAA-2222", "AAAA-2222", "BBBB-3333"])

        queue_receipt(new_code=lambda: next(draws))
        queue_receipt(dedupe_key="receipt:2", new_code=lambda: next(draws))

        second = Message.objects.get(dedupe_key="receipt:2")
        assert second.code == "BBBB-3333"
        assert "BBBB-3333" in second.body

    def test_refuses_to_leave_a_hole_where_a_value_is_missing(self) -> None:
        short = {key: value for key, value in RECEIPT.items() if key != "receipt_number"}

        with pytest.raises(KeyError, match="receipt_number"):
            queue_receipt(context=short)

    def test_refuses_a_moment_where_a_local_date_belongs(self) -> None:
        with pytest.raises(ValueError, match="local date"):
            queue_receipt(context={**RECEIPT, "paid_on": NOW})

    def test_writes_english_for_a_language_it_does_not_speak(self) -> None:
        queue_receipt(language="fr")

        assert Message.objects.get().language == "en"

    def test_keeps_a_hostile_value_on_one_subject_line_and_unescaped(self) -> None:
        queue_receipt(context={**RECEIPT, "amount": "1 & 2\r\nBcc: all@example.org"})

        assert Message.objects.get().subject == (
            "We received your payment of 1 & 2 Bcc: all@example.org"
        )

    def test_is_never_changed_afterwards(self) -> None:
        queue_receipt()

        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Message.objects.update(body="something else")


def test_two_transactions_queueing_at_once_do_not_wait_for_each_other(
    committing_database: str,
) -> None:
    del committing_database

    def queue_in_another_session() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        queue_receipt(dedupe_key="receipt:2")
        connection.close()

    with transaction.atomic():
        queue_receipt()
        other = threading.Thread(target=queue_in_another_session)
        other.start()
        other.join()
        stored_meanwhile = Message.objects.filter(dedupe_key="receipt:2").exists()

    assert stored_meanwhile
    assert ProcrastinateJob.objects.count() == 1
