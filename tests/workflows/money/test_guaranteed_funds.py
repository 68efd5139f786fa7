"""Payments that come back too often: a year of cards and cash, and told until when (rule 55)."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from smarthub.cooperative.operations import set_policy
from smarthub.kernel.money import Money
from smarthub.payments.engine import guaranteed_until
from smarthub.payments.models import Payment
from smarthub.payments.operations import (
    GuaranteedFundsNeeded,
    record_received_payments,
    undo_received_payment,
)
from smarthub.payments.types import AttemptState, ReceivedPayment, UndoneBecause
from smarthub.workflows.money.payment_plan import plan_payment
from smarthub.workflows.money.schedule_payment import schedule_payment
from tests.cast import NOW, TODAY, Cast
from tests.sandbox_gateway import GOOD
from tests.workflows.wallet import HALF, Wallet, bill

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("days", "most", "until"),
    [
        (["2026-01-10"], 2, None),
        (["2026-01-10", "2026-06-10"], 2, "2027-06-10"),
        (["2026-06-10", "2026-01-10"], 2, "2027-06-10"),  # in any order
        (["2025-01-10", "2026-01-10"], 2, None),  # twelve months are over on the day itself
        (["2025-01-11", "2026-01-10"], 2, "2027-01-10"),
        (["2024-01-01", "2024-02-01", "2026-01-01"], 2, "2025-02-01"),  # the last stands alone
        (["2024-02-29", "2024-02-29"], 2, "2025-03-01"),
        (["2026-01-10"], 1, "2027-01-10"),
        (["2026-01-10", "2026-01-11", "2026-01-12"], 0, None),  # never, by policy
    ],
)
def test_so_many_within_twelve_months_hold_for_twelve(
    days: list[str], most: int, until: str | None
) -> None:
    found = guaranteed_until([day(each) for each in days], most=most)

    assert found == (day(until) if until else None)


def bounce(cast: Cast, times: int) -> None:
    """Let checks for account 1001 come in and bounce."""
    for number in range(times):
        given = ReceivedPayment(f"check:{number}", "1001", Money(10_00), "office", TODAY)
        (payment_id,) = record_received_payments(payments=[given], now=NOW)
        undo_received_payment(
            payment_id=payment_id,
            because=UndoneBecause.BOUNCED,
            words="The bank sent it back",
            by=cast.dana.person_id,
            on=TODAY,
            now=NOW,
        )


def allow(returns: int) -> None:
    set_policy(
        key="returned.most_in_a_year",
        value=returns,
        effective_from=TODAY,
        author="the board",
        now=NOW,
        source_note="rule 55",
    )


class TestAfterTwoReturns:
    def test_no_bank_account_is_charged_and_a_card_is(self, cast: Cast, wallet: Wallet) -> None:
        allow(2)
        bill(cast.account_1001, 100_00)
        bank = wallet.add_bank(cast.maria, "000123456789")
        bounce(cast, 2)
        before = Payment.objects.count()

        with pytest.raises(GuaranteedFundsNeeded) as refused:
            wallet.pay(cast.maria, bank, HALF)

        assert refused.value.values["until"] == TODAY.replace(year=TODAY.year + 1)
        assert Payment.objects.count() == before
        outcome = wallet.pay(cast.maria, wallet.add(cast.maria, GOOD), HALF)
        assert outcome.state is AttemptState.SUCCESS

    def test_none_is_offered_nor_taken_for_a_day(self, cast: Cast, wallet: Wallet) -> None:
        allow(2)
        bill(cast.account_1001, 100_00)
        bank, card = wallet.add_bank(cast.maria, "000123456789"), wallet.add(cast.maria, GOOD)
        bounce(cast, 2)

        plan = plan_payment(user_id=cast.maria.user.pk, amounts=HALF, on=TODAY)

        assert [each.method.id for each in plan.methods] == [card]
        assert plan.guaranteed_until is not None
        with pytest.raises(GuaranteedFundsNeeded):
            schedule_payment(
                payment_id=uuid.uuid4(),
                user_id=cast.maria.user.pk,
                parts=HALF,
                method_id=bank,
                pay_on=TODAY + dt.timedelta(days=2),
                keeps_amount=False,
                now=NOW,
            )


@pytest.mark.parametrize(("allowed", "bounced"), [(2, 1), (0, 3)])
def test_below_that_or_without_the_policy_a_bank_account_is_taken(
    cast: Cast, wallet: Wallet, allowed: int, bounced: int
) -> None:
    allow(allowed)
    bill(cast.account_1001, 100_00)
    bank = wallet.add_bank(cast.maria, "000123456789")
    bounce(cast, bounced)

    assert wallet.pay(cast.maria, bank, HALF).state is AttemptState.PENDING
