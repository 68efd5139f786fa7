"""What a bank file drew by mistake goes back: once, whole, as the layout has it, and it is told."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import replace
from pathlib import Path

import achkit
import pytest
from ach.parser import Parser

from smarthub.arrears.queries import list_holds
from smarthub.kernel.money import Money
from smarthub.kernel.sealing import SealBroken, Sealer, new_key
from smarthub.notifications.models import Message
from smarthub.payments.models import FactPart, Fee, SentBankFile, SentEntry, StoredMethod
from smarthub.payments.operations import (
    NothingToSend,
    NotReversible,
    ReversalChanged,
    begin_payment,
    draw_bank_file,
    move_payment,
)
from smarthub.payments.ports import EntryClass
from smarthub.payments.queries import (
    list_fates,
    list_guaranteed_funds,
)
from smarthub.payments.types import (
    EntryStands,
    NewMove,
    Part,
    PaymentId,
    PaymentStatus,
    WhyNot,
)
from smarthub.workflows.bank.bank_files import settle_bank_entries
from smarthub.workflows.bank.entries_back import list_sent_files, propose_back
from smarthub.workflows.cooperative.export_ledger import gather_export
from tests.arrears.bills import write_bill
from tests.cast import NOW, Cast
from tests.integrations.plain_accounts.judges import judge, written
from tests.workflows.bank.taking_back import (
    CLEARING,
    FIFTY,
    MISTAKE,
    MONDAY,
    debits,
    newest,
    stands,
    take_back,
    take_back_all,
)
from tests.workflows.both_books import exceptions, on, status
from tests.workflows.own_files import ACCOUNT, NACHA, PROVED, SETTLED, Bank
from tests.workflows.wallet import bill, owed, subjects


@pytest.fixture
def bank(cast: Cast) -> Bank:
    bill(cast.account_1001, 100_00)
    return Bank(cast)


class TestGoingBack:
    def test_the_money_is_ours_until_the_file_is_made_and_then_it_is_reversed(
        self, bank: Bank
    ) -> None:
        payment_id = bank.draw(FIFTY)
        entry = newest()

        take_back(bank)
        before = (owed(bank.cast.account_1001), status(payment_id), stands(entry))
        bank.send(SETTLED)

        assert before == (Money(50_00), PaymentStatus.PAID, EntryStands.TO_GO_BACK)
        assert owed(bank.cast.account_1001) == Money(100_00)
        assert status(payment_id) is PaymentStatus.UNDONE
        assert list_fates(payment_ids=[PaymentId(payment_id)])[0].status is PaymentStatus.UNDONE
        assert stands(entry) is EntryStands.WENT_BACK
        assert on(CLEARING) == 0

    def test_both_books_agree_and_others_code_finds_nothing(
        self, cast: Cast, tmp_path: Path
    ) -> None:
        write_bill(cast.account_1001, electric=100_00)
        bank = Bank(cast)
        bank.draw(FIFTY)
        take_back(bank)

        bank.send(SETTLED)

        assert owed(cast.account_1001) == Money(100_00)
        assert judge(written(gather_export(), "beancount"), "beancount", tmp_path) == ""

    def test_it_stands_in_one_file_alone_with_nothing_owed_to_the_bank_twice(
        self, bank: Bank
    ) -> None:
        bank.draw(FIFTY)
        take_back(bank)
        bank.send(SETTLED)

        with pytest.raises(NothingToSend):
            bank.send(SETTLED)
        settle_bank_entries(on=MONDAY.date(), now=MONDAY)

        assert SentEntry.objects.exclude(undoes=None).count() == 1
        assert (owed(bank.cast.account_1001), on(CLEARING)) == (Money(100_00), 0)

    def test_one_that_is_not_booked_yet_is_booked_and_reversed_at_once(self, bank: Bank) -> None:
        debits(bank)
        take_back(bank, now=PROVED)

        bank.send(PROVED)

        assert settle_bank_entries(on=SETTLED.date(), now=SETTLED) == 0
        assert (owed(bank.cast.account_1001), on(CLEARING)) == (Money(100_00), 0)
        assert not Message.objects.filter(template="payment_receipt").exists()

    def test_nothing_is_held_against_the_payer(self, bank: Bank) -> None:
        bank.draw(FIFTY)
        take_back(bank)

        bank.send(SETTLED)

        account = bank.cast.account_1001
        assert not Fee.objects.exists()
        assert StoredMethod.objects.get().removed_at is None
        assert list_guaranteed_funds(account_ids=[account], on=SETTLED.date()) == {}
        assert exceptions() == []

    def test_who_owes_again_is_given_time(self, bank: Bank) -> None:
        account = bank.cast.account_1001
        bank.draw(FIFTY)
        take_back(bank)

        bank.send(SETTLED)

        (hold,) = list_holds(account_ids=[account], on=SETTLED.date())[account]

        assert (hold.kind, hold.ends_on) == ("extension", dt.date(2026, 12, 14))

    def test_of_a_payment_that_was_moved_the_account_that_owes_it_is_given_time_and_told(
        self, bank: Bank
    ) -> None:
        cast = bank.cast
        bill(cast.account_1002, 50_00, "bill:2")
        payment_id = PaymentId(bank.draw(FIFTY))
        move = NewMove(
            uuid.uuid4(), payment_id, cast.account_1001, cast.account_1002, "The other meter"
        )
        move_payment(move=move, by=cast.dana.person_id, now=SETTLED)
        take_back(bank)

        bank.send(SETTLED)

        held = list_holds(account_ids=[cast.account_1001, cast.account_1002], on=SETTLED.date())
        assert set(held) == {cast.account_1002}
        body = Message.objects.latest("pk").body
        assert "Account ending in 1002: $50.00" in body
        assert "Account ending in 1001" not in body

    def test_of_two_parts_that_came_to_stand_on_one_account_that_owes_both_again(
        self, bank: Bank
    ) -> None:
        cast, method, payment_id = bank.cast, bank.store(), PaymentId(uuid.uuid4())
        first = Part(cast.account_1001, "1001", Money(30_00))
        parts = (first, Part(cast.account_1002, "1002", Money(20_00)))
        payment = replace(bank.payment(method, FIFTY, payment_id=payment_id), parts=parts)
        bank.send(NOW)
        begin_payment(
            payment=payment,
            gateway="sandbox",
            maximum=Money(1_000_00),
            allow_credit=True,
            now=PROVED,
        )
        bank.send(PROVED)
        settle_bank_entries(on=SETTLED.date(), now=SETTLED)
        move = NewMove(uuid.uuid4(), payment_id, cast.account_1001, cast.account_1002, "Hers")
        move_payment(move=move, by=cast.dana.person_id, now=SETTLED)
        take_back(bank)

        bank.send(SETTLED)

        again = FactPart.objects.values_list("account", "amount_cents")
        assert list(again) == [(cast.account_1002, FIFTY)]
        assert (owed(cast.account_1002), on(CLEARING)) == (Money(0), 0)

    def test_all_of_a_file_go_back_and_its_prenotes_stay(self, bank: Bank) -> None:
        method = bank.store()
        bank.send(NOW)
        for _each in range(3):
            bank.begin(method, 10_00)
        bank.store(replace(ACCOUNT, name="Ben Alvarez"))  # its prenote goes with them
        bank.send(PROVED)
        settle_bank_entries(on=SETTLED.date(), now=SETTLED)
        proposal = propose_back(
            user_id=bank.cast.dana.user.pk,
            file_id=newest().file_id,
            entry_id=None,
            on=SETTLED.date(),
        )

        assert take_back_all(bank, shown=3) == 3
        bank.send(SETTLED)

        assert (len(proposal.going), proposal.amount) == (3, Money(30_00))
        assert proposal.left == {WhyNot.NO_PAYMENT: 1}
        assert owed(bank.cast.account_1001) == Money(100_00)
        assert on(CLEARING) == 0

    def test_of_a_file_only_what_can_go_goes(self, bank: Bank) -> None:
        debits(bank, 3)
        entries = list(SentEntry.objects.exclude(attempt=None).order_by("pk"))
        bank.hear(bank.say("R03", 10_00, trace=entries[0].trace))
        StoredMethod.objects.update(removed_at=None, removed_because="")

        with pytest.raises(ReversalChanged):
            take_back_all(bank, shown=3)
        take_back(bank, entries[1])
        assert take_back_all(bank, shown=1) == 1

        with pytest.raises(NotReversible) as none_left:
            take_back_all(bank, shown=0)
        assert none_left.value.values["because"] == "none_left"
        assert [stands(each) for each in entries] == [
            EntryStands.RETURNED,
            EntryStands.TO_GO_BACK,
            EntryStands.TO_GO_BACK,
        ]

    def test_the_file_page_counts_what_it_drew_and_gave(self, bank: Bank) -> None:
        bank.draw(FIFTY)
        take_back(bank)
        bank.send(SETTLED)

        files = list_sent_files(user_id=bank.cast.dana.user.pk)

        assert [(each.entries, each.debits.cents, each.credits.cents) for each in files] == [
            (1, 0, FIFTY),
            (1, FIFTY, 0),
            (1, 0, 0),
        ]


class TestLayout:
    @pytest.mark.parametrize("entry_class", EntryClass)
    def test_both_judges_take_it_as_a_reversal_of_the_same_class(
        self, bank: Bank, entry_class: EntryClass
    ) -> None:
        method = bank.store(replace(ACCOUNT, entry_class=entry_class))
        bank.send(NOW)
        bank.begin(method, FIFTY, channel="auto_pay")
        drawn = bank.send(PROVED).decode()
        bank.begin(method, 10_00, now=SETTLED)
        take_back(bank, SentEntry.objects.exclude(attempt=None).latest("pk"))

        content = bank.send(SETTLED).decode()

        assert achkit.validate(content) == {"ok": True, "errors": []}
        before, after = (row for text in (drawn, content) for row in rows_of(text, FIFTY))
        # 27 becomes 22; account, amount, id, name and R for recurring stay; the trace is its own
        assert (before[1:3], after[1:3]) == ("27", "22")
        assert before[3:79] == after[3:79]
        assert before[79:] != after[79:]
        second = json.loads(Parser(content.replace("\r\n", "\n")).as_json())
        headers = [batch["batch_header"] for batch in second["batches"]]
        assert [(h["std_ent_cls_code"], h["entry_desc"], h["serv_cls_code"]) for h in headers] == [
            (entry_class.value, "ELECBILL  ", "225"),
            (entry_class.value, "REVERSAL  ", "220"),
        ]
        assert headers[1]["company_id"] == headers[0]["company_id"]
        assert int(second["file_control"]["credit_amount"]) == FIFTY

    def test_the_file_is_drawn_again_the_same(self, bank: Bank) -> None:
        bank.draw(FIFTY)
        take_back(bank)
        content = bank.send(SETTLED)

        file_id = SentBankFile.objects.latest("pk").pk

        assert draw_bank_file(file_id=file_id, layout=NACHA, sealer=bank.sealer) == content


class TestTelling:
    def test_the_payer_hears_what_went_wrong_when_it_is_back_and_what_is_due(
        self, bank: Bank
    ) -> None:
        bank.draw(FIFTY)
        take_back(bank)
        before = subjects()
        bank.send(SETTLED)

        assert subjects() == [*before, MISTAKE]
        body = Message.objects.latest("pk").body
        assert "It was drawn twice." in body
        assert "It should be there on Tuesday, December 1, 2026." in body
        assert "Account ending in 1001: $100.00" in body
        assert "by Monday, December 14, 2026" in body
        assert "no fee and no late fee" in body

    def test_who_owes_nothing_is_not_asked_for_anything(self, bank: Bank) -> None:
        bank.draw(100_00)
        bill(bank.cast.account_1001, -150_00, "credit:1")
        take_back(bank)
        bank.send(SETTLED)

        body = Message.objects.latest("pk").body
        assert "Nothing is due on your account for it." in body
        assert "Please pay" not in body

    def test_no_file_is_made_without_the_word(self, bank: Bank) -> None:
        bank.draw(FIFTY)
        take_back(bank)
        bank.sealer = Sealer([new_key()])  # the number cannot be opened

        with pytest.raises(SealBroken):
            bank.send(SETTLED)

        assert MISTAKE not in subjects()
        assert owed(bank.cast.account_1001) == Money(50_00)


def rows_of(content: str, cents: int) -> list[str]:
    """Return the entry rows of a file that move so much."""
    return [
        row for row in content.splitlines() if row.startswith("6") and row[29:39] == f"{cents:010}"
    ]
