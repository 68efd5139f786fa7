"""A limit lowered below an announced draft: its owner is asked at once, as with a new bill."""

from __future__ import annotations

import datetime as dt
import uuid
from unittest.mock import patch

import pytest

from smarthub.auto_pay.models import DraftEvent
from smarthub.auto_pay.queries import find_plan, get_on_bill
from smarthub.auto_pay.types import DraftEventKind, PlanEventKind
from smarthub.kernel.money import Money
from smarthub.notifications.models import Message
from smarthub.workflows.auto_pay import set_up_auto_pay
from tests.billing.village import FIRST_BILL
from tests.cast import Cast
from tests.sandbox_gateway import INSUFFICIENT
from tests.workflows.auto_pay.test_auto_pay import BILLED, DUE, Member, card, maria, noon
from tests.workflows.auto_pay.test_left_to_auto_pay import (
    BILL_NUMBER,
    HALF,
    as_announced,
    half_paid_by_hand,
    limit_below_the_bill,
    paused,
    row,
)
from tests.workflows.wallet import Wallet

__all__ = ["card", "maria"]

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def lower(member: Member, method: uuid.UUID, cap: Money = HALF, *, days: int = 1) -> None:
    member.turn_on(method, cap=cap, now=noon(FIRST_BILL + dt.timedelta(days=days)))


def questions() -> list[str]:
    """Return what members were asked by message."""
    found = Message.objects.filter(template="auto_pay_planned", body__contains="without asking")
    return list(found.order_by("pk").values_list("body", flat=True))


def asked() -> int:
    return DraftEvent.objects.filter(kind=DraftEventKind.ASKED).count()


def test_the_question_goes_out_with_the_change_and_once(maria: Member, card: uuid.UUID) -> None:
    as_announced(maria, card)
    assert questions() == []

    lower(maria, card)
    lower(maria, card, HALF - Money(1), days=2)

    (question,) = questions()
    assert f"comes to {BILLED}" in question.replace("USD ", "")
    assert asked() == 1


def test_what_was_asked_about_with_its_bill_is_not_asked_again(
    maria: Member, card: uuid.UUID
) -> None:
    limit_below_the_bill(maria, card)

    lower(maria, card, HALF - Money(1))

    assert (len(questions()), asked()) == (1, 1)


def test_the_printed_bill_says_what_was_announced_with_it(maria: Member, card: uuid.UUID) -> None:
    as_announced(maria, card)

    lower(maria, card)

    account_id = maria.cast.account_1001
    on_bill = get_on_bill(account_id=account_id, bill_number=BILL_NUMBER, bill_date=FIRST_BILL)
    assert on_bill.draft_on == DUE


@pytest.mark.parametrize("cap", [BILLED, None])
def test_a_limit_that_the_draft_keeps_to_asks_nothing(
    maria: Member, card: uuid.UUID, cap: Money | None
) -> None:
    as_announced(maria, card)

    maria.turn_on(card, cap=cap, now=noon(FIRST_BILL))

    assert (questions(), asked()) == ([], 0)


def test_nor_where_what_is_left_of_the_bill_keeps_to_it(maria: Member, card: uuid.UUID) -> None:
    half_paid_by_hand(maria, card)

    lower(maria, card, BILLED - HALF)

    assert (questions(), asked()) == ([], 0)


def test_while_paused_it_is_only_noted_and_asked_on_the_page_after(
    maria: Member, card: uuid.UUID
) -> None:
    paused(maria, card)
    lower(maria, card)
    assert (questions(), asked()) == ([], 1)

    maria.change(PlanEventKind.RESUMED, noon(FIRST_BILL + dt.timedelta(days=2)))

    due = row(maria)
    assert due.auto_pay is not None
    assert due.auto_pay.asks_before == DUE


def test_another_try_is_asked_about_and_may_be_allowed(
    maria: Member, village: Cast, wallet: Wallet, card: uuid.UUID
) -> None:
    as_announced(maria, wallet.add(village.maria, INSUFFICIENT))
    maria.run(DUE)
    again = DUE + dt.timedelta(days=3)

    maria.turn_on(card, cap=HALF, now=noon(DUE))

    due = row(maria)
    assert due.auto_pay is not None
    assert due.auto_pay.asks_before == again
    assert len(questions()) == 1
    maria.approve(BILL_NUMBER)
    assert maria.run(again) == (1, 0)


def test_a_change_that_is_not_kept_asks_nothing(maria: Member, card: uuid.UUID) -> None:
    as_announced(maria, card)

    with (
        patch.object(set_up_auto_pay, "ask_about_open_drafts", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        lower(maria, card)

    plan = find_plan(account_id=maria.cast.account_1001)
    assert plan is not None
    assert plan.cap is None
