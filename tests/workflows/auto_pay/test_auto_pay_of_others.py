"""Whoever was let in to pay sets up Auto Pay of their own, and leaves another's alone."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from smarthub.accounts.operations import grant_role
from smarthub.auto_pay.types import DraftState, Plan, PlanEventKind
from smarthub.kernel.money import Money
from smarthub.workflows.auto_pay.set_up_auto_pay import (
    approve_draft,
    change_state,
    list_auto_pay,
    see_auto_pay,
    turn_on,
)
from smarthub.workflows.money.pay_balance import MayNotPay
from tests.billing.village import FIRST_BILL
from tests.cast import OPENED, Cast, Player
from tests.metering.yard import CHICAGO
from tests.sandbox_gateway import GOOD
from tests.workflows.auto_pay.test_auto_pay import AGREEMENT, EVE, noon
from tests.workflows.closing import close, maria_bill
from tests.workflows.wallet import Wallet

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def cards(village: Cast, wallet: Wallet) -> dict[str, uuid.UUID]:
    """Let Ben in to pay, and give him and Maria a card each."""
    let_in(village, "payer")
    return {"maria": wallet.add(village.maria, GOOD), "ben": wallet.add(village.ben, GOOD)}


def let_in(cast: Cast, role: str) -> None:
    grant_role(
        account_id=cast.account_1001, person_id=cast.ben.person_id, role=role, starts_on=OPENED
    )


def set_up(player: Player, card: uuid.UUID) -> Plan:
    return turn_on(
        plan_id=uuid.uuid4(),
        user_id=player.user.pk,
        number="1001",
        method_id=card,
        cap=Money(1_00),
        agreement=AGREEMENT,
        now=EVE,
        zone=CHICAGO,
    )


def stop(player: Player) -> Plan:
    return change_state(
        user_id=player.user.pk, number="1001", kind=PlanEventKind.STOPPED, now=EVE, zone=CHICAGO
    )


def allow(cast: Cast, player: Player) -> DraftState:
    return approve_draft(
        user_id=player.user.pk,
        number="1001",
        bill_number=maria_bill(cast).number,
        now=noon(FIRST_BILL),
        zone=CHICAGO,
    ).state


def test_it_is_not_stopped_changed_nor_a_bill_above_its_limit_allowed(
    village: Cast, cards: dict[str, uuid.UUID]
) -> None:
    plan = set_up(village.maria, cards["maria"])
    close(announce=True)
    acts: list[Callable[[], object]] = [
        lambda: stop(village.ben),
        lambda: set_up(village.ben, cards["ben"]),
        lambda: allow(village, village.ben),
    ]

    for act in acts:
        with pytest.raises(MayNotPay):
            act()

    view = see_auto_pay(user_id=village.ben.user.pk, number="1001", on=FIRST_BILL, zone=CHICAGO)
    (state,) = list_auto_pay(user_id=village.ben.user.pk, on=FIRST_BILL)
    assert (view.plan, view.may_change, state.may_change) == (plan, False, False)
    assert allow(village, village.maria) is DraftState.PLANNED


def test_ones_own_is_set_up_and_stopped_and_its_holder_may_stop_it_too(
    village: Cast, cards: dict[str, uuid.UUID]
) -> None:
    for who in (village.ben, village.maria):
        set_up(village.ben, cards["ben"])
        stop(who)

    (state,) = list_auto_pay(user_id=village.maria.user.pk, on=FIRST_BILL)
    assert state.plan is None


def test_whoever_was_let_in_to_do_all_changes_it(
    village: Cast, cards: dict[str, uuid.UUID]
) -> None:
    let_in(village, "full")
    set_up(village.maria, cards["maria"])

    assert set_up(village.ben, cards["ben"]).person_id == village.ben.person_id
