"""What payments need from outside: somebody who keeps card numbers and moves money.

Every call carries a key of ours. The same key with the same values has one effect, however
often it is sent; so what got no answer can always be asked again.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from smarthub.kernel.errors import Conflict, NotVisible, Unavailable
from smarthub.kernel.money import Money
from smarthub.payments.types import AttemptState, MethodKind


class GatewayUnavailable(Unavailable):
    """No answer in time, or a failure of the gateway's own: what happened is not known."""

    code = "gateway_unavailable"


class KeyConflict(Conflict):
    """The gateway knows the key with other values: a fault of ours that a person must look at."""

    code = "gateway_key_conflict"


class SetupUnknown(NotVisible):
    """The gateway knows no visit to its form with this reference."""

    code = "setup_unknown"


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


@dataclass(frozen=True, slots=True)
class ChargeAnswer:
    """The gateway's answer to a charge: success, or failed with its reason."""

    state: AttemptState
    reference: str
    reason: str


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

    def charge(self, *, token: str, amount: Money, key: str, memo: str) -> ChargeAnswer:
        """Move money, once for a key.

        Raises:
            GatewayUnavailable: no answer; the money may have moved.
            KeyConflict: the key charged something else; this charge was not made.
        """

    def lookup(self, *, key: str) -> ChargeAnswer | None:
        """Return what became of the charge with this key, or None if it never arrived.

        Raises:
            GatewayUnavailable: no answer.
        """
