"""What staff do about registering: a code for somebody they know, and sweeps looked at.

Both are left in the audit trail (domain rule 125).
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from smarthub.accounts.access import open_for_staff
from smarthub.accounts.operations import settle_sweep
from smarthub.kernel.errors import NotVisible
from smarthub.members.operations import record_act
from smarthub.members.queries import is_staff
from smarthub.workflows.membership.claim_account import make_staff_code


def give_code(*, user_id: int, number: str, now: dt.datetime) -> str:
    """Make a one-time code for whoever holds an account, for a clerk to read out or print.

    The clerk has checked who asks. The code itself is in no log and in no trail.

    Raises:
        NotVisible: the login is not staff's, or there is no such account.
        CodesTooMany: five were made for it within the hour.

    Source: reference, section 6.5 (or staff).
    """
    with transaction.atomic():
        account = open_for_staff(user_id=user_id, number=number, now=now)
        code = make_staff_code(account_id=account.id, now=now)
        record_act(user_id=user_id, act="account.code_made", subject=f"account:{number}", now=now)
    return code


def look_at_sweep(*, user_id: int, sweep_id: int, now: dt.datetime) -> None:
    """Note that a clerk looked at a sweep; one looked at already stays as it is.

    Raises:
        NotVisible: the login is not staff's.
    """
    if not is_staff(user_id=user_id):
        raise NotVisible
    with transaction.atomic():
        if settle_sweep(sweep_id=sweep_id, user_id=user_id, now=now):
            record_act(user_id=user_id, act="sweep.looked_at", subject=f"sweep:{sweep_id}", now=now)
