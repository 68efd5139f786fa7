"""Pin words to some days of one's use, and take them off again: who may manage the account may."""

from __future__ import annotations

import datetime as dt
import uuid

from smarthub.accounts.types import Right, VisibleAccount
from smarthub.kernel.errors import NotVisible
from smarthub.usage.operations import pin_note, take_off_note
from smarthub.workflows.usage.usage_ground import find_point


def pin_usage_note(
    *,
    account: VisibleAccount,
    point_number: str,
    key: uuid.UUID,
    first_day: dt.date,
    last_day: dt.date,
    text: str,
    user_id: int,
    now: dt.datetime,
) -> None:
    """Pin a note, once for each key.

    Raises:
        NotVisible: the account has no such metered point, or is not theirs to manage.
        NoteRefused: the words or days will not do.
    """
    _need_manage(account)
    point = find_point(account=account, number=point_number)
    pin_note(
        key=key,
        account_id=account.id,
        service_point_id=point.id,
        first_day=first_day,
        last_day=last_day,
        text=text,
        user_id=user_id,
        now=now,
    )


def take_off_usage_note(
    *, account: VisibleAccount, key: uuid.UUID, user_id: int, now: dt.datetime
) -> None:
    """Take a note off; it stays in the history.

    Raises:
        NotVisible: the account has no such note, or is not theirs to manage.
    """
    _need_manage(account)
    take_off_note(key=key, account_id=account.id, user_id=user_id, now=now)


def _need_manage(account: VisibleAccount) -> None:
    if Right.MANAGE not in account.rights:
        raise NotVisible
