"""Every write of Operation Round-Up."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from smarthub.accounts.types import AccountId
from smarthub.ledger.operations import lock_accounts
from smarthub.members.types import PersonId
from smarthub.round_up.models import RoundUpChoice
from smarthub.round_up.queries import list_rounding_up


def choose(
    *, account_id: AccountId, rounds_up: bool, by: PersonId, on: dt.date, now: dt.datetime
) -> bool:
    """Turn rounding up on or off from the next bill on; return whether that changed anything.

    Args:
        account_id: For which account.
        rounds_up: Whether its bills are to be rounded up.
        by: Who chose.
        on: The local day.
        now: When.

    Source: domain rules 61 and 144.
    """
    with transaction.atomic():
        lock_accounts(account_ids=[account_id])
        if rounds_up == (account_id in list_rounding_up(account_ids=[account_id])):
            return False
        RoundUpChoice.objects.create(
            account_id=account_id,
            rounds_up=rounds_up,
            chosen_on=on,
            chosen_by_id=by,
            chosen_at=now,
        )
    return True
