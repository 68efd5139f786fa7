"""A payment that came back for want of money is presented again: by policy, told, once, twice."""

from __future__ import annotations

import datetime as dt
import uuid

import achkit
import pytest

from smarthub.cooperative.operations import set_policy
from smarthub.kernel.money import Money
from smarthub.notifications.models import Message
from smarthub.payments.models import Fee, Payment, PresentedAgain, ScheduledPayment
from smarthub.payments.operations import keep_event
from smarthub.payments.queries import list_schedules
from smarthub.payments.types import PaymentStatus, ScheduleState
from smarthub.workflows.bank.gateway_events import handle_waiting_events
from smarthub.workflows.money.present_again import plan_presentments
from smarthub.workflows.money.schedule_payment import cancel_scheduled_payment, pay_scheduled
from tests.cast import NOW, TODAY, Cast
from tests.sandbox_gateway import CLEARS, RETURNS_CLOSED
from tests.workflows.bank.test_gateway_events import a_bank_payment
from tests.workflows.both_books import hear, reference_of, status
from tests.workflows.own_files import SETTLED, Bank
from tests.workflows.receiving import record_received_payment
from tests.workflows.wallet import Wallet, bill, owed, subjects

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

AGAIN_ON = dt.date(2026, 11, 27)
"""Five days after Sunday 22 November: a Friday after Thanksgiving, on which banks work."""


def allow(most: int = 2, **others: int) -> None:
    for key, value in {"present_again_most": most, **others}.items():
        set_policy(key=f"returned.{key}", value=value, effective_from=TODAY, author="Dana", now=NOW)


def noon(day: dt.date) -> dt.datetime:
    return NOW + (day - TODAY)


def comes_back(
    wallet: Wallet, payment_id: uuid.UUID, day: dt.date = TODAY, code: str = "R01"
) -> None:
    """Let a bank payment clear and be returned, and hear of it on a day."""
    simulator = wallet.simulator
    reference = reference_of(simulator, payment_id)
    simulator.act(reference, "clear")
    simulator.act(reference, "return", code)
    for event, body in simulator.gateway.list_events(since=NOW - dt.timedelta(days=3)):
        if event.charge_reference == reference:
            keep_event(gateway="sandbox", event=event, body=body, now=noon(day))
    handle_waiting_events(now=noon(day), gateway=simulator.gateway)


def returned_payment(cast: Cast, wallet: Wallet, code: str = "R01") -> uuid.UUID:
    """Return Maria's payment of 50.00 of the 100.00 she owes, which came back today."""
    payment_id = a_bank_payment(cast, wallet, CLEARS)
    comes_back(wallet, payment_id, code=code)
    return payment_id


def present(wallet: Wallet, day: dt.date) -> int:
    plan_presentments(now=noon(day))
    return pay_scheduled(now=noon(day), gateway=wallet.simulator.gateway)


def the_order(number: int = 1) -> uuid.UUID:
    found: uuid.UUID = PresentedAgain.objects.get(number=number).scheduled_id
    return found


class TestByPolicy:
    def test_nothing_is_presented_again_where_nobody_said_so(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        returned_payment(cast, wallet)

        assert plan_presentments(now=NOW) == 0
        assert ScheduledPayment.objects.count() == 0

    def test_nothing_that_came_back_before_it_was_so(self, cast: Cast, wallet: Wallet) -> None:
        returned_payment(cast, wallet)
        tomorrow = TODAY + dt.timedelta(days=1)
        set_policy(
            key="returned.present_again_most",
            value=2,
            effective_from=tomorrow,
            author="Dana",
            now=NOW,
        )

        assert plan_presentments(now=noon(tomorrow)) == 0

    @pytest.mark.parametrize(("code", "ordered"), [("R01", 1), ("R09", 1), ("R08", 0), ("R10", 0)])
    def test_only_want_of_money_is_presented_again(
        self, cast: Cast, wallet: Wallet, code: str, ordered: int
    ) -> None:
        allow()
        returned_payment(cast, wallet, code)

        assert plan_presentments(now=NOW) == ordered

    def test_a_closed_account_is_not(self, cast: Cast, wallet: Wallet) -> None:
        allow()
        a_bank_payment(cast, wallet, RETURNS_CLOSED)
        comes_back(wallet, Payment.objects.get().pk, code="R02")

        assert plan_presentments(now=NOW) == 0

    def test_one_that_failed_while_under_way_is_too(self, cast: Cast, wallet: Wallet) -> None:
        allow()
        payment_id = a_bank_payment(cast, wallet, CLEARS)
        simulator, reference = wallet.simulator, reference_of(wallet.simulator, payment_id)
        simulator.act(reference, "fail", "R01")
        hear(simulator)

        assert status(payment_id) is PaymentStatus.FAILED
        assert plan_presentments(now=NOW) == 1


class TestInABankFile:
    def test_stands_in_a_batch_that_says_so(self, cast: Cast, wallet: Wallet) -> None:
        allow()
        bill(cast.account_1001, 100_00)
        bank = Bank(cast)
        bank.draw(50_00)
        bank.hear(bank.say("R01", 50_00))
        # Five days after Monday 30 November is a Saturday.
        monday = dt.date(2026, 12, 7)
        plan_presentments(now=SETTLED)
        pay_scheduled(now=noon(monday), gateway=wallet.simulator.gateway)

        content = bank.send(noon(monday)).decode()
        (batch,) = achkit.parse(content)["batches"]

        assert achkit.validate(content) == {"ok": True, "errors": []}
        # The batch's header has its description in columns 54 to 63.
        assert [line[53:63] for line in content.splitlines() if line[0] == "5"] == ["RETRY PYMT"]
        assert [(each["txn_code"], each["amount_cents"]) for each in batch["entries"]] == [
            (27, 50_00)
        ]


class TestOnItsDay:
    def test_is_told_before_and_taken_once_as_it_was(
        self, committing_cast: Cast, wallet: Wallet
    ) -> None:
        cast = committing_cast
        allow()
        first = returned_payment(cast, wallet)
        planned = [plan_presentments(now=NOW) for _ in range(2)]
        told = Message.objects.get(template="payment_again")

        before = present(wallet, AGAIN_ON - dt.timedelta(days=1))
        on_the_day = [present(wallet, AGAIN_ON) for _ in range(2)]

        assert planned == [1, 0]
        assert told.subject == (
            "We take your returned payment of $50.00 again on Friday, November 27, 2026"
        )
        assert "the same amount" in told.body
        assert (before, on_the_day) == (0, [1, 0])
        (charge,) = wallet.simulator.charges(str(the_order()))
        assert charge["amount_cents"] == 50_00
        assert status(first) is PaymentStatus.RETURNED
        assert status(the_order()) is PaymentStatus.PENDING

    def test_comes_back_without_a_second_fee_and_is_presented_twice_at_most(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        allow(most_in_a_year=0)
        returned_payment(cast, wallet)
        present(wallet, TODAY)
        present(wallet, AGAIN_ON)
        comes_back(wallet, the_order(), AGAIN_ON)
        # Five days after 27 November.
        second = dt.date(2026, 12, 2)
        assert plan_presentments(now=noon(AGAIN_ON)) == 1

        assert (present(wallet, AGAIN_ON), present(wallet, second)) == (0, 1)
        comes_back(wallet, the_order(2), second)

        assert plan_presentments(now=noon(second)) == 0
        assert Fee.objects.filter(kind="nsf").count() == 1
        assert owed(cast.account_1001) == Money(125_00)
        assert list(PresentedAgain.objects.order_by("number").values_list("present_on")) == [
            (AGAIN_ON,),
            (second,),
        ]

    def test_stops_after_one_where_the_policy_says_one(self, cast: Cast, wallet: Wallet) -> None:
        allow(1, most_in_a_year=0)
        returned_payment(cast, wallet)
        present(wallet, TODAY)
        present(wallet, AGAIN_ON)
        comes_back(wallet, the_order(), AGAIN_ON)

        assert plan_presentments(now=noon(AGAIN_ON)) == 0

    def test_needs_no_bank_account_after_two_returns(self, cast: Cast, wallet: Wallet) -> None:
        # Two returns within a year (the policy of the first day) force guaranteed funds.
        allow()
        returned_payment(cast, wallet)
        present(wallet, TODAY)
        present(wallet, AGAIN_ON)
        comes_back(wallet, the_order(), AGAIN_ON)

        assert plan_presentments(now=noon(AGAIN_ON)) == 0

    def test_where_less_is_due_takes_nothing_and_says_so(self, cast: Cast, wallet: Wallet) -> None:
        allow()
        returned_payment(cast, wallet)
        plan_presentments(now=NOW)
        # 100.00 and the fee of 25.00 are owed: 80.00 by cheque leave 45.00, less than the 50.00.
        record_received_payment(
            source_key="lockbox:1",
            account_number="1001",
            amount=Money(80_00),
            channel="mail",
            received_on=TODAY,
            now=NOW,
        )

        assert present(wallet, AGAIN_ON) == 0

        (view,) = list_schedules(person_id=cast.maria.person_id)
        assert (view.state, view.reason) == (ScheduleState.NOTHING_DUE, "less_due")
        assert subjects()[-1] == (
            "Less was due, so your returned payment was not taken again on "
            "Friday, November 27, 2026"
        )

    def test_cancelled_by_the_member_it_is_not_taken(self, cast: Cast, wallet: Wallet) -> None:
        allow()
        returned_payment(cast, wallet)
        plan_presentments(now=NOW)
        cancel_scheduled_payment(
            user_id=cast.maria.user.pk, schedule_id=the_order(), now=noon(AGAIN_ON)
        )

        assert present(wallet, AGAIN_ON) == 0
        assert wallet.simulator.charges(str(the_order())) == []

    def test_on_a_day_banks_are_closed_it_waits_for_the_next(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        # Four days after the 22nd is Thanksgiving, the 26th.
        allow(present_again_days=4)
        returned_payment(cast, wallet)
        plan_presentments(now=NOW)

        assert PresentedAgain.objects.get().present_on == AGAIN_ON
