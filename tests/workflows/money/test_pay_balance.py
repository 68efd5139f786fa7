"""Pay what is asked: the scenario first, then every way in which it must not go wrong."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from smarthub.accounts.operations import grant_role
from smarthub.accounts.types import AccountId
from smarthub.integrations.sandbox.gateway import SandboxGateway
from smarthub.kernel.errors import ExpectedError, NotVisible
from smarthub.kernel.money import Money
from smarthub.ledger.queries import (
    get_unapplied_cash,
    list_entries,
    list_open_charges,
)
from smarthub.notifications.models import Message
from smarthub.payments.engine import AmountNotPositive, AmountTooLarge
from smarthub.payments.models import StoredMethod
from smarthub.payments.operations import (
    MethodGone,
    MoreThanDue,
    NothingToPay,
    PaymentConflict,
)
from smarthub.payments.types import AttemptState
from smarthub.workflows.money.pay_balance import CardDeclined, MayNotPay, get_receipt
from tests.cast import Cast, Player
from tests.sandbox_gateway import (
    DECLINED,
    EXPIRED,
    GOOD,
    INSUFFICIENT,
    LOST,
    STOLEN,
)
from tests.workflows.wallet import HALF, Wallet, bill, owed, subjects

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def test_maria_adds_a_card_pays_her_bill_and_gets_a_receipt(cast: Cast, wallet: Wallet) -> None:
    bill(cast.account_1001, 142_36)
    card = wallet.add(cast.maria, GOOD)

    outcome = wallet.pay(cast.maria, card, {"1001": Money(142_36)})

    assert (outcome.state, outcome.amount) == (AttemptState.SUCCESS, Money(142_36))
    assert (outcome.method_brand, outcome.method_last4) == ("Visa", "4242")
    assert owed(cast.account_1001) == Money(0)
    assert list_open_charges(account_id=cast.account_1001) == []
    assert [c["amount_cents"] for c in wallet.simulator.charges(str(outcome.payment_id))] == [14236]
    receipt = Message.objects.get(template="payment_receipt")
    assert receipt.subject == "We received your payment of $142.36"
    assert receipt.address == "maria@prairieridge.example"
    assert outcome.receipt_number in receipt.body
    assert get_receipt(user_id=cast.maria.user.pk, payment_id=outcome.payment_id) == outcome


class TestWhatIsPaid:
    def test_several_accounts_are_one_charge_and_one_entry_each(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        grant_role(
            account_id=cast.account_1002,
            person_id=cast.maria.person_id,
            role="payer",
            starts_on=dt.date(2025, 1, 1),
        )
        bill(cast.account_1001, 100_00, "bill:1")
        bill(cast.account_1002, 60_00, "bill:2")
        card = wallet.add(cast.maria, GOOD)

        outcome = wallet.pay(cast.maria, card, {"1001": Money(100_00), "1002": Money(20_00)})

        charges = wallet.simulator.charges(str(outcome.payment_id))
        assert [charge["amount_cents"] for charge in charges] == [120_00]
        assert (owed(cast.account_1001), owed(cast.account_1002)) == (Money(0), Money(40_00))
        entry = list_entries(account_id=cast.account_1002, limit=1)[0]
        assert (entry.source_key, entry.owed) == (
            f"payment:{outcome.payment_id}:1002",
            Money(-20_00),
        )

    def test_the_oldest_debt_is_paid_first(self, cast: Cast, wallet: Wallet) -> None:
        bill(cast.account_1001, 80_00, "bill:new", on=dt.date(2026, 11, 3))
        bill(cast.account_1001, 30_00, "bill:old", on=dt.date(2026, 10, 3))
        card = wallet.add(cast.maria, GOOD)

        wallet.pay(cast.maria, card, HALF)

        # 50.00 pays October's 30.00 and 20.00 of November's 80.00
        still_open = list_open_charges(account_id=cast.account_1001)
        assert [(c.effective_date.month, c.amount) for c in still_open] == [(11, Money(60_00))]

    def test_more_than_is_due_waits_as_a_credit_only_when_agreed_to(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        bill(cast.account_1001, 30_00)
        card = wallet.add(cast.maria, GOOD)

        with pytest.raises(MoreThanDue) as refused:
            wallet.pay(cast.maria, card, HALF)
        wallet.pay(cast.maria, card, HALF, allow_credit=True)

        assert refused.value.values == {"account_number": "1001", "due": Money(30_00)}
        assert owed(cast.account_1001) == Money(-20_00)
        credit = get_unapplied_cash(account_ids=[cast.account_1001])
        assert credit == {cast.account_1001: Money(20_00)}

    def test_a_waiting_credit_helps_to_pay_the_next_bill(self, cast: Cast, wallet: Wallet) -> None:
        card = wallet.add(cast.maria, GOOD)
        wallet.pay(cast.maria, card, {"1001": Money(20_00)}, allow_credit=True)
        bill(cast.account_1001, 70_00)

        wallet.pay(cast.maria, card, HALF)

        assert owed(cast.account_1001) == Money(0)  # 70.00 - 20.00 - 50.00
        assert list_open_charges(account_id=cast.account_1001) == []
        assert get_unapplied_cash(account_ids=[cast.account_1001]) == {cast.account_1001: Money(0)}


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("parts", "error"),
        [
            ({}, NothingToPay),
            ({"1001": Money(0)}, AmountNotPositive),
            ({"1001": Money(-5_00)}, AmountNotPositive),
            ({"1001": Money(100_000_01)}, AmountTooLarge),  # the policy's most is 100,000.00
            ({"1002": Money(5_00)}, NotVisible),
            ({"9999": Money(5_00)}, NotVisible),
            ({"1001": Money(5_00), "1002": Money(5_00)}, NotVisible),
        ],
        ids=["nothing", "zero", "negative", "huge", "not hers", "not there", "one not hers"],
    )
    def test_what_makes_no_sense_charges_nothing(
        self, cast: Cast, wallet: Wallet, parts: dict[str, Money], error: type[ExpectedError]
    ) -> None:
        bill(cast.account_1001, 100_00)
        card = wallet.add(cast.maria, GOOD)
        payment_id = uuid.uuid4()

        with pytest.raises(error):
            wallet.pay(cast.maria, card, parts, payment_id=payment_id)

        assert wallet.simulator.charges(str(payment_id)) == []
        assert owed(cast.account_1001) == Money(100_00)

    def test_not_hers_and_not_there_cannot_be_told_apart(self, cast: Cast, wallet: Wallet) -> None:
        card = wallet.add(cast.rosa, GOOD)

        with pytest.raises(NotVisible) as not_hers:
            wallet.pay(cast.rosa, card, {"1001": Money(1_00)})
        with pytest.raises(NotVisible) as not_there:
            wallet.pay(cast.rosa, card, {"9999": Money(1_00)})

        assert not_hers.value.args == not_there.value.args

    def test_ben_may_see_the_account_but_not_pay_for_it(self, cast: Cast, wallet: Wallet) -> None:
        card = wallet.add(cast.ben, GOOD)

        with pytest.raises(MayNotPay):
            wallet.pay(cast.ben, card, HALF)

    def test_somebody_elses_card_is_no_card(self, cast: Cast, wallet: Wallet) -> None:
        bill(cast.account_1001, 100_00)
        rosas = wallet.add(cast.rosa, GOOD)

        with pytest.raises(MethodGone):
            wallet.pay(cast.maria, rosas, HALF)

    @pytest.mark.parametrize(
        ("number", "reason"),
        [
            (DECLINED, "card_declined"),
            (INSUFFICIENT, "insufficient_funds"),
            (EXPIRED, "expired_card"),
            (LOST, "lost_card"),
            (STOLEN, "stolen_card"),
        ],
    )
    def test_a_declined_card_is_told_again_and_charged_nothing(
        self, cast: Cast, wallet: Wallet, number: str, reason: str
    ) -> None:
        bill(cast.account_1001, 100_00)
        card = wallet.add(cast.maria, number)
        payment_id = uuid.uuid4()

        for _ in range(2):
            with pytest.raises(CardDeclined) as declined:
                wallet.pay(cast.maria, card, HALF, payment_id=payment_id)
            assert declined.value.values == {"reason": reason}

        assert [c["state"] for c in wallet.simulator.charges(str(payment_id))] == ["failed"]
        assert owed(cast.account_1001) == Money(100_00)
        assert subjects() == []

    def test_a_card_the_gateway_never_saw_is_declined_and_charged_nothing(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        bill(cast.account_1001, 100_00)
        card = wallet.add(cast.maria, GOOD)
        StoredMethod.objects.filter(pk=card).update(token="pm_nobodys")
        payment_id = uuid.uuid4()

        with pytest.raises(CardDeclined) as declined:
            wallet.pay(cast.maria, card, HALF, payment_id=payment_id)

        assert declined.value.values == {"reason": "token_unknown"}
        assert wallet.simulator.charges(str(payment_id)) == []
        assert owed(cast.account_1001) == Money(100_00)

    def test_after_a_decline_another_card_pays_under_a_new_id(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        bill(cast.account_1001, 50_00)
        bad, good = wallet.add(cast.maria, DECLINED), wallet.add(cast.maria, GOOD)
        with pytest.raises(CardDeclined):
            wallet.pay(cast.maria, bad, HALF)

        wallet.pay(cast.maria, good, HALF)

        assert owed(cast.account_1001) == Money(0)


class TestOnce:
    def test_the_same_form_sent_twice_pays_once(self, cast: Cast, wallet: Wallet) -> None:
        bill(cast.account_1001, 100_00)
        card = wallet.add(cast.maria, GOOD)
        payment_id = uuid.uuid4()

        first = wallet.pay(cast.maria, card, HALF, payment_id=payment_id)
        again = wallet.pay(cast.maria, card, HALF, payment_id=payment_id)

        assert again == first
        assert len(wallet.simulator.charges(str(payment_id))) == 1
        assert owed(cast.account_1001) == Money(50_00)
        assert len(subjects()) == 1

    def test_the_same_id_with_other_values_or_from_somebody_else_is_a_conflict(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        bill(cast.account_1001, 100_00)
        bill(cast.account_1002, 50_00, "bill:2")
        marias, rosas = wallet.add(cast.maria, GOOD), wallet.add(cast.rosa, GOOD)
        payment_id = uuid.uuid4()
        wallet.pay(cast.maria, marias, HALF, payment_id=payment_id)

        with pytest.raises(PaymentConflict):
            wallet.pay(cast.maria, marias, {"1001": Money(49_99)}, payment_id=payment_id)
        with pytest.raises(PaymentConflict):
            wallet.pay(cast.rosa, rosas, {"1002": Money(50_00)}, payment_id=payment_id)

        assert owed(cast.account_1002) == Money(50_00)
        with pytest.raises(NotVisible):
            get_receipt(user_id=cast.rosa.user.pk, payment_id=payment_id)

    def test_a_second_form_for_the_same_debt_finds_nothing_due(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        bill(cast.account_1001, 50_00)
        card = wallet.add(cast.maria, GOOD)
        wallet.pay(cast.maria, card, HALF)

        with pytest.raises(MoreThanDue) as refused:
            wallet.pay(cast.maria, card, HALF)

        assert refused.value.values["due"] == Money(0)

    def test_a_payment_without_an_answer_counts_as_on_its_way(
        self, cast: Cast, wallet: Wallet, silent_gateway: SandboxGateway
    ) -> None:
        bill(cast.account_1001, 80_00)
        card = wallet.add(cast.maria, GOOD)
        wallet.pay(cast.maria, card, HALF, gateway=silent_gateway)

        with pytest.raises(MoreThanDue) as refused:
            wallet.pay(cast.maria, card, HALF)

        assert refused.value.values["due"] == Money(30_00)  # 80.00 asked, 50.00 on its way


class TestTwoConnections:
    """Two clicks arrive at two processes at once."""

    def test_one_form_twice_is_one_charge(self, committing_cast: Cast, wallet: Wallet) -> None:
        maria, account, card = self.arrange(committing_cast, wallet)
        payment_id = uuid.uuid4()

        outcomes = self.at_once(
            lambda: wallet.pay(maria, card, HALF, payment_id=payment_id).payment_id
        )

        assert outcomes == [payment_id, payment_id]
        assert len(wallet.simulator.charges(str(payment_id))) == 1
        assert owed(account) == Money(0)

    def test_two_forms_for_one_debt_are_one_charge(
        self, committing_cast: Cast, wallet: Wallet
    ) -> None:
        maria, account, card = self.arrange(committing_cast, wallet)

        outcomes = self.at_once(lambda: wallet.pay(maria, card, HALF).state)

        assert sorted(map(str, outcomes)) == ["more_than_due", "success"]
        assert owed(account) == Money(0)

    def arrange(self, cast: Cast, wallet: Wallet) -> tuple[Player, AccountId, uuid.UUID]:
        bill(cast.account_1001, 50_00)
        return cast.maria, cast.account_1001, wallet.add(cast.maria, GOOD)

    def at_once(self, act: Callable[[], object]) -> list[object]:
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda _: self.alone(act), range(2)))

    def alone(self, act: Callable[[], object]) -> object:
        try:
            return act()
        except ExpectedError as refused:
            return refused.code
        finally:
            connections.close_all()
