"""A bill of before Auto Pay stays its member's to pay, whatever becomes of money sent for it."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from smarthub.billing.types import BillView
from smarthub.kernel.money import Money
from smarthub.notifications.models import Message
from smarthub.payments.operations import (
    keep_event,
    record_received_payments,
    undo_received_payment,
)
from smarthub.payments.types import ReceivedPayment, UndoneBecause
from smarthub.workflows.bank.gateway_events import handle_waiting_events
from smarthub.workflows.money.pay_balance import pay_balance
from tests.billing.village import FIRST_BILL, SECOND_BILL, read
from tests.cast import Cast
from tests.sandbox_gateway import CLEARS
from tests.workflows.auto_pay.test_auto_pay import BILLED, EVE, Member, card, maria, noon
from tests.workflows.both_books import reference_of
from tests.workflows.closing import close, maria_bill

__all__ = ["card", "maria"]

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

BILL_NOON = noon(FIRST_BILL)
DAYS_LATER = noon(FIRST_BILL + dt.timedelta(days=4))
SECOND_DUE = dt.date(2024, 12, 23)
"""The 22nd is a Sunday."""
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def billed_before(village: Cast) -> None:
    close(announce=True)


def second_bill(cast: Cast) -> BillView:
    """Write Maria's bill of December, which asks for what is open of the first as well."""
    for serial, value in (("PR00000001", "912"), ("PR00000002", "68"), ("PR00000003", "7")):
        read(serial, SECOND_BILL, value)
    close(SECOND_BILL, announce=True)
    return maria_bill(cast, SECOND_BILL)


def send(member: Member, amount: Money, now: dt.datetime = BILL_NOON) -> str:
    """Pay from a bank account, which is under way for days; return the gateway's reference."""
    payment_id = uuid.uuid4()
    pay_balance(
        payment_id=payment_id,
        user_id=member.user_id,
        parts={"1001": amount},
        method_id=member.wallet.add_bank(member.cast.maria, CLEARS),
        now=now,
        gateway=member.wallet.simulator.gateway,
    )
    return reference_of(member.wallet.simulator, payment_id)


def hear(member: Member, reference: str, *acts: str) -> None:
    """Let the bank do something, and hear of it four days later."""
    gateway = member.wallet.simulator.gateway
    for act in acts:
        member.wallet.simulator.act(reference, act, "" if act == "clear" else "R01")
    for event, body in gateway.list_events(since=EVE):
        if event.charge_reference == reference:
            keep_event(gateway="sandbox", event=event, body=body, now=DAYS_LATER)
    handle_waiting_events(now=DAYS_LATER, gateway=gateway)


def hand_in(member: Member, now: dt.datetime) -> uuid.UUID:
    """Hand a check in at the counter; its day is kept, not its hour."""
    check = ReceivedPayment("check:1", "1001", BILLED, "office", FIRST_BILL)
    (payment_id,) = record_received_payments(payments=[check], now=now)
    return payment_id


def taken(member: Member) -> list[Money]:
    """Return what is charged on the day the second bill is drafted."""
    member.run(SECOND_DUE)
    return [Money(cents) for cents, _ in member.charges()]


def test_what_is_on_its_way_for_it_is_no_reason_to_leave_the_next_bill(
    village: Cast, maria: Member, card: uuid.UUID
) -> None:
    maria.turn_on(card, now=BILL_NOON)
    bill = second_bill(village)
    send(maria, BILLED, now=noon(SECOND_DUE))

    assert bill.asked == BILLED + bill.charges
    assert taken(maria) == [bill.charges]


def test_what_is_on_its_way_when_the_next_bill_is_made_changes_nothing_of_its_notice(
    village: Cast, maria: Member, card: uuid.UUID
) -> None:
    maria.turn_on(card, now=BILL_NOON)
    send(maria, BILLED, now=BILL_NOON + HOUR)

    bill = second_bill(village)

    notice = Message.objects.get(template="auto_pay_planned").body
    assert f"we take {bill.charges} " in notice
    assert taken(maria) == [bill.charges]


def test_a_check_handed_in_later_on_the_day_of_turning_on_pays_it(
    village: Cast, maria: Member, card: uuid.UUID
) -> None:
    maria.turn_on(card, now=BILL_NOON + HOUR)
    hand_in(maria, now=BILL_NOON + 2 * HOUR)

    bill = second_bill(village)

    assert bill.asked == bill.charges
    assert taken(maria) == [bill.charges]


def test_a_check_that_bounced_did_not_pay_it(village: Cast, maria: Member, card: uuid.UUID) -> None:
    maria.turn_on(card, now=BILL_NOON)
    undo_received_payment(
        payment_id=hand_in(maria, now=BILL_NOON + HOUR),
        because=UndoneBecause.BOUNCED,
        words="Account overdrawn",
        by=village.dana.person_id,
        on=DAYS_LATER.date(),
        now=DAYS_LATER,
    )

    bill = second_bill(village)

    assert bill.asked > BILLED + bill.charges  # with the fee for it, which is new
    assert taken(maria) == [bill.asked - BILLED]


@pytest.mark.parametrize("acts", [("fail",), ("clear", "return")])
def test_a_payment_sent_before_turning_on_that_did_not_stay_did_not_pay_it(
    village: Cast, maria: Member, card: uuid.UUID, acts: tuple[str, ...]
) -> None:
    reference = send(maria, BILLED)
    maria.turn_on(card, now=BILL_NOON + HOUR)
    hear(maria, reference, *acts)

    bill = second_bill(village)

    assert taken(maria) == [bill.asked - BILLED]


def test_a_part_sent_before_turning_on_that_arrived_pays_nothing_of_the_rest(
    village: Cast, maria: Member, card: uuid.UUID
) -> None:
    reference = send(maria, Money(100_00))
    maria.turn_on(card, now=BILL_NOON + HOUR)
    hear(maria, reference, "clear")

    bill = second_bill(village)

    assert bill.asked == BILLED - Money(100_00) + bill.charges
    assert taken(maria) == [bill.charges]
