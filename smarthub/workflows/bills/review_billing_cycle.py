"""Bill a cycle with somebody looking: draft it, hold and release, approve, and write it.

Each act of staff is left in the audit trail in its own transaction; the work itself is queued and
goes on chunk by chunk, so that a worker killed at any point is followed by another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from django.db import transaction
from procrastinate.contrib.django import app

from smarthub.accounts.access import open_for_staff
from smarthub.accounts.queries import list_agreements
from smarthub.accounts.types import AccountId
from smarthub.billing.operations import get_terms, in_chunks, open_run
from smarthub.billing.operations.reviewing import (
    approve_run,
    draft_again,
    draft_next_chunk,
    drop_run,
    finalise_accounts,
    finalise_next_chunk,
    hold_account,
    release_account,
)
from smarthub.billing.queries import list_held_accounts
from smarthub.billing.queries.bills import list_estimated_bills
from smarthub.billing.queries.desk import find_run, get_run
from smarthub.billing.queries.facts import may_be_estimated
from smarthub.billing.types import BillRunId, IssuedBill, RunRow, RunState
from smarthub.kernel.errors import NotVisible, Refused
from smarthub.kernel.fault_points import reach
from smarthub.kernel.period import Period
from smarthub.kernel.uncollected import uncollected
from smarthub.members.operations import record_act
from smarthub.members.queries import get_person_of_user
from smarthub.metering.operations import estimate_register_read, replace_estimates
from smarthub.workflows.auto_pay.sign_up_credits import post_credits_of_cycle
from smarthub.workflows.bills.cancel_and_rebill import correct_bill
from smarthub.workflows.bills.tell_of_bills import tell_of_bills

DRAFT_JOB, WRITE_JOB = "draft_bills", "write_bills"
"""Names of the jobs; docs/architecture.md lists them."""

ONE_DAY = dt.timedelta(days=1)
Progress = Callable[[int, int], None]
RunOf = tuple[str, dt.date]
"""A run as staff know it: its cycle and its day."""


class EstimateForbidden(Refused):
    """The agreement says that its reads are never estimated; ``service_point`` says which."""

    code = "estimate_forbidden"


def start_review(
    *, user_id: int, cycle_code: str, bill_date: dt.date, now: dt.datetime
) -> BillRunId:
    """Open the run of a cycle on its bill day and have it drafted; again is harmless.

    Raises:
        NotVisible: no such cycle.
        NotABillDay: the cycle bills on another day of that month.
    """
    with transaction.atomic():
        run_id = open_run(cycle_code=cycle_code, bill_date=bill_date, now=now, reviewed=True)
        post_credits_of_cycle(cycle_code=cycle_code, bill_date=bill_date, now=now)
        _record(user_id, "bill_run_opened", (cycle_code, bill_date), now)
        _queue(DRAFT_JOB, run_id)
    return run_id


def draft_run(*, run_id: BillRunId, now: dt.datetime, progress: Progress | None = None) -> RunRow:
    """Draft what is still to be drafted of a run; several processes may."""
    terms = get_terms(run_id=run_id)
    while True:
        with uncollected(), transaction.atomic():
            if not draft_next_chunk(run_id=run_id, terms=terms, now=now):
                break
        if progress is not None:
            row = get_run(run_id=run_id)
            progress(row.drafted, row.accounts)
    return get_run(run_id=run_id)


def approve_review(
    *, user_id: int, cycle_code: str, bill_date: dt.date, now: dt.datetime
) -> BillRunId:
    """Let a run's bills be written as they were reviewed, and have them written.

    Raises:
        NotVisible: no such run.
        RunNotDrafted: not all of it is drafted.
    """
    with transaction.atomic():
        run_id = find_run(cycle_code=cycle_code, bill_date=bill_date)
        before = get_run(run_id=run_id)
        approve_run(run_id=run_id, now=now)
        _record(user_id, "bill_run_approved", (cycle_code, bill_date), now,
            after={"drafts": before.drafts, "held": before.held, "total": str(before.total)},
        )  # fmt: skip
        _queue(WRITE_JOB, run_id)
    return run_id


def write_run(
    *, run_id: BillRunId, now: dt.datetime, announce: bool = True, progress: Progress | None = None
) -> RunRow:
    """Write the bills of an approved run, and tell their holders; several processes may."""
    terms = get_terms(run_id=run_id)
    while True:
        with uncollected(), transaction.atomic():
            chunk = finalise_next_chunk(run_id=run_id, terms=terms, now=now)
            if chunk is None:
                break
            tell_of_bills(bills=chunk.bills, bill_date=terms.bill_date, now=now, announce=announce)
            reach("bills.chunk_written")
        if progress is not None:
            row = get_run(run_id=run_id)
            progress(row.done, row.accounts)
    return get_run(run_id=run_id)


def draft_held_back_again(
    *, user_id: int, cycle_code: str, bill_date: dt.date, now: dt.datetime
) -> RunRow:
    """Draft the accounts a run had to hold back once more, now that what was missing may be there.

    Raises:
        NotVisible: no such run.
    """
    run_id = find_run(cycle_code=cycle_code, bill_date=bill_date)
    terms = get_terms(run_id=run_id)
    with transaction.atomic():
        _record(user_id, "bill_run_drafted_again", (cycle_code, bill_date), now)
        for account_ids in in_chunks(list_held_accounts(run_id=run_id)):
            draft_again(run_id=run_id, account_ids=account_ids, terms=terms)
            if get_run(run_id=run_id).state is RunState.DONE:
                _write(run_id, account_ids, now)
    return get_run(run_id=run_id)


def hold_bill(*, user_id: int, account_number: str, reason: str, now: dt.datetime) -> None:
    """Hold an account's bills until somebody releases them.

    Raises:
        NotVisible: no such account.
        HoldNeedsReason: no reason is given.
    """
    with transaction.atomic():
        account = open_for_staff(user_id=user_id, number=account_number, now=now)
        by = get_person_of_user(user_id=user_id).name
        hold_account(account_id=account.id, reason=reason, by=by, now=now)
        record_act(
            user_id=user_id,
            act="bill_held",
            subject=f"account:{account_number}",
            now=now,
            after={"reason": reason},
        )


def release_bill(
    *, user_id: int, account_number: str, cycle_code: str, bill_date: dt.date, now: dt.datetime
) -> None:
    """Release what holds an account's bill; where its run is written already, write it now.

    Raises:
        NotVisible: no such account or run.
        NotHeld: nothing holds it.
    """
    with transaction.atomic():
        account = open_for_staff(user_id=user_id, number=account_number, now=now)
        run_id = find_run(cycle_code=cycle_code, bill_date=bill_date)
        by = get_person_of_user(user_id=user_id).name
        release_account(account_id=account.id, run_id=run_id, by=by, now=now)
        record_act(
            user_id=user_id,
            act="bill_released",
            subject=f"account:{account_number}",
            now=now,
            after={"run": f"{cycle_code}:{bill_date}"},
        )
        if get_run(run_id=run_id).state is RunState.DONE:
            _write(run_id, [account.id], now)


def estimate_reads(
    *, user_id: int, account_number: str, cycle_code: str, bill_date: dt.date, now: dt.datetime
) -> None:
    """Estimate the reads an account's bill lacks on its day, and draft it again.

    A read that is there is left alone. The bill says "Estimated"; the next read settles the
    difference, and so many in a row as ``bill.most_estimates`` allows is the limit.

    Raises:
        NotVisible: no such account or run.
        EstimateForbidden: an agreement says "no estimate"; then nothing is estimated.
        NothingToEstimateFrom: a register has too little history.

    Source: domain rules 15 to 17.
    """
    with transaction.atomic():
        account = open_for_staff(user_id=user_id, number=account_number, now=now)
        run_id = find_run(cycle_code=cycle_code, bill_date=bill_date)
        days = Period(bill_date - ONE_DAY, bill_date)
        for agreement in list_agreements(account_ids=[account.id], period=days):
            if agreement.metered:
                if not may_be_estimated(agreement_id=agreement.id, on=bill_date):
                    raise EstimateForbidden(service_point=agreement.service_point_number)
                estimate_register_read(
                    service_point_id=agreement.service_point_id,
                    read_on=bill_date,
                    now=now,
                    station=agreement.station,
                )
        record_act(
            user_id=user_id,
            act="reads_estimated",
            subject=f"account:{account_number}",
            now=now,
            after={"day": str(bill_date)},
        )
        draft_again(run_id=run_id, account_ids=[account.id], terms=get_terms(run_id=run_id))


def settle_estimates(
    *,
    user_id: int,
    account_number: str,
    service_point: str,
    cycle_code: str,
    bill_date: dt.date,
    on: dt.date,
    now: dt.datetime,
) -> list[IssuedBill]:
    """Correct the bills whose estimates the read of a bill's day proves wrong; draft that bill.

    The estimated reads give way to what the real reads on both sides say, by days, and each bill
    that rests on them is taken back and made anew.

    Raises:
        NotVisible: no such account, run, or service.
        NegativeUse: the register went back between two real reads.
        ExpectedError: a bill cannot be made anew; then nothing is changed.

    Source: domain rules 17, 43 and 125.
    """
    with transaction.atomic():
        account = open_for_staff(user_id=user_id, number=account_number, now=now)
        run_id = find_run(cycle_code=cycle_code, bill_date=bill_date)
        days = Period(bill_date - ONE_DAY, bill_date)
        served = list_agreements(account_ids=[account.id], period=days)
        point = next((a for a in served if a.service_point_number == service_point), None)
        if point is None:
            raise NotVisible(service_point=service_point)
        replaced = replace_estimates(
            service_point_id=point.service_point_id, until=bill_date, now=now
        )
        numbers = list_estimated_bills(agreement_id=point.id, ends=replaced)
        issued = [
            correct_bill(
                user_id=user_id, bill_number=number, reason="estimate", note="", on=on, now=now
            )
            for number in numbers
        ]
        draft_again(run_id=run_id, account_ids=[account.id], terms=get_terms(run_id=run_id))
    return issued


def drop_review(*, user_id: int, cycle_code: str, bill_date: dt.date, now: dt.datetime) -> None:
    """Throw a run and its drafts away.

    Raises:
        NotVisible: no such run.
        RunHasBills: some of its bills are written.
    """
    with transaction.atomic():
        run_id = find_run(cycle_code=cycle_code, bill_date=bill_date)
        drop_run(run_id=run_id)
        _record(user_id, "bill_run_dropped", (cycle_code, bill_date), now)


def _write(run_id: BillRunId, account_ids: Sequence[AccountId], now: dt.datetime) -> None:
    terms = get_terms(run_id=run_id)
    chunk = finalise_accounts(run_id=run_id, account_ids=account_ids, terms=terms, now=now)
    tell_of_bills(bills=chunk.bills, bill_date=terms.bill_date, now=now)


def _queue(job: str, run_id: BillRunId) -> None:
    app.configure_task(job).defer(run_id=run_id)


def _record(
    user_id: int, act: str, run: RunOf, now: dt.datetime, after: dict[str, object] | None = None
) -> None:
    subject = f"bill_run:{run[0]}:{run[1]}"
    record_act(user_id=user_id, act=act, subject=subject, now=now, after=after)
