"""A payment ordered for a day is made on that day, once, and never for more than is due."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.notifications.models import Message
from smarthub.payments.models import Payment, ScheduledPayment
from smarthub.payments.operations import MethodGone, ScheduleConflict, ScheduleOver
from smarthub.payments.queries import list_schedules
from smarthub.payments.types import ScheduleState
from smarthub.workflows.money.charge_payment import repair_unknown_attempts
from smarthub.workflows.money.pay_balance import MayNotPay
from smarthub.workflows.money.schedule_payment import (
    DayRefused,
    cancel_scheduled_payment,
    pay_scheduled,
    schedule_payment,
)
from tests.cast import NOW, TODAY, Cast, Player
from tests.sandbox_gateway import DECLINED, GOOD, SILENT_ONCE
from tests.workflows.wallet import Wallet, bill, owed, subjects

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

IN_A_WEEK = TODAY + dt.timedelta(days=7)
THAT_DAY = NOW + dt.timedelta(days=7)


def order(player: Player, method: uuid.UUID, cents: int = 60_00, **changed: Any) -> uuid.UUID:
    """Order 60.00 for account 1001 in a week, or what is said otherwise."""
    values: dict[str, Any] = {
        "payment_id": uuid.uuid4(),
        "parts": {"1001": Money(cents)},
        "pay_on": IN_A_WEEK,
        "keeps_amount": False,
        "now": NOW,
        **changed,
    }
    schedule_payment(user_id=player.user.pk, method_id=method, **values)
    made: uuid.UUID = values["payment_id"]
    return made


def state_of(cast: Cast, schedule_id: uuid.UUID) -> ScheduleState:
    (view,) = [
        view
        for view in list_schedules(person_id=cast.maria.person_id)
        if view.schedule.id == schedule_id
    ]
    return view.state


class TestOnItsDay:
    def test_is_made_once_however_often_the_job_runs(
        self, committing_cast: Cast, wallet: Wallet
    ) -> None:
        cast, gateway = committing_cast, wallet.simulator.gateway
        bill(cast.account_1001, 100_00)
        ordered = order(cast.maria, wallet.add(cast.maria, GOOD))

        before = pay_scheduled(now=THAT_DAY - dt.timedelta(days=1), gateway=gateway)
        on_the_day = [pay_scheduled(now=THAT_DAY, gateway=gateway) for _ in range(2)]

        assert (before, on_the_day) == (0, [1, 0])
        assert owed(cast.account_1001) == Money(40_00)  # 100.00 - 60.00
        assert len(wallet.simulator.charges(str(ordered))) == 1
        assert state_of(cast, ordered) is ScheduleState.TAKEN
        assert [subject.partition(" of ")[0] for subject in subjects()] == [
            "Your payment",
            "We received your payment",
        ]

    @pytest.mark.parametrize(
        ("keeps", "taken"),
        [
            (False, 25_00),  # 100.00 billed, 75.00 paid since: 25.00 is due, not 60.00
            (True, 60_00),  # she wants 60.00 taken: 35.00 of it waits as a credit
        ],
    )
    def test_takes_no_more_than_is_due_unless_asked_to(
        self, committing_cast: Cast, wallet: Wallet, *, keeps: bool, taken: int
    ) -> None:
        cast = committing_cast
        bill(cast.account_1001, 100_00)
        card = wallet.add(cast.maria, GOOD)
        order(cast.maria, card, keeps_amount=keeps)
        wallet.pay(cast.maria, card, {"1001": Money(75_00)})

        pay_scheduled(now=THAT_DAY, gateway=wallet.simulator.gateway)

        assert owed(cast.account_1001) == Money(25_00 - taken)

    def test_takes_nothing_where_nothing_is_due_and_says_so(
        self, committing_cast: Cast, wallet: Wallet
    ) -> None:
        cast = committing_cast
        ordered = order(cast.maria, wallet.add(cast.maria, GOOD))

        pay_scheduled(now=THAT_DAY, gateway=wallet.simulator.gateway)

        assert state_of(cast, ordered) is ScheduleState.NOTHING_DUE
        assert subjects()[-1].startswith("Nothing was due, so your payment")
        assert not Payment.objects.exists()

    def test_a_day_missed_is_made_up_for(self, committing_cast: Cast, wallet: Wallet) -> None:
        cast = committing_cast
        bill(cast.account_1001, 100_00)
        order(cast.maria, wallet.add(cast.maria, GOOD))

        pay_scheduled(now=THAT_DAY + dt.timedelta(days=2), gateway=wallet.simulator.gateway)

        assert owed(cast.account_1001) == Money(40_00)

    def test_begins_with_the_local_day_not_with_the_one_in_greenwich(
        self, committing_cast: Cast, wallet: Wallet
    ) -> None:
        bill(committing_cast.account_1001, 100_00)
        order(committing_cast.maria, wallet.add(committing_cast.maria, GOOD))
        midnight = dt.datetime.combine(IN_A_WEEK, dt.time(6), dt.UTC)  # midnight in Chicago

        early = pay_scheduled(
            now=midnight - dt.timedelta(seconds=1), gateway=wallet.simulator.gateway
        )
        on_time = pay_scheduled(now=midnight, gateway=wallet.simulator.gateway)

        assert (early, on_time) == (0, 1)

    def test_a_declined_card_is_told_and_not_tried_again(
        self, committing_cast: Cast, wallet: Wallet
    ) -> None:
        cast, gateway = committing_cast, wallet.simulator.gateway
        bill(cast.account_1001, 100_00)
        ordered = order(cast.maria, wallet.add(cast.maria, DECLINED))

        for _ in range(2):
            pay_scheduled(now=THAT_DAY, gateway=gateway)

        assert owed(cast.account_1001) == Money(100_00)
        assert len(wallet.simulator.charges(str(ordered))) == 1
        assert subjects()[-1] == "Your payment of $60.00 did not go through"

    def test_a_lost_answer_is_asked_for_not_paid_again(
        self, committing_cast: Cast, wallet: Wallet
    ) -> None:
        cast, gateway = committing_cast, wallet.simulator.gateway
        bill(cast.account_1001, 100_00)
        ordered = order(cast.maria, wallet.add(cast.maria, SILENT_ONCE))

        pay_scheduled(now=THAT_DAY, gateway=gateway)
        pay_scheduled(now=THAT_DAY, gateway=gateway)
        repair_unknown_attempts(now=THAT_DAY + dt.timedelta(minutes=2), gateway=gateway)

        assert len(wallet.simulator.charges(str(ordered))) == 1
        assert owed(cast.account_1001) == Money(40_00)

    def test_whoever_may_no_longer_pay_does_not(
        self, committing_cast: Cast, wallet: Wallet
    ) -> None:
        cast = committing_cast
        bill(cast.account_1001, 100_00)
        ordered = order(cast.maria, wallet.add(cast.maria, GOOD))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("smarthub.workflows.money.schedule_payment.list_logins", lambda **_: {})
            pay_scheduled(now=THAT_DAY, gateway=wallet.simulator.gateway)

        assert state_of(cast, ordered) is ScheduleState.REFUSED
        assert subjects()[-1].endswith("could not be made")


class TestBeforeItsDay:
    def test_changed_it_is_another_order_and_the_first_is_over(
        self, committing_cast: Cast, wallet: Wallet
    ) -> None:
        cast = committing_cast
        bill(cast.account_1001, 100_00)
        card = wallet.add(cast.maria, GOOD)
        first = order(cast.maria, card)

        second = order(cast.maria, card, 30_00, replaces=first)
        pay_scheduled(now=THAT_DAY, gateway=wallet.simulator.gateway)

        assert owed(cast.account_1001) == Money(70_00)
        assert [each.pk for each in Payment.objects.all()] == [second]
        with pytest.raises(ScheduleOver):
            order(cast.maria, card, replaces=first)

    def test_cancelled_it_is_never_made(self, committing_cast: Cast, wallet: Wallet) -> None:
        cast = committing_cast
        bill(cast.account_1001, 100_00)
        ordered = order(cast.maria, wallet.add(cast.maria, GOOD))

        cancel_scheduled_payment(user_id=cast.maria.user.pk, schedule_id=ordered, now=NOW)
        pay_scheduled(now=THAT_DAY, gateway=wallet.simulator.gateway)

        assert owed(cast.account_1001) == Money(100_00)
        assert state_of(cast, ordered) is ScheduleState.CANCELLED
        with pytest.raises(ScheduleOver):
            cancel_scheduled_payment(user_id=cast.maria.user.pk, schedule_id=ordered, now=NOW)

    def test_once_made_it_is_neither_changed_nor_cancelled(
        self, committing_cast: Cast, wallet: Wallet
    ) -> None:
        cast = committing_cast
        bill(cast.account_1001, 100_00)
        card = wallet.add(cast.maria, GOOD)
        ordered = order(cast.maria, card)
        pay_scheduled(now=THAT_DAY, gateway=wallet.simulator.gateway)

        with pytest.raises(ScheduleOver):
            cancel_scheduled_payment(user_id=cast.maria.user.pk, schedule_id=ordered, now=THAT_DAY)
        with pytest.raises(ScheduleOver):
            order(cast.maria, card, replaces=ordered)

    def test_sent_twice_it_is_one_order(self, cast: Cast, wallet: Wallet) -> None:
        card = wallet.add(cast.maria, GOOD)
        first = order(cast.maria, card)

        order(cast.maria, card, payment_id=first)

        assert ScheduledPayment.objects.count() == 1
        assert Message.objects.filter(template="payment_scheduled").count() == 1
        with pytest.raises(ScheduleConflict):
            order(cast.maria, card, 1_00, payment_id=first)

    @pytest.mark.parametrize("days", [-1, 0, 91])
    def test_is_for_tomorrow_at_the_earliest_and_ninety_days_at_most(
        self, cast: Cast, wallet: Wallet, days: int
    ) -> None:
        card = wallet.add(cast.maria, GOOD)

        with pytest.raises(DayRefused):
            order(cast.maria, card, pay_on=TODAY + dt.timedelta(days=days))

    def test_is_nobody_elses_to_make_change_or_cancel(self, cast: Cast, wallet: Wallet) -> None:
        card = wallet.add(cast.maria, GOOD)
        ordered = order(cast.maria, card)
        rosas: list[tuple[type[Exception], dict[str, Any]]] = [
            (NotVisible, {}),
            (MethodGone, {"parts": {"1002": Money(1)}}),
            (NotVisible, {"parts": {"1002": Money(1)}, "replaces": ordered}),
        ]

        for refusal, changed in rosas:
            with pytest.raises(refusal):
                order(cast.rosa, card, **changed)
        with pytest.raises(NotVisible):
            cancel_scheduled_payment(user_id=cast.rosa.user.pk, schedule_id=ordered, now=NOW)
        with pytest.raises(MayNotPay):
            order(cast.ben, card)

    def test_no_row_of_it_can_be_changed(self, cast: Cast, wallet: Wallet) -> None:
        ordered = order(cast.maria, wallet.add(cast.maria, GOOD))

        with pytest.raises(DatabaseError), transaction.atomic():
            ScheduledPayment.objects.filter(pk=ordered).update(pay_on=TODAY)
