"""Two at once: two clerks, a clerk beside a refund, a return beside the file that gives back."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction

from smarthub.kernel.errors import ExpectedError
from smarthub.kernel.money import Money
from smarthub.ledger.operations import lock_accounts
from smarthub.payments.models import ChargeFact, EntryReversal, Refund, SentEntry
from smarthub.payments.operations import ask_refund, begin_payments
from smarthub.payments.types import MethodId, NewRefund, Part, PaymentId, RefundId
from tests.cast import NOW, Cast
from tests.workflows.auto_pay.test_drafts_together import somebody_waits
from tests.workflows.bank.taking_back import CLEARING, FIFTY, ask_to_refund, newest, take_back
from tests.workflows.both_books import exceptions, on
from tests.workflows.own_files import PROVED, SETTLED, Bank
from tests.workflows.receiving import record_received_payment
from tests.workflows.two_at_once import TwoAtOnce
from tests.workflows.wallet import bill, owed


@pytest.fixture
def bank(committing_cast: Cast) -> Bank:
    bill(committing_cast.account_1001, 100_00)
    return Bank(committing_cast)


def beside(first: Callable[[], object], second: Callable[[], object]) -> str:
    """Do the second while the first is not committed yet; return why it was refused, if it was."""
    two = TwoAtOnce()
    for answer in two.act(first, second):
        if isinstance(answer, Exception) and not isinstance(answer, ExpectedError):
            raise answer
    done, refused = two.answers
    assert two.has_waited
    assert not isinstance(done, Exception)
    return refused.code if isinstance(refused, ExpectedError) else ""


def drawn_for(bank: Bank, method: MethodId, number: str) -> dict[str, Any]:
    """Return what begins a payment of ten dollars for an account, by the co-op's own files."""
    account = {"1001": bank.cast.account_1001, "1002": bank.cast.account_1002}[number]
    payment = replace(bank.payment(method, 10_00), parts=(Part(account, number, Money(10_00)),))
    return {
        "payments": [payment],
        "gateway": "sandbox",
        "maximum": Money(1_000_00),
        "allow_credit": True,
        "now": PROVED,
    }


def make_beside(bank: Bank) -> threading.Thread:
    """Make a bank file beside what is going on, and come back once it waits for an account."""

    def make() -> None:
        try:
            bank.send(PROVED)
        finally:
            connection.close()

    file = threading.Thread(target=make)
    file.start()
    assert somebody_waits()
    return file


def list_drawn() -> list[str]:
    """Return the accounts of which payments went out."""
    sent = SentEntry.objects.exclude(attempt=None)
    return sorted(sent.values_list("attempt__payment__parts__account__number", flat=True))


def test_two_clerks_ask_for_one_entry_once(bank: Bank) -> None:
    bank.draw(FIFTY)

    assert beside(lambda: take_back(bank), lambda: take_back(bank)) == "not_reversible"
    assert EntryReversal.objects.count() == 1


def test_what_is_refunded_at_the_same_moment_is_not_asked_back(bank: Bank) -> None:
    payment_id = bank.draw(150_00)

    def refund() -> None:
        asked = NewRefund(
            id=RefundId(uuid.uuid4()),
            payment_id=PaymentId(payment_id),
            account_id=bank.cast.account_1001,
            amount=Money(10_00),
            reason="paid too much",
        )
        ask_refund(refund=asked, by=bank.cast.dana.person_id, limit=Money(100_00), now=SETTLED)

    refused = beside(refund, lambda: take_back(bank))

    assert refused == "not_reversible"
    assert (EntryReversal.objects.count(), Refund.objects.count()) == (0, 1)


def test_what_is_asked_back_at_the_same_moment_is_not_refunded(bank: Bank) -> None:
    payment_id = bank.draw(150_00)

    refused = beside(lambda: take_back(bank), lambda: ask_to_refund(bank, payment_id))

    assert refused == "refund_too_large"
    assert (EntryReversal.objects.count(), Refund.objects.count()) == (1, 0)


def test_what_is_asked_back_is_not_refunded_from_the_credit_of_another_account(bank: Bank) -> None:
    payment_id = bank.draw(150_00)
    record_received_payment(
        source_key="lockbox:1",
        account_number="1002",
        amount=Money(20_00),
        channel="mail",
        received_on=SETTLED.date(),
        now=SETTLED,
    )

    refused = beside(
        lambda: take_back(bank), lambda: ask_to_refund(bank, payment_id, number="1002")
    )

    assert refused == "refund_too_large"
    assert (EntryReversal.objects.count(), Refund.objects.count()) == (1, 0)


def test_a_file_waits_for_whoever_holds_some_of_its_accounts_and_holds_none_meanwhile(
    bank: Bank,
) -> None:
    cast, method = bank.cast, bank.store()
    bank.send(NOW)
    for number in ("1002", "1001"):
        begin_payments(**drawn_for(bank, method, number))

    with transaction.atomic():  # as a run of Auto Pay does, account after account
        lock_accounts(account_ids=[cast.account_1001])
        made = make_beside(bank)
        lock_accounts(account_ids=[cast.account_1002])
    made.join()

    assert list_drawn() == ["1001", "1002"]


def test_what_is_begun_while_a_file_waits_for_its_accounts_goes_with_the_next(bank: Bank) -> None:
    cast, method = bank.cast, bank.store()
    bank.send(NOW)
    begin_payments(**drawn_for(bank, method, "1002"))

    with transaction.atomic():
        lock_accounts(account_ids=[cast.account_1002])
        made = make_beside(bank)
        begin_payments(**drawn_for(bank, method, "1001"))
    made.join()

    assert list_drawn() == ["1002"]
    bank.send(PROVED)
    assert list_drawn() == ["1001", "1002"]


def test_a_return_beside_the_file_that_gives_back_is_for_staff(bank: Bank) -> None:
    bank.draw(FIFTY)
    take_back(bank)
    returned = bank.say("R01", FIFTY, trace=newest().trace)

    beside(lambda: bank.send(SETTLED), lambda: bank.hear(returned))

    assert list(ChargeFact.objects.values_list("kind", flat=True)) == ["taken_back"]
    assert exceptions() == ["returned_after_reversal"]
    assert (on(CLEARING), owed(bank.cast.account_1001)) == (0, Money(100_00))


def test_a_file_beside_the_return_gives_nothing_back(bank: Bank) -> None:
    bank.draw(FIFTY)
    take_back(bank)
    returned = bank.say("R03", FIFTY, trace=newest().trace)

    refused = beside(lambda: bank.hear(returned), lambda: bank.send(SETTLED))

    assert refused == "nothing_to_send"
    assert list(ChargeFact.objects.values_list("kind", flat=True)) == ["returned"]
    assert (on(CLEARING), owed(bank.cast.account_1001)) == (0, Money(100_00))


def test_a_file_beside_the_return_that_ends_an_account_draws_on_it_no_more(bank: Bank) -> None:
    method = bank.store()
    bank.send(NOW)
    bank.begin(method, 10_00)
    bank.send(PROVED)
    bank.begin(method, 20_00)
    returned = bank.say("R10", 10_00)

    refused = beside(lambda: bank.hear(returned), lambda: bank.send(PROVED))

    assert refused == "nothing_to_send"
    assert list(SentEntry.objects.values_list("amount_cents", flat=True)) == [0, 10_00]
