"""Every read of arrears: what is unpaid of a bill, what holds an account, how far a process is."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from django.db.models import Q, QuerySet

from smarthub.accounts.queries import list_numbers
from smarthub.accounts.types import AccountId
from smarthub.arrears.engine import unpaid_services
from smarthub.arrears.models import FeeWaiver, Hold, Process, StepTaken
from smarthub.arrears.types import (
    DebtOfBill,
    FeeView,
    HoldId,
    HoldKind,
    HoldView,
    ProcessId,
    ProcessView,
    Step,
)
from smarthub.billing.queries import list_bills_due
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.ledger.queries import get_unapplied_cash, list_open_charges_by_account
from smarthub.payments.models import Fee
from smarthub.payments.queries import sum_in_flight

BillKey = tuple[AccountId, dt.date, dt.date]
"""An account, and the bill date and due date of one of its bills."""


def list_due_debts(*, period: Period) -> list[DebtOfBill]:
    """Return each account with an unpaid bill due in a period: the oldest such bill of each.

    Source: domain rule 82.
    """
    oldest: dict[AccountId, DebtOfBill] = {}
    for debt in _unpaid(period):
        oldest.setdefault(debt.account_id, debt)
    return list(oldest.values())


def list_last_due_debts(*, period: Period) -> list[DebtOfBill]:
    """Return the same up to the newest such bill of each, with what is older among it.

    Source: domain rule 53.
    """
    return list({debt.account_id: debt for debt in _unpaid(period)}.values())


def list_debts(*, bills: Sequence[BillKey]) -> list[DebtOfBill]:
    """Return what is unpaid of services up to each of these bills, in order of due dates.

    What waits on the account or is on its way counts as paid. Five queries for any number.
    """
    account_ids = {account_id for account_id, _, _ in bills}
    charges = list_open_charges_by_account(account_ids=account_ids)
    waiting = get_unapplied_cash(account_ids=account_ids)
    under_way = sum_in_flight(account_ids=account_ids)
    numbers = list_numbers(account_ids=account_ids)
    return [
        DebtOfBill(
            account_id=account_id,
            account_number=numbers[account_id],
            bill_date=bill_date,
            due_date=due_date,
            by_receivable=unpaid_services(
                charges[account_id],
                billed_until=bill_date,
                credit=waiting[account_id] + under_way[account_id],
            ),
        )
        for account_id, bill_date, due_date in sorted(bills, key=lambda bill: bill[2])
    ]


def list_holds(
    *, account_ids: Collection[AccountId], on: dt.date
) -> dict[AccountId, list[HoldView]]:
    """Return what holds each account on a local day, in one query."""
    rows = Hold.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=on), account__in=account_ids, starts_on__lte=on, end=None
    ).select_related("set_by", "pledge")
    holds: dict[AccountId, list[HoldView]] = defaultdict(list)
    for row in rows.order_by("pk"):
        holds[AccountId(row.account_id)].append(
            HoldView(
                id=HoldId(row.pk),
                account_id=AccountId(row.account_id),
                kind=HoldKind(row.kind),
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                set_by=str(row.set_by),
                reason=row.reason,
                ends_with_pledge=hasattr(row, "pledge"),
            )
        )
    return holds


def list_open_processes(
    *, account_ids: Collection[AccountId] | None = None
) -> dict[AccountId, ProcessView]:
    """Return the open process of each account, or of these accounts, in two queries.

    An account has one at most: the newest. One that was cut is open until it is restored.
    """
    rows = open_processes()
    if account_ids is not None:
        rows = rows.filter(account__in=account_ids)
    found = rows.select_related("account").prefetch_related("steps").order_by("pk")
    return {AccountId(row.account_id): _view(row) for row in found}


def get_process(*, process_id: ProcessId) -> ProcessView | None:
    """Return one process, open or ended, or None."""
    row = (
        Process.objects.select_related("account")
        .prefetch_related("steps")
        .filter(pk=process_id)
        .first()
    )
    return None if row is None else _view(row)


def open_processes() -> QuerySet[Process]:
    """Return the processes that were neither stopped nor restored."""
    ended = StepTaken.objects.filter(step__in=[Step.STOPPED, Step.RESTORED]).values("process")
    return Process.objects.exclude(pk__in=ended)


def count_disconnections_due(*, on: dt.date) -> int:
    """Return how many notices allow a disconnection on a local day, or wait to be restored."""
    rows = open_processes().filter(steps__step=Step.NOTICE, steps__cut_on__lte=on)
    return rows.distinct().count()


def list_fees(*, account_id: AccountId) -> list[FeeView]:
    """Return an account's fees, the newest first, and which were given up: one query."""
    rows = Fee.objects.filter(account=account_id).select_related("waiver").order_by("-on", "-pk")
    return [
        FeeView(
            source_key=row.source_key,
            kind=row.kind,
            amount=Money(row.amount_cents),
            on=row.on,
            waived_on=row.waiver.on if hasattr(row, "waiver") else None,
        )
        for row in rows
    ]


def list_processes(*, account_id: AccountId) -> list[ProcessView]:
    """Return every process of an account, the newest first, in two queries."""
    rows = Process.objects.filter(account=account_id).select_related("account")
    return [_view(row) for row in rows.prefetch_related("steps").order_by("-pk")]


def was_late_since(*, account_id: AccountId, day: dt.date) -> bool:
    """Return whether a fee for being late or for a returned payment stands since a day."""
    rows = Fee.objects.filter(account=account_id, kind__in=["late", "nsf"], on__gte=day)
    return rows.filter(waiver=None).exists()


def list_waived_fees() -> list[tuple[str, dt.date, Money]]:
    """Return account number, day and amount of every fee given up, as it changed what is owed."""
    rows = FeeWaiver.objects.values_list("fee__account__number", "on", "fee__amount_cents")
    return [(number, day, Money(-cents)) for number, day, cents in rows]


def _unpaid(period: Period) -> Iterator[DebtOfBill]:
    """Yield what is unpaid up to each bill due in a period, in order of due dates."""
    bills = [
        (bill.account_id, bill.bill_date, bill.due_date) for bill in list_bills_due(period=period)
    ]
    return (debt for debt in list_debts(bills=bills) if debt.overdue.cents > 0)


def _view(row: Process) -> ProcessView:
    steps: Iterable[StepTaken] = row.steps.all()
    by_step = {Step(each.step): each for each in steps}
    notice = by_step.get(Step.NOTICE)
    newest = max(by_step.values(), key=lambda each: each.pk)
    return ProcessView(
        id=ProcessId(row.pk),
        account_id=AccountId(row.account_id),
        account_number=row.account.number,
        bill_date=row.bill_date,
        due_date=row.due_date,
        steps={step: each.on for step, each in by_step.items()},
        amount=Money((notice or newest).amount_cents),
        services=tuple(notice.services) if notice else (),
        cut_on=notice.cut_on if notice else None,
    )
