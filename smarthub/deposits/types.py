"""Values of deposits."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from uuid import UUID

from smarthub.accounts.types import AccountId
from smarthub.kernel.money import Money

DepositId = NewType("DepositId", UUID)


class DepositEnd(StrEnum):
    """How a deposit stopped being one."""

    REFUNDED = "refunded"
    APPLIED = "applied"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class DepositView:
    """A deposit as it stands: ``unpaid`` is still to come in, ``paid_on`` the day all of it was.

    ``interest_until`` is the day up to which interest was credited.
    """

    id: DepositId
    account_id: AccountId
    account_number: str
    amount: Money
    asked_on: dt.date
    reason: str
    unpaid: Money
    paid_on: dt.date | None
    interest: Money
    interest_until: dt.date | None
    ended: DepositEnd | None
    ended_on: dt.date | None

    @property
    def is_held(self) -> bool:
        """Whether the co-op holds it: paid in full, and not given back."""
        return self.paid_on is not None and self.ended is None
