"""Nothing is promised of a draft that its run would leave out as things stand."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from smarthub.auto_pay.types import LeftOut, PlanEventKind
from smarthub.kernel.money import Money
from smarthub.notifications.models import Message
from smarthub.payments.models import Payment, StoredMethod
from smarthub.payments.operations import (
    keep_event,
    record_received_payments,
    undo_received_payment,
)
from smarthub.payments.types import ReceivedPayment, UndoneBecause
from smarthub.workflows.auto_pay.run_auto_pay import follow_up_failures
from smarthub.workflows.bank.gateway_events import handle_waiting_events
from tests.billing.village import FIRST_BILL
from tests.cast import Cast
from tests.sandbox_gateway import CLEARS
from tests.workflows.auto_pay.test_auto_pay import (
    CHICAGO,
    DUE,
    EVE,
    Member,
    card,
    maria,
    noon,
    told,
)
from tests.workflows.both_books import reference_of
from tests.workflows.closing import close
from tests.workflows.wallet import Wallet

__all__ = ["card", "maria"]

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

DAYS_LATER = noon(DUE + dt.timedelta(days=2))
ONCE_MORE = "We try once more"
GIVEN_BACK = dt.date(2024, 10, 20)


def bounce(cast: Cast, times: int = 2) -> None:
    """Let checks bounce, two of which hold for a year of cards and cash."""
    for number in range(times):
        check = ReceivedPayment(f"check:{number}", "1001", Money(10_00), "office", GIVEN_BACK)
        (payment_id,) = record_received_payments(payments=[check], now=noon(GIVEN_BACK))
        undo_received_payment(
            payment_id=payment_id,
            because=UndoneBecause.BOUNCED,
            words="Account overdrawn",
            by=cast.dana.person_id,
            on=GIVEN_BACK,
            now=noon(GIVEN_BACK),
        )


def come_back(member: Member) -> str:
    """Let the draft that is under way fail for want of money; return what was told of it."""
    gateway = member.wallet.simulator.gateway
    reference = reference_of(member.wallet.simulator, Payment.objects.get(channel="auto_pay").pk)
    member.wallet.simulator.act(reference, "fail", "R01")
    for event, body in gateway.list_events(since=EVE):
        if event.charge_reference == reference:
            keep_event(gateway="sandbox", event=event, body=body, now=DAYS_LATER)
    handle_waiting_events(now=DAYS_LATER, gateway=gateway)
    follow_up_failures(now=DAYS_LATER, zone=CHICAGO)
    return str(Message.objects.get(template="auto_pay_failed").body)


class TestAnotherTry:
    @pytest.fixture(autouse=True)
    def under_way(self, village: Cast, maria: Member, wallet: Wallet) -> None:
        maria.turn_on(wallet.add_bank(village.maria, CLEARS))
        close(announce=True)
        maria.run(DUE)

    def test_is_told_where_it_will_be(self, maria: Member) -> None:
        assert ONCE_MORE in come_back(maria)

    @pytest.mark.parametrize("kind", [PlanEventKind.STOPPED, PlanEventKind.PAUSED])
    def test_is_not_told_after_she_turned_it_off(self, maria: Member, kind: PlanEventKind) -> None:
        maria.change(kind, noon(DUE))

        assert ONCE_MORE not in come_back(maria)

    def test_is_not_told_where_no_bank_account_is_taken(self, village: Cast, maria: Member) -> None:
        bounce(village)

        assert ONCE_MORE not in come_back(maria)


class TestTheNotice:
    def test_of_a_method_that_is_gone_says_so(
        self, village: Cast, maria: Member, card: uuid.UUID
    ) -> None:
        maria.turn_on(card)
        StoredMethod.objects.filter(pk=card).update(removed_at=EVE, removed_because="R02")

        close(announce=True)

        assert told()[1:] == [
            "Please pay by hand: Auto Pay did not take your bill due Friday, November 22, 2024"
        ]
        body = Message.objects.get(template="auto_pay_left_out").body
        assert "was removed" in body

    def test_of_a_bank_account_where_none_is_taken_says_so_and_a_card_is_taken_after_all(
        self, village: Cast, maria: Member, card: uuid.UUID, wallet: Wallet
    ) -> None:
        bounce(village)
        maria.turn_on(wallet.add_bank(village.maria, CLEARS))

        close(announce=True)

        assert not Message.objects.filter(template="auto_pay_planned").exists()
        assert "Choose a card" in Message.objects.get(template="auto_pay_left_out").body
        maria.turn_on(card, now=noon(FIRST_BILL))
        assert maria.run(DUE) == (1, 0)

    def test_it_is_told_once_though_the_draft_is_left_out_on_its_day(
        self, maria: Member, card: uuid.UUID
    ) -> None:
        maria.turn_on(card)
        StoredMethod.objects.filter(pk=card).update(removed_at=EVE, removed_because="R02")
        close(announce=True)

        assert maria.run(DUE) == (0, 1)
        assert maria.see().drafts[0].draft.left_out is LeftOut.METHOD_GONE
        assert Message.objects.filter(template="auto_pay_left_out").count() == 1
