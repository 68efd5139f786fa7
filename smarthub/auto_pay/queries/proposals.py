"""Reads of what was on in the old system."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, QuerySet

from smarthub.accounts.types import AccountId
from smarthub.auto_pay.models import AutoPayPlan
from smarthub.auto_pay.models import Proposal as ProposalRecord
from smarthub.auto_pay.types import Proposal
from smarthub.cooperative.among import among
from smarthub.cooperative.written_once import Given
from smarthub.kernel.money import Money


def list_proposals(*, account_ids: Collection[AccountId]) -> dict[AccountId, Proposal]:
    """Return what Auto Pay was in the old system, where nobody set it up anew or refused it.

    An account that had a plan here, stopped or not, was asked and has answered.
    """
    return {AccountId(row.account_id): _proposal(row) for row in unanswered_proposals(account_ids)}


def unanswered_proposals(account_ids: Collection[AccountId] | Given) -> QuerySet[ProposalRecord]:
    """Return the rows of proposals nobody answered, not read yet."""
    answered = AutoPayPlan.objects.filter(account=OuterRef("account"))
    return ProposalRecord.objects.filter(
        ~Exists(answered), among("account_id", account_ids), refusal=None
    )


def had_auto_pay_before(*, account_id: AccountId) -> bool:
    """Return whether an account had Auto Pay in the old system."""
    return ProposalRecord.objects.filter(account=account_id).exists()


def _proposal(row: ProposalRecord) -> Proposal:
    cap = None if row.cap_cents is None else Money(row.cap_cents)
    return Proposal(AccountId(row.account_id), cap, row.drew_on)
