"""What staff see of billing: which cycle is next, the runs, one draft as a bill. Writes nothing.

Only that an account was opened is left in the audit trail.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from smarthub.accounts.access import open_for_staff
from smarthub.accounts.types import VisibleAccount
from smarthub.billing.engine.calendar import day_after, day_on_or_before
from smarthub.billing.engine.showing import view_of_draft
from smarthub.billing.operations import get_terms
from smarthub.billing.operations.drafting import draft_accounts
from smarthub.billing.queries import get_bill, list_cycles
from smarthub.billing.queries.bills import account_number_of_bill
from smarthub.billing.queries.desk import (
    count_open_differences,
    find_draft_row,
    find_run,
    get_run,
    get_run_desk,
    has_run,
    list_runs,
)
from smarthub.billing.types import BillView, Cycle, DraftRow, RunDesk, RunRow
from smarthub.kernel.errors import ExpectedError


@dataclass(frozen=True, slots=True)
class NextRun:
    """A cycle, and the bill day that is to be drafted next; ``is_due`` when that day has come."""

    cycle: Cycle
    bill_date: dt.date
    is_due: bool


@dataclass(frozen=True, slots=True)
class Runs:
    """The desk's list of runs: what is next, what was, and how many bills are in doubt."""

    next_runs: tuple[NextRun, ...]
    runs: tuple[RunRow, ...]
    differences: int


@dataclass(frozen=True, slots=True)
class DraftPage:
    """One account in a run, computed now: the bill it would get, or why it gets none.

    ``drafted`` is its row in the run, with what holds it; None where it has no draft to be
    written any more.
    """

    account: VisibleAccount
    run: RunRow
    would_be: BillView | None
    error: ExpectedError | None
    drafted: DraftRow | None

    @property
    def is_held(self) -> bool:
        """Whether something holds the bill."""
        return self.drafted is not None and self.drafted.is_held


@dataclass(frozen=True, slots=True)
class BillPage:
    """One bill of an account, as it was made."""

    account: VisibleAccount
    bill: BillView


def open_runs(*, on: dt.date) -> Runs:
    """Return the runs, and which bill day of each cycle is next on a local day."""
    return Runs(
        next_runs=tuple(_next_run(cycle, on) for cycle in list_cycles()),
        runs=tuple(list_runs()),
        differences=count_open_differences(),
    )


def open_run_page(*, cycle_code: str, bill_date: dt.date) -> RunDesk:
    """Return one run.

    Raises:
        NotVisible: there is none.
    """
    return get_run_desk(run_id=find_run(cycle_code=cycle_code, bill_date=bill_date))


def open_run_row(*, cycle_code: str, bill_date: dt.date) -> RunRow:
    """Return how far one run is.

    Raises:
        NotVisible: there is none.
    """
    return get_run(run_id=find_run(cycle_code=cycle_code, bill_date=bill_date))


def preview_draft(
    *, user_id: int, cycle_code: str, bill_date: dt.date, account_number: str, now: dt.datetime
) -> DraftPage:
    """Return the bill an account would get in a run, from what is known now.

    Raises:
        NotVisible: there is no such run or account.
    """
    run_id = find_run(cycle_code=cycle_code, bill_date=bill_date)
    account = open_for_staff(user_id=user_id, number=account_number, now=now)
    terms = get_terms(run_id=run_id)
    drafts = draft_accounts(account_ids=[account.id], terms=terms, with_holds=False)
    would_be = view_of_draft(draft=drafts.bills[0]) if drafts.bills else None
    return DraftPage(
        account=account,
        run=get_run(run_id=run_id),
        would_be=would_be,
        error=drafts.errors.get(account.id),
        drafted=find_draft_row(run_id=run_id, account_number=account.number),
    )


def open_bill(*, user_id: int, bill_number: str, now: dt.datetime) -> BillPage:
    """Return one bill, for staff.

    Raises:
        NotVisible: there is none of that number.
    """
    number = account_number_of_bill(number=bill_number)
    account = open_for_staff(user_id=user_id, number=number, now=now)
    return BillPage(account, get_bill(account_id=account.id, number=bill_number))


def _next_run(cycle: Cycle, on: dt.date) -> NextRun:
    """Return the newest bill day that has come, if it has no run yet; else the next."""
    come = day_on_or_before(date=on, day=cycle.bill_day)
    if not has_run(cycle_code=cycle.code, bill_date=come):
        return NextRun(cycle, come, is_due=True)
    return NextRun(cycle, day_after(date=on, day=cycle.bill_day), is_due=False)
