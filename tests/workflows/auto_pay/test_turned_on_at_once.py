"""Auto Pay turned on at the moment bills are made: each bill is drafted, or left to be paid."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from pytest_django.plugin import DjangoDbBlocker

from smarthub.accounts.operations import grant_role
from smarthub.auto_pay.models import AutoPayDraft
from smarthub.auto_pay.queries import find_plan
from smarthub.billing.types import RunReport
from smarthub.workflows.auto_pay import set_up_auto_pay
from smarthub.workflows.auto_pay.set_up_auto_pay import turn_on, turn_on_together
from smarthub.workflows.messages.auto_pay_messages import tell_of_agreement
from tests.billing.village import VILLAGE
from tests.cast import OPENED, Cast
from tests.metering.yard import CHICAGO
from tests.sandbox_gateway import GOOD
from tests.workflows.auto_pay.test_auto_pay import AGREEMENT, BILLED, EVE
from tests.workflows.closing import close
from tests.workflows.two_at_once import TwoAtOnce
from tests.workflows.wallet import Wallet
from tests.worlds import Atlas

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def committing_village(atlas: Atlas, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    """Give a database of the test's own, in which it may really commit, the village."""
    with django_db_blocker.unblock(), atlas.copy_of(VILLAGE):
        yield atlas.lend(VILLAGE)


def test_a_bill_made_meanwhile_is_to_be_paid_by_hand(
    committing_village: Cast, wallet: Wallet
) -> None:
    village = committing_village
    card = wallet.add(village.maria, GOOD)
    two = TwoAtOnce()

    two.act(
        lambda: close(announce=True),
        lambda: turn_on(
            plan_id=uuid.uuid4(),
            user_id=village.maria.user.pk,
            number="1001",
            method_id=card,
            cap=None,
            agreement=AGREEMENT,
            now=EVE,
            zone=CHICAGO,
        ),
    )

    plan = find_plan(account_id=village.account_1001)
    assert two.has_waited
    assert plan is not None
    assert plan.by_hand == BILLED


def test_several_accounts_and_a_bill_run_never_wait_for_each_other(
    committing_village: Cast, wallet: Wallet
) -> None:
    village = committing_village
    grant_role(
        account_id=village.account_1002,
        person_id=village.maria.person_id,
        role="joint",
        starts_on=OPENED,
    )
    card = wallet.add(village.maria, GOOD)
    two = TwoAtOnce()

    def tell(**told: Any) -> None:
        tell_of_agreement(**told)
        two.pause()  # after the first of the two accounts

    with patch.object(set_up_auto_pay, "tell_of_agreement", tell):
        plans, report = two.act_freely(
            lambda: turn_on_together(
                form_id=uuid.uuid4(),
                user_id=village.maria.user.pk,
                numbers=["1002", "1001"],
                method_id=card,
                cap=None,
                agreement=AGREEMENT,
                now=EVE,
                zone=CHICAGO,
            ),
            lambda: close(announce=True),
        )

    assert two.has_waited
    assert isinstance(plans, tuple), plans
    assert isinstance(report, RunReport), report
    assert AutoPayDraft.objects.count() == len(plans)
