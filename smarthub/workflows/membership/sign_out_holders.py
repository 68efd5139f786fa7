"""Sign a member out everywhere from the desk: for whoever lost a phone and cannot sign in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction

from smarthub.accounts.access import open_for_staff
from smarthub.accounts.queries import list_holders
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.period import local_day
from smarthub.members.operations import record_act
from smarthub.members.queries import list_logins
from smarthub.workflows.messages.sign_in_messages import tell_of_sign_in_change

EndSessions = Callable[[int], int]


def sign_out_holders(
    *, user_id: int, number: str, now: dt.datetime, end_sessions: EndSessions
) -> int:
    """End every session of an account's holders; they are told, and it is in the audit trail.

    Args:
        user_id: The clerk.
        number: The account.
        now: When.
        end_sessions: Ends a login's sessions and returns how many there were.

    Returns:
        How many sessions were ended.

    Raises:
        NotVisible: the login is not staff's, or there is no such account.

    Source: ASVS 7.4.5.
    """
    with transaction.atomic():
        account = open_for_staff(user_id=user_id, number=number, now=now)
        on = local_day(now, get_zone())
        holders = list_holders(account_ids=[account.id], on=on).get(account.id, [])
        ended = 0
        for login in list_logins(person_ids=holders).values():
            ended += end_sessions(login.user_id)
            tell_of_sign_in_change(user_id=login.user_id, change="signed_out_by_office", now=now)
        record_act(
            user_id=user_id,
            act="account.signed_out",
            subject=f"account:{number}",
            now=now,
            after={"sessions": ended},
        )
    return ended
