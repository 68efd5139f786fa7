"""What staff put right: money for the wrong account, money nobody knew, notes without cards."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.ledger.queries import get_balances, list_open_charges
from smarthub.payments.models import PaymentMove, PaymentNote, SuspenseItem
from smarthub.payments.operations import (
    AccountUnknown,
    AlreadyMatched,
    CardNumberWritten,
    MovedOntoItself,
    NothingToMove,
    NothingWritten,
    match_suspense,
    move_payment,
    park_in_suspense,
    write_note,
)
from smarthub.payments.types import NewMove, PaymentId
from tests.cast import NOW, Cast
from tests.workflows.both_books import on
from tests.workflows.receiving import record_received_payment
from tests.workflows.wallet import bill, owed

RECEIVED = dt.date(2026, 11, 20)


def a_cheque(number: str, cents: int) -> PaymentId:
    return record_received_payment(
        source_key=f"lockbox:{number}",
        account_number=number,
        amount=Money(cents),
        channel="mail",
        received_on=RECEIVED,
        now=NOW,
    ).payment_id


def a_move(cast: Cast, payment_id: PaymentId, *, back: bool = False) -> NewMove:
    accounts = [cast.account_1001, cast.account_1002]
    start, end = reversed(accounts) if back else accounts
    return NewMove(uuid.uuid4(), payment_id, start, end, "The stub was Rosa's")


class TestMoving:
    def test_opens_the_first_debt_again_and_pays_the_second(self, cast: Cast) -> None:
        bill(cast.account_1001, 80_00, "bill:1")
        bill(cast.account_1002, 60_00, "bill:2")
        payment_id = a_cheque("1001", 70_00)
        move = a_move(cast, payment_id)

        for _ in range(2):
            move_payment(move=move, by=cast.dana.person_id, now=NOW)

        assert owed(cast.account_1001) == Money(80_00)
        assert owed(cast.account_1002) == Money(-10_00)
        assert [each.amount for each in list_open_charges(account_id=cast.account_1001)] == [
            Money(80_00)
        ]
        assert on("clearing:mail") == 70_00
        assert PaymentMove.objects.count() == 1

    def test_there_and_back_leaves_everything_as_it_was(self, cast: Cast) -> None:
        bill(cast.account_1001, 80_00, "bill:1")
        payment_id = a_cheque("1001", 70_00)

        move_payment(move=a_move(cast, payment_id), by=cast.dana.person_id, now=NOW)
        move_payment(move=a_move(cast, payment_id, back=True), by=cast.dana.person_id, now=NOW)

        assert (owed(cast.account_1001), owed(cast.account_1002)) == (Money(10_00), Money(0))

    def test_of_a_credit_that_has_been_used_since_is_owed_as_a_charge(self, cast: Cast) -> None:
        """Maria's 70.00 waited; a later 10.00 used 50.00 of it for a bill of 60.00."""
        payment_id = a_cheque("1001", 70_00)
        bill(cast.account_1001, 60_00, "bill:1")
        record_received_payment(
            source_key="lockbox:later",
            account_number="1001",
            amount=Money(10_00),
            channel="mail",
            received_on=RECEIVED,
            now=NOW,
        )

        move_payment(move=a_move(cast, payment_id), by=cast.dana.person_id, now=NOW)

        assert on("unapplied_cash", cast.account_1001) == 0
        assert owed(cast.account_1001) == Money(50_00)
        still_open = list_open_charges(account_id=cast.account_1001)
        assert Money.sum(each.amount for each in still_open) == Money(50_00)

    def test_what_cannot_be_moved_is_refused(self, cast: Cast) -> None:
        payment_id = a_cheque("1001", 70_00)
        onto_itself = NewMove(
            uuid.uuid4(), payment_id, cast.account_1001, cast.account_1001, "Why not"
        )
        silent = NewMove(uuid.uuid4(), payment_id, cast.account_1001, cast.account_1002, " ")

        for move, refusal in [
            (a_move(cast, payment_id, back=True), NothingToMove),
            (onto_itself, MovedOntoItself),
            (silent, NothingWritten),
        ]:
            with pytest.raises(refusal):
                move_payment(move=move, by=cast.dana.person_id, now=NOW)

        assert owed(cast.account_1001) == Money(-70_00)


class TestSuspense:
    def park(self, cents: int = 45_00, told: str = "acct 10O1") -> None:
        park_in_suspense(
            source_key="lockbox:7",
            amount=Money(cents),
            channel="mail",
            told=told,
            received_on=RECEIVED,
            now=NOW,
        )

    def test_waits_once_and_becomes_a_payment_of_the_day_it_came(self, cast: Cast) -> None:
        bill(cast.account_1001, 80_00)
        for _ in range(2):
            self.park()
        waiting = on("suspense")
        item = SuspenseItem.objects.get()

        match_suspense(item_id=item.pk, account_number="1001", by=cast.dana.person_id, now=NOW)

        assert waiting == -45_00
        assert on("suspense") == 0
        assert on("clearing:mail") == 45_00
        assert owed(cast.account_1001) == Money(35_00)
        with pytest.raises(AlreadyMatched):
            match_suspense(item_id=item.pk, account_number="1002", by=cast.dana.person_id, now=NOW)
        assert get_balances(account_ids=[cast.account_1002])[cast.account_1002].owed == Money(0)

    def test_is_not_given_to_an_account_that_is_not_there(self, cast: Cast) -> None:
        self.park()
        item = SuspenseItem.objects.get()

        with pytest.raises(AccountUnknown):
            match_suspense(item_id=item.pk, account_number="9", by=cast.dana.person_id, now=NOW)
        with pytest.raises(NotVisible):
            match_suspense(item_id=0, account_number="1001", by=cast.dana.person_id, now=NOW)

    def test_keeps_no_card_number(self, cast: Cast) -> None:
        del cast
        with pytest.raises(CardNumberWritten):
            self.park(told="card 4242 4242 4242 4242")

        assert not SuspenseItem.objects.exists()


class TestNotes:
    def test_are_kept_but_neither_empty_nor_with_a_card_number(self, cast: Cast) -> None:
        payment_id = a_cheque("1001", 70_00)

        write_note(payment_id=payment_id, text=" Called. ", by=cast.dana.person_id, now=NOW)
        for text, refusal in [
            ("  ", NothingWritten),
            ("use 4000-0000-0000-0002", CardNumberWritten),
        ]:
            with pytest.raises(refusal):
                write_note(payment_id=payment_id, text=text, by=cast.dana.person_id, now=NOW)

        assert PaymentNote.objects.get().text == "Called."
