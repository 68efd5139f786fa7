"""Writes of what was on in the old system: kept once, and refused by the member."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from smarthub.accounts.types import AccountId
from smarthub.auto_pay import queries
from smarthub.auto_pay.models import Proposal, ProposalRefusal
from smarthub.auto_pay.operations.plans import NothingToChange
from smarthub.auto_pay.types import NewProposal
from smarthub.members.types import PersonId


def keep_proposals(*, proposals: Sequence[NewProposal], now: dt.datetime) -> int:
    """Keep what Auto Pay was in the old system, once for each account; return how many are new.

    Source: promise R06.
    """
    before = Proposal.objects.count()
    Proposal.objects.bulk_create(
        [
            Proposal(
                account_id=each.account_id,
                cap_cents=None if each.cap is None else each.cap.cents,
                drew_on=each.drew_on,
                source_system=each.source_system,
                source_id=each.source_id,
                imported_at=now,
            )
            for each in proposals
        ],
        ignore_conflicts=True,
    )
    return Proposal.objects.count() - before


def refuse_proposal(*, account_id: AccountId, person_id: PersonId, now: dt.datetime) -> None:
    """Note that an account wants no Auto Pay, so that it is not proposed again.

    Raises:
        NothingToChange: nothing was proposed, or it was answered.
    """
    if account_id not in queries.list_proposals(account_ids=[account_id]):
        raise NothingToChange
    proposal = Proposal.objects.get(account=account_id)
    ProposalRefusal.objects.get_or_create(
        proposal=proposal, defaults={"person_id": person_id, "at": now}
    )
