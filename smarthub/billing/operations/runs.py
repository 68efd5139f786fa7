"""Bill runs in chunks, each account billed exactly once.

A chunk is locked, billed and marked done in one transaction. Killed before it commits, it was
never begun; run again, the next process takes it up. Unique keys stand behind this: one run a
cycle and day, one bill a run and account, ids made from numbers (domain rule 46).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from smarthub.accounts.queries import list_accounts_in_cycle
from smarthub.accounts.types import AccountId
from smarthub.billing.engine.calendar import day_in_month
from smarthub.billing.engine.estimates import WrongEstimate
from smarthub.billing.engine.facts import Limits, Terms
from smarthub.billing.engine.late import LateCharge
from smarthub.billing.engine.unusual_use import UseLimits
from smarthub.billing.models import BillException, BillingCycle, BillRun, BillRunChunk
from smarthub.billing.operations.drafting import draft_accounts
from smarthub.billing.operations.writing import write_bills
from smarthub.billing.queries import due_date_of, get_cycle
from smarthub.billing.queries.messages import list_run_messages
from smarthub.billing.types import BillRunId, Cycle, IssuedBill
from smarthub.cooperative.catalogue import value_in
from smarthub.cooperative.queries import get_zone, list_policies
from smarthub.kernel.errors import ExpectedError, NotVisible, Refused
from smarthub.kernel.fault_points import reach
from smarthub.kernel.money import Money
from smarthub.ledger.operations import lock_accounts
from smarthub.rating.queries import get_rate_book, get_rider_book
from smarthub.round_up.types import MOST_IN_A_YEAR

CHUNK_ACCOUNTS = 500
"""What a chunk costs whatever its size is a fifth of 250 bills. Money of a chunk's accounts waits
until it is written, so it is not larger than half a second's work."""


class NotABillDay(Refused):
    """The cycle does not bill on that day; ``expected`` is its day in that month."""

    code = "not_a_bill_day"


@dataclass(frozen=True, slots=True)
class IssuedChunk:
    """What one chunk came to: the bills written, and the accounts held back."""

    bills: tuple[IssuedBill, ...]
    exceptions: int


def open_run(
    *, cycle_code: str, bill_date: dt.date, now: dt.datetime, reviewed: bool = False
) -> BillRunId:
    """Open the run of a cycle on a day, cut into chunks; the same run when it is there already.

    Args:
        cycle_code: The cycle.
        bill_date: Its bill day, a local date.
        now: When it is opened.
        reviewed: Whether drafts are made first, for somebody to look at.

    Raises:
        NotVisible: no such cycle.
        NotABillDay: the cycle bills on another day of that month.

    Source: domain rule 46.
    """
    cycle = BillingCycle.objects.filter(code=cycle_code).first()
    if cycle is None:
        raise NotVisible(cycle=cycle_code)
    expected = day_in_month(year=bill_date.year, month=bill_date.month, day=cycle.bill_day)
    if bill_date != expected:
        raise NotABillDay(cycle=cycle_code, expected=expected.isoformat())
    with transaction.atomic():
        run, created = BillRun.objects.get_or_create(
            cycle=cycle, bill_date=bill_date, defaults={"started_at": now, "reviewed": reviewed}
        )
        if created:
            account_ids = list_accounts_in_cycle(cycle_code=cycle_code, on=bill_date)
            BillRunChunk.objects.bulk_create(
                BillRunChunk(run=run, account_ids=part) for part in in_chunks(account_ids)
            )
    return BillRunId(run.pk)


def get_terms(*, run_id: BillRunId) -> Terms:
    """Return what all bills of a run share: dates, tariffs, riders and policies, read once.

    Raises:
        NotVisible: there is no such run; it was thrown away.
    """
    run = BillRun.objects.select_related("cycle").filter(pk=run_id).first()
    if run is None:
        raise NotVisible(run=run_id)
    return terms_of_day(cycle=get_cycle(code=run.cycle.code), bill_date=run.bill_date)


def terms_of_day(*, cycle: Cycle, bill_date: dt.date) -> Terms:
    """Return what all bills of a cycle made on a local day share, in a few queries."""
    policies = list_policies(on=bill_date)
    return Terms(
        bill_date=bill_date,
        due_date=due_date_of(cycle=cycle, bill_date=bill_date, policies=policies),
        bill_day=cycle.bill_day,
        rate_book=get_rate_book(),
        riders=get_rider_book(),
        zone=get_zone(),
        limits=_limits(policies),
        late_charge=LateCharge.from_policies(policies),
        messages=list_run_messages(on=bill_date),
        most_given=Money(value_in(policies, MOST_IN_A_YEAR)),
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
    reach("bills.chunk_claimed")
    issued = _issue([AccountId(each) for each in chunk.account_ids], run_id, terms, now)
    BillRunChunk.objects.filter(pk=chunk.pk).update(done_at=now)
    return issued


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
    BillException.objects.filter(run=run_id, account__in=claimed).delete()
    return _issue(claimed, run_id, terms, now)


def in_chunks(account_ids: Sequence[AccountId]) -> Iterator[list[AccountId]]:
    """Yield the accounts in parts small enough for one transaction each."""
    for start in range(0, len(account_ids), CHUNK_ACCOUNTS):
        yield list(account_ids[start : start + CHUNK_ACCOUNTS])


def write_exceptions(*, run_id: BillRunId, errors: Mapping[AccountId, ExpectedError]) -> None:
    """Keep why accounts could not be billed, for staff to mend (rule 46)."""
    BillException.objects.bulk_create(
        BillException(
            run_id=run_id,
            account_id=account_id,
            code=error.code,
            values={key: _plain(value) for key, value in error.values.items()},
        )
        for account_id, error in errors.items()
    )


def _issue(
    account_ids: Sequence[AccountId], run_id: BillRunId, terms: Terms, now: dt.datetime
) -> IssuedChunk:
    lock_accounts(account_ids=account_ids)  # no payment may come between balance and bill
    drafts = draft_accounts(account_ids=account_ids, terms=terms)
    reach("bills.chunk_drafted")
    bills = write_bills(run_id=run_id, drafts=drafts.bills, now=now)
    write_exceptions(run_id=run_id, errors=drafts.errors)
    return IssuedChunk(tuple(bills), len(drafts.errors))


def _limits(policies: Mapping[str, object]) -> Limits:
    known: dict[str, Any] = {}
    days = policies.get("bill.period_days")
    if isinstance(days, Mapping):
        known |= {"least_days": days["least"], "most_days": days["most"]}
    most = policies.get("bill.most_estimates")
    if isinstance(most, int):
        known["most_estimates"] = most
    wrong = policies.get("bill.wrong_estimate")
    if isinstance(wrong, Mapping):
        known["wrong_estimate"] = WrongEstimate.from_policy(wrong)
    unusual = policies.get("bill.unusual_use")
    if isinstance(unusual, Mapping):
        known["unusual_use"] = UseLimits.from_policy(unusual)
    back = policies.get("bill.back_billing_months")
    if isinstance(back, Mapping):
        known |= {"back_months_home": back["home"], "back_months_other": back["other"]}
    return replace(Limits(), **known)


def _plain(value: object) -> object:
    return value if isinstance(value, int | str | None) else str(value)
