"""A member's own bank account: consent, question to the bank, use by hand, end."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace

import achkit
import pytest

from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.members.models import Consent
from smarthub.notifications.models import Message
from smarthub.payments.models import BankAccount, SentEntry, StoredMethod
from smarthub.payments.operations import (
    BankAccountBeingChecked,
    BankAccountRefused,
    NothingToSend,
    OwnOriginationOff,
    PaymentConflict,
)
from smarthub.payments.operations.beginning import insert_attempts
from smarthub.payments.ports import EntryClass
from smarthub.payments.types import MethodId, PaymentStatus, RowOutcome
from smarthub.payments.types import StoredMethod as Method
from smarthub.workflows.auto_pay.set_up_auto_pay import (
    Agreement,
)
from smarthub.workflows.bank.bank_files import send_bank_file, settle_bank_entries
from smarthub.workflows.bank.own_bank_account import require_own_origination, store_own_bank_account
from smarthub.workflows.bank.stored_methods import list_method_states, remove_method
from smarthub.workflows.money.pay_balance import pay_balance
from smarthub.workflows.money.payment_plan import plan_payment
from smarthub.workflows.money.schedule_payment import schedule_payment
from tests.cast import NOW, TODAY, Cast
from tests.sandbox_gateway import Simulator
from tests.workflows.both_books import status
from tests.workflows.own_files import ACCOUNT, DAY, NACHA, NUMBER, PROVED, Bank, offer_own_files
from tests.workflows.wallet import bill, owed

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

WEB = replace(ACCOUNT, entry_class=EntryClass.WEB, bank="Apple River Bank")
WORDS = Agreement("You may draw on it.", "2026-11", "en", "192.0.2.7", "a browser")
FORM = uuid.UUID("00000000-0000-4000-8000-0000000000b1")
FIFTY = Money(50_00)


@pytest.fixture
def bank(cast: Cast) -> Bank:
    bill(cast.account_1001, 100_00)
    offer_own_files(since=dt.date(2024, 10, 1))
    return Bank(cast)


def store(bank: Bank, *, now: dt.datetime = NOW, form: uuid.UUID = FORM) -> Method:
    return store_own_bank_account(
        form_id=form,
        user_id=bank.cast.maria.user.pk,
        account=WEB,
        agreement=WORDS,
        sealer=bank.sealer,
        now=now,
    )


def pay(bank: Bank, gateway: Simulator, now: dt.datetime = PROVED) -> uuid.UUID:
    payment_id = uuid.uuid4()
    pay_balance(
        payment_id=payment_id,
        user_id=bank.cast.maria.user.pk,
        parts={"1001": FIFTY},
        method_id=FORM,
        now=now,
        gateway=gateway.gateway,
    )
    return payment_id


def consents() -> list[bool]:
    rows = Consent.objects.filter(kind="bank_debit").order_by("pk")
    return list(rows.values_list("granted", flat=True))


def told(change: str) -> list[str]:
    words = {"refused": "cannot be drawn on", "corrected": "write an account of yours"}[change]
    return list(
        Message.objects.filter(template="method_changed", body__contains=words).values_list(
            "body", flat=True
        )
    )


class TestStoring:
    def test_keeps_the_consent_with_its_words_version_time_and_address(self, bank: Bank) -> None:
        method = store(bank)

        kept = Consent.objects.get(kind="bank_debit")
        assert kept.granted
        assert kept.text.startswith("You may draw on it.\n\nApple River Bank, checking")
        assert kept.text.endswith(f"ending in 9012; method {method.id}")
        assert (kept.text_version, kept.language, kept.given_at) == ("2026-11", "en", NOW)
        assert (kept.ip_address, kept.user_agent) == ("192.0.2.7", "a browser")
        assert NUMBER not in kept.text

    def test_sends_its_owner_a_copy_and_tells_fellow_holders_without_it(self, bank: Bank) -> None:
        store(bank)

        (body,) = Message.objects.filter(template="method_changed").values_list("body", flat=True)
        assert "Apple River Bank ending in 9012 was added" in body
        assert "You may draw on it." in body
        assert NUMBER not in body

    def test_twice_with_one_form_is_once(self, bank: Bank) -> None:
        assert store(bank) == store(bank)

        assert (BankAccount.objects.count(), consents()) == (1, [True])

    def test_with_somebody_elses_form_stores_nothing(self, bank: Bank) -> None:
        StoredMethod.objects.create(
            id=FORM,
            person_id=bank.cast.rosa.person_id,
            gateway="sandbox",
            token="t",
            kind="card",
            brand="Visa",
            last4="4242",
            added_at=NOW,
        )

        with pytest.raises(PaymentConflict):
            store(bank)

        assert consents() == []

    def test_is_not_there_while_the_co_op_hands_in_no_files(self, cast: Cast) -> None:
        with pytest.raises(NotVisible):
            require_own_origination(on=TODAY)
        with pytest.raises(OwnOriginationOff):
            store(Bank(cast))

        assert not BankAccount.objects.exists()
        assert consents() == []

    @pytest.mark.parametrize(
        ("field", "value", "about"),
        [
            ("number", "4242424242424242", "card"),
            ("name", "Maria 123456789012", "name"),
            ("bank", "Bank 02100002", "bank"),
        ],
    )
    def test_refuses_a_card_and_numbers_where_words_belong(
        self, bank: Bank, field: str, value: str, about: str
    ) -> None:
        with pytest.raises(BankAccountRefused) as refused:
            store_own_bank_account(
                form_id=FORM,
                user_id=bank.cast.maria.user.pk,
                account=replace(WEB, **{field: value}),  # type: ignore[arg-type]
                agreement=WORDS,
                sealer=bank.sealer,
                now=NOW,
            )

        assert refused.value.values == {"field": about}
        assert value not in str(refused.value)

    def test_takes_a_long_account_number_that_happens_to_pass_the_check_of_cards(
        self, bank: Bank
    ) -> None:
        account = replace(WEB, number="1234567812345670")  # passes Luhn; no network begins with 1

        store_own_bank_account(
            form_id=FORM,
            user_id=bank.cast.maria.user.pk,
            account=account,
            agreement=WORDS,
            sealer=bank.sealer,
            now=NOW,
        )

        assert StoredMethod.objects.get().last4 == "5670"


class TestUsing:
    def test_waits_until_three_banking_days_passed_without_a_return(
        self, bank: Bank, simulator: Simulator
    ) -> None:
        method = store(bank)
        user_id = bank.cast.maria.user.pk

        def offered(now: dt.datetime) -> tuple[bool, bool]:
            plan = plan_payment(user_id=user_id, amounts={"1001": FIFTY}, on=now.date())
            return method in [m.method for m in plan.methods], method in plan.being_checked

        before_the_question = offered(NOW)
        (unasked,) = list_method_states(user_id=user_id, on=TODAY)
        bank.send(NOW)
        (asked,) = list_method_states(user_id=user_id, on=TODAY)

        assert before_the_question == (False, True)
        assert (unasked.is_being_checked, unasked.usable_on) == (True, None)
        assert (asked.is_being_checked, asked.usable_on) == (True, PROVED.date())
        assert offered(PROVED - DAY) == (False, True)
        with pytest.raises(BankAccountBeingChecked):
            pay(bank, simulator, PROVED - DAY)
        assert offered(PROVED) == (True, False)
        (usable,) = list_method_states(user_id=user_id, on=PROVED.date())
        assert not usable.is_being_checked

    def test_a_payment_by_hand_goes_out_once_as_single_and_is_booked_on_its_day(
        self, bank: Bank, simulator: Simulator
    ) -> None:
        store(bank)
        bank.send(NOW)

        payment_id = pay(bank, simulator)
        content = bank.send(PROVED)
        settle_bank_entries(on=PROVED.date() + 3 * DAY, now=PROVED + 3 * DAY)

        assert achkit.validate(content.decode())["ok"]
        assert classes_and_types(content) == [("WEB", "S")]
        assert simulator.charges(str(payment_id)) == []
        assert status(payment_id) is PaymentStatus.PAID
        assert owed(bank.cast.account_1001) == FIFTY

    def test_is_scheduled_for_a_day_on_which_it_is_usable_and_no_earlier(self, bank: Bank) -> None:
        store(bank)
        bank.send(NOW)

        def order(day: dt.date) -> None:
            schedule_payment(
                payment_id=uuid.uuid4(),
                user_id=bank.cast.maria.user.pk,
                parts={"1001": FIFTY},
                method_id=FORM,
                pay_on=day,
                keeps_amount=False,
                now=NOW,
            )

        with pytest.raises(BankAccountBeingChecked):
            order(PROVED.date() - DAY)
        order(PROVED.date())


class TestItsEnd:
    def test_taken_away_by_its_owner_ends_the_consent_and_asks_no_gateway(
        self, bank: Bank, simulator: Simulator, caplog: pytest.LogCaptureFixture
    ) -> None:
        store(bank)

        remove_method(
            user_id=bank.cast.maria.user.pk, method_id=FORM, now=NOW, gateway=simulator.gateway
        )

        assert consents() == [True, False]
        assert "gateway" not in caplog.text

    def test_a_returned_question_is_told_and_ends_the_consent_once(self, bank: Bank) -> None:
        store(bank)
        bank.send(NOW)
        content = bank.say("R03", 0)

        first, again = bank.hear(content), bank.hear(content)

        assert [row.outcome for row in (*first, *again)] == [
            RowOutcome.PRENOTE_RETURNED,
            RowOutcome.KNOWN,
        ]
        assert consents() == [True, False]
        (body,) = told("refused")
        assert "Apple River Bank ending in 9012 cannot be drawn on" in body

    @pytest.mark.parametrize(("code", "ends"), [("R01", False), ("R02", True), ("R10", True)])
    def test_a_returned_payment_ends_it_where_the_account_is_closed_or_nothing_was_allowed(
        self, bank: Bank, simulator: Simulator, code: str, *, ends: bool
    ) -> None:
        store(bank)
        bank.send(NOW)
        pay(bank, simulator)
        bank.send(PROVED)

        bank.hear(bank.say(code, FIFTY.cents))

        assert consents() == ([True, False] if ends else [True])
        assert len(told("refused")) == int(ends)

    def test_a_notice_of_change_is_told_without_the_new_number(
        self, bank: Bank, simulator: Simulator
    ) -> None:
        store(bank)
        bank.send(NOW)

        bank.hear(bank.say("C01", told="987654321098"))

        (body,) = told("corrected")
        assert "Apple River Bank ending in 1098" in body
        assert "987654321098" not in body
        assert consents() == [True]

    def test_what_waits_on_an_account_its_bank_refused_is_never_sent_and_is_told(
        self, bank: Bank
    ) -> None:
        method = store(bank)
        bank.send(NOW)
        waiting = bank.payment(MethodId(method.id), 10_00, now=PROVED)
        insert_attempts([waiting], "sandbox", PROVED)
        bank.hear(bank.say("R02", 0))

        other = store(bank, form=uuid.uuid4())  # so that the file is not empty
        send_bank_file(user_id=bank.cast.dana.user.pk, layout=NACHA, sealer=bank.sealer, now=PROVED)

        assert SentEntry.objects.exclude(attempt=None).count() == 0
        assert SentEntry.objects.get(file__made_on=PROVED.date()).account.method_id == other.id
        assert status(waiting.id) is PaymentStatus.FAILED
        assert Message.objects.filter(template="payment_failed").count() == 1

    @pytest.mark.parametrize("code", ["R02", "R10"])
    def test_what_waits_on_one_its_holder_removed_is_not_sent_once_its_bank_refuses_it(
        self, bank: Bank, simulator: Simulator, code: str
    ) -> None:
        store(bank)
        bank.send(NOW)
        pay(bank, simulator)
        bank.send(PROVED)
        waiting = pay(bank, simulator)
        remove_method(
            user_id=bank.cast.maria.user.pk, method_id=FORM, now=PROVED, gateway=simulator.gateway
        )

        bank.hear(bank.say(code, FIFTY.cents))

        with pytest.raises(NothingToSend):
            bank.send(PROVED)
        assert status(waiting) is PaymentStatus.FAILED
        assert (consents(), told("refused")) == ([True, False], [])


def classes_and_types(content: bytes) -> list[tuple[str, str]]:
    """Return each entry's class, and whether it is one of many (R) or single (S)."""
    found, entry_class = [], ""
    for line in content.decode().splitlines():
        if line[0] == "5":
            entry_class = line[50:53]
        elif line[0] == "6":
            found.append((entry_class, line[76:78].strip()))
    return found
