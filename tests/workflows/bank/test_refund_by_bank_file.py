"""A refund of what a bank file of ours brought goes back by the next one, as a credit, once."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import achkit
import pytest

from smarthub.kernel.money import Money
from smarthub.notifications.models import Message
from smarthub.payments.models import SentEntry, StoredMethod
from smarthub.payments.operations import NothingToSend
from smarthub.payments.ports import EntryClass
from smarthub.payments.queries.desk import get_story, list_open_exceptions
from smarthub.payments.types import PaymentStatus, RowOutcome
from smarthub.workflows.bank.bank_files import settle_bank_entries
from smarthub.workflows.bank.own_bank_account import give_up_stopped_payments
from smarthub.workflows.money.refund_payment import ask_refund, decide_refund, repair_refunds
from tests.cast import Cast
from tests.integrations.nacha.files import sent_back
from tests.workflows.both_books import exceptions, on, status
from tests.workflows.money.test_refund_payment import another_clerk
from tests.workflows.own_files import ACCOUNT, DAY, PROVED, SETTLED, Bank
from tests.workflows.wallet import bill, owed

FIFTY = 50_00


class NoGateway:
    """Nobody asks a gateway for what came by a file."""

    name = "sandbox"

    def __getattr__(self, what: str) -> None:
        raise AssertionError(what)


GATEWAY: Any = NoGateway()


class Refunded(Bank):
    """A bank by which 150.00 came, for a debt of 100.00."""

    def overpay(self, entry_class: EntryClass = EntryClass.WEB, *, debt: int = 100_00) -> uuid.UUID:
        bill(self.cast.account_1001, debt)
        method = self.store(replace(ACCOUNT, entry_class=entry_class))
        payment_id = uuid.uuid4()
        super().send(PROVED - 5 * DAY)
        self.begin(method, 150_00, payment_id=payment_id)
        super().send(PROVED)
        settle_bank_entries(on=SETTLED.date(), now=SETTLED)
        return payment_id

    def refund(self, payment_id: uuid.UUID, cents: int = FIFTY) -> uuid.UUID:
        refund_id = uuid.uuid4()
        ask_refund(
            refund_id=refund_id,
            user_id=self.cast.dana.user.pk,
            payment_id=payment_id,
            account_number="1001",
            amount=Money(cents),
            reason="paid too much",
            now=SETTLED,
            gateway=GATEWAY,
        )
        return refund_id

    def stands(self, payment_id: uuid.UUID) -> str:
        return get_story(payment_id=payment_id).refunds[0].stands


@pytest.fixture
def bank(cast: Cast) -> Refunded:
    return Refunded(cast)


def settle(days: int) -> int:
    """Book what is due so many days after the payment was."""
    return settle_bank_entries(on=(SETTLED + days * DAY).date(), now=SETTLED + days * DAY)


@pytest.mark.parametrize(
    ("stored", "sent"), [(EntryClass.WEB, "PPD"), (EntryClass.PPD, "PPD"), (EntryClass.CCD, "CCD")]
)
def test_goes_with_the_next_file_as_a_credit_of_the_right_class(
    bank: Refunded, stored: EntryClass, sent: str
) -> None:
    payment_id = bank.overpay(stored)
    bank.refund(payment_id)

    waits = bank.stands(payment_id)
    content = bank.send(SETTLED).decode()

    (batch,) = achkit.parse(content)["batches"]
    (entry,) = batch["entries"]
    assert (waits, bank.stands(payment_id)) == ("bank_file", "sent")
    assert (batch["sec"], batch["description"].strip()) == (sent, "REFUND")
    assert (entry["txn_code"], entry["amount_cents"]) == (22, FIFTY)
    assert achkit.validate(content)["ok"]
    with pytest.raises(NothingToSend):
        bank.send(SETTLED)


def test_no_gateway_is_asked_for_it_whatever_time_passes(bank: Refunded) -> None:
    payment_id = bank.overpay()
    bank.refund(payment_id)

    before = repair_refunds(now=SETTLED + 9 * DAY, gateway=GATEWAY)
    stood = bank.stands(payment_id)
    bank.send(SETTLED)
    after = repair_refunds(now=SETTLED + 9 * DAY, gateway=GATEWAY)

    assert (before, after) == (0, 0)
    assert (stood, bank.stands(payment_id)) == ("bank_file", "sent")


def test_is_booked_once_its_bank_can_send_it_back_no_more(bank: Refunded) -> None:
    payment_id = bank.overpay()
    bank.refund(payment_id)
    bank.send(SETTLED)

    early = [settle(days) for days in range(4)]  # Tuesday it moves; Wednesday and Thursday pass
    promised = on("refund_payable")
    settled = (settle(4), settle(5))

    assert (early, settled) == ([0, 0, 0, 0], (1, 0))
    assert (promised, on("refund_payable")) == (-FIFTY, 0)
    assert on("clearing:bank_file:ach") == 100_00
    assert owed(bank.cast.account_1001) == Money(0)
    assert status(payment_id) is PaymentStatus.PART_REFUNDED


def test_sent_back_in_time_its_credit_waits_again_and_staff_write_a_check(bank: Refunded) -> None:
    payment_id = bank.overpay()
    bank.refund(payment_id)
    bank.send(SETTLED)
    returned = sent_back(("R03", bank.trace(), FIFTY, ""))

    (row,) = bank.hear(returned)
    again = bank.hear(returned)
    settled = settle(4)

    assert (row.outcome, again[0].outcome, settled) == (RowOutcome.RETURNED, RowOutcome.KNOWN, 0)
    assert bank.stands(payment_id) == "failed"
    assert owed(bank.cast.account_1001) == Money(-FIFTY)
    assert on("refund_payable") == 0
    assert on("clearing:bank_file:ach") == 150_00
    assert exceptions() == ["refund_returned"]
    assert list_open_exceptions()[0].payment_id == str(payment_id)  # whom the check is for


@pytest.mark.parametrize(("code", "ends"), [("R02", True), ("R16", True), ("R23", False)])
def test_sent_back_by_a_closed_account_nothing_is_drawn_on_that_either(
    bank: Refunded, code: str, *, ends: bool
) -> None:
    bank.refund(bank.overpay())
    bank.send(SETTLED)

    bank.hear(sent_back((code, bank.trace(), FIFTY, "")))

    assert StoredMethod.objects.get().removed_because == (code if ends else "")
    assert Message.objects.filter(template="method_changed").count() == int(ends)


def test_sent_back_too_late_it_is_put_before_staff_and_booked_as_it_was(bank: Refunded) -> None:
    payment_id = bank.overpay()
    bank.refund(payment_id)
    bank.send(SETTLED)
    settle(4)

    (row,) = bank.hear(sent_back(("R03", bank.trace(), FIFTY, "")))

    assert row.outcome is RowOutcome.FOR_STAFF
    assert exceptions() == ["refund_returned_late"]
    assert bank.stands(payment_id) == "success"


def test_above_the_limit_it_waits_for_a_second_person(bank: Refunded) -> None:
    payment_id = bank.overpay(debt=1)
    refund_id = bank.refund(payment_id, 149_99)
    with pytest.raises(NothingToSend):
        bank.send(SETTLED)

    decide_refund(
        refund_id=refund_id,
        user_id=another_clerk(),
        allow=True,
        now=SETTLED,
        gateway=GATEWAY,
    )

    assert (
        achkit.parse(bank.send(SETTLED).decode())["batches"][0]["entries"][0]["amount_cents"]
        == 149_99
    )


def test_one_that_was_refused_is_never_given_up(bank: Refunded) -> None:
    payment_id = bank.overpay(debt=1)
    refund_id = bank.refund(payment_id, 149_99)
    decide_refund(
        refund_id=refund_id, user_id=another_clerk(), allow=False, now=SETTLED, gateway=GATEWAY
    )
    bank.hear(bank.say("R02", 150_00))

    assert give_up_stopped_payments(now=SETTLED) == 0
    assert (exceptions(), bank.stands(payment_id)) == ([], "refused")


def test_one_nobody_has_decided_on_is_still_theirs_to_refuse(bank: Refunded) -> None:
    payment_id = bank.overpay(debt=1)
    refund_id = bank.refund(payment_id, 149_99)
    bank.hear(bank.say("R02", 150_00))

    assert give_up_stopped_payments(now=SETTLED) == 0
    decide_refund(
        refund_id=refund_id,
        user_id=another_clerk(),
        allow=False,
        now=SETTLED + DAY,
        gateway=GATEWAY,
    )

    assert bank.stands(payment_id) == "refused"
    assert (owed(bank.cast.account_1001), on("refund_payable")) == (Money(1), 0)


def test_to_an_account_its_bank_closed_meanwhile_it_is_not_sent(bank: Refunded) -> None:
    payment_id = bank.overpay()
    bank.refund(payment_id)
    prenote = SentEntry.objects.get(attempt=None)
    bank.hear(bank.say("R02", 0, trace=prenote.trace))

    given_up = give_up_stopped_payments(now=SETTLED)

    assert given_up == 1
    assert bank.stands(payment_id) == "failed"
    assert exceptions() == ["refund_returned"]
    with pytest.raises(NothingToSend):
        bank.send(SETTLED + dt.timedelta(hours=1))


@pytest.mark.parametrize("code", ["R01", "R02"])
def test_of_a_payment_that_came_back_itself_it_is_not_sent(bank: Refunded, code: str) -> None:
    payment_id = bank.overpay()
    bank.refund(payment_id)
    bank.hear(bank.say(code, 150_00))
    fee = 25_00 if code == "R01" else 0

    with pytest.raises(NothingToSend):
        bank.send(SETTLED)

    assert bank.stands(payment_id) == "failed"
    assert exceptions() == ["more_went_back", "refund_of_returned"]
    assert owed(bank.cast.account_1001) == Money(100_00 + fee)
    assert (on("refund_payable"), on("clearing:bank_file:ach")) == (0, 0)
