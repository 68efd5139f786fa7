"""Values of deposits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from smarthub.accounts.types import AccountId
from smarthub.cooperative.catalogue import value_in
from smarthub.kernel.money import ZERO, Money

DepositId = NewType("DepositId", UUID)


class DepositEnd(StrEnum):
    """How a deposit stopped being one; one that is waived may be asked for anew."""

    REFUNDED = "refunded"
    APPLIED = "applied"
    TAKEN_BACK = "taken_back"
    WAIVED = "waived"


class Ground(StrEnum):
    """What a deposit is asked for; its notice says it in the reader's words."""

    NO_HISTORY = "no_history"
    PAID_LATE = "paid_late"
    RETURNED = "returned"
    DISCONNECTED = "disconnected"


class WaiverEnding(StrEnum):
    """How a waiver ended: the deposit is asked for anew, or never again."""

    ASKED_AGAIN = "asked_again"
    GOOD_MONTHS = "good_months"
    NO_SERVICE = "no_service"


@dataclass(frozen=True, slots=True)
class DepositRule:
    """What the policies of a day say of deposits; see ``cooperative.catalogue``."""

    months: int
    most_months: int
    minimum: Money
    interest_percent: Decimal
    clean_months: int
    notice_days: int
    days_to_pay: int
    most_instalments: int
    waived_with_auto_pay: bool

    @classmethod
    def from_policies(cls, policies: Mapping[str, Any]) -> DepositRule:
        """Return the rule of the policies in force; a policy without a row holds its ``unset``."""

        def value(key: str) -> Any:
            return value_in(policies, f"deposit.{key}")

        return cls(
            months=int(value("months_of_charges")),
            most_months=int(value("most_months")),
            minimum=Money(value("minimum_cents")),
            interest_percent=Decimal(value("interest_percent")),
            clean_months=int(value("clean_months")),
            notice_days=int(value("notice_days")),
            days_to_pay=int(value("days_to_pay")),
            most_instalments=int(value("most_instalments")),
            waived_with_auto_pay=bool(value("waived_with_auto_pay")),
        )


@dataclass(frozen=True, slots=True)
class DepositTerms:
    """What a deposit is asked for, and how it may be paid.

    ``event_on`` is the day of what justifies it, ``expected_year`` the charges it is reckoned
    from, ``first_due`` the local day the first of its parts is due: None, on the day it is asked.
    """

    ground: Ground | None = None
    event_on: dt.date | None = None
    expected_year: Money | None = None
    instalments: int = 1
    first_due: dt.date | None = None


@dataclass(frozen=True, slots=True)
class DepositPart:
    """One part of a deposit: ``unpaid`` is still to come of it.

    ``asked_on`` is the day it was put on the account, ``asks_on`` the day it is or was to be.
    """

    number: int
    asks_on: dt.date
    due_on: dt.date | None
    amount: Money
    unpaid: Money
    asked_on: dt.date | None


@dataclass(frozen=True, slots=True)
class DepositView:
    """A deposit as it stands: ``unpaid`` is still to come in, ``paid_on`` the day all of it was.

    ``interest_until`` is the day up to which interest was credited. ``ground`` and
    ``expected_year`` are None of deposits asked for before these were kept. ``waiver_ended`` says
    what became of a waiver.
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
    ground: Ground | None
    expected_year: Money | None
    parts: tuple[DepositPart, ...]
    waiver_ended: WaiverEnding | None

    @property
    def asked(self) -> Money:
        """What was put on the account of it so far."""
        return Money.sum(part.amount for part in self.parts if part.asked_on is not None)

    @property
    def is_waived(self) -> bool:
        """Whether it is not asked for as things stand, and may be asked for anew."""
        return self.ended is DepositEnd.WAIVED and self.waiver_ended is None

    @property
    def next_part(self) -> DepositPart | None:
        """The first part that is not paid in full; None of one that ended."""
        if self.ended is not None:
            return None
        return next((part for part in self.parts if part.unpaid > ZERO), None)

    @property
    def is_held(self) -> bool:
        """Whether the co-op holds it: paid in full, and not given back."""
        return self.paid_on is not None and self.ended is None
