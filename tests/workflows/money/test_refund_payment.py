"""Refunds: never more than there is, a second person above the limit, sent once."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import pytest

from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.members.operations import add_person, open_login
from smarthub.payments.engine import AmountNotPositive
from smarthub.payments.operations import (
    AlreadyDecided,
    NotRefundable,
    RefundConflict,
    RefundTooLarge,
    SecondPersonNeeded,
)
from smarthub.payments.operations import (
    ask_refund as set_aside,
)
from smarthub.payments.ports import PaymentGateway
from smarthub.payments.types import NewRefund, PaymentStatus, RefundId
from smarthub.workflows.money.refund_payment import ask_refund, decide_refund, repair_refunds
from tests.cast import NOW, Cast
from tests.sandbox_gateway import GOOD
from tests.workflows.both_books import on, status
from tests.workflows.receiving import record_received_payment
from tests.workflows.wallet import Wallet, bill, owed

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@dataclass
class Overpaid:
    """Maria owed 100.00 and paid 300.00 by card: 200.00 wait as a credit."""

    cast: Cast
    wallet: Wallet
    payment_id: uuid.UUID

    def refund(
        self,
        cents: int,
        *,
        refund_id: uuid.UUID | None = None,
        user_id: int | None = None,
        number: str = "1001",
        gateway: PaymentGateway | None = None,
    ) -> uuid.UUID:
        refund_id = refund_id or uuid.uuid4()
        ask_refund(
            refund_id=refund_id,
            user_id=user_id or self.cast.dana.user.pk,
            payment_id=self.payment_id,
            account_number=number,
            amount=Money(cents),
            reason="Paid too much",
            now=NOW,
            gateway=gateway or self.wallet.simulator.gateway,
        )
        return refund_id

    def decide(self, refund_id: uuid.UUID, user_id: int, *, allow: bool = True) -> None:
        decide_refund(
            refund_id=refund_id,
            user_id=user_id,
            allow=allow,
            now=NOW,
            gateway=self.wallet.simulator.gateway,
        )

    def sent(self) -> int:
        """Return what the gateway gave back, in cents."""
        (charge,) = self.wallet.simulator.charges(str(self.payment_id))
        return sum(refund["amount_cents"] for refund in charge["refunds"])


@pytest.fixture
def overpaid(cast: Cast, wallet: Wallet) -> Overpaid:
    bill(cast.account_1001, 100_00)
    payment_id = uuid.uuid4()
    method = wallet.add(cast.maria, GOOD)
    wallet.pay(
        cast.maria, method, {"1001": Money(300_00)}, payment_id=payment_id, allow_credit=True
    )
    return Overpaid(cast, wallet, payment_id)


def another_clerk() -> int:
    return open_login(
        person_id=add_person(given_name="Noor", family_name="Haddad"),
        email="noor@prairieridge.example",
        password="another long password",
        is_staff=True,
        now=NOW,
    )


class TestBelowTheLimit:
    def test_goes_back_at_once_and_leaves_the_bill_paid(self, overpaid: Overpaid) -> None:
        overpaid.refund(80_00)

        assert overpaid.sent() == 80_00
        assert owed(overpaid.cast.account_1001) == Money(-120_00)
        assert on("clearing:sandbox:card") == 220_00
        assert on("refund_payable") == 0
        assert status(overpaid.payment_id) is PaymentStatus.PART_REFUNDED

    def test_clicked_twice_goes_back_once(self, overpaid: Overpaid) -> None:
        first = overpaid.refund(80_00)

        overpaid.refund(80_00, refund_id=first)
        with pytest.raises(RefundConflict):
            overpaid.refund(70_00, refund_id=first)

        assert overpaid.sent() == 80_00

    def test_unanswered_is_asked_about_and_never_sent_twice(
        self, overpaid: Overpaid, silent_gateway: PaymentGateway
    ) -> None:
        overpaid.refund(80_00, gateway=silent_gateway)
        unknown = on("refund_payable")
        later = NOW + dt.timedelta(minutes=2)

        settled = [
            repair_refunds(now=later, gateway=overpaid.wallet.simulator.gateway) for _ in range(2)
        ]

        assert unknown == -80_00
        assert settled == [1, 0]
        assert overpaid.sent() == 80_00
        assert on("refund_payable") == 0


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("cents", "most", "because"),
        [(300_01, 300_00, "charge"), (200_01, 200_00, "credit")],
    )
    def test_more_than_the_charge_or_the_credit(
        self, overpaid: Overpaid, cents: int, most: int, because: str
    ) -> None:
        with pytest.raises(RefundTooLarge) as refused:
            overpaid.refund(cents)

        assert refused.value.values == {"most": Money(most), "because": because}
        assert owed(overpaid.cast.account_1001) == Money(-200_00)

    def test_what_went_back_before_counts(self, overpaid: Overpaid) -> None:
        overpaid.refund(90_00)
        overpaid.refund(90_00)

        with pytest.raises(RefundTooLarge) as refused:
            overpaid.refund(30_00)

        assert refused.value.values["most"] == Money(20_00)

    def test_nothing_and_less(self, overpaid: Overpaid) -> None:
        for cents in (0, -1):
            with pytest.raises(AmountNotPositive):
                overpaid.refund(cents)

    def test_somebody_elses_account_for_this_payment(self, overpaid: Overpaid) -> None:
        """Rosa's account has no credit, so Maria's payment cannot be paid out of it."""
        with pytest.raises(RefundTooLarge):
            overpaid.refund(10_00, number="1002")

    def test_a_member_cannot_refund_themselves(self, overpaid: Overpaid) -> None:
        with pytest.raises(NotVisible):
            overpaid.refund(10_00, user_id=overpaid.cast.maria.user.pk)

    def test_a_cheque_has_no_gateway_to_go_back_by(self, cast: Cast) -> None:
        paid = record_received_payment(
            source_key="lockbox:1",
            account_number="1001",
            amount=Money(10_00),
            channel="mail",
            received_on=NOW.date(),
            now=NOW,
        )
        refund = NewRefund(
            RefundId(uuid.uuid4()), paid.payment_id, cast.account_1001, Money(1), "why"
        )

        with pytest.raises(NotRefundable):
            set_aside(refund=refund, by=cast.dana.person_id, limit=Money(100_00), now=NOW)


class TestAboveTheLimit:
    def test_waits_for_a_second_person_with_its_credit_set_aside(self, overpaid: Overpaid) -> None:
        refund_id = overpaid.refund(150_00)

        assert overpaid.sent() == 0
        assert owed(overpaid.cast.account_1001) == Money(-50_00)
        with pytest.raises(SecondPersonNeeded):
            overpaid.decide(refund_id, overpaid.cast.dana.user.pk)
        assert repair_refunds(now=NOW, gateway=overpaid.wallet.simulator.gateway) == 0

        overpaid.decide(refund_id, another_clerk())

        assert overpaid.sent() == 150_00
        assert on("refund_payable") == 0

    def test_refused_the_credit_waits_again(self, overpaid: Overpaid) -> None:
        refund_id = overpaid.refund(150_00)
        second = another_clerk()

        overpaid.decide(refund_id, second, allow=False)

        with pytest.raises(AlreadyDecided):
            overpaid.decide(refund_id, second)
        assert overpaid.sent() == 0
        assert owed(overpaid.cast.account_1001) == Money(-200_00)
        assert on("refund_payable") == 0
