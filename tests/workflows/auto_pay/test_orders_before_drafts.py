"""Money ordered for a day is paid by hand before every draft that comes no earlier.

What the first page promises while the order waits is held against what the days' runs then take.
"""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from smarthub.accounts.operations import grant_role
from smarthub.kernel.money import ZERO, Money
from smarthub.payments.models import PresentedAgain, StoredMethod
from smarthub.workflows.accounts.account_overview import get_dues
from smarthub.workflows.accounts.auto_pay_ahead import AheadKind, list_taken_ahead
from smarthub.workflows.money.schedule_payment import pay_scheduled, schedule_payment
from tests.billing.village import FIRST_BILL
from tests.cast import Cast, Player
from tests.sandbox_gateway import GOOD
from tests.workflows.auto_pay.test_auto_pay import BILLED, DUE, EVE, Member, card, maria, noon
from tests.workflows.auto_pay.test_left_to_auto_pay import (
    HALF,
    as_announced,
    let_payments_move,
    limit_below_the_bill,
    paused,
    row,
    up_to_the_limit,
)
from tests.workflows.wallet import Wallet, bill

__all__ = ["card", "maria"]

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

EARLY = FIRST_BILL + dt.timedelta(days=4)
"""The day on which the page is read."""


class TestOneOrder:
    @pytest.mark.parametrize(
        ("days", "drafted", "ordered"),
        [
            pytest.param(-2, BILLED - HALF, HALF, id="before"),
            pytest.param(0, BILLED - HALF, HALF, id="on-the-day"),
            pytest.param(2, BILLED, ZERO, id="after"),
        ],
    )
    def test_what_is_promised_is_what_is_taken(
        self, maria: Member, card: uuid.UUID, days: int, drafted: Money, ordered: Money
    ) -> None:
        as_announced(maria, card)
        order(maria, card, DUE + dt.timedelta(days=days))

        due = row(maria, EARLY)

        assert (due.drafted, due.ordered, due.by_hand) == (drafted, ordered, ZERO)
        assert due.is_cared_for
        assert run_all(maria, until=DUE + dt.timedelta(days=2)) == [drafted]

    def test_one_of_a_day_missed_is_made_before_the_draft_of_today(
        self, maria: Member, card: uuid.UUID
    ) -> None:
        as_announced(maria, card)
        order(maria, card, DUE - dt.timedelta(days=1))

        due = row(maria)

        assert due.auto_pay is not None
        assert [(each.amount, each.on) for each in due.auto_pay.ordered] == [(HALF, DUE)]
        assert run_all(maria, since=DUE, until=DUE) == [due.drafted] == [BILLED - HALF]

    def test_one_of_all_that_is_due_leaves_nothing_to_the_draft(
        self, maria: Member, card: uuid.UUID
    ) -> None:
        limit_below_the_bill(maria, card)
        order(maria, card, DUE - dt.timedelta(days=1), amount=BILLED)

        due = row(maria, EARLY)

        assert due.auto_pay is not None
        assert (due.auto_pay.kind, due.auto_pay.asked) == (AheadKind.ORDERED, None)
        assert (due.drafted, due.ordered, due.by_hand) == (ZERO, BILLED, ZERO)
        assert not due.is_left_to_auto_pay
        assert get_dues(user_id=maria.user_id, on=EARLY).figure == BILLED
        assert run_all(maria, until=DUE) == []

    def test_one_for_what_auto_pay_leaves_is_not_asked_for_beside(
        self, maria: Member, card: uuid.UUID
    ) -> None:
        up_to_the_limit(maria, card)
        order(maria, card, DUE, amount=BILLED - HALF)

        due = row(maria, EARLY)

        assert (due.drafted, due.ordered, due.by_hand) == (HALF, BILLED - HALF, ZERO)
        assert run_all(maria, until=DUE) == [HALF]

    def test_one_that_settles_what_was_billed_before_leaves_the_draft_alone(
        self, maria: Member, card: uuid.UUID
    ) -> None:
        bill(maria.cast.account_1001, HALF.cents, on=EVE.date())
        as_announced(maria, card)
        order(maria, card, DUE - dt.timedelta(days=1))

        due = row(maria, EARLY)

        assert (due.drafted, due.ordered) == (BILLED, HALF)
        assert run_all(maria, until=DUE) == [BILLED]

    def test_one_that_keeps_its_amount_takes_more_than_is_due(
        self, maria: Member, card: uuid.UUID
    ) -> None:
        as_announced(maria, card)
        order(maria, card, DUE - dt.timedelta(days=1), amount=BILLED + HALF, keeps_amount=True)

        due = row(maria, EARLY)

        assert (due.drafted, due.ordered, due.by_hand) == (ZERO, BILLED, ZERO)
        assert run_all(maria, until=DUE) == []

    def test_one_that_comes_too_late_is_asked_for_meanwhile(
        self, maria: Member, card: uuid.UUID
    ) -> None:
        paused(maria, card)
        order(maria, card, DUE + dt.timedelta(days=1))

        due = row(maria, EARLY)

        assert (due.drafted, due.ordered, due.by_hand) == (ZERO, ZERO, BILLED)

    def test_one_whose_method_is_gone_does_not_count(
        self, maria: Member, village: Cast, wallet: Wallet, card: uuid.UUID
    ) -> None:
        as_announced(maria, card)
        other = wallet.add(village.maria, GOOD)
        order(maria, other, DUE - dt.timedelta(days=1))
        StoredMethod.objects.filter(pk=other).update(
            removed_at=noon(FIRST_BILL), removed_because="R02"
        )

        due = row(maria, EARLY)

        assert (due.drafted, due.ordered, due.by_hand) == (BILLED, ZERO, ZERO)
        assert run_all(maria, until=DUE) == [BILLED]

    @pytest.mark.parametrize(
        ("until", "drafted"), [(DUE, BILLED), (DUE - dt.timedelta(days=1), BILLED - HALF)]
    )
    def test_one_on_a_bank_account_counts_if_that_is_taken_by_then(
        self,
        maria: Member,
        card: uuid.UUID,
        monkeypatch: pytest.MonkeyPatch,
        until: dt.date,
        drafted: Money,
    ) -> None:
        as_announced(maria, card)
        bank = maria.wallet.add_bank(maria.cast.maria, "000123456789")
        order(maria, bank, DUE - dt.timedelta(days=1))
        monkeypatch.setattr(
            "smarthub.workflows.accounts.orders_ahead.list_guaranteed_funds",
            lambda *, account_ids, **_on: dict.fromkeys(account_ids, until),
        )

        assert row(maria, EARLY).drafted == drafted

    def test_one_above_what_payments_may_move_by_then_does_not_count(
        self, maria: Member, card: uuid.UUID
    ) -> None:
        as_announced(maria, card)
        order(maria, card, DUE - dt.timedelta(days=1))
        let_payments_move(HALF - Money(1), since=DUE - dt.timedelta(days=1))
        let_payments_move(BILLED, since=DUE)

        due = row(maria, EARLY)

        assert (due.drafted, due.ordered) == (BILLED, ZERO)
        assert run_all(maria, until=DUE) == [BILLED]

    def test_one_of_somebody_let_out_by_then_does_not_count(
        self, maria: Member, village: Cast, wallet: Wallet, card: uuid.UUID
    ) -> None:
        as_announced(maria, card)
        grant_role(
            account_id=village.account_1001,
            person_id=village.rosa.person_id,
            role="payer",
            starts_on=EVE.date(),
            ends_on=DUE - dt.timedelta(days=2),
        )
        theirs = wallet.add(village.rosa, GOOD)
        order(maria, theirs, DUE - dt.timedelta(days=1), by=village.rosa)

        due = row(maria, EARLY)

        assert (due.drafted, due.ordered) == (BILLED, ZERO)
        assert run_all(maria, until=DUE) == [BILLED]

    def test_one_presented_again_is_taken_whole_or_not_at_all(
        self, maria: Member, card: uuid.UUID
    ) -> None:
        as_announced(maria, card)
        again = order(maria, card, DUE - dt.timedelta(days=1), amount=BILLED + HALF)
        first = maria.wallet.pay(maria.cast.maria, card, {"1001": Money(1)}, allow_credit=True)
        PresentedAgain.objects.create(
            payment_id=first.payment_id,
            number=1,
            scheduled_id=again,
            present_on=DUE - dt.timedelta(days=1),
            ordered_at=noon(FIRST_BILL),
        )

        due = row(maria, EARLY)

        assert (due.drafted, due.ordered) == (BILLED - Money(1), ZERO)
        assert run_all(maria, until=DUE) == [BILLED - Money(1)]


def test_whoever_ordered_what_the_draft_does_not_take_is_not_reminded(
    maria: Member, card: uuid.UUID
) -> None:
    as_announced(maria, card)
    order(maria, card, DUE - dt.timedelta(days=1))

    assert list_taken_ahead(account_ids=[maria.cast.account_1001], on=EARLY)


def test_an_order_adds_one_query_for_who_may_still_pay(maria: Member, card: uuid.UUID) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            get_dues(user_id=maria.user_id, on=EARLY)
        return len(seen)

    as_announced(maria, card)
    count()  # what is asked once a process
    without = count()
    order(maria, card, DUE)

    assert count() - without == 1


def order(
    member: Member,
    method: uuid.UUID,
    pay_on: dt.date,
    *,
    amount: Money = HALF,
    by: Player | None = None,
    keeps_amount: bool = False,
    now: dt.datetime | None = None,
) -> uuid.UUID:
    """Order a payment of account 1001 for a day; return its id."""
    ordered = uuid.uuid4()
    schedule_payment(
        payment_id=ordered,
        user_id=(by or member.cast.maria).user.pk,
        parts={"1001": amount},
        method_id=method,
        pay_on=pay_on,
        keeps_amount=keeps_amount,
        now=now or noon(FIRST_BILL),
    )
    return ordered


def run_all(
    member: Member, *, since: dt.date = DUE - dt.timedelta(days=2), until: dt.date
) -> list[Money]:
    """Play the days as the hourly jobs do; return what was drafted."""
    for days in range((until - since).days + 1):
        day = since + dt.timedelta(days=days)
        pay_scheduled(now=noon(day), gateway=member.wallet.simulator.gateway)
        member.run(day)
    return [Money(cents) for cents, _ in member.charges()]
