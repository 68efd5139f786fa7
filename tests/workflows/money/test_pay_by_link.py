"""Paying without a sign-in: one account, what is due and nothing else, and once for each link."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest

from smarthub.accounts.access import GuestUnknown, LinkOver, open_by_link
from smarthub.accounts.types import Right
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.members.models import AuditEntry
from smarthub.notifications.models import Message
from smarthub.payments.models import MethodSetup, Payment, StoredMethod
from smarthub.payments.operations import MoreThanDue
from smarthub.payments.types import AttemptState, PaymentStatus
from smarthub.workflows.money.charge_payment import repair_unknown_attempts
from smarthub.workflows.money.other_doors import list_other_payments
from smarthub.workflows.money.pay_balance import CardDeclined
from smarthub.workflows.money.pay_by_link import (
    begin_as_guest,
    finish_card,
    make_staff_link,
    pay_by_link,
    see_link,
    start_card,
)
from tests.cast import NOW, TODAY, Cast
from tests.sandbox_gateway import DECLINED, GOOD, SILENT_ONCE, Simulator
from tests.workflows.wallet import Wallet, bill, owed

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

BACK = "http://127.0.0.1:8000/pay/link/x/5000/"


@dataclass
class Guest:
    """Somebody with a link, who gives a card at the simulator's form."""

    link: str
    simulator: Simulator

    def give(self, card: str) -> str:
        url = start_card(
            link=self.link,
            return_to=BACK,
            language="en",
            now=NOW,
            gateway=self.simulator.gateway,
        )
        return self.simulator.give_card(url, card)

    def pay(self, reference: str, cents: int = 50_00, **changed: Any) -> AttemptState:
        values = {"return_to": BACK, "now": NOW, **changed}
        return pay_by_link(
            link=self.link,
            amount=Money(cents),
            reference=reference,
            gateway=self.simulator.gateway,
            **values,
        ).state


def maria(number: str = "1001", name: str = "Alvarez") -> str:
    return begin_as_guest(number=number, name=name, now=NOW)


class TestAGuest:
    def test_pays_once_and_leaves_nothing_but_the_payment(
        self, committing_cast: Cast, wallet: Wallet
    ) -> None:
        cast, guest = committing_cast, Guest(maria(), wallet.simulator)
        bill(cast.account_1001, 100_00)
        reference = guest.give(GOOD)

        states = [guest.pay(reference) for _ in range(2)]  # a double click

        payment = Payment.objects.get()
        assert states == [AttemptState.SUCCESS] * 2
        assert owed(cast.account_1001) == Money(50_00)
        assert (payment.channel, payment.person) == ("guest", None)
        assert len(wallet.simulator.charges(str(payment.pk))) == 1
        method = StoredMethod.objects.get()
        assert method.removed_because == "guest"
        answer = wallet.simulator.gateway.charge(
            token=method.token, amount=Money(1), key="again", memo=""
        )
        assert answer.reason == "token_unknown"  # the gateway forgot it as well
        assert not Message.objects.exists()

    def test_is_seen_by_the_holder_once_the_money_came(
        self, committing_cast: Cast, wallet: Wallet
    ) -> None:
        cast, guest = committing_cast, Guest(maria(), wallet.simulator)
        bill(cast.account_1001, 100_00)
        with pytest.raises(CardDeclined):
            guest.pay(guest.give(DECLINED))
        guest.pay(guest.give(GOOD))

        (line,) = list_other_payments(user_id=cast.maria.user.pk, on=TODAY)

        assert (line.channel, line.amount, line.status) == (
            "guest",
            Money(50_00),
            PaymentStatus.PAID,
        )
        assert list_other_payments(user_id=cast.rosa.user.pk, on=TODAY) == []

    def test_after_paying_another_card_by_the_same_link_pays_nothing(
        self, committing_cast: Cast, wallet: Wallet
    ) -> None:
        cast, guest = committing_cast, Guest(maria(), wallet.simulator)
        bill(cast.account_1001, 100_00)
        guest.pay(guest.give(GOOD))

        guest.pay(guest.give(GOOD), 25_00)  # a second tab

        assert owed(cast.account_1001) == Money(50_00)

    def test_declined_may_try_another_card(self, committing_cast: Cast, wallet: Wallet) -> None:
        cast, guest = committing_cast, Guest(maria(), wallet.simulator)
        bill(cast.account_1001, 100_00)

        with pytest.raises(CardDeclined):
            guest.pay(guest.give(DECLINED))
        state = guest.pay(guest.give(GOOD))

        assert state is AttemptState.SUCCESS
        assert owed(cast.account_1001) == Money(50_00)

    def test_a_lost_answer_is_asked_for_and_then_forgotten(
        self, committing_cast: Cast, wallet: Wallet
    ) -> None:
        cast, guest = committing_cast, Guest(maria(), wallet.simulator)
        bill(cast.account_1001, 100_00)
        reference = guest.give(SILENT_ONCE)

        states = [guest.pay(reference) for _ in range(2)]
        kept_meanwhile = StoredMethod.objects.get().removed_at
        repair_unknown_attempts(now=NOW + dt.timedelta(minutes=2), gateway=wallet.simulator.gateway)

        assert states == [AttemptState.UNKNOWN] * 2
        assert kept_meanwhile is None
        assert StoredMethod.objects.get().removed_at is not None
        assert owed(cast.account_1001) == Money(50_00)

    def test_pays_no_more_than_is_due(self, committing_cast: Cast, wallet: Wallet) -> None:
        guest = Guest(maria(), wallet.simulator)
        bill(committing_cast.account_1001, 100_00)

        with pytest.raises(MoreThanDue):
            guest.pay(guest.give(GOOD), 100_01)

    def test_cannot_use_a_card_somebody_gave_elsewhere(
        self, committing_cast: Cast, wallet: Wallet
    ) -> None:
        bill(committing_cast.account_1001, 100_00)
        wallet.add(committing_cast.maria, GOOD)
        members = MethodSetup.objects.all()
        other = Guest(maria(), wallet.simulator)

        for reference in (members.get().reference, "set_never_was"):
            with pytest.raises(NotVisible):
                other.pay(reference)
        reference = other.give(GOOD)
        with pytest.raises(NotVisible):
            other.pay(reference, return_to=BACK.replace("5000", "6000"))

    @pytest.mark.parametrize(
        ("number", "name"), [("1001", "Wrong"), ("9999", "Alvarez"), ("", ""), ("1002", "Alvarez")]
    )
    def test_is_told_the_same_of_every_wrong_pair_in_as_many_queries(
        self, cast: Cast, number: str, name: str, django_assert_num_queries: Any
    ) -> None:
        with django_assert_num_queries(5), pytest.raises(GuestUnknown):
            maria(number, name)


class TestALink:
    def test_opens_one_account_to_pay_and_nothing_of_it(self, cast: Cast) -> None:
        opened = open_by_link(link=maria(), now=NOW)

        assert opened.account.number == "1001"
        assert opened.account.rights == {Right.PAY}
        assert (opened.account.address, opened.account.nickname, opened.account.points) == (
            "",
            "",
            (),
        )

    def test_of_another_account_or_a_later_day_is_forged(self, cast: Cast) -> None:
        number, until, key, mac = maria().split("~")

        for forged in (
            f"1002~{until}~{key}~{mac}",
            f"{number}~{int(until) + 1}~{key}~{mac}",
            f"{number}~{until}~other~{mac}",
            f"{number}~{until}~{key}",
            "",
        ):
            with pytest.raises(NotVisible):
                see_link(link=forged, now=NOW)

    def test_ends_to_the_second(self, cast: Cast) -> None:
        link = maria()
        end = NOW + dt.timedelta(minutes=30)

        see_link(link=link, now=end - dt.timedelta(seconds=1))
        for ask in (see_link, open_by_link):
            with pytest.raises(LinkOver):
                ask(link=link, now=end)

    @pytest.mark.parametrize("send", [True, False])
    def test_of_staff_lasts_a_week_and_is_in_the_audit_trail(
        self, cast: Cast, *, send: bool
    ) -> None:
        address = make_staff_link(
            user_id=cast.dana.user.pk,
            number="1001",
            address="http://x/pay/link/{link}/",
            send=send,
            now=NOW,
        )

        link = address.removeprefix("http://x/pay/link/").rstrip("/")
        see_link(link=link, now=NOW + dt.timedelta(days=7, seconds=-1))
        with pytest.raises(LinkOver):
            see_link(link=link, now=NOW + dt.timedelta(days=7))
        acts = AuditEntry.objects.filter(act="pay_link.made", subject="account:1001")
        assert acts.count() == 1
        bodies = Message.objects.filter(template="pay_link").values_list("body", flat=True)
        assert [address in body for body in bodies] == ([True] if send else [])

    def test_of_nobody_but_staff_is_made(self, cast: Cast) -> None:
        for player in (cast.maria, cast.rosa):
            with pytest.raises(NotVisible):
                make_staff_link(
                    user_id=player.user.pk, number="1001", address="{link}", send=False, now=NOW
                )

    def test_shows_the_card_that_was_given(self, committing_cast: Cast, wallet: Wallet) -> None:
        guest = Guest(maria(), wallet.simulator)

        method = finish_card(
            link=guest.link,
            reference=guest.give(GOOD),
            return_to=BACK,
            now=NOW,
            gateway=wallet.simulator.gateway,
        )

        assert (method.brand.lower(), method.last4) == ("visa", "4242")
