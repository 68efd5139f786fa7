"""The doors between a person and an account. There is no other way in (house rule 2).

Not yours and not there look the same: ``NotVisible``, which is a 404.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from smarthub.accounts.queries import get_account_for_staff, roles_in_force, visible_account
from smarthub.accounts.types import Right, VisibleAccount
from smarthub.kernel.errors import NotVisible
from smarthub.members.operations import record_act
from smarthub.members.queries import is_staff


def open_account(
    *, user_id: int, number: str, on: dt.date, needs: Right = Right.SEE
) -> VisibleAccount:
    """Return the account with ``number`` if the login's person may see it on a local day.

    Args:
        user_id: Who asks.
        number: The account's number.
        on: The co-op's local day.
        needs: What they must be allowed besides: a page for holders is there for nobody else.

    Raises:
        NotVisible: it is not theirs to see or to do so with, or it does not exist.

    Source: domain rules 1 and 11.
    """
    role = roles_in_force(user_id=user_id, on=on).filter(account__number=number).first()
    if role is None:
        raise NotVisible
    account = visible_account(role)
    if not {Right.SEE, needs} <= account.rights:
        raise NotVisible
    return account


def list_visible_accounts(*, user_id: int, on: dt.date) -> tuple[VisibleAccount, ...]:
    """Return every account the login's person may see on a local day, in one query (R29)."""
    accounts = (visible_account(role) for role in roles_in_force(user_id=user_id, on=on))
    return tuple(account for account in accounts if Right.SEE in account.rights)


def pick_account(*, accounts: Sequence[VisibleAccount], number: str) -> VisibleAccount:
    """Return one of the accounts a person may see, where a page has them all already.

    Raises:
        NotVisible: it is not among them.

    Source: domain rules 1 and 11.
    """
    for account in accounts:
        if account.number == number:
            return account
    raise NotVisible


def open_for_staff(*, user_id: int, number: str, now: dt.datetime) -> VisibleAccount:
    """Return an account for a clerk, and leave in the audit trail that it was opened (rule 125).

    Raises:
        NotVisible: the login is not staff's, or there is no such account.
    """
    account = get_account_for_staff(number=number)
    if account is None or not is_staff(user_id=user_id):
        raise NotVisible
    record_act(user_id=user_id, act="account.opened", subject=f"account:{number}", now=now)
    return account
