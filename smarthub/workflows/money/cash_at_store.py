"""Cash at a store: the bar code of each account, for whoever may see the account.

The bar code only pays in: it says whose account it is and nothing else, and shows nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from smarthub.accounts.access import list_visible_accounts, open_account
from smarthub.accounts.types import VisibleAccount
from smarthub.billing.engine.cash_number import BILLER, cash_number
from smarthub.cooperative.queries import list_policies
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import ZERO, Money
from smarthub.payments.queries import list_dues


@dataclass(frozen=True, slots=True)
class CashSlip:
    """What a store needs for an account, and what is due on it; ``number`` is its bar code."""

    account: VisibleAccount
    number: str
    due: Money


def is_cash_taken(*, on: dt.date) -> bool:
    """Return whether the co-op has a network of stores that takes cash for it."""
    return bool(list_policies(on=on).get(BILLER))


def list_cash_accounts(*, user_id: int, on: dt.date) -> tuple[VisibleAccount, ...]:
    """Return the accounts of a login that can be paid at a store."""
    return tuple(
        account
        for account in list_visible_accounts(user_id=user_id, on=on)
        if _number(account.number, on)
    )


def open_cash_slip(*, user_id: int, number: str, on: dt.date) -> CashSlip:
    """Return what to show at a store for an account.

    Raises:
        NotVisible: it is not theirs, the co-op has no stores, or the number fits no bar code.
    """
    account = open_account(user_id=user_id, number=number, on=on)
    code = _number(account.number, on)
    if code is None:
        raise NotVisible
    due = list_dues(account_ids=[account.id])[account.id]
    return CashSlip(account=account, number=code, due=max(due.asked - due.in_flight, ZERO))


def _number(account_number: str, on: dt.date) -> str | None:
    return cash_number(biller=list_policies(on=on).get(BILLER), account_number=account_number)
