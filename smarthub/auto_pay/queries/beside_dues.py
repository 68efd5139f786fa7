"""What pages that show a due amount need of Auto Pay, read in the query that reads what is due."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Value

from smarthub.accounts.types import AccountId
from smarthub.auto_pay.models import AutoPayPlan
from smarthub.auto_pay.queries.proposals import unanswered_proposals
from smarthub.cooperative.among import among
from smarthub.cooperative.written_once import Given, WrittenOnce, union
from smarthub.kernel.array_text import array_text
from smarthub.payments.queries import due_rows, dues_of
from smarthub.payments.types import Due

PROPOSED, PLANNED = "proposed", "planned"
"""What a row beside those of ``due_rows`` is: an account with Auto Pay in the old system, or one
that has, or had, a plan here."""


@dataclass(frozen=True, slots=True)
class BesideDues:
    """What is due on each account; on which Auto Pay is proposed, and which may be drafted.

    ``planned`` may hold accounts whose plan was stopped; whoever reads the plans leaves them out.
    """

    dues: dict[AccountId, Due]
    proposed: frozenset[AccountId]
    planned: frozenset[AccountId]


def list_beside_dues(*, account_ids: Collection[AccountId]) -> BesideDues:
    """Return what is due on each account and what Auto Pay may be about: one query."""
    rows = _BESIDE_DUES.ask(accounts=array_text(account_ids))
    return BesideDues(
        dues=dues_of(account_ids, rows),
        proposed=_that_are(PROPOSED, rows),
        planned=_that_are(PLANNED, rows),
    )


def _that_are(kind: str, rows: Collection[tuple[Any, ...]]) -> frozenset[AccountId]:
    return frozenset(AccountId(account) for account, _cents, what in rows if what == kind)


def _proposed(account_ids: Given) -> QuerySet[Any, Any]:
    """Return the accounts with a proposal in the shape of ``due_rows``."""
    return unanswered_proposals(account_ids).values_list("account_id", Value(0), Value(PROPOSED))


def _planned(account_ids: Given) -> QuerySet[Any, Any]:
    rows = AutoPayPlan.objects.filter(among("account_id", account_ids), superseded_by=None)
    return rows.order_by().values_list("account_id", Value(0), Value(PLANNED)).distinct()


_BESIDE_DUES = WrittenOnce(
    lambda: union(
        [*due_rows(Given("accounts")), _proposed(Given("accounts")), _planned(Given("accounts"))]
    )
)
