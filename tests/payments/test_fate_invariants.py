"""Drive payments through every fate at random, and hold the ledger against a model in a dictionary.

No gateway is asked: how a charge stands is made up, and told in any order, some of it twice. The
numbers in the names are those of the list of invariants this follows: 1 sums are zero, 5 what is
owed agrees, 7 what goes back stays within the payment, 12 order does not matter, 13 what the member
is shown is the ledger, and 6 of unapplied money: it never falls below nothing.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from smarthub.kernel.money import Money
from smarthub.ledger.models import PostingRow
from smarthub.ledger.operations import post_entries
from smarthub.ledger.queries import get_balances, get_unapplied_cash
from smarthub.payments.models import Attempt, PaymentPart, StoredMethod
from smarthub.payments.models import Payment as PaymentRow
from smarthub.payments.operations import (
    RefundTooLarge,
    ask_refund,
    record_charge_state,
    record_refund_answer,
)
from smarthub.payments.ports import ChargeState, Dispute
from smarthub.payments.queries import list_dues, sum_gone_back
from smarthub.payments.types import (
    AttemptState,
    DisputeStage,
    NewRefund,
    PaymentId,
    RefundId,
)
from smarthub.workflows.export_ledger import gather_export
from tests.cast import NOW, Cast
from tests.ledger.accounts import a_charge

CENTS = st.integers(1, 30_000)
PICK = st.integers(0, 99)


@dataclass
class Charge:
    """A charge as the made-up gateway has it."""

    id: uuid.UUID
    cents: int
    returned: bool = False
    stage: DisputeStage | None = None
    refunded: int = 0
    told: list[ChargeState] = field(default_factory=list)

    def state(self) -> ChargeState:
        """Return how it stands now."""
        disputes: tuple[Dispute, ...] = ()
        if self.stage is not None:
            amount = Money(self.cents - self.refunded)
            disputes = (Dispute(f"dp_{self.id.hex[:8]}", amount, "fraudulent", self.stage),)
        return ChargeState(
            reference=f"chg_{self.id.hex[:8]}",
            key=f"payment:{self.id}",
            state=AttemptState.SUCCESS,
            reason="",
            amount=Money(self.cents),
            returned="R02" if self.returned else "",
            disputes=disputes,
        )

    def kept(self) -> int:
        """Return what of it the co-op still has, refunds apart."""
        if self.returned:
            return 0
        disputed = self.stage in {DisputeStage.OPEN, DisputeStage.LOST}
        return self.refunded if disputed else self.cents


class FateMachine(RuleBasedStateMachine):
    """One account: bills, charges, and whatever may become of a charge."""

    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.account = self.cast.account_1001
        self.method = StoredMethod.objects.create(
            person_id=self.cast.maria.person_id,
            gateway="sandbox",
            token=f"tok_{uuid.uuid4()}",
            kind="card",
            brand="Visa",
            last4="4242",
            added_at=NOW,
        )
        self.billed = 0
        self.charges: list[Charge] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    def pick(self, number: int) -> Charge:
        return self.charges[number % len(self.charges)]

    def tell(self, charge: Charge, *, times: int = 1) -> None:
        for _ in range(times):
            record_charge_state(attempt_key=f"payment:{charge.id}", state=charge.state(), now=NOW)

    @rule(cents=CENTS)
    def bill(self, cents: int) -> None:
        entry = a_charge(self.account, cents, f"bill:{uuid.uuid4()}")
        post_entries(entries=[entry], posted_at=NOW)
        self.billed += cents

    @rule(cents=CENTS, times=st.integers(1, 2))
    def pay(self, cents: int, times: int) -> None:
        charge = Charge(uuid.uuid4(), cents)
        payment = PaymentRow.objects.create(
            id=charge.id,
            person_id=self.cast.maria.person_id,
            channel="web",
            amount_cents=cents,
            method=self.method,
            request_digest="",
            received_at=NOW,
        )
        PaymentPart.objects.create(payment=payment, account_id=self.account, amount_cents=cents)
        Attempt.objects.create(
            key=f"payment:{charge.id}", payment=payment, gateway="sandbox", made_at=NOW
        )
        self.charges.append(charge)
        self.tell(charge, times=times)

    @precondition(lambda self: self.charges)
    @rule(number=PICK, times=st.integers(1, 2))
    def return_7(self, number: int, times: int) -> None:
        charge = self.pick(number)
        if charge.stage is None and not charge.refunded:
            charge.returned = True
            self.tell(charge, times=times)

    @rule(cents=CENTS)
    def return_what_waited_and_was_used_since(self, cents: int) -> None:
        """Pay ahead, let a bill and a later payment use it, and take the first payment back."""
        self.pay(max(self.owed(), 0) + cents, 1)
        first = self.charges[-1]
        self.bill(cents + 1)
        self.pay(1, 1)
        first.returned = True
        self.tell(first)

    @precondition(lambda self: self.charges)
    @rule(number=PICK, stage=st.sampled_from(DisputeStage), times=st.integers(1, 2))
    def dispute_12(self, number: int, stage: DisputeStage, times: int) -> None:
        """A stage may be told without the one before it, and an open one never after its end."""
        charge = self.pick(number)
        ended = charge.stage in {DisputeStage.WON, DisputeStage.LOST}
        if not charge.returned and not ended and charge.refunded < charge.cents:
            charge.stage = stage
            self.tell(charge, times=times)

    @precondition(lambda self: self.charges)
    @rule(number=PICK, cents=CENTS)
    def refund_7(self, number: int, cents: int) -> None:
        charge = self.pick(number)
        refund = NewRefund(
            RefundId(uuid.uuid4()), PaymentId(charge.id), self.account, Money(cents), "asked"
        )
        credit = -min(self.owed(), 0)
        left = 0 if charge.returned else charge.kept() - charge.refunded
        disputed = charge.stage in {DisputeStage.OPEN, DisputeStage.LOST}
        try:
            ask_refund(refund=refund, by=self.cast.dana.person_id, limit=Money(10**9), now=NOW)
        except RefundTooLarge:
            return
        assert not disputed
        assert cents <= min(left, max(credit, self.unapplied() + cents))
        record_refund_answer(
            refund_id=refund.id, state=AttemptState.SUCCESS, reference="r", reason="", now=NOW
        )
        charge.refunded += cents

    @invariant()
    def everything_sums_to_zero_1(self) -> None:
        assert (PostingRow.objects.aggregate(total=Sum("amount_cents"))["total"] or 0) == 0

    @invariant()
    def what_is_owed_agrees_with_the_model_5_and_13(self) -> None:
        kept = sum(charge.kept() - charge.refunded for charge in self.charges)
        balance = get_balances(account_ids=[self.account])[self.account]
        shown = list_dues(account_ids=[self.account])[self.account]

        assert balance.owed.cents == balance.asked.cents == self.billed - kept
        assert shown.asked == balance.asked
        assert shown.in_flight == Money(0)

    @invariant()
    def clearing_holds_what_was_kept_8(self) -> None:
        rows = PostingRow.objects.filter(gl="clearing:sandbox:card")
        total = rows.aggregate(total=Sum("amount_cents"))["total"] or 0
        assert total == sum(charge.kept() - charge.refunded for charge in self.charges)

    @invariant()
    def unapplied_money_never_falls_below_nothing_6(self) -> None:
        assert self.unapplied() >= 0

    @invariant()
    def what_went_back_stays_within_the_payment_7(self) -> None:
        for charge in self.charges:
            attempt_id = attempt_of(charge)
            assert sum_gone_back(attempt_id=attempt_id) <= Money(charge.cents)

    @invariant()
    def the_export_expects_what_is_owed(self) -> None:
        """By the facts alone the account owes what the ledger says; bills have no rows here."""
        expected = [each for each in gather_export().expected if each.account.account_number]
        if expected:
            assert expected[-1].amount.cents == self.owed() - self.billed

    def owed(self) -> int:
        return get_balances(account_ids=[self.account])[self.account].owed.cents

    def unapplied(self) -> int:
        return get_unapplied_cash(account_ids=[self.account])[self.account].cents


def attempt_of(charge: Charge) -> int:

    return Attempt.objects.get(key=f"payment:{charge.id}").pk


@pytest.mark.django_db
def test_payments_keep_the_books_whatever_becomes_of_them(cast: Cast) -> None:
    FateMachine.cast = cast
    run_state_machine_as_test(
        FateMachine,
        settings=settings(
            max_examples=8,
            stateful_step_count=12,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
