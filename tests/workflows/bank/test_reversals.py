"""What a bank file drew by mistake goes back: once, whole, in time, and its payer is told.

The days: the debit carries Monday 30 November, so what takes it back may carry Monday 7 December
at the latest, five banking days after.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import replace

import achkit
import pytest
from ach.parser import Parser

from smarthub.arrears.queries import list_holds
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.kernel.sealing import SealBroken, Sealer, new_key
from smarthub.notifications.models import Message
from smarthub.payments.models import EntryReversal, Fee, SentBankFile, SentEntry, StoredMethod
from smarthub.payments.operations import (
    NothingToSend,
    NotReversible,
    RefundTooLarge,
    ReversalChanged,
    draw_bank_file,
)
from smarthub.payments.ports import EntryClass
from smarthub.payments.queries import (
    last_day_to_ask,
    list_fates,
    list_guaranteed_funds,
    list_sent_entries,
)
from smarthub.payments.types import (
    EntryStands,
    MethodId,
    PaymentId,
    PaymentStatus,
    ReversalReason,
    RowOutcome,
    WhyNot,
)
from smarthub.wiring.gateway import payment_gateway
from smarthub.workflows.bank.bank_files import settle_bank_entries
from smarthub.workflows.bank.entries_back import ask_back, list_sent_files, propose_back
from smarthub.workflows.money.refund_payment import ask_refund
from tests.cast import NOW, Cast
from tests.workflows.both_books import exceptions, on, status
from tests.workflows.own_files import ACCOUNT, DAY, NACHA, PROVED, SETTLED, Bank
from tests.workflows.wallet import bill, owed, subjects

FIFTY = 50_00
CLEARING = "clearing:bank_file:ach"
FRIDAY, SUNDAY, MONDAY = SETTLED + 4 * DAY, SETTLED + 6 * DAY, SETTLED + 7 * DAY
"""4, 6 and 7 December: a file made on Sunday still carries Monday, one made on Monday does not."""
MISTAKE = "Our mistake: $50.00 goes back to your bank account"


@pytest.fixture
def bank(cast: Cast) -> Bank:
    bill(cast.account_1001, 100_00)
    return Bank(cast)


def debits(bank: Bank, count: int = 1) -> tuple[MethodId, list[uuid.UUID]]:
    """Let so many payments of ten dollars go out in one file, beside the first one's prenote."""
    method, payments = bank.store(), [uuid.uuid4() for _ in range(count)]
    bank.send(NOW)
    for payment_id in payments:
        bank.begin(method, 10_00, payment_id=payment_id)
    bank.send(PROVED)
    return method, payments


def newest() -> SentEntry:
    return SentEntry.objects.exclude(attempt=None).latest("pk")


def take_back(
    bank: Bank,
    entry: SentEntry | None = None,
    *,
    shown: int = 1,
    reason: ReversalReason = ReversalReason.DUPLICATE,
    now: dt.datetime = SETTLED,
) -> int:
    return ask_back(
        user_id=bank.cast.dana.user.pk,
        file_id=(entry or newest()).file_id,
        entry_id=(entry or newest()).pk,
        shown=shown,
        reason=reason,
        now=now,
    )


def take_back_all(bank: Bank, *, shown: int, now: dt.datetime = SETTLED) -> int:
    return ask_back(
        user_id=bank.cast.dana.user.pk,
        file_id=newest().file_id,
        entry_id=None,
        shown=shown,
        reason=ReversalReason.WRONG_AMOUNT,
        now=now,
    )


def stands(entry: SentEntry, now: dt.datetime = SETTLED) -> EntryStands:
    (view,) = list_sent_entries(file_id=entry.file_id, on=now.date(), only=entry.pk)
    return view.stands


def refused(bank: Bank, entry: SentEntry | None = None, *, now: dt.datetime = SETTLED) -> str:
    """Return why an entry cannot be asked back; nothing was written."""
    before = EntryReversal.objects.count()
    with pytest.raises(NotReversible) as error:
        take_back(bank, entry, now=now)
    assert EntryReversal.objects.count() == before
    return str(error.value.values["because"])


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


class TestRefusals:
    def test_a_prenote_is_not_taken_back(self, bank: Bank) -> None:
        bank.store()
        bank.send(NOW)

        assert refused(bank, SentEntry.objects.get(), now=NOW) == "no_payment"

    def test_a_refund_and_a_reversal_are_not_taken_back(self, bank: Bank) -> None:
        bank.draw(FIFTY)
        take_back(bank)
        bank.send(SETTLED)

        assert refused(bank, SentEntry.objects.exclude(undoes=None).get()) == "no_payment"

    def test_nothing_is_taken_back_twice(self, bank: Bank) -> None:
        bank.draw(FIFTY)
        take_back(bank)
        asked = refused(bank)
        bank.send(SETTLED)

        assert (asked, refused(bank)) == ("asked_before", "asked_before")

    def test_what_its_bank_returned_is_back_already(self, bank: Bank) -> None:
        bank.draw(FIFTY)
        bank.hear(bank.say("R01", FIFTY))

        assert refused(bank) == "returned"

    def test_what_is_refunded_is_not_given_back_once_more(self, bank: Bank) -> None:
        payment_id = bank.draw(150_00)
        ask_to_refund(bank, payment_id)

        assert refused(bank) == "refunded"

    def test_what_goes_back_is_not_refunded(self, bank: Bank) -> None:
        payment_id = bank.draw(150_00)
        take_back(bank)

        with pytest.raises(RefundTooLarge):
            ask_to_refund(bank, payment_id)

    def test_an_account_its_bank_closed_takes_nothing(self, bank: Bank) -> None:
        bank.draw(FIFTY)
        StoredMethod.objects.update(removed_at=SETTLED, removed_because="R02")

        assert refused(bank) == "account_closed"

    def test_one_its_holder_removed_still_does(self, bank: Bank) -> None:
        bank.draw(FIFTY)
        StoredMethod.objects.update(removed_at=SETTLED, removed_because="by_member")
        take_back(bank)

        bank.send(SETTLED)

        assert owed(bank.cast.account_1001) == Money(100_00)

    def test_five_banking_days_are_the_last(self, bank: Bank) -> None:
        bank.draw(FIFTY)

        assert refused(bank, now=MONDAY) == "too_late"
        assert take_back(bank, now=SUNDAY) == 1

    @pytest.mark.parametrize(
        ("effective_on", "last"),
        [
            (dt.date(2026, 11, 30), dt.date(2026, 12, 6)),
            # Tue 22, Wed 23, Thu 24, (Fri 25 Christmas), Mon 28, Tue 29: made on Monday the 28th
            (dt.date(2026, 12, 21), dt.date(2026, 12, 28)),
            # (Wed 11 Veterans Day): Thu 12, Fri 13, Mon 16, Tue 17, Wed 18
            (dt.date(2026, 11, 10), dt.date(2026, 11, 17)),
        ],
    )
    @pytest.mark.django_db
    def test_a_holiday_is_none_of_them(self, effective_on: dt.date, last: dt.date) -> None:
        assert last_day_to_ask(effective_on=effective_on) == last

    def test_nobody_but_staff_asks(self, bank: Bank) -> None:
        bank.draw(FIFTY)

        with pytest.raises(NotVisible):
            ask_back(
                user_id=bank.cast.maria.user.pk,
                file_id=newest().file_id,
                entry_id=newest().pk,
                shown=1,
                reason=ReversalReason.DUPLICATE,
                now=SETTLED,
            )

    def test_an_entry_of_another_file_is_not_there(self, bank: Bank) -> None:
        bank.draw(FIFTY)
        prenote = SentEntry.objects.get(attempt=None)

        with pytest.raises(NotVisible):
            ask_back(
                user_id=bank.cast.dana.user.pk,
                file_id=prenote.file_id,
                entry_id=newest().pk,
                shown=1,
                reason=ReversalReason.DUPLICATE,
                now=SETTLED,
            )


class TestMissed:
    def test_what_was_asked_in_time_and_sent_too_late_goes_before_staff_once(
        self, bank: Bank
    ) -> None:
        payment_id = bank.draw(FIFTY)
        take_back(bank, now=FRIDAY)
        settle_bank_entries(on=FRIDAY.date(), now=FRIDAY)
        before = exceptions()

        with pytest.raises(NothingToSend):
            bank.send(MONDAY)
        for _ in range(2):
            settle_bank_entries(on=MONDAY.date(), now=MONDAY)

        assert (before, exceptions()) == ([], ["reversal_missed"])
        assert stands(newest(), MONDAY) is EntryStands.NOT_GONE_BACK
        assert status(payment_id) is PaymentStatus.PAID
        assert owed(bank.cast.account_1001) == Money(50_00)

    def test_a_refund_may_bring_it_then(self, bank: Bank) -> None:
        payment_id = bank.draw(150_00)
        take_back(bank, now=FRIDAY)

        ask_to_refund(bank, payment_id, now=MONDAY)

        assert stands(newest(), MONDAY) is EntryStands.NOT_GONE_BACK


class TestReturnsBesides:
    def test_a_return_after_the_reversal_books_nothing_and_is_for_staff(self, bank: Bank) -> None:
        payment_id = bank.draw(FIFTY)
        entry = newest()
        take_back(bank)
        bank.send(SETTLED)

        (row,) = bank.hear(bank.say("R01", FIFTY, trace=entry.trace))

        assert row.outcome is RowOutcome.FOR_STAFF
        assert exceptions() == ["returned_after_reversal"]
        assert status(payment_id) is PaymentStatus.UNDONE
        assert (owed(bank.cast.account_1001), on(CLEARING)) == (Money(100_00), 0)
        assert not Fee.objects.exists()

    def test_a_return_before_the_file_is_booked_and_nothing_goes_back(self, bank: Bank) -> None:
        payment_id = bank.draw(FIFTY)
        take_back(bank)
        bank.hear(bank.say("R03", FIFTY))

        with pytest.raises(NothingToSend):
            bank.send(SETTLED)
        settle_bank_entries(on=MONDAY.date(), now=MONDAY)

        assert status(payment_id) is PaymentStatus.RETURNED
        assert exceptions() == []
        assert stands(newest()) is EntryStands.RETURNED

    @pytest.mark.parametrize("code", ["R02", "R17", "R23"])
    def test_a_reversal_that_comes_back_is_for_staff_and_takes_no_account_away(
        self, bank: Bank, code: str
    ) -> None:
        bank.draw(FIFTY)
        take_back(bank)
        bank.send(SETTLED)

        (row,) = bank.hear(bank.say(code, FIFTY))

        assert row.outcome is RowOutcome.FOR_STAFF
        assert exceptions() == ["reversal_returned"]
        assert owed(bank.cast.account_1001) == Money(100_00)
        assert StoredMethod.objects.get().removed_at is None

    def test_a_notice_of_change_about_a_reversal_corrects_the_account(self, bank: Bank) -> None:
        bank.draw(FIFTY)
        take_back(bank)
        bank.send(SETTLED)

        (row,) = bank.hear(bank.say("C01", told="987654321"))

        assert row.outcome is RowOutcome.CHANGED
        assert StoredMethod.objects.get().last4 == "4321"


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


def ask_to_refund(bank: Bank, payment_id: uuid.UUID, now: dt.datetime = SETTLED) -> None:
    ask_refund(
        refund_id=uuid.uuid4(),
        user_id=bank.cast.dana.user.pk,
        payment_id=payment_id,
        account_number="1001",
        amount=Money(10_00),
        reason="paid too much",
        now=now,
        gateway=payment_gateway(),
    )
