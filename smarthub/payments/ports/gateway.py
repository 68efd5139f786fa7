"""The payment gateway: who keeps card numbers and moves money.

Every call carries a key of ours. The same key with the same values has one effect, however
often it is sent; so what got no answer can always be asked again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from smarthub.kernel.errors import Conflict, NotVisible, Refused, Unavailable
from smarthub.kernel.money import Money
from smarthub.payments.types import AttemptState, DisputeStage, Initiator, LineKind, MethodKind


class GatewayUnavailable(Unavailable):
    """No answer in time, or a failure of the gateway's own: what happened is not known."""

    code = "gateway_unavailable"


class KeyConflict(Conflict):
    """The gateway knows the key with other values: a fault of ours that a person must look at."""

    code = "gateway_key_conflict"


class SetupUnknown(NotVisible):
    """The gateway knows no visit to its form with this reference."""

    code = "setup_unknown"


class EventRefused(Refused):
    """A request to our address for events is not the gateway's; ``reason`` says why."""

    code = "event_refused"


@dataclass(frozen=True, slots=True)
class SetupSession:
    """A visit to the gateway's own form, about to begin at ``url``."""

    reference: str
    url: str


@dataclass(frozen=True, slots=True)
class SetupState:
    """How such a visit ended; ``token`` is empty while it has not."""

    reference: str
    token: str
    kind: MethodKind
    brand: str
    last4: str
    expires_on: dt.date | None
    network_reference: str = ""
    """What the card's network calls the first transaction, the storing of the card by its holder;
    empty for a bank account, and where the gateway keeps it to itself."""


@dataclass(frozen=True, slots=True)
class ChargeAnswer:
    """The gateway's answer to a charge or refund: success, pending, or failed with its reason."""

    state: AttemptState
    reference: str
    reason: str


@dataclass(frozen=True, slots=True)
class Dispute:
    """A holder who denies a charge, and how far that has come."""

    reference: str
    amount: Money
    reason: str
    stage: DisputeStage


@dataclass(frozen=True, slots=True)
class ChargeState:
    """A charge with everything that became of it, as of now.

    ``returned`` is the bank's return code, empty while the money stays.
    """

    reference: str
    key: str
    state: AttemptState
    reason: str
    amount: Money
    returned: str
    disputes: tuple[Dispute, ...]


@dataclass(frozen=True, slots=True)
class MethodFacts:
    """A stored method as the gateway knows it now: networks tell it of a card's new number."""

    brand: str
    last4: str
    expires_on: dt.date | None


@dataclass(frozen=True, slots=True)
class GatewayEvent:
    """Word from the gateway that something happened to a charge; what, is asked, not believed.

    ``method_token``: of what happened to a stored method instead.
    """

    id: str
    kind: str
    charge_reference: str
    method_token: str = ""


@dataclass(frozen=True, slots=True)
class SettlementLine:
    """One line of a pay-out; ``amount`` is before the fee, negative for what went back."""

    reference: str
    kind: LineKind
    charge_reference: str
    amount: Money
    fee: Money


@dataclass(frozen=True, slots=True)
class Settlement:
    """One pay-out of the gateway to the co-op's bank."""

    reference: str
    paid_on: dt.date
    lines: tuple[SettlementLine, ...]

    @property
    def amount(self) -> Money:
        """What reached the bank."""
        return Money.sum(line.amount - line.fee for line in self.lines)


class PaymentGateway(Protocol):
    """A payment gateway; card and bank numbers are given to it alone, on its own pages."""

    @property
    def name(self) -> str:
        """The name the ledger's clearing account and the stored rows carry."""

    def create_setup(
        self, *, member_ref: str, kind: MethodKind, return_to: str, language: str, key: str
    ) -> SetupSession:
        """Begin a visit to the gateway's form, which ends at ``return_to?setup=<reference>``.

        Raises:
            GatewayUnavailable: no answer.
        """

    def get_setup(self, *, reference: str) -> SetupState:
        """Return how a visit ended.

        Raises:
            SetupUnknown: there was none.
            GatewayUnavailable: no answer.
        """

    def get_method(self, *, token: str) -> MethodFacts | None:
        """Return a stored method as it is now, or None if there is none.

        Raises:
            GatewayUnavailable: no answer.
        """

    def detach(self, *, token: str) -> None:
        """Let the gateway forget a method; again changes nothing.

        Raises:
            GatewayUnavailable: no answer.
        """

    def charge(
        self,
        *,
        token: str,
        amount: Money,
        key: str,
        memo: str,
        initiator: Initiator = Initiator.CUSTOMER,
        network_reference: str = "",
    ) -> ChargeAnswer:
        """Move money, once for a key; a bank account's charge is ``PENDING`` for some days.

        Args:
            token: What is charged.
            amount: How much.
            key: Ours; the same key charges once.
            memo: Kept with the charge.
            initiator: Whether its holder sits before the page, or a standing consent is acted on.
            network_reference: The first transaction's, which networks want to be named where
                nobody sits there.

        Raises:
            GatewayUnavailable: no answer; the money may have moved.
            KeyConflict: the key charged something else; this charge was not made.
        """

    def lookup(self, *, key: str, token: str) -> ChargeAnswer | None:
        """Return what became of the charge with this key, or None if it never arrived.

        Args:
            key: The charge's.
            token: What was to be charged: some gateways can only look there.

        Raises:
            GatewayUnavailable: no answer.
        """

    def get_charge(self, *, reference: str) -> ChargeState | None:
        """Return a charge with what became of it, or None if there is none.

        Raises:
            GatewayUnavailable: no answer.
        """

    def refund(self, *, charge_reference: str, amount: Money, key: str) -> ChargeAnswer:
        """Give back a charge or a part of it, once for a key.

        Raises:
            GatewayUnavailable: no answer; the money may have moved.
        """

    def lookup_refund(self, *, charge_reference: str, key: str) -> ChargeAnswer | None:
        """Return what became of the refund with this key, or None if it never arrived.

        Raises:
            GatewayUnavailable: no answer.
        """

    def read_event(
        self, *, body: bytes, headers: Mapping[str, str], now: dt.datetime
    ) -> GatewayEvent:
        """Return the event a request brought, once its signature over the raw body is proved.

        Raises:
            EventRefused: it is forged, truncated, too old, from the future, or no event.
        """

    def list_events(self, *, since: dt.datetime) -> Iterator[tuple[GatewayEvent, bytes]]:
        """Yield the events of the gateway since a moment with their bodies, oldest first.

        Raises:
            GatewayUnavailable: no answer.
        """

    def list_settlements(self, *, since: dt.date) -> list[Settlement]:
        """Return the pay-outs from a local day on, oldest first.

        Raises:
            GatewayUnavailable: no answer.
        """
