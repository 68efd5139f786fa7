"""Write off what a closed account owes, and ask for it again; both are in the audit trail."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from smarthub.accounts.access import open_for_staff
from smarthub.accounts.queries import list_agreements
from smarthub.accounts.types import AccountId
from smarthub.arrears.operations import write_offs
from smarthub.arrears.queries.write_offs import get_write_off
from smarthub.arrears.types import WriteOffId
from smarthub.cooperative.catalogue import value_in
from smarthub.cooperative.queries import get_zone, list_policies
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period, local_day
from smarthub.members.operations import record_act
from smarthub.members.queries import get_person_of_user
from smarthub.workflows.debts.follow_arrears import stop_if_cleared

ONE_DAY = dt.timedelta(days=1)


def write_off(
    *, user_id: int, number: str, write_off_id: UUID, reason: str, now: dt.datetime
) -> Money:
    """Write off all an account without service owes; return how much that was.

    Raises:
        NotVisible: there is no such account.
        ReasonMissing, WriteOffNotAllowed, WriteOffConflict: see ``arrears.operations.write_offs``.

    Source: domain rule 60.
    """
    account = open_for_staff(user_id=user_id, number=number, now=now)
    on = local_day(now, get_zone())
    with transaction.atomic():
        amount = write_offs.write_off(
            write_off_id=WriteOffId(write_off_id),
            account_id=account.id,
            is_served=_is_served(account.id, on),
            after_days=int(value_in(list_policies(on=on), "write_off.after_days")),
            reason=reason,
            by=get_person_of_user(user_id=user_id).id,
            on=on,
            now=now,
        )
        stop_if_cleared(account_ids=[account.id], now=now)
        _leave(user_id, "debt.written_off", number, now, cents=amount.cents, reason=reason)
    return amount


def take_up(*, user_id: int, number: str, write_off_id: UUID, now: dt.datetime) -> None:
    """Ask an account again for a debt that was written off.

    Raises:
        NotVisible: there is no such account, or no such write-off of it.
        DebtTakenUp: it is owed again already.

    Source: domain rule 60.
    """
    account = open_for_staff(user_id=user_id, number=number, now=now)
    found = get_write_off(write_off_id=WriteOffId(write_off_id))
    if found.account_id != account.id:
        raise NotVisible
    with transaction.atomic():
        by = get_person_of_user(user_id=user_id).id
        on = local_day(now, get_zone())
        write_offs.take_up(write_off_id=found.id, by=by, on=on, now=now)
        _leave(user_id, "debt.taken_up", number, now, cents=found.amount.cents)


def _is_served(account_id: AccountId, on: dt.date) -> bool:
    return bool(list_agreements(account_ids=[account_id], period=Period(on, on + ONE_DAY)))


def _leave(user_id: int, act: str, number: str, now: dt.datetime, **after: object) -> None:
    record_act(user_id=user_id, act=act, subject=f"account:{number}", now=now, after=after)
