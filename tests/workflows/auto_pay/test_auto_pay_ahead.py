"""Who pays by Auto Pay is warned before paying twice, and is not reminded to pay."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from smarthub.auto_pay.types import PlanEventKind
from smarthub.kernel.money import Money
from smarthub.notifications.models import Message
from smarthub.workflows.debts.follow_arrears import take_steps
from smarthub.workflows.money.payment_plan import plan_payment
from tests.billing.village import FIRST_BILL
from tests.workflows.auto_pay.test_auto_pay import BILLED, DUE, Member, card, maria, noon
from tests.workflows.closing import close

__all__ = ["card", "maria"]

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

THREE_DAYS_BEFORE = noon(DUE - dt.timedelta(days=3))


def reminded() -> int:
    take_steps(now=THREE_DAYS_BEFORE)
    return Message.objects.filter(template="payment_reminder", account_number="1001").count()


def planned(member: Member) -> list[tuple[str, dt.date | None, Money]]:
    plan = plan_payment(user_id=member.user_id, amounts={"1001": Money(10_00)}, on=FIRST_BILL)
    return [(each.account.number, each.draft_on, each.drafted) for each in plan.drafts]


def test_the_review_of_a_payment_names_the_draft_of_the_same_bill(
    maria: Member, card: uuid.UUID
) -> None:
    maria.turn_on(card)
    close(FIRST_BILL, announce=True)

    assert planned(maria) == [("1001", DUE, BILLED)]


def test_a_member_whose_bill_is_drafted_is_not_reminded(maria: Member, card: uuid.UUID) -> None:
    maria.turn_on(card)
    close(FIRST_BILL, announce=True)

    assert reminded() == 0
    assert Message.objects.filter(template="auto_pay_planned").exists()


def test_without_auto_pay_she_is_reminded(maria: Member) -> None:
    close(FIRST_BILL, announce=True)

    assert planned(maria) == []
    assert reminded() == 1


def test_a_bill_above_the_cap_is_not_relied_on(maria: Member, card: uuid.UUID) -> None:
    maria.turn_on(card, cap=Money(100_00))
    close(FIRST_BILL, announce=True)

    assert planned(maria) == []
    assert reminded() == 1


def test_a_paused_plan_is_not_relied_on(maria: Member, card: uuid.UUID) -> None:
    maria.turn_on(card)
    close(FIRST_BILL, announce=True)
    maria.change(PlanEventKind.PAUSED)

    assert planned(maria) == []
    assert reminded() == 1
