"""What cannot go back, what missed its day, and what its bank returned besides."""

from __future__ import annotations

import datetime as dt

import pytest

from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.payments.models import Fee, SentEntry, StoredMethod
from smarthub.payments.operations import (
    NothingToSend,
    RefundTooLarge,
)
from smarthub.payments.queries import (
    last_day_to_ask,
    list_open_exceptions,
)
from smarthub.payments.types import (
    EntryStands,
    PaymentStatus,
    ReversalReason,
    RowOutcome,
)
from smarthub.workflows.bank.bank_files import settle_bank_entries
from smarthub.workflows.bank.entries_back import ask_back
from tests.cast import NOW, Cast
from tests.workflows.bank.taking_back import (
    CLEARING,
    FIFTY,
    FRIDAY,
    MONDAY,
    SUNDAY,
    ask_to_refund,
    newest,
    refused,
    stands,
    take_back,
)
from tests.workflows.both_books import exceptions, on, status
from tests.workflows.own_files import SETTLED, Bank
from tests.workflows.wallet import bill, owed


@pytest.fixture
def bank(cast: Cast) -> Bank:
    bill(cast.account_1001, 100_00)
    return Bank(cast)


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
        payment_id = bank.draw(FIFTY)
        take_back(bank)
        bank.send(SETTLED)

        (row,) = bank.hear(bank.say(code, FIFTY))

        assert row.outcome is RowOutcome.FOR_STAFF
        assert exceptions() == ["reversal_returned"]
        assert list_open_exceptions()[0].payment_id == str(payment_id)
        assert owed(bank.cast.account_1001) == Money(100_00)
        assert StoredMethod.objects.get().removed_at is None

    def test_a_notice_of_change_about_a_reversal_corrects_the_account(self, bank: Bank) -> None:
        bank.draw(FIFTY)
        take_back(bank)
        bank.send(SETTLED)

        (row,) = bank.hear(bank.say("C01", told="987654321"))

        assert row.outcome is RowOutcome.CHANGED
        assert StoredMethod.objects.get().last4 == "4321"
