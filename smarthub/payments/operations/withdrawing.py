"""Take back what waits for a bank file and was never handed in: nobody agrees to it any more."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from smarthub.accounts.types import AccountId
from smarthub.ledger.operations import lock_accounts
from smarthub.payments import queries
from smarthub.payments.operations.paying import record_answer
from smarthub.payments.types import WITHDRAWN, AttemptState


def withdraw_unsent(*, account_id: AccountId, channel: str, now: dt.datetime) -> int:
    """End an account's payments of one channel that stand in no bank file yet; return how many.

    Nothing moved, so nothing is booked, and nobody is told that anything failed. A file that is
    being made holds the account: what it took is not withdrawn.

    Source: domain rule 67 (at once, if not yet sent).
    """
    with transaction.atomic():
        lock_accounts(account_ids=[account_id])
        unsent = queries.list_unsent(account_id=account_id, channel=channel)
        return sum(
            record_answer(key=key, state=AttemptState.FAILED, reason=WITHDRAWN, now=now)
            for key in unsent.values()
        )
