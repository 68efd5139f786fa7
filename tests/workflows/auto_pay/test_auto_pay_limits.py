"""The limit of a member, and the most one payment may move: two things, told as two."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from smarthub.auto_pay.types import LeftOut, PlanEventKind
from smarthub.cooperative.operations import set_policy
from smarthub.kernel.money import Money
from smarthub.notifications.models import Message
from smarthub.payments.queries import list_dues
from smarthub.payments.queries.paying import MAXIMUM
from smarthub.workflows.auto_pay.plan_drafts import UP_TO_LIMIT
from tests.billing.village import FIRST_BILL
from tests.cast import Cast
from tests.metering.yard import CHICAGO
from tests.sandbox_gateway import GOOD
from tests.workflows.auto_pay.test_auto_pay import BILLED, DUE, EVE, Member
from tests.workflows.closing import close
from tests.workflows.wallet import Wallet

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def card(village: Cast, wallet: Wallet) -> uuid.UUID:
    return wallet.add(village.maria, GOOD)


@pytest.fixture
def maria(village: Cast, wallet: Wallet) -> Member:
    return Member(village, wallet)


class TestAboveWhatOnePaymentMayMove:
    """The co-op's own maximum, which is no limit of the member's."""

    def test_it_is_told_as_that_when_the_bill_is_made(self, maria: Member, card: uuid.UUID) -> None:
        _let_payments_move(250_00, on=FIRST_BILL)
        maria.turn_on(card, cap=Money(200_00))

        close(announce=True)

        assert maria.see().drafts[0].draft.left_out is LeftOut.ABOVE_MAXIMUM
        told = Message.objects.get(template="auto_pay_left_out")
        assert told.queued_at.astimezone(CHICAGO).date() == FIRST_BILL
        assert "in two or more payments" in told.body
        assert "than your limit" not in told.body
        assert not Message.objects.filter(template="auto_pay_planned").exists()
        assert maria.run(DUE) == (0, 0)

    def test_it_is_told_on_the_day_where_the_maximum_came_down_meanwhile(
        self, maria: Member, card: uuid.UUID
    ) -> None:
        maria.turn_on(card)
        close(announce=True)
        _let_payments_move(250_00, on=DUE)

        assert maria.run(DUE) == (0, 1)
        assert maria.see().drafts[0].draft.left_out is LeftOut.ABOVE_MAXIMUM
        assert maria.charges() == []

    def test_what_is_just_at_it_is_taken(self, maria: Member, card: uuid.UUID) -> None:
        _let_payments_move(BILLED.cents, on=FIRST_BILL)
        maria.turn_on(card)
        close(announce=True)

        assert maria.run(DUE) == (1, 0)


class TestUpToTheLimit:
    """Domain rule 66, where the co-op takes a bill above a member's limit up to it."""

    CAP = Money(200_00)

    def test_so_much_is_taken_and_the_rest_told_before_it_is_due(
        self, village: Cast, maria: Member, card: uuid.UUID
    ) -> None:
        take_up_to_limits(on=EVE.date())
        maria.turn_on(card, cap=self.CAP)

        close(announce=True)

        told = Message.objects.get(template="auto_pay_planned")
        assert told.queued_at.astimezone(CHICAGO).date() == FIRST_BILL < DUE
        assert "we take $200.00, your limit" in told.body
        assert f"comes to {BILLED - self.CAP} more" in told.body
        assert str(BILLED - self.CAP) in told.subject
        ahead = maria.see().ahead
        assert ahead is not None
        assert ahead.amount == self.CAP
        assert maria.run(DUE) == (1, 0)
        assert [cents for cents, _ in maria.charges()] == [self.CAP.cents]
        due = list_dues(account_ids=[village.account_1001])[village.account_1001]
        assert due.asked == BILLED - self.CAP

    def test_what_is_paid_by_hand_before_is_the_rest_first(
        self, village: Cast, maria: Member, card: uuid.UUID, wallet: Wallet
    ) -> None:
        take_up_to_limits(on=EVE.date())
        maria.turn_on(card, cap=self.CAP)
        close(announce=True)
        wallet.pay(village.maria, card, {"1001": BILLED - self.CAP})

        maria.run(DUE)

        due = list_dues(account_ids=[village.account_1001])[village.account_1001]
        assert due.asked == Money(0)

    def test_a_bill_below_it_is_taken_whole(self, maria: Member, card: uuid.UUID) -> None:
        take_up_to_limits(on=EVE.date())
        maria.turn_on(card, cap=BILLED)
        close(announce=True)

        assert "your limit" not in Message.objects.get(template="auto_pay_planned").body
        assert maria.run(DUE) == (1, 0)
        assert [cents for cents, _ in maria.charges()] == [BILLED.cents]

    def test_who_agreed_to_be_asked_is_asked_whatever_the_policy_says_since(
        self, maria: Member, card: uuid.UUID
    ) -> None:
        maria.turn_on(card, cap=self.CAP)
        take_up_to_limits(on=FIRST_BILL)
        close(announce=True)

        assert maria.run(DUE) == (0, 1)
        assert maria.see().drafts[0].draft.left_out is LeftOut.ABOVE_CAP

    def test_paused_all_of_it_is_told_as_to_be_paid(self, maria: Member, card: uuid.UUID) -> None:
        take_up_to_limits(on=EVE.date())
        maria.turn_on(card, cap=self.CAP)
        maria.change(PlanEventKind.PAUSED)
        close(announce=True)

        assert f"comes to {BILLED}." in Message.objects.get(template="auto_pay_planned").body


def take_up_to_limits(*, on: dt.date) -> None:
    set_policy(key=UP_TO_LIMIT, value=True, effective_from=on, author="test", now=EVE)


def _let_payments_move(cents: int, *, on: dt.date) -> None:
    set_policy(key=MAXIMUM, value=cents, effective_from=on, author="test", now=EVE)
