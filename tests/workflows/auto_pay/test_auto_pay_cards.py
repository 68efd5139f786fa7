"""Who lets a stored card be charged, and a card that its network gives new details."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from smarthub.kernel.money import Money
from smarthub.notifications.models import Message
from smarthub.payments.models import StoredMethod
from smarthub.payments.operations import remove_method as take_method_away
from smarthub.payments.types import AttemptState, MethodId
from smarthub.workflows.bank.stored_methods import warn_of_expiring_methods
from smarthub.workflows.money.schedule_payment import pay_scheduled, schedule_payment
from tests.cast import NOW, Cast
from tests.sandbox_gateway import GOOD
from tests.workflows.auto_pay.test_auto_pay import DUE, Member, noon
from tests.workflows.both_books import hear
from tests.workflows.closing import close
from tests.workflows.wallet import Wallet, bill

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def card(village: Cast, wallet: Wallet) -> uuid.UUID:
    return wallet.add(village.maria, GOOD)


@pytest.fixture
def maria(village: Cast, wallet: Wallet) -> Member:
    return Member(village, wallet)


class TestStoredCredential:
    """Who lets a card be charged, and that its storing is named where its holder is not there."""

    def test_the_first_is_its_holders_and_later_ones_name_it(
        self, village: Cast, maria: Member, card: uuid.UUID, wallet: Wallet
    ) -> None:
        first = StoredMethod.objects.get(pk=card).network_reference
        maria.turn_on(card)
        close(announce=True)
        by_hand = wallet.pay(village.maria, card, {"1001": Money(10_00)})
        maria.run(DUE)

        told = [
            (charge["initiator"], charge["network_reference"], charge["state"])
            for charge in wallet.simulator.charges("payment:")
            if charge["token"] == StoredMethod.objects.get(pk=card).token
        ]
        assert by_hand.state is AttemptState.SUCCESS
        assert first.startswith("net_")
        assert told == [("customer", first, "success"), ("merchant", first, "success")]

    def test_a_payment_ordered_for_a_day_is_made_without_its_holder(
        self, village: Cast, card: uuid.UUID, wallet: Wallet
    ) -> None:
        bill(village.account_1001, 100_00)
        ordered = uuid.uuid4()
        schedule_payment(
            payment_id=ordered,
            user_id=village.maria.user.pk,
            parts={"1001": Money(50_00)},
            method_id=card,
            pay_on=NOW.date() + dt.timedelta(days=1),
            keeps_amount=True,
            now=NOW,
        )

        pay_scheduled(now=NOW + dt.timedelta(days=1), gateway=wallet.simulator.gateway)

        (charge,) = wallet.simulator.charges(str(ordered))
        assert (charge["initiator"], charge["state"]) == ("merchant", "success")


class TestCardUpdates:
    """A card's network gives it a new number; the gateway passes it on, and drafts go on."""

    UNTIL = dt.date(2031, 3, 31)

    def test_its_new_digits_and_expiry_are_taken_over_told_and_drawn_on(
        self, maria: Member, card: uuid.UUID, wallet: Wallet
    ) -> None:
        maria.turn_on(card)
        close(announce=True)
        self._update(wallet, card)

        hear(wallet.simulator)
        hear(wallet.simulator)  # once more: nothing is told twice

        row = StoredMethod.objects.get(pk=card)
        assert (row.last4, row.expires_on) == ("1881", self.UNTIL)
        told = Message.objects.get(template="method_changed", subject__contains="new details")
        assert "ending in 1881" in told.subject
        assert "March 31, 2031" in told.body
        assert maria.run(DUE) == (1, 0)

    def test_before_it_expires_the_new_card_is_warned_of_not_the_old_one(
        self, card: uuid.UUID, wallet: Wallet
    ) -> None:
        old = StoredMethod.objects.get(pk=card).expires_on
        assert old is not None
        self._update(wallet, card)
        hear(wallet.simulator)

        thirty_days = dt.timedelta(days=30)
        warned = [
            warn_of_expiring_methods(now=noon(day))
            for day in (
                old - thirty_days,
                self.UNTIL - thirty_days - dt.timedelta(days=1),
                self.UNTIL - thirty_days,
            )
        ]

        assert warned == [0, 0, 1]
        assert "1881" in Message.objects.get(template="method_expires").body

    def test_of_a_card_that_was_removed_or_is_nobodys_nothing_is_taken_over(
        self, village: Cast, card: uuid.UUID, wallet: Wallet
    ) -> None:
        self._update(wallet, card)
        person_id = village.maria.person_id
        take_method_away(method_id=MethodId(card), person_id=person_id, now=NOW)

        hear(wallet.simulator)

        assert StoredMethod.objects.get(pk=card).last4 == "4242"
        assert not Message.objects.filter(subject__contains="new details").exists()

    def _update(self, wallet: Wallet, card: uuid.UUID) -> None:
        token = StoredMethod.objects.get(pk=card).token
        wallet.simulator.update_card(token, last4="1881", expires_on=self.UNTIL)
