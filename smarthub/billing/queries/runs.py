"""Read cycles and runs: what a run has come to, and whom it had to hold back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Sum

from smarthub.accounts.models import Account
from smarthub.accounts.types import AccountId
from smarthub.billing.engine.calendar import DAYS_TO_PAY, due_date
from smarthub.billing.models import (
    Bill,
    BillException,
    BillHold,
    BillingCycle,
    BillRun,
    BillRunChunk,
)
from smarthub.billing.types import BillRunId, Cycle, ExceptionView, RunReport
from smarthub.cooperative.among import among
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.kernel.text import Text


def get_cycle(*, code: str) -> Cycle:
    """Return a billing cycle.

    Raises:
        NotVisible: there is none of that code.
    """
    row = BillingCycle.objects.filter(code=code).first()
    if row is None:
        raise NotVisible(cycle=code)
    return _cycle(row)


def get_cycle_of_account(*, account_number: str) -> Cycle:
    """Return the cycle an account is billed in.

    Raises:
        NotVisible: there is no such account, or no such cycle.
    """
    code = Account.objects.filter(number=account_number).values_list("cycle_code", flat=True)
    return get_cycle(code=code.first() or "")


def due_date_of(*, cycle: Cycle, bill_date: dt.date, policies: Mapping[str, Any]) -> dt.date:
    """Return when a cycle's bill of a local day is due, by the policies of a day.

    Source: domain rule 41.
    """
    return due_date(
        bill_date=bill_date,
        due_day=cycle.due_day or None,
        least_days=policies.get("bill.due_floor_days", DAYS_TO_PAY),
        days=policies.get("bill.due_days", DAYS_TO_PAY),
    )


def list_cycles() -> list[Cycle]:
    """Return the co-op's billing cycles, by code."""
    return [_cycle(row) for row in BillingCycle.objects.order_by("code")]


def get_run_report(*, run_id: BillRunId) -> RunReport:
    """Return what a run has come to so far, over all its tries."""
    run = BillRun.objects.select_related("cycle").get(pk=run_id)
    total = Bill.objects.filter(run=run).aggregate(total=Sum("charges_cents"))["total"]
    return RunReport(
        cycle_code=run.cycle.code,
        bill_date=run.bill_date,
        bills=Bill.objects.filter(run=run).count(),
        exceptions=tuple(list_exceptions(run_id=run_id)),
        total=Money(total or 0),
        is_complete=not BillRunChunk.objects.filter(run=run, done_at=None).exists(),
    )


def list_exceptions(*, run_id: BillRunId) -> list[ExceptionView]:
    """Return the accounts a run could not bill, by number (rule 46)."""
    rows = BillException.objects.filter(run=run_id).select_related("account")
    return [
        ExceptionView(row.account.number, row.code, row.values)
        for row in rows.order_by("account__number")
    ]


def list_holds(*, account_ids: Collection[AccountId]) -> dict[AccountId, str]:
    """Return why accounts are on hold, those that are (rule 47)."""
    rows = BillHold.objects.filter(among("account_id", account_ids), released_at=None)
    return {AccountId(account): reason for account, reason in rows.values_list("account", "reason")}


def list_held_accounts(*, run_id: BillRunId) -> list[AccountId]:
    """Return the accounts of a run that have an exception, in a fixed order."""
    rows = BillException.objects.filter(run=run_id).order_by("account_id")
    return [AccountId(each) for each in rows.values_list("account_id", flat=True)]


def count_accounts_of_run(*, run_id: BillRunId) -> tuple[int, int]:
    """Return how many accounts of a run are done, and how many it has."""
    chunks = BillRunChunk.objects.filter(run=run_id).values_list("done_at", "account_ids")
    sizes = [(done_at is not None, len(ids)) for done_at, ids in chunks]
    return sum(size for is_done, size in sizes if is_done), sum(size for _, size in sizes)


def _cycle(row: BillingCycle) -> Cycle:
    return Cycle(row.code, Text.from_json(row.name), row.bill_day, row.due_day)


def list_template_versions(*, numbers: Collection[str]) -> dict[str, str]:
    """Return by which template version each bill is drawn, in one query."""
    rows = Bill.objects.filter(number__in=numbers)
    return dict(rows.values_list("number", "template_version"))


def list_bills_of_run(*, cycle_code: str, bill_date: dt.date) -> list[tuple[AccountId, str]]:
    """Return account and number of each bill of a run that stands, in the order of numbers."""
    rows = Bill.objects.filter(
        run__cycle__code=cycle_code, run__bill_date=bill_date, cancellation=None
    ).order_by("number")
    return [
        (AccountId(account), number) for account, number in rows.values_list("account", "number")
    ]
