"""Every write of billing: cycles, and bill runs in chunks, each account billed exactly once.

A chunk is locked, billed and marked done in one transaction. Killed before it commits, it was
never begun; run again, the next process takes it up. Unique keys stand behind this: one run a
cycle and day, one bill a run and account, ids made from numbers (domain rule 46).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from smarthub.accounts.queries import list_accounts_in_cycle
from smarthub.accounts.types import AccountId
from smarthub.billing.engine.calendar import day_in_month, due_date
from smarthub.billing.engine.draft import (
    AccountFacts,
    DraftBill,
    DraftSegment,
    Plan,
    Terms,
    draft_bill,
    plan_account,
)
from smarthub.billing.models import (
    Bill,
    BillException,
    BillingCycle,
    BillLine,
    BillRun,
    BillRunChunk,
    BillSegment,
)
from smarthub.billing.queries import (
    get_cycle,
    list_account_facts,
    list_register_uses,
    list_temperatures,
)
from smarthub.billing.types import BillId, BillRunId, Cycle, IssuedBill
from smarthub.cooperative.queries import get_policy
from smarthub.kernel.errors import Conflict, ExpectedError, Refused
from smarthub.kernel.text import Text
from smarthub.ledger.operations import lock_accounts, post_entries
from smarthub.ledger.types import RECEIVABLE, Asked, NewEntry, Posting
from smarthub.rating.queries import get_rate_book, get_rider_rates

CHUNK_ACCOUNTS = 250
TEMPLATE_VERSION = "1"
"""Of the printed bill; a bill is drawn by the version it was made with."""
BILL_NAMES = uuid.UUID("0d6a0a49-7f0c-5f6a-8f0d-5a6f3f2b9c10")
"""Fixed for ever: with its number it makes a bill's id."""
LAST_BILL_DAY = 31


class CycleDiffers(Conflict):
    """The cycle exists with other days."""

    code = "cycle_differs"


class DayOutOfMonth(Refused):
    """A bill day or due day is not a day of a month."""

    code = "day_out_of_month"


class NotABillDay(Refused):
    """The cycle does not bill on that day; ``expected`` is its day in that month."""

    code = "not_a_bill_day"


@dataclass(frozen=True, slots=True)
class IssuedChunk:
    """What one chunk came to: the bills written, and the accounts held back."""

    bills: tuple[IssuedBill, ...]
    exceptions: int


@dataclass(slots=True)
class _Outcome:
    """The drafts of a chunk, and what kept the other accounts from one."""

    drafts: list[DraftBill] = field(default_factory=list)
    errors: dict[AccountId, ExpectedError] = field(default_factory=dict)


def add_cycle(*, code: str, name: Text, bill_day: int, due_day: int) -> None:
    """Add a billing cycle, once.

    Args:
        code: What accounts name.
        name: For people.
        bill_day: Day of the month on which the cycle is billed, 1 to 31; in a shorter month
            its last day.
        due_day: Day of the month on which its bills are due.

    Raises:
        CycleDiffers: the code is taken by a cycle with other days.
        DayOutOfMonth: a day is not between 1 and 31.
    """
    for day in (bill_day, due_day):
        if not 1 <= day <= LAST_BILL_DAY:
            raise DayOutOfMonth(day=day)
    row, _created = BillingCycle.objects.get_or_create(
        code=code,
        defaults={"name": name.as_json(), "bill_day": bill_day, "due_day": due_day},
    )
    if (row.bill_day, row.due_day) != (bill_day, due_day):
        raise CycleDiffers(cycle=code)


def open_run(*, cycle_code: str, bill_date: dt.date, now: dt.datetime) -> BillRunId:
    """Open the run of a cycle on a day, cut into chunks; the same run when it is there already.

    Raises:
        NotVisible: no such cycle.
        NotABillDay: the cycle bills on another day of that month.

    Source: domain rule 46.
    """
    cycle = get_cycle(code=cycle_code)
    expected = day_in_month(year=bill_date.year, month=bill_date.month, day=cycle.bill_day)
    if bill_date != expected:
        raise NotABillDay(cycle=cycle_code, expected=expected.isoformat())
    with transaction.atomic():
        row = BillingCycle.objects.get(code=cycle_code)
        run, created = BillRun.objects.get_or_create(
            cycle=row, bill_date=bill_date, defaults={"started_at": now}
        )
        if created:
            account_ids = list_accounts_in_cycle(cycle_code=cycle_code, on=bill_date)
            BillRunChunk.objects.bulk_create(
                BillRunChunk(run=run, account_ids=part) for part in in_chunks(account_ids)
            )
    return BillRunId(run.pk)


def get_terms(*, run_id: BillRunId) -> Terms:
    """Return what all bills of a run share: dates, tariffs and riders, read once."""
    run = BillRun.objects.select_related("cycle").get(pk=run_id)
    cycle: Cycle = get_cycle(code=run.cycle.code)
    least_days = get_policy(key="bill.due_floor_days", on=run.bill_date)
    return Terms(
        bill_date=run.bill_date,
        due_date=due_date(bill_date=run.bill_date, due_day=cycle.due_day, least_days=least_days),
        bill_day=cycle.bill_day,
        rate_book=get_rate_book(),
        riders=get_rider_rates(on=run.bill_date),
    )


def issue_next_chunk(*, run_id: BillRunId, terms: Terms, now: dt.datetime) -> IssuedChunk | None:
    """Bill the next open chunk of a run that nobody else holds; None when there is none.

    Call it in a transaction: whatever the caller adds (messages) commits with the bills. Some
    thirty queries a chunk, none an account.

    Raises:
        EntryConflict: a bill of the same number and other values is in the ledger.

    Source: domain rules 43, 46, 48 and 49.
    """
    chunk = (
        BillRunChunk.objects.select_for_update(skip_locked=True)
        .filter(run=run_id, done_at=None)
        .order_by("pk")
        .first()
    )
    if chunk is None:
        return None
    account_ids = [AccountId(each) for each in chunk.account_ids]
    lock_accounts(account_ids=account_ids)  # no payment may come between balance and bill
    outcome = _draft_chunk(account_ids, terms)
    _write_bills(run_id, outcome.drafts, now)
    _post_to_ledger(outcome.drafts, now)
    _write_exceptions(run_id, outcome)
    BillRunChunk.objects.filter(pk=chunk.pk).update(done_at=now)
    return IssuedChunk(tuple(_issued(draft) for draft in outcome.drafts), len(outcome.errors))


def retry_accounts(
    *, run_id: BillRunId, account_ids: Sequence[AccountId], terms: Terms, now: dt.datetime
) -> IssuedChunk:
    """Bill accounts a run had to hold back, now that what was missing may be there.

    Call it in a transaction. An account that still cannot be billed keeps its exception, with
    today's reason; one that a later run has billed meanwhile loses it.

    Source: domain rule 46.
    """
    held = BillException.objects.select_for_update(skip_locked=True).filter(
        run=run_id, account__in=account_ids
    )
    claimed = [AccountId(each) for each in held.values_list("account_id", flat=True)]
    lock_accounts(account_ids=claimed)
    outcome = _draft_chunk(claimed, terms)
    _write_bills(run_id, outcome.drafts, now)
    _post_to_ledger(outcome.drafts, now)
    BillException.objects.filter(run=run_id, account__in=claimed).delete()
    _write_exceptions(run_id, outcome)
    return IssuedChunk(tuple(_issued(draft) for draft in outcome.drafts), len(outcome.errors))


def in_chunks(account_ids: Sequence[AccountId]) -> Iterator[list[AccountId]]:
    """Yield the accounts in parts small enough for one transaction each."""
    for start in range(0, len(account_ids), CHUNK_ACCOUNTS):
        yield list(account_ids[start : start + CHUNK_ACCOUNTS])


def bill_id_for(number: str) -> BillId:
    """Return the id of the bill of that number."""
    return BillId(uuid.uuid5(BILL_NAMES, number))


def _draft_chunk(account_ids: Sequence[AccountId], terms: Terms) -> _Outcome:
    outcome = _Outcome()
    planned: list[tuple[AccountFacts, list[Plan]]] = []
    for account in list_account_facts(account_ids=account_ids, bill_date=terms.bill_date):
        try:
            if plans := plan_account(account=account, terms=terms):
                planned.append((account, plans))
        except ExpectedError as error:
            outcome.errors[account.id] = error
    _draft_planned(planned, terms, outcome)
    return outcome


def _draft_planned(
    planned: Sequence[tuple[AccountFacts, list[Plan]]], terms: Terms, outcome: _Outcome
) -> None:
    plans = [plan for _account, its_plans in planned for plan in its_plans]
    uses, backward = list_register_uses(plans=plans)
    stations = {plan.unbilled.agreement.station for plan in plans} - {""}
    temperatures = list_temperatures(stations=stations, bill_date=terms.bill_date)
    for account, its_plans in planned:
        try:
            for plan in its_plans:
                if error := backward.get(plan.service_point_id):
                    raise error
            draft = draft_bill(
                account=account, plans=its_plans, uses=uses, terms=terms, temperatures=temperatures
            )
        except ExpectedError as error:
            outcome.errors[account.id] = error
        else:
            outcome.drafts.append(draft)


def _write_bills(run_id: BillRunId, drafts: Sequence[DraftBill], now: dt.datetime) -> None:
    Bill.objects.bulk_create(_bill_row(run_id, draft, now) for draft in drafts)
    segments = [
        (segment, _segment_row(draft, position, segment))
        for draft in drafts
        for position, segment in enumerate(draft.segments)
    ]
    BillSegment.objects.bulk_create(row for _segment, row in segments)
    BillLine.objects.bulk_create(
        line for segment, row in segments for line in _line_rows(segment, row)
    )


def _bill_row(run_id: BillRunId, draft: DraftBill, now: dt.datetime) -> Bill:
    standing = draft.account.standing
    return Bill(
        id=bill_id_for(draft.number),
        number=draft.number,
        run_id=run_id,
        account_id=draft.account.id,
        bill_date=draft.terms.bill_date,
        due_date=draft.terms.due_date,
        previous_cents=standing.previous.cents,
        payments_cents=standing.payments.cents,
        adjustments_cents=standing.adjustments.cents,
        charges_cents=draft.charges.cents,
        asked_cents=draft.asked.cents,
        template_version=TEMPLATE_VERSION,
        facts=_facts(draft),
        created_at=now,
    )


def _facts(draft: DraftBill) -> dict[str, object]:
    """What the bill shows that later changes elsewhere must not change on it."""
    last = draft.account.standing.last_charges
    return {
        "holder": draft.account.holder,
        "last_charges_cents": None if last is None else last.cents,
        "segments": [
            {
                "address": segment.plan.unbilled.agreement.premise_address,
                "service_point": segment.plan.unbilled.agreement.service_point_number,
                "history": [past.as_json() for past in segment.history],
            }
            for segment in draft.segments
        ],
    }


def _segment_row(draft: DraftBill, position: int, segment: DraftSegment) -> BillSegment:
    agreement, period = segment.plan.unbilled.agreement, segment.plan.period
    return BillSegment(
        bill_id=bill_id_for(draft.number),
        position=position,
        agreement_id=agreement.id,
        service_point_id=agreement.service_point_id,
        tariff_version_id=segment.plan.version.version_id,
        service=agreement.service,
        period_start=period.start,
        period_end=period.end,
        quantity=segment.use.value if segment.use else None,
        unit=segment.use.unit if segment.use else "",
        reads=[read.as_json() for read in segment.reads],
        total_cents=segment.total.cents,
    )


def _line_rows(segment: DraftSegment, row: BillSegment) -> Iterator[BillLine]:
    for position, line in enumerate(segment.lines):
        yield BillLine(
            segment=row,
            position=position,
            code=line.code,
            quantity=line.quantity,
            unit=line.unit,
            rate=line.rate,
            amount_cents=line.amount.cents,
        )


def _post_to_ledger(drafts: Iterable[DraftBill], now: dt.datetime) -> None:
    entries = [_entry(draft) for draft in drafts if _postings(draft)]
    post_entries(entries=entries, posted_at=now)


def _entry(draft: DraftBill) -> NewEntry:
    charges = draft.charges
    return NewEntry(
        source_key=f"bill:{draft.number}",
        kind="bill",
        effective_date=draft.terms.bill_date,
        postings=_postings(draft),
        asked=(Asked(draft.account.id, charges),) if charges else (),
    )


def _postings(draft: DraftBill) -> tuple[Posting, ...]:
    """Each segment is owed by the member and earned by its service; nothing moves nothing."""
    return tuple(
        leg
        for segment in draft.segments
        if segment.total
        for leg in _legs(segment.plan.unbilled.agreement.service, segment, draft.account.id)
    )


def _legs(service: str, segment: DraftSegment, account_id: AccountId) -> tuple[Posting, Posting]:
    return (
        Posting(f"{RECEIVABLE}{service}", segment.total, account_id),
        Posting(f"revenue:{service}", -segment.total),
    )


def _write_exceptions(run_id: BillRunId, outcome: _Outcome) -> None:
    BillException.objects.bulk_create(
        BillException(
            run_id=run_id,
            account_id=account_id,
            code=error.code,
            values={key: _plain(value) for key, value in error.values.items()},
        )
        for account_id, error in outcome.errors.items()
    )


def _plain(value: object) -> object:
    return value if isinstance(value, int | str | None) else str(value)


def _issued(draft: DraftBill) -> IssuedBill:
    return IssuedBill(
        id=bill_id_for(draft.number),
        number=draft.number,
        account_id=draft.account.id,
        account_number=draft.account.number,
        due_date=draft.terms.due_date,
        charges=draft.charges,
        asked=draft.asked,
    )
