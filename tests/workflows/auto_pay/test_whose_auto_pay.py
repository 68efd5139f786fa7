"""Auto Pay of somebody let in to pay ends with their right to, and leaves nothing behind."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from smarthub.accounts.models import AccountRole
from smarthub.accounts.operations import grant_role
from smarthub.auto_pay.queries import find_plan
from smarthub.members.models import Consent
from smarthub.notifications.models import Message
from smarthub.workflows.auto_pay.end_mandate import end_plans_of_let_out
from smarthub.workflows.auto_pay.set_up_auto_pay import turn_on
from smarthub.workflows.bank.stored_methods import remove_method
from smarthub.workflows.membership.share_account import leave_account, let_out
from tests.billing.village import FIRST_BILL
from tests.cast import Cast, Player
from tests.sandbox_gateway import GOOD
from tests.workflows.auto_pay.test_auto_pay import (
    AGREEMENT,
    CHICAGO,
    DUE,
    EVE,
    Member,
    card,
    maria,
    noon,
)
from tests.workflows.closing import close
from tests.workflows.wallet import Wallet

__all__ = ["card", "maria"]

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

DAYS_LATER = FIRST_BILL + dt.timedelta(days=2)


def turn_on_as(player: Player, method: uuid.UUID, now: dt.datetime = EVE) -> None:
    turn_on(
        plan_id=uuid.uuid4(),
        user_id=player.user.pk,
        number="1001",
        method_id=method,
        cap=None,
        agreement=AGREEMENT,
        now=now,
        zone=CHICAGO,
    )


def told(template: str) -> list[int | None]:
    """Return whom a message went to."""
    messages = Message.objects.filter(template=template).order_by("pk")
    return list(messages.values_list("person_id", flat=True))


class TestOfAPayerWhoHasGone:
    @pytest.fixture
    def method(self, village: Cast, wallet: Wallet) -> uuid.UUID:
        """Let Rosa in to pay, and have her turn Auto Pay on; the bill is announced to her."""
        grant_role(
            account_id=village.account_1001,
            person_id=village.rosa.person_id,
            role="payer",
            starts_on=EVE.date(),
        )
        method = wallet.add(village.rosa, GOOD)
        turn_on_as(village.rosa, method)
        close(announce=True)
        return method

    @pytest.mark.parametrize("goes", ["let out", "leaves", "day over"])
    def test_nothing_is_drafted_any_more_and_both_are_told(
        self, village: Cast, maria: Member, method: uuid.UUID, goes: str
    ) -> None:
        role = AccountRole.objects.get(account=village.account_1001, person=village.rosa.person_id)
        at: dict[str, Any] = {
            "reference": role.reference,
            "on": DAYS_LATER,
            "now": noon(DAYS_LATER),
        }
        if goes == "let out":
            let_out(user_id=maria.user_id, number="1001", **at)
        elif goes == "leaves":
            leave_account(user_id=village.rosa.user.pk, **at)
        else:
            AccountRole.objects.filter(pk=role.pk).update(ends_on=DAYS_LATER)

        ended = [
            end_plans_of_let_out(now=noon(day), zone=CHICAGO)
            for day in (FIRST_BILL, DAYS_LATER, DUE)
        ]
        maria.run(DUE)
        remove_method(  # she is free to take her card away
            user_id=village.rosa.user.pk,
            method_id=method,
            now=noon(DUE),
            gateway=maria.wallet.simulator.gateway,
        )

        assert ended == [0, 1, 0]
        assert maria.charges() == []
        assert find_plan(account_id=village.account_1001) is None
        assert told("auto_pay_changed")[1:] == [  # the first: she turned it on
            village.rosa.person_id,
            village.maria.person_id,
        ]
        assert [each.granted for each in Consent.objects.order_by("pk")] == [True, False]

    def test_it_goes_on_while_she_may_pay(
        self, village: Cast, maria: Member, method: uuid.UUID
    ) -> None:
        AccountRole.objects.filter(person=village.rosa.person_id).filter(
            account=village.account_1001
        ).update(ends_on=DUE + dt.timedelta(days=1))

        assert end_plans_of_let_out(now=noon(DUE), zone=CHICAGO) == 0
        assert maria.run(DUE) == (1, 0)

    def test_a_holder_who_took_it_over_keeps_it(
        self, village: Cast, maria: Member, method: uuid.UUID, card: uuid.UUID
    ) -> None:
        maria.turn_on(card, now=noon(FIRST_BILL))
        AccountRole.objects.filter(
            account=village.account_1001, person=village.rosa.person_id
        ).update(ends_on=DAYS_LATER)

        assert end_plans_of_let_out(now=noon(DUE), zone=CHICAGO) == 0
        assert maria.run(DUE) == (1, 0)
