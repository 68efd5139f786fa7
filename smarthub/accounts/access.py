"""The doors between a person and an account. There is no other way in (house rule 2).

Not yours and not there look the same: ``NotVisible``, which is a 404.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.signing import BadSignature, Signer

from smarthub.accounts.claims import find_claimed
from smarthub.accounts.queries import (
    find_role_in_force,
    get_account_for_staff,
    list_numbers,
    list_roles_in_force,
    visible_account,
)
from smarthub.accounts.types import NO_ACCOUNT, LinkedAccount, Right, VisibleAccount
from smarthub.kernel.errors import NotVisible, Refused
from smarthub.members.operations import record_act
from smarthub.members.queries import is_staff

SIGNER = Signer(salt="smarthub.pay-link", sep="~")
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class GuestUnknown(Refused):
    """No account has this number and a holder of this name; which of the two, is not told."""

    code = "guest_unknown"


class LinkOver(Refused):
    """The link was made by us and is too old."""

    code = "link_over"


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
    role = find_role_in_force(user_id=user_id, number=number, on=on)
    if role is None:
        raise NotVisible
    account = visible_account(role)
    if not {Right.SEE, needs} <= account.rights:
        raise NotVisible
    return account


def list_visible_accounts(*, user_id: int, on: dt.date) -> tuple[VisibleAccount, ...]:
    """Return every account the login's person may see on a local day, in one query (R29)."""
    accounts = (visible_account(role) for role in list_roles_in_force(user_id=user_id, on=on))
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


def open_as_guest(*, number: str, name: str) -> VisibleAccount:
    """Return an account, to be paid only, for somebody who knows its number and a holder's name.

    In as many queries for an unknown number as for another name, so the time tells neither.

    Raises:
        GuestUnknown: no account has both.

    Source: reference, section 6.5.
    """
    account_id = find_claimed(number=number, name=name) or NO_ACCOUNT
    present = list_numbers(account_ids=[account_id]).get(account_id, "")
    account = _to_be_paid(present)
    if account is None:
        raise GuestUnknown
    return account


def write_link(*, account: VisibleAccount, key: str, expires_at: dt.datetime) -> str:
    """Return a link by which whoever holds it may pay the account until it expires.

    Args:
        account: One a door opened.
        key: In no other link, unless it is to be the same one again.
        expires_at: Until when.
    """
    until = int((expires_at - EPOCH).total_seconds())
    return SIGNER.sign(f"{account.number}~{until}~{key}")


def open_by_link(*, link: str, now: dt.datetime) -> LinkedAccount:
    """Return the account of a link, to be paid only: without address, name, services or points.

    Raises:
        NotVisible: it is forged, or the account is gone.
        LinkOver: it is too old.
    """
    try:
        number, until, key = SIGNER.unsign(link).split("~")
    except (BadSignature, ValueError):
        raise NotVisible from None
    expires_at = EPOCH + dt.timedelta(seconds=int(until))
    if now >= expires_at:
        raise LinkOver
    account = _to_be_paid(number)
    if account is None:
        raise NotVisible
    return LinkedAccount(account, key, expires_at)


def _to_be_paid(number: str) -> VisibleAccount | None:
    """Return an account with nothing told of it but its number."""
    whole = get_account_for_staff(number=number)
    if whole is None:
        return None
    return VisibleAccount(
        id=whole.id,
        number=whole.number,
        nickname="",
        rights=frozenset({Right.PAY}),
        address="",
        services=(),
    )
