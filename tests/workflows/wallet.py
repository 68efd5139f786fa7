"""What the tests of paying share: a bill, a wallet of cards, and what is owed after."""

from __future__ import annotations

import datetime as dt
import uuid

from smarthub.accounts.types import AccountId
from smarthub.integrations.sandbox.gateway import SandboxGateway
from smarthub.kernel.money import Money
from smarthub.ledger.operations import post_entry
from smarthub.ledger.queries import get_balances
from smarthub.ledger.types import Asked, Posting
from smarthub.notifications.models import Message
from smarthub.payments.types import MethodKind, PaymentOutcome
from smarthub.workflows.money.pay_balance import pay_balance
from smarthub.workflows.money.store_method import finish_method_setup, start_method_setup
from tests.cast import NOW, Player
from tests.sandbox_gateway import Simulator

RETURN_TO = "http://127.0.0.1:8000/pay/card/return/"
HALF = {"1001": Money(50_00)}


def bill(
    account: AccountId, cents: int, key: str = "bill:1", *, on: dt.date = dt.date(2026, 11, 3)
) -> None:
    post_entry(
        source_key=key,
        kind="bill",
        effective_date=on,
        postings=[
            Posting("ar:electric", Money(cents), account),
            Posting("revenue:electric", Money(-cents)),
        ],
        asked=[Asked(account, Money(cents))],
        posted_at=NOW,
    )


def owed(account: AccountId) -> Money:
    balance = get_balances(account_ids=[account])[account]
    assert balance.owed == balance.asked
    return balance.owed


def subjects() -> list[str]:
    """What was told of payments; that a method was stored is told besides."""
    messages = Message.objects.exclude(template="method_changed").order_by("pk")
    return list(messages.values_list("subject", flat=True))


class Wallet:
    """Gives cards to the simulator and pays with them."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator

    def add(self, player: Player, number: str) -> uuid.UUID:
        reference = self.simulator.give_card(self.begin(player, MethodKind.CARD), number)
        return self.finish(player, reference)

    def add_bank(self, player: Player, account: str) -> uuid.UUID:
        reference = self.simulator.give_bank(self.begin(player, MethodKind.BANK), account)
        return self.finish(player, reference)

    def begin(self, player: Player, kind: MethodKind) -> str:
        return start_method_setup(
            user_id=player.user.pk,
            kind=kind,
            return_to=RETURN_TO,
            language="en",
            now=NOW,
            gateway=self.simulator.gateway,
        )

    def finish(self, player: Player, reference: str) -> uuid.UUID:
        method = finish_method_setup(
            user_id=player.user.pk, reference=reference, now=NOW, gateway=self.simulator.gateway
        )
        return method.id

    def pay(
        self,
        player: Player,
        method: uuid.UUID,
        parts: dict[str, Money],
        *,
        payment_id: uuid.UUID | None = None,
        gateway: SandboxGateway | None = None,
        allow_credit: bool = False,
    ) -> PaymentOutcome:
        return pay_balance(
            payment_id=payment_id or uuid.uuid4(),
            user_id=player.user.pk,
            parts=parts,
            method_id=method,
            now=NOW,
            gateway=gateway or self.simulator.gateway,
            allow_credit=allow_credit,
        )
