"""Values of payments handed to the phone company's own system."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum

from smarthub.kernel.money import Money


class PhoneState(StrEnum):
    """How a hand-off stands; all but ``waiting`` and ``expired`` are stored as what was told."""

    WAITING = "waiting"
    LOOKED_UP = "looked_up"
    PAID = "paid"
    FAILED = "failed"
    PARKED = "parked"
    EXPIRED = "expired"

    @property
    def is_over(self) -> bool:
        """Whether nothing more is awaited of it."""
        return self in {PhoneState.PAID, PhoneState.PARKED, PhoneState.EXPIRED}


@dataclass(frozen=True, slots=True)
class PhoneHandOffView:
    """A hand-off as the desk sees it; ``reason`` is why the last try failed."""

    id: uuid.UUID
    account_number: str
    amount: Money
    language: str
    code: str
    started_at: dt.datetime
    expires_at: dt.datetime
    state: PhoneState
    reason: str
    payment_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class PhoneResult:
    """What the phone company's system says it did; ``reference`` is its own, once for a charge."""

    hand_off: str
    reference: str
    is_paid: bool
    amount: Money
    reason: str
