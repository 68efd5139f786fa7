"""Two clerks at once: both get an answer, the second the one of who comes later; nothing twice."""

from __future__ import annotations

import json
import uuid
from unittest.mock import patch

import pytest

from smarthub.accounts.types import AccountId
from smarthub.arrears.models import RecoveryEnd
from smarthub.arrears.types import AgencyKind
from smarthub.billing.engine.cash_number import BILLER
from smarthub.cooperative.operations import set_policy
from smarthub.integrations.csv_files.agency import AgencyRows
from smarthub.integrations.csv_files.cash import CashRows
from smarthub.integrations.csv_files.collection import CollectionRows
from smarthub.integrations.lockbox.format import LockboxRows
from smarthub.kernel.money import Money
from smarthub.ledger.queries import get_balances
from smarthub.members.models import Consent
from smarthub.notifications.models import Message
from smarthub.payments.models import (
    Fee,
    MoneyException,
    MoneyFile,
    Payment,
    PhoneEvent,
    SuspenseItem,
    SuspenseMatch,
    Tender,
    Undoing,
)
from smarthub.payments.operations import AlreadyMatched, AlreadyUndone, park_in_suspense
from smarthub.payments.types import PaymentOutcome, RowOutcome, TenderKind, UndoneBecause
from smarthub.workflows.bank import bank_files
from smarthub.workflows.debts.pledges import add_agency
from smarthub.workflows.money.correct_payment import match_money
from smarthub.workflows.money.other_doors import Received, take_money, undo_money
from smarthub.workflows.money.pay_by_phone import answer_result
from tests.arrears.bills import at
from tests.arrears.test_placements import SAID, give, placed, statement
from tests.cast import NOW, TODAY, Cast
from tests.workflows.own_files import Bank
from tests.workflows.two_at_once import TwoAtOnce
from tests.workflows.wallet import bill

STUB = "0000001001000132472611282"
LOCKBOX = (
    f"lockbox,4711,2026-11-20\ncheck,1,1,132.47,2041,{STUB}\n"
    "check,1,2,20.00,77,\nbatch,1,2,152.47\nfile,2,152.47\n"
)
CASH = "cash,412007\npaid,41200700000000100180,60.00,2026-11-20,R-1\nfile,1,60.00\n"
AGENCY = (
    "agency,LIHEAP,2026-11-20,40112\npaid,V-1,1001,Alvarez,60.00\n"
    "paid,V-2,9999,Alvarez,5.00\nfile,2,65.00\n"
)
COLLECTED = "statement,COLLECT-1\npaid,S-1,P000001,2026-11-20,100.00,25.00\nfile,1,100.00,25.00\n"
FILES = {
    "lockbox": (LOCKBOX, bank_files.take_lockbox, LockboxRows(), [13_247, 2_000]),
    "cash": (CASH, bank_files.take_cash, CashRows(), [6_000]),
    "agency": (AGENCY, bank_files.take_agency, AgencyRows(), [6_000, 500]),
    "collect": (COLLECTED, bank_files.take_collected, CollectionRows(), [10_000]),
}


@pytest.fixture
def clerks(committing_cast: Cast) -> Cast:
    """Return a cast whose co-op knows its store network and its agencies."""
    cast = committing_cast
    set_policy(key=BILLER, value="412007", effective_from=TODAY.replace(day=1), author="t", now=NOW)
    for code, kind in (("LIHEAP", AgencyKind.ASSISTANCE), ("COLLECT-1", AgencyKind.COLLECTION)):
        add_agency(user_id=cast.dana.user.pk, code=code, kind=kind, name=code, now=NOW)
    return cast


class TestOneFileByTwo:
    @pytest.mark.parametrize("end", ["", "\n"], ids=["the same bytes", "other bytes"])
    @pytest.mark.parametrize("kind", FILES)
    def test_each_row_is_booked_once_and_both_are_told_of_it(
        self, clerks: Cast, kind: str, end: str
    ) -> None:
        text, take, layout, cents = FILES[kind]

        def give(content: str) -> list[RowOutcome]:
            rows = take(  # type: ignore[operator]
                user_id=clerks.dana.user.pk,
                name="file.csv",
                content=content.encode(),
                layout=layout,
                now=NOW,
            )
            return [row.outcome for row in rows]

        two = TwoAtOnce()
        with patch.object(bank_files, "reach", two.pause_at("arrival.row_written")):
            first, second = two.act_freely(lambda: give(text), lambda: give(text + end))

        assert two.has_waited
        assert isinstance(first, list)
        assert isinstance(second, list)
        for mine, theirs in zip(first, second, strict=True):
            assert {mine, theirs} - {RowOutcome.KNOWN} == {mine if theirs == "known" else theirs}
            assert RowOutcome.KNOWN in {mine, theirs}
        booked = [*Payment.objects.values_list("amount_cents", flat=True)]
        booked += SuspenseItem.objects.values_list("amount_cents", flat=True)
        assert sorted(booked) == sorted(cents)
        assert not MoneyException.objects.exists()
        assert [
            file.rows_taken for file in bank_files.list_money_files(user_id=clerks.dana.user.pk)
        ] == [len(cents)] * MoneyFile.objects.count()


class TestOneReturnByTwo:
    @pytest.mark.parametrize("other", [b"FIRST BANK", b"OTHER BANK"], ids=["same", "other"])
    def test_is_taken_once_with_its_fee_and_its_letters(
        self, committing_cast: Cast, other: bytes
    ) -> None:
        bill(committing_cast.account_1001, 100_00)
        bank = Bank(committing_cast)
        bank.draw(50_00)
        content = bank.say("R02", 50_00)

        two = TwoAtOnce()
        with patch.object(bank_files, "reach", two.pause_at("bank_file.row_written")):
            answers = two.act_freely(
                lambda: bank.hear(content),
                lambda: bank.hear(content.replace(b"FIRST BANK", other)),
            )

        assert two.has_waited
        assert [[row.outcome for row in rows] for rows in answers] == [  # type: ignore[attr-defined]
            [RowOutcome.RETURNED],
            [RowOutcome.KNOWN],
        ]
        assert owes(committing_cast.account_1001) == Money(100_00)
        assert Consent.objects.filter(kind="bank_debit", granted=False).count() == 1
        assert Message.objects.filter(subject__contains="was returned").count() == 1


class TestOneSuspenseItemByTwo:
    @pytest.mark.parametrize("number", ["1001", "1002"])
    def test_is_matched_by_the_first_and_the_second_is_told_so(
        self, committing_cast: Cast, number: str
    ) -> None:
        park_in_suspense(
            source_key="lockbox:1",
            amount=Money(20_00),
            channel="mail",
            told="a check",
            received_on=TODAY,
            now=NOW,
        )
        item, clerk = SuspenseItem.objects.get().pk, committing_cast.dana.user.pk

        two = TwoAtOnce()
        first, second = two.act(
            lambda: match_money(item_id=item, user_id=clerk, number="1001", now=NOW),
            lambda: match_money(item_id=item, user_id=clerk, number=number, now=NOW),
        )

        assert two.has_waited
        assert first == "done"
        assert isinstance(second, AlreadyMatched)
        assert SuspenseMatch.objects.count() == 1
        assert owes(committing_cast.account_1001) == Money(-20_00)
        assert owes(committing_cast.account_1002) == Money(0)


class TestAtTheCounter:
    def test_one_form_sent_twice_is_one_payment_with_one_receipt(
        self, committing_cast: Cast
    ) -> None:
        received = Received(uuid.uuid4(), "1001", Money(60_00), "office", TenderKind.CASH, "")

        def take() -> PaymentOutcome:
            return take_money(received=received, user_id=committing_cast.dana.user.pk, now=NOW)

        two = TwoAtOnce()
        first, second = two.act(take, take)

        assert two.has_waited
        assert first == second
        assert isinstance(first, PaymentOutcome)
        assert (Payment.objects.count(), Tender.objects.count()) == (1, 1)
        assert owes(committing_cast.account_1001) == Money(-60_00)

    def test_two_who_undo_one_payment_take_it_back_once(self, committing_cast: Cast) -> None:
        clerk = committing_cast.dana.user.pk
        received = Received(uuid.uuid4(), "1001", Money(60_00), "office", TenderKind.CHECK, "2041")
        paid = take_money(received=received, user_id=clerk, now=NOW).payment_id

        def undo() -> None:
            undo_money(
                payment_id=paid,
                because=UndoneBecause.BOUNCED,
                words="It came back",
                user_id=clerk,
                now=NOW,
            )

        two = TwoAtOnce()
        first, second = two.act(undo, undo)

        assert two.has_waited
        assert first == "done"
        assert isinstance(second, AlreadyUndone)
        assert (Undoing.objects.count(), Fee.objects.count()) == (1, 1)
        assert owes(committing_cast.account_1001) == Money(25_00)

    def test_two_who_undo_what_an_agency_recovered_take_it_back_once(
        self, committing_cast: Cast
    ) -> None:
        cast = committing_cast
        row = placed(cast)
        give(cast, statement(f"S-1,P{row.pk:06},100.00,0.00"))
        paid = Payment.objects.get().pk

        def undo() -> None:
            undo_money(
                payment_id=paid,
                because=UndoneBecause.MISTAKE,
                words="Not ours",
                user_id=cast.dana.user.pk,
                now=at(SAID, 20),
            )

        two = TwoAtOnce()
        first, second = two.act(undo, undo)

        assert two.has_waited
        assert first == "done"
        assert isinstance(second, AlreadyUndone)
        assert RecoveryEnd.objects.count() == 1


class TestAPhoneCompanyThatTellsTwice:
    def test_books_a_charge_of_no_hand_off_once(self, committing_cast: Cast) -> None:
        told = {"reference": "ph-1", "outcome": "paid", "amount_cents": 20_00}

        def tell() -> dict[str, object]:
            return answer_result(body=json.dumps(told).encode(), now=NOW)

        two = TwoAtOnce()
        answers = two.act(tell, tell)

        assert two.has_waited
        assert answers == [{"outcome": "suspense"}] * 2
        assert (PhoneEvent.objects.count(), SuspenseItem.objects.count()) == (1, 1)


def owes(account: AccountId) -> Money:
    return get_balances(account_ids=[account])[account].owed
