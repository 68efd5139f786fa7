"""A draft above the limit, allowed in the moment of its run: it is taken, or it is too late."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest
from pytest_django.plugin import DjangoDbBlocker

from smarthub.auto_pay.models import DraftEvent
from smarthub.auto_pay.operations import NothingToChange
from smarthub.auto_pay.types import DraftEventKind, DraftView
from smarthub.kernel.money import Money
from smarthub.workflows.auto_pay import run_auto_pay
from smarthub.workflows.auto_pay.set_up_auto_pay import ApprovedTooLate, approve_draft
from smarthub.workflows.messages.auto_pay_messages import tell_left_out
from tests.billing.village import FIRST_BILL, VILLAGE
from tests.cast import Cast
from tests.metering.yard import CHICAGO
from tests.sandbox_gateway import GOOD
from tests.workflows.auto_pay.test_auto_pay import BILLED, DUE, Member, noon
from tests.workflows.closing import close
from tests.workflows.two_at_once import TwoAtOnce
from tests.workflows.wallet import Wallet
from tests.worlds import Atlas

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

LIMIT = Money(100_00)


@pytest.fixture
def maria(atlas: Atlas, django_db_blocker: DjangoDbBlocker, wallet: Wallet) -> Iterator[Member]:
    """Return Maria, whose bill above her limit was announced, in a database that may commit."""
    with django_db_blocker.unblock(), atlas.copy_of(VILLAGE):
        village: Cast = atlas.lend(VILLAGE)
        member = Member(village, wallet)
        member.turn_on(wallet.add(village.maria, GOOD), cap=LIMIT)
        close(announce=True)
        yield member


def approval(member: Member) -> Callable[[], DraftView]:
    return lambda: approve_draft(
        user_id=member.user_id,
        number="1001",
        bill_number=f"1001-{FIRST_BILL:%y%m%d}",
        now=noon(DUE),
        zone=CHICAGO,
    )


def events() -> list[str]:
    """Return what happened to the draft since it was asked about."""
    rows = DraftEvent.objects.exclude(kind=DraftEventKind.ASKED).order_by("pk")
    return list(rows.values_list("kind", flat=True))


def test_after_the_run_left_it_out_it_is_too_late_and_said_so(maria: Member) -> None:
    two = TwoAtOnce()

    def tell(**told: Any) -> None:
        tell_left_out(**told)
        two.pause()  # the run has left it out, and did not commit that yet

    with patch.object(run_auto_pay, "tell_left_out", tell):
        ran, answer = two.act_freely(lambda: maria.run(DUE), approval(maria))

    assert two.has_waited
    assert (ran, type(answer)) == ((0, 1), ApprovedTooLate)
    assert events() == [DraftEventKind.LEFT_OUT]


def test_before_the_run_looks_it_is_taken(maria: Member) -> None:
    two = TwoAtOnce()

    answer, ran = two.act(approval(maria), lambda: maria.run(DUE))

    assert two.has_waited
    assert isinstance(answer, DraftView)
    assert ran == (1, 0)
    assert events() == [DraftEventKind.APPROVED]
    assert maria.charges() == [(BILLED.cents, "success")]


def test_the_next_day_it_is_too_late(maria: Member) -> None:
    maria.run(DUE)

    with pytest.raises(ApprovedTooLate):
        approval(maria)()

    assert events() == [DraftEventKind.LEFT_OUT]


def test_allowed_a_second_time_nothing_is_asked_any_more_but_it_is_not_too_late(
    maria: Member,
) -> None:
    approval(maria)()

    with pytest.raises(NothingToChange):
        approval(maria)()
