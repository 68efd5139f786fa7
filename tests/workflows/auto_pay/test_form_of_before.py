"""A form of Auto Pay that is sent again when what it agreed to stands no more."""

from __future__ import annotations

import uuid

import pytest

from smarthub.auto_pay.operations import PlanChangedMeanwhile
from smarthub.auto_pay.types import PlanEventKind
from smarthub.kernel.money import Money
from tests.cast import Cast
from tests.sandbox_gateway import GOOD
from tests.workflows.auto_pay.test_auto_pay import Member
from tests.workflows.wallet import Wallet

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def card(village: Cast, wallet: Wallet) -> uuid.UUID:
    return wallet.add(village.maria, GOOD)


@pytest.fixture
def maria(village: Cast, wallet: Wallet) -> Member:
    return Member(village, wallet)


def test_with_a_form_of_before_it_was_stopped_it_stays_off_and_that_is_said(
    maria: Member, card: uuid.UUID
) -> None:
    form = uuid.uuid4()
    maria.turn_on(card, form=form)
    maria.change(PlanEventKind.STOPPED)

    with pytest.raises(PlanChangedMeanwhile):
        maria.turn_on(card, form=form)

    assert maria.see().plan is None


def test_with_a_form_of_before_it_was_changed_the_change_stays(
    maria: Member, card: uuid.UUID
) -> None:
    form = uuid.uuid4()
    maria.turn_on(card, form=form)
    changed = maria.turn_on(card, cap=Money(300_00))

    with pytest.raises(PlanChangedMeanwhile):
        maria.turn_on(card, form=form)

    assert maria.see().plan == changed
