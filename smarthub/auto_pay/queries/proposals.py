"""Reads of what was on in the old system."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Value

from smarthub.accounts.types import AccountId
from smarthub.auto_pay.models import AutoPayPlan
from smarthub.auto_pay.models import Proposal as ProposalRecord
from smarthub.auto_pay.types import Proposal
from smarthub.cooperative.among import among
from smarthub.cooperative.written_once import Given, WrittenOnce, union
from smarthub.kernel.array_text import array_text
from smarthub.kernel.money import Money
from smarthub.payments.queries import due_rows, dues_of
from smarthub.payments.types import Due

PROPOSED = "proposed"
"""What a row beside those of ``due_rows`` is: an account with Auto Pay in the old system."""


def list_proposals(*, account_ids: Collection[AccountId]) -> dict[AccountId, Proposal]:
    """Return what Auto Pay was in the old system, where nobody set it up anew or refused it.

    An account that had a plan here, stopped or not, was asked and has answered.
    """
    return {AccountId(row.account_id): _proposal(row) for row in _proposals(account_ids)}


def list_dues_and_proposed(
    *, account_ids: Collection[AccountId]
) -> tuple[dict[AccountId, Due], frozenset[AccountId]]:
    """Return what is due on each account, and on which Auto Pay is proposed: one query."""
    rows = _DUES_AND_PROPOSED.ask(accounts=array_text(account_ids))
    proposed = frozenset(AccountId(account) for account, _none, what in rows if what == PROPOSED)
    return dues_of(account_ids, rows), proposed


def _proposals(account_ids: Collection[AccountId] | Given) -> QuerySet[ProposalRecord]:
    answered = AutoPayPlan.objects.filter(account=OuterRef("account"))
    return ProposalRecord.objects.filter(
        ~Exists(answered), among("account_id", account_ids), refusal=None
    )


def _proposed(account_ids: Given) -> QuerySet[ProposalRecord, Any]:
    """Return the accounts with a proposal in the shape of ``due_rows``."""
    return _proposals(account_ids).values_list("account_id", Value(0), Value(PROPOSED))


_DUES_AND_PROPOSED = WrittenOnce(
    lambda: union([*due_rows(Given("accounts")), _proposed(Given("accounts"))])
)


def had_auto_pay_before(*, account_id: AccountId) -> bool:
    """Return whether an account had Auto Pay in the old system."""
    return ProposalRecord.objects.filter(account=account_id).exists()


def _proposal(row: ProposalRecord) -> Proposal:
    cap = None if row.cap_cents is None else Money(row.cap_cents)
    return Proposal(AccountId(row.account_id), cap, row.drew_on)
