"""Read runs for the desk: how far they are, what they come to, what stands out, what waits."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Abs, Coalesce, Greatest

from smarthub.billing.models import (
    BillDifference,
    BillDraft,
    BillException,
    BillHold,
    BillRun,
    BillSegment,
)
from smarthub.billing.queries.runs import list_exceptions
from smarthub.billing.types import (
    BillRunId,
    DifferenceRow,
    DraftRow,
    RunDesk,
    RunRow,
    RunState,
    ServiceSum,
)
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.kernel.text import Text

SHOWN_RUNS, SHOWN_ROWS = 40, 50
LEAST_OUTLIER_CENTS = 50_00
"""So far from what came before, and by half of it, a bill is shown as standing out."""

_RUNS = """
    SELECT r.id, c.code, c.name::text, r.bill_date, r.reviewed, r.approved_at IS NOT NULL,
           k.accounts, k.drafted, k.done, b.bills, d.drafts, d.held, e.exceptions,
           b.total + d.total
      FROM billing_billrun r
      JOIN billing_billingcycle c ON c.id = r.cycle_id
      JOIN LATERAL (
        SELECT coalesce(sum(cardinality(account_ids)), 0) AS accounts,
               coalesce(sum(cardinality(account_ids)) FILTER (WHERE drafted_at IS NOT NULL), 0)
                 AS drafted,
               coalesce(sum(cardinality(account_ids)) FILTER (WHERE done_at IS NOT NULL), 0)
                 AS done
          FROM billing_billrunchunk WHERE run_id = r.id) k ON true
      JOIN LATERAL (
        SELECT count(*) AS bills, coalesce(sum(charges_cents), 0) AS total
          FROM billing_bill WHERE run_id = r.id) b ON true
      JOIN LATERAL (
        SELECT count(*) AS drafts, coalesce(sum(t.charges_cents), 0) AS total,
               count(*) FILTER (WHERE (t.held_code <> '' AND t.released_at IS NULL)
                                   OR h.id IS NOT NULL) AS held
          FROM billing_billdraft t
          LEFT JOIN billing_billhold h
            ON h.account_id = t.account_id AND h.released_at IS NULL
         WHERE t.run_id = r.id
           AND NOT EXISTS (SELECT 1 FROM billing_bill w
                            WHERE w.run_id = t.run_id AND w.account_id = t.account_id)) d ON true
      JOIN LATERAL (
        SELECT count(*) AS exceptions FROM billing_billexception WHERE run_id = r.id) e ON true
"""
_NEWEST = f"{_RUNS} ORDER BY r.bill_date DESC, c.code LIMIT %(limit)s"
_ONE = f"{_RUNS} WHERE r.id = %(run)s"


def list_runs(*, limit: int = SHOWN_RUNS) -> list[RunRow]:
    """Return the newest runs, the newest first: one query."""
    return _rows(_NEWEST, limit=limit)


def find_run(*, cycle_code: str, bill_date: dt.date) -> BillRunId:
    """Return the run of a cycle on a day.

    Raises:
        NotVisible: there is none.
    """
    row = BillRun.objects.filter(cycle__code=cycle_code, bill_date=bill_date).first()
    if row is None:
        raise NotVisible(cycle=cycle_code, day=bill_date)
    return BillRunId(row.pk)


def has_run(*, cycle_code: str, bill_date: dt.date) -> bool:
    """Return whether a cycle has a run on a day."""
    return BillRun.objects.filter(cycle__code=cycle_code, bill_date=bill_date).exists()


def get_run(*, run_id: BillRunId) -> RunRow:
    """Return how far one run is: one query.

    Raises:
        NotVisible: there is none.
    """
    rows = _rows(_ONE, run=run_id)
    if not rows:
        raise NotVisible(run=run_id)
    return rows[0]


def get_run_desk(*, run_id: BillRunId) -> RunDesk:
    """Return everything the desk shows of a run: nine queries, whatever its size.

    Raises:
        NotVisible: there is none.
    """
    row = get_run(run_id=run_id)
    waiting = _waiting_drafts(run_id)
    held = waiting.filter(_is_held())
    return RunDesk(
        row=row,
        previous=_previous(row),
        services=tuple(_service_sums(run_id, waiting)),
        exceptions=tuple(list_exceptions(run_id=run_id)[:SHOWN_ROWS]),
        exception_counts=tuple(_count_exceptions(run_id)),
        held=tuple(_draft_rows(held.order_by("account__number"))),
        outliers=tuple(_draft_rows(_outliers(BillDraft.objects.filter(run=run_id)))),
        drafts=tuple(_draft_rows(waiting.order_by("-charges_cents"))),
    )


def find_draft_row(*, run_id: BillRunId, account_number: str) -> DraftRow | None:
    """Return one draft of a run; None where it has none, or its bill is written."""
    drafts = _waiting_drafts(run_id).filter(account__number=account_number)
    return next(_draft_rows(drafts), None)


def list_open_differences() -> list[DifferenceRow]:
    """Return the bills that would come out otherwise today, the oldest finding first."""
    rows = BillDifference.objects.filter(settled_at=None, bill__cancellation=None)
    return [
        DifferenceRow(
            id=row.pk,
            bill_number=row.bill.number,
            account_number=row.bill.account.number,
            bill_date=row.bill.bill_date,
            code=row.code,
            found_at=row.found_at,
            billed=Money(row.billed_cents),
            would_be=Money(row.would_be_cents),
        )
        for row in rows.select_related("bill__account").order_by("found_at", "pk")
    ]


def count_open_differences() -> int:
    """Return how many bills would come out otherwise today."""
    return BillDifference.objects.filter(settled_at=None, bill__cancellation=None).count()


def count_waiting_in_runs() -> int:
    """Return how many accounts of unfinished runs wait for a person: exceptions and holds."""
    return sum(row.exceptions + row.held for row in list_runs())


def _rows(sql: str, **values: Any) -> list[RunRow]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [_row(*row) for row in cursor.fetchall()]


def _row(*values: Any) -> RunRow:
    pk, code, name, day, reviewed, approved, accounts, drafted, done, *figures = values
    bills, drafts, held, exceptions, total = (int(figure) for figure in figures)
    return RunRow(
        id=BillRunId(pk),
        cycle_code=code,
        cycle_name=Text.from_json(json.loads(name)),
        bill_date=day,
        state=_state(reviewed, approved, int(accounts), int(drafted), int(done)),
        accounts=int(accounts),
        drafted=int(drafted),
        done=int(done),
        bills=bills,
        drafts=drafts,
        held=held,
        exceptions=exceptions,
        total=Money(total),
    )


def _state(reviewed: bool, approved: bool, accounts: int, drafted: int, done: int) -> RunState:  # noqa: FBT001
    if reviewed and drafted < accounts:
        return RunState.DRAFTING
    if reviewed and not approved:
        return RunState.REVIEW
    return RunState.WRITING if done < accounts else RunState.DONE


def _previous(row: RunRow) -> RunRow | None:
    """Return the run of the same cycle before this one, to compare it with."""
    runs = BillRun.objects.filter(cycle__code=row.cycle_code, bill_date__lt=row.bill_date)
    before = runs.order_by("-bill_date").values_list("pk", flat=True).first()
    return None if before is None else get_run(run_id=BillRunId(before))


def _count_exceptions(run_id: BillRunId) -> Iterator[tuple[str, int]]:
    """Yield each kind of exception with how many accounts have it, the most first (rule 46)."""
    rows = BillException.objects.filter(run=run_id).values_list("code")
    yield from rows.annotate(accounts=Count("pk")).order_by("-accounts", "code")


def _service_sums(run_id: BillRunId, waiting: QuerySet[BillDraft]) -> Iterator[ServiceSum]:
    written = (
        BillSegment.objects.filter(bill__run=run_id)
        .values_list("service")
        .annotate(bills=Count("bill", distinct=True), total=Sum("total_cents"))
        .order_by("service")
    )
    sums = [ServiceSum(service, bills, Money(total)) for service, bills, total in written]
    if sums:
        yield from sums
        return
    counts: dict[str, int] = {}
    for services in waiting.values_list("services", flat=True):
        for service in services:
            counts[service] = counts.get(service, 0) + 1
    for service in sorted(counts):
        yield ServiceSum(service, counts[service], None)


def _waiting_drafts(run_id: BillRunId) -> QuerySet[BillDraft]:
    written = BillRun.objects.filter(pk=run_id).values("bills__account")
    return BillDraft.objects.filter(run=run_id).exclude(
        account__in=written.filter(bills__isnull=False)
    )


def _is_held() -> Q:
    on_hold = BillHold.objects.filter(released_at=None).values("account")
    return (~Q(held_code="") & Q(released_at=None)) | Q(account__in=on_hold)


def _outliers(drafts: QuerySet[BillDraft]) -> QuerySet[BillDraft]:
    """Keep what is far from last year's bill, or from the last where there was none."""
    before = Coalesce(F("last_year_cents"), F("last_cents"))
    return (
        drafts.annotate(before=before, far=Abs(F("charges_cents") - before))
        .filter(before__isnull=False, far__gt=Greatest(LEAST_OUTLIER_CENTS, Abs(F("before")) / 2))
        .order_by("-far")
    )


def _draft_rows(drafts: QuerySet[BillDraft]) -> Iterator[DraftRow]:
    rows = list(drafts.select_related("account")[:SHOWN_ROWS])
    holds = BillHold.objects.filter(account__in=[row.account_id for row in rows], released_at=None)
    reasons = dict(holds.values_list("account_id", "reason"))
    for row in rows:
        yield DraftRow(
            account_number=row.account.number,
            charges=Money(row.charges_cents),
            services=tuple(row.services),
            last=None if row.last_cents is None else Money(row.last_cents),
            last_year=None if row.last_year_cents is None else Money(row.last_year_cents),
            held_code=row.held_code if row.released_at is None else "",
            held_values=row.held_values,
            hold_reason=reasons.get(row.account_id, ""),
        )
