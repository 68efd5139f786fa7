"""Drive payments through every fate at random, and hold the ledger against a model in a dictionary.

No gateway is asked: how a charge stands is made up, and told in any order, some of it twice. The
numbers in the names are those of the list of invariants this follows: 1 sums are zero, 5 what is
owed agrees, 7 what goes back stays within the payment, 12 order does not matter, 13 what the member
is shown is the ledger, and 6 of unapplied money: it never falls below nothing. Fees for being late
and for paying, gifts by rounding up, write-offs and arrangements take part in all of it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field, replace
from decimal import Decimal

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

from smarthub.accounts.models import ServiceAgreement
from smarthub.arrears.engine import last_day_in_time
from smarthub.arrears.operations import waive_fee
from smarthub.arrears.operations.arrangements import (
    ArrangementNotAllowed,
    look_at_arrangement,
    make_arrangement,
)
from smarthub.arrears.operations.write_offs import WriteOffNotAllowed, take_up, write_off
from smarthub.arrears.types import (
    ArrangementEnding,
    ArrangementId,
    ArrangementRule,
    ArrangementView,
    WriteOffId,
)
from smarthub.kernel.money import Money, split
from smarthub.ledger.models import PostingRow
from smarthub.ledger.operations import post_entries
from smarthub.ledger.queries import get_balances, get_unapplied_cash, sum_accounts
from smarthub.ledger.types import Asked, Posting
from smarthub.payments.models import Attempt, PaymentPart, StoredMethod
from smarthub.payments.models import Payment as PaymentRow
from smarthub.payments.operations import (
    RefundTooLarge,
    ask_refund,
    charge_fee,
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
from smarthub.round_up.types import FUND
from smarthub.workflows.cooperative.export_ledger import gather_export
from tests.arrears.bills import DUE, write_bill
from tests.cast import NOW, Cast
from tests.ledger.accounts import a_charge

CENTS = st.integers(1, 30_000)
ROW = 1_00
"""What the one bill asks that has a row; the others are entries alone."""
MUCH_LATER = dt.date(2027, 6, 1)
PICK = st.integers(0, 99)


@dataclass
class Charge:
    """A charge as the made-up gateway has it."""

    id: uuid.UUID
    cents: int
    fee: int = 0
    returned: bool = False
    stage: DisputeStage | None = None
    refunded: int = 0
    told: list[ChargeState] = field(default_factory=list)

    def state(self) -> ChargeState:
        """Return how it stands now."""
        disputes: tuple[Dispute, ...] = ()
        if self.stage is not None:
            amount = Money(self.cents + self.fee - self.refunded)
            disputes = (Dispute(f"dp_{self.id.hex[:8]}", amount, "fraudulent", self.stage),)
        return ChargeState(
            reference=f"chg_{self.id.hex[:8]}",
            key=f"payment:{self.id}",
            state=AttemptState.SUCCESS,
            reason="",
            amount=Money(self.cents + self.fee),
            returned="R02" if self.returned else "",
            disputes=disputes,
        )

    def kept(self) -> int:
        """Return what of it the co-op still has for the member, refunds apart."""
        return 0 if self.returned else self.cents - self.disputed()[0]

    def kept_fee(self) -> int:
        """Return what the co-op still has of the fee for paying."""
        return 0 if self.returned else self.fee - self.disputed()[1]

    def disputed(self) -> tuple[int, int]:
        """Return what a dispute holds of the payment, and of its fee: each its share."""
        if self.stage not in {DisputeStage.OPEN, DisputeStage.LOST}:
            return 0, 0
        whole = Money(self.cents + self.fee - self.refunded)
        paid, fee = split(whole, [Decimal(self.cents), Decimal(self.fee)])
        return paid.cents, fee.cents


class FateMachine(RuleBasedStateMachine):
    """One account: bills, charges, and whatever may become of a charge."""

    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.account = self.cast.account_1001
        self.by = self.cast.dana.person_id
        self.method = StoredMethod.objects.create(
            person_id=self.cast.maria.person_id,
            gateway="sandbox",
            token=f"tok_{uuid.uuid4()}",
            kind="card",
            brand="Visa",
            last4="4242",
            added_at=NOW,
        )
        write_bill(self.account, electric=ROW)
        ServiceAgreement.objects.filter(account=self.account).update(ends_on=DUE)
        self.billed = 0
        self.fees: dict[str, int] = {}
        self.written_off: dict[WriteOffId, int] = {}
        self.gifts = 0
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

    @rule(cents=CENTS)
    def bill_rounded_up(self, cents: int) -> None:
        """A bill and what rounds it up to a whole dollar, in one entry."""
        gift = max(-cents % 100, 1)
        entry = a_charge(self.account, cents, f"bill:{uuid.uuid4()}")
        legs = (Posting("ar:round_up", Money(gift), self.account), Posting(FUND, Money(-gift)))
        asked = (Asked(self.account, Money(cents + gift)),)
        rounded = replace(entry, postings=(*entry.postings, *legs), asked=asked)
        post_entries(entries=[rounded], posted_at=NOW)
        self.billed += cents + gift
        self.gifts += gift

    @rule(cents=CENTS, times=st.integers(1, 2))
    def charge_a_late_fee_3(self, cents: int, times: int) -> None:
        about = f"due:{uuid.uuid4()}"
        for _ in range(times):
            charge_fee(
                kind="late",
                account_id=self.account,
                amount=Money(cents),
                about=about,
                on=DUE,
                now=NOW,
            )
        self.fees[f"fee:late:{about}"] = cents

    @precondition(lambda self: self.fees)
    @rule(number=PICK)
    def give_a_fee_up_4(self, number: int) -> None:
        key = sorted(self.fees)[number % len(self.fees)]
        waive_fee(source_key=key, reason="asked", by=self.by, on=MUCH_LATER, now=NOW)
        del self.fees[key]

    @rule(times=st.integers(1, 2))
    def write_off_3(self, times: int) -> None:
        owed, write_off_id = self.owed(), WriteOffId(uuid.uuid4())
        amount = Money(0)
        try:
            for _ in range(times):
                amount = write_off(
                    write_off_id=write_off_id,
                    account_id=self.account,
                    is_served=False,
                    after_days=90,
                    reason="gone",
                    by=self.by,
                    on=MUCH_LATER,
                    now=NOW,
                )
        except WriteOffNotAllowed:
            assert owed <= 0
            return
        assert amount.cents == owed
        self.written_off[write_off_id] = owed

    @precondition(lambda self: self.written_off)
    @rule(number=PICK)
    def ask_for_a_debt_again_4(self, number: int) -> None:
        write_off_id = sorted(self.written_off)[number % len(self.written_off)]
        take_up(write_off_id=write_off_id, by=self.by, on=MUCH_LATER, now=NOW)
        del self.written_off[write_off_id]

    @rule(months=st.integers(1, 3), later=st.integers(0, 90))
    def agree_on_instalments_and_look(self, months: int, later: int) -> None:
        """It moves no money, and is kept only where no service is owed any more."""
        terms = ArrangementRule.from_policies({})
        try:
            made = make_arrangement(
                arrangement_id=ArrangementId(uuid.uuid4()),
                account_id=self.account,
                down=Money(0),
                months=months,
                first_due=MUCH_LATER + dt.timedelta(days=20),
                rule=terms,
                by=self.by,
                on=MUCH_LATER,
                now=NOW,
            )
        except ArrangementNotAllowed:
            return
        assert Money.sum(part.amount for part in made.instalments) == made.total
        how = look_at_arrangement(
            arrangement_id=made.id,
            rule=terms,
            closed=frozenset(),
            on=MUCH_LATER + dt.timedelta(days=later),
            now=NOW,
        )
        assert how is not ArrangementEnding.KEPT
        assert (how is ArrangementEnding.BROKEN) == (later > made_late(made))

    @rule(cents=CENTS, times=st.integers(1, 2), fee=st.sampled_from([0, 1_75]))
    def pay(self, cents: int, times: int, fee: int = 0) -> None:
        charge = Charge(uuid.uuid4(), cents, fee)
        payment = PaymentRow.objects.create(
            id=charge.id,
            person_id=self.cast.maria.person_id,
            channel="web",
            amount_cents=cents,
            fee_cents=fee,
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
        left = charge.kept() - charge.refunded
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

        charged = ROW + self.billed + sum(self.fees.values()) - sum(self.written_off.values())
        assert balance.owed.cents == balance.asked.cents == charged - kept
        assert shown.asked == balance.asked
        assert shown.in_flight == Money(0)

    @invariant()
    def clearing_holds_what_was_kept_8(self) -> None:
        rows = PostingRow.objects.filter(gl="clearing:sandbox:card")
        total = rows.aggregate(total=Sum("amount_cents"))["total"] or 0
        assert total == sum(
            charge.kept() + charge.kept_fee() - charge.refunded for charge in self.charges
        )

    @invariant()
    def what_is_not_the_members_is_where_it_belongs(self) -> None:
        """Fees, the fund's gifts and what was written off: each as the model has it."""
        sums = sum_accounts(prefixes=["fee:", "bad_debt", FUND])
        off = sums.get("bad_debt", Money(0)) + sums.get(FUND, Money(0))
        assert -sums.get("fee:paying", Money(0)).cents == sum(c.kept_fee() for c in self.charges)
        assert -sums.get("fee:late", Money(0)).cents == sum(self.fees.values())
        assert off.cents == sum(self.written_off.values()) - self.gifts

    @invariant()
    def unapplied_money_never_falls_below_nothing_6(self) -> None:
        assert self.unapplied() >= 0

    @invariant()
    def what_went_back_stays_within_the_payment_7(self) -> None:
        for charge in self.charges:
            attempt_id = attempt_of(charge)
            assert sum_gone_back(attempt_id=attempt_id) <= Money(charge.cents + charge.fee)

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


def made_late(made: ArrangementView) -> int:
    """Return after how many days the first instalment is late: its grace and its weekend over."""
    first = made.instalments[0].due_on
    in_time = last_day_in_time(due_date=first, grace_days=2, closed=frozenset())
    return (in_time - MUCH_LATER).days


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
