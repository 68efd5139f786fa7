"""Money that comes another way: booked once, with what was handed over; undone by its opposite."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from smarthub.accounts.operations import add_alias
from smarthub.billing.engine.cash_number import BILLER as BILLER_KEY
from smarthub.billing.engine.cash_number import read_cash_number
from smarthub.cooperative.operations import set_policy
from smarthub.integrations.csv_files.cash import CashRows
from smarthub.integrations.lockbox.format import LockboxRows
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.members.models import AuditEntry
from smarthub.payments.models import (
    Fee,
    MoneyFileRow,
    Payment,
    SuspenseItem,
    SuspenseMatch,
    Tender,
)
from smarthub.payments.operations import (
    AccountUnknown,
    AlreadyUndone,
    CannotBounce,
    NothingWritten,
    NotUndoable,
)
from smarthub.payments.ports import BankFileRefused
from smarthub.payments.types import PaymentStatus, RowOutcome, TenderKind, UndoneBecause
from smarthub.workflows.bank.bank_files import (
    list_money_files,
    preview_cash,
    preview_lockbox,
    take_cash,
    take_lockbox,
)
from smarthub.workflows.debts.pledges import agency_of_key
from smarthub.workflows.money.correct_payment import match_money, park_money
from smarthub.workflows.money.money_desk import list_suspense
from smarthub.workflows.money.other_doors import Received, open_drawer, take_money, undo_money
from tests.cast import NOW, TODAY, Cast
from tests.workflows.both_books import exceptions, on, status
from tests.workflows.wallet import bill, owed

DAY = dt.date(2026, 11, 20)
STUB_1001 = "0000001001000132472611282"
"""Account 1001, 132.47, due 28 November.

Luhn from the right, every second digit doubled, the check digit itself not counted:
8*2=16->7, 2, 1*2=2, 1, 6*2=12->3, 2, 7*2=14->5, 4, 2*2=4, 3, 1*2=2, 0, 0, 0, 0, then the account
1*2=2, 0, 0, 1, 0...: 7+2+2+1+3+2+5+4+4+3+2+0+0+0 = 35; account digits in 0000001001 stand at
places 15 to 24: 1 (place 15, doubled) 2, 0, 0, 1 (place 18, not doubled) 1: 38. 40 - 38 = 2.
"""
KEY = uuid.UUID("00000000-0000-4000-8000-00000000000a")


def received(cents: int, **values: object) -> Received:
    given = {
        "key": KEY,
        "account_number": "1001",
        "amount": Money(cents),
        "channel": "office",
        "tender": TenderKind.CHECK,
        "reference": "2041",
    }
    return Received(**given | values)  # type: ignore[arg-type]


def take(cast: Cast, cents: int, **values: object) -> uuid.UUID:
    outcome = take_money(received=received(cents, **values), user_id=cast.dana.user.pk, now=NOW)
    return outcome.payment_id


def undo(cast: Cast, payment_id: uuid.UUID, because: UndoneBecause, words: str = "Why") -> None:
    undo_money(
        payment_id=payment_id, because=because, words=words, user_id=cast.dana.user.pk, now=NOW
    )


class TestTaking:
    @pytest.mark.parametrize("channel", ["office", "mail", "phone", "store", "agency"])
    def test_by_any_door_it_is_on_the_account_at_once_with_its_channel(
        self, cast: Cast, channel: str
    ) -> None:
        bill(cast.account_1001, 100_00)

        payment_id = take(cast, 60_00, channel=channel)

        assert owed(cast.account_1001) == Money(40_00)
        assert on(f"clearing:{channel}") == 60_00
        assert Payment.objects.get(pk=payment_id).channel == channel
        assert status(payment_id) is PaymentStatus.PAID

    def test_a_double_click_is_one_payment(self, cast: Cast) -> None:
        first, second = take(cast, 60_00), take(cast, 60_00)

        assert first == second
        assert owed(cast.account_1001) == Money(-60_00)
        assert Tender.objects.count() == 1
        acts = AuditEntry.objects.filter(act="money.taken", subject=f"payment:{first}")
        assert acts.count() == 1

    def test_the_drawer_adds_up_by_tender_and_leaves_out_what_was_undone(self, cast: Cast) -> None:
        take(cast, 60_00)
        take(cast, 10_00, key=uuid.uuid4(), tender=TenderKind.CASH, reference="")
        take(cast, 5_50, key=uuid.uuid4(), tender=TenderKind.CASH, reference="")
        mistake = take(cast, 99_00, key=uuid.uuid4(), tender=TenderKind.CASH, reference="")
        undo(cast, mistake, UndoneBecause.MISTAKE)

        drawer = open_drawer(user_id=cast.dana.user.pk, on=TODAY)

        assert drawer.sums == (
            (TenderKind.CASH, 2, Money(15_50)),
            (TenderKind.CHECK, 1, Money(60_00)),
        )
        assert drawer.total == Money(75_50)
        assert [line.is_undone for line in drawer.lines] == [True, False, False, False]
        assert open_drawer(user_id=cast.dana.user.pk, on=DAY).lines == ()

    def test_an_unknown_account_is_refused(self, cast: Cast) -> None:
        with pytest.raises(AccountUnknown):
            take(cast, 60_00, account_number="9999")

        assert not Payment.objects.exists()

    def test_a_member_is_told_nothing_of_the_counter(self, cast: Cast) -> None:
        with pytest.raises((NotVisible, AccountUnknown)):
            take_money(received=received(60_00), user_id=cast.rosa.user.pk, now=NOW)


class TestUndoing:
    def test_a_bounced_check_is_owed_again_with_the_fee_in_one_act(self, cast: Cast) -> None:
        bill(cast.account_1001, 100_00)
        payment_id = take(cast, 60_00)

        undo(cast, payment_id, UndoneBecause.BOUNCED)

        assert owed(cast.account_1001) == Money(125_00)  # 100.00, and the fee of 25.00
        assert on("clearing:office") == 0
        assert status(payment_id) is PaymentStatus.RETURNED

    def test_a_mistake_costs_nothing(self, cast: Cast) -> None:
        payment_id = take(cast, 60_00)

        undo(cast, payment_id, UndoneBecause.MISTAKE)

        assert owed(cast.account_1001) == Money(0)
        assert not Fee.objects.exists()
        assert status(payment_id) is PaymentStatus.UNDONE

    @pytest.mark.parametrize("tender", [TenderKind.CASH, TenderKind.CARD])
    def test_what_is_no_check_does_not_bounce(self, cast: Cast, tender: TenderKind) -> None:
        payment_id = take(cast, 60_00, tender=tender, reference="")

        with pytest.raises(CannotBounce):
            undo(cast, payment_id, UndoneBecause.BOUNCED)

        assert not Fee.objects.exists()
        assert owed(cast.account_1001) == Money(-60_00)

    def test_only_once_and_only_with_words(self, cast: Cast) -> None:
        payment_id = take(cast, 60_00)
        with pytest.raises(NothingWritten):
            undo(cast, payment_id, UndoneBecause.MISTAKE, " ")
        undo(cast, payment_id, UndoneBecause.MISTAKE)

        with pytest.raises(AlreadyUndone):
            undo(cast, payment_id, UndoneBecause.BOUNCED)

        assert owed(cast.account_1001) == Money(0)

    def test_what_a_gateway_moved_is_not_undone_here(self, cast: Cast) -> None:
        web = Payment.objects.create(
            id=uuid.uuid4(), channel="web", amount_cents=1, request_digest="", received_at=NOW
        )

        with pytest.raises(NotUndoable):
            undo(cast, web.pk, UndoneBecause.MISTAKE)

    def test_one_that_never_was_is_not_there(self, cast: Cast) -> None:
        with pytest.raises(NotVisible):
            undo(cast, uuid.uuid4(), UndoneBecause.MISTAKE)


class TestOutOfSuspense:
    def matched(self, cast: Cast, number: str = "1001") -> uuid.UUID:
        park_money(
            source_key="agency:LIHEAP:V-1",
            user_id=cast.dana.user.pk,
            amount=Money(45_00),
            channel="agency",
            told="a number nobody has",
            received_on=DAY,
            now=NOW,
        )
        return self.match(cast, number)

    def match(self, cast: Cast, number: str) -> uuid.UUID:
        (waits,) = list_suspense()
        match_money(item_id=waits.id, user_id=cast.dana.user.pk, number=number, now=NOW)
        return SuspenseMatch.objects.get(item=waits.id).payment_id

    def test_given_to_the_wrong_account_it_waits_again_and_is_matched_again(
        self, cast: Cast
    ) -> None:
        undo(cast, self.matched(cast), UndoneBecause.MISTAKE, "It was Rosa's")

        (waits,) = list_suspense()
        assert (waits.amount, waits.channel, waits.received_on) == (Money(45_00), "agency", DAY)
        assert (on("suspense"), owed(cast.account_1001)) == (-45_00, Money(0))
        undo(cast, self.match(cast, "1002"), UndoneBecause.MISTAKE, "Nor hers")
        self.match(cast, "1002")
        assert (on("suspense"), on("clearing:agency")) == (0, 45_00)
        assert owed(cast.account_1002) == Money(-45_00)
        keys = SuspenseItem.objects.values_list("source_key", flat=True)
        assert {agency_of_key(key) for key in keys} == {"LIHEAP"}

    def test_a_check_that_bounced_is_gone_from_there_as_well(self, cast: Cast) -> None:
        undo(cast, self.matched(cast), UndoneBecause.BOUNCED)

        assert (on("suspense"), on("clearing:agency")) == (0, 0)
        assert list_suspense() == []
        assert owed(cast.account_1001) == Money(25_00)  # the fee


class TestLockbox:
    BOX = (
        "lockbox,4711,2026-11-20\n"
        f"check,1,1,132.47,2041,{STUB_1001}\n"
        "check,1,2,20.00,77,\n"
        "check,1,3,30.00,78,0000001001000132472611283\n"
        "batch,1,3,182.47\n"
        "file,3,182.47\n"
    )

    def give(self, cast: Cast, text: str) -> list[RowOutcome]:
        rows = take_lockbox(
            user_id=cast.dana.user.pk,
            name="box.csv",
            content=text.encode(),
            layout=LockboxRows(),
            now=NOW,
        )
        return [row.outcome for row in rows]

    def test_a_sound_stub_is_booked_and_anything_else_waits_in_suspense(self, cast: Cast) -> None:
        outcomes = self.give(cast, self.BOX)

        # the third stub's check digit is 3, not 2
        assert outcomes == [RowOutcome.PAID, RowOutcome.SUSPENSE, RowOutcome.SUSPENSE]
        assert owed(cast.account_1001) == Money(-132_47)
        assert sorted(SuspenseItem.objects.values_list("amount_cents", flat=True)) == [2000, 3000]
        assert Payment.objects.get().received_at.date() == DAY
        assert Tender.objects.get().reference == "2041"

    def test_a_stub_that_two_accounts_could_have_is_never_guessed(self, cast: Cast) -> None:
        add_alias(account_id=cast.account_1002, number="0000001001", source_system="legacy")

        assert self.give(cast, self.BOX) == [RowOutcome.SUSPENSE] * 3
        assert not Payment.objects.exists()

    def test_the_same_file_twice_is_harmless(self, cast: Cast) -> None:
        self.give(cast, self.BOX)

        assert self.give(cast, self.BOX) == [RowOutcome.KNOWN] * 3
        assert owed(cast.account_1001) == Money(-132_47)
        assert SuspenseItem.objects.count() == 2

    def test_the_same_check_with_another_amount_is_put_before_staff(self, cast: Cast) -> None:
        self.give(cast, self.BOX)

        again = self.give(
            cast, self.BOX.replace("132.47,2041", "132.48,2041").replace("182.47", "182.48")
        )

        assert again == [RowOutcome.DIFFERS, RowOutcome.KNOWN, RowOutcome.KNOWN]
        assert owed(cast.account_1001) == Money(-132_47)
        assert exceptions() == ["lockbox_differs"]
        assert [file.rows_taken for file in list_money_files(user_id=cast.dana.user.pk)] == [3, 3]

    def test_a_misread_stub_that_looks_like_a_card_number_is_kept_by_its_end(
        self, cast: Cast
    ) -> None:
        self.give(cast, self.BOX.replace("20.00,77,", "20.00,77,4242 4242 4242 4242"))

        told = SuspenseItem.objects.get(amount_cents=2000).told
        assert told == "stub … 4242; check 77"
        assert set(MoneyFileRow.objects.values_list("about", flat=True)) >= {"… 4242"}

    def test_a_check_number_that_looks_like_a_card_number_stops_no_file(self, cast: Cast) -> None:
        text = self.BOX.replace("20.00,77,", "20.00,4242424242424242,")

        assert self.give(cast, text)[1:] == [RowOutcome.SUSPENSE] * 2

        assert SuspenseItem.objects.get(amount_cents=2000).told == "stub missing; check … 4242"

    def test_totals_that_do_not_match_book_nothing(self, cast: Cast) -> None:
        with pytest.raises(BankFileRefused):
            self.give(cast, self.BOX.replace("file,3,182.47", "file,3,182.48"))

        assert not Payment.objects.exists()
        assert not SuspenseItem.objects.exists()

    def test_a_preview_says_the_same_and_books_nothing(self, cast: Cast) -> None:
        shown = preview_lockbox(
            user_id=cast.dana.user.pk, content=self.BOX.encode(), layout=LockboxRows(), now=NOW
        )

        assert not Payment.objects.exists()
        assert [row.outcome for row in shown] == self.give(cast, self.BOX)


class TestCashAtAStore:
    BILLER, OURS = "412007", "41200700000000100180"
    FILE = (
        f"cash,{BILLER}\n"
        f"paid,{OURS},60.00,2026-11-20,R-1\n"
        "paid,41200700000000100181,5.00,2026-11-20,R-2\n"  # its check digits are 80
        "paid,99999900000000100182,7.00,2026-11-20,R-3\n"  # sound, but another biller's
        "file,3,72.00\n"
    )

    @pytest.fixture(autouse=True)
    def _network(self, cast: Cast) -> None:
        set_policy(
            key=BILLER_KEY,
            value=self.BILLER,
            effective_from=dt.date(2020, 1, 1),
            author=cast.dana.user.get_username(),
            now=NOW,
        )

    def give(self, cast: Cast, text: str) -> list[RowOutcome]:
        rows = take_cash(
            user_id=cast.dana.user.pk,
            name="cash.csv",
            content=text.encode(),
            layout=CashRows(),
            now=NOW,
        )
        return [row.outcome for row in rows]

    def test_the_number_of_another_biller_is_sound(self) -> None:
        assert read_cash_number("99999900000000100182") is not None

    def test_our_bar_code_is_booked_as_of_its_day_and_any_other_waits_in_suspense(
        self, cast: Cast
    ) -> None:
        assert self.give(cast, self.FILE) == [
            RowOutcome.PAID,
            RowOutcome.SUSPENSE,
            RowOutcome.SUSPENSE,
        ]

        assert owed(cast.account_1001) == Money(-60_00)
        assert sorted(SuspenseItem.objects.values_list("amount_cents", flat=True)) == [500, 700]
        paid = Payment.objects.get()
        assert (paid.channel, paid.received_at.date()) == ("store", DAY)
        assert Tender.objects.get().reference == "R-1"

    def test_the_same_file_twice_is_harmless(self, cast: Cast) -> None:
        self.give(cast, self.FILE)

        assert self.give(cast, self.FILE) == [RowOutcome.KNOWN] * 3
        assert owed(cast.account_1001) == Money(-60_00)

    def test_the_same_receipt_with_another_amount_is_put_before_staff(self, cast: Cast) -> None:
        self.give(cast, self.FILE)

        again = self.give(cast, self.FILE.replace("60.00", "61.00").replace("72.00", "73.00"))

        assert again == [RowOutcome.DIFFERS, RowOutcome.KNOWN, RowOutcome.KNOWN]
        assert owed(cast.account_1001) == Money(-60_00)
        assert exceptions() == ["cash_differs"]

    def test_a_total_that_does_not_match_books_nothing(self, cast: Cast) -> None:
        with pytest.raises(BankFileRefused):
            self.give(cast, self.FILE.replace("file,3,72.00", "file,3,72.01"))

        assert not Payment.objects.exists()
        assert not SuspenseItem.objects.exists()

    def test_a_preview_says_the_same_and_books_nothing(self, cast: Cast) -> None:
        shown = preview_cash(
            user_id=cast.dana.user.pk, content=self.FILE.encode(), layout=CashRows(), now=NOW
        )

        assert not Payment.objects.exists()
        assert [row.outcome for row in shown] == self.give(cast, self.FILE)
