"""Bill every account of a cycle, once: bills, ledger entries and messages, chunk by chunk.

Each chunk is one transaction. A run that was killed is finished by calling it again. Called once
more after that, it bills the accounts it had to hold back, if it can now, and nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction

from smarthub.billing.engine.facts import Terms
from smarthub.billing.operations import (
    get_terms,
    in_chunks,
    issue_next_chunk,
    open_run,
    retry_accounts,
)
from smarthub.billing.queries import (
    count_accounts_of_run,
    get_run_report,
    list_held_accounts,
)
from smarthub.billing.types import BillRunId, RunReport
from smarthub.kernel.fault_points import reach
from smarthub.kernel.uncollected import uncollected
from smarthub.workflows.auto_pay.sign_up_credits import post_credits_of_cycle
from smarthub.workflows.bills.tell_of_bills import tell_of_bills


def close_billing_cycle(
    *,
    cycle_code: str,
    bill_date: dt.date,
    now: dt.datetime,
    announce: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> RunReport:
    """Bill a cycle on its bill day and return what the run came to, over all its tries.

    Several processes may work on one run: each takes chunks nobody else holds. ``is_complete``
    is false while another still holds one.

    Args:
        cycle_code: The cycle.
        bill_date: Its bill day, a local date.
        now: When the bills are made.
        announce: Whether holders are told that their bill is ready; a history that is loaded
            tells nobody. Auto Pay hears of the bills either way.
        progress: Called with accounts done and accounts in all, after each chunk.

    Raises:
        NotVisible: no such cycle.
        NotABillDay: the cycle bills on another day of that month.

    Source: domain rules 41, 43 and 46; feature R17.
    """
    run_id = open_run(cycle_code=cycle_code, bill_date=bill_date, now=now)
    so_far = get_run_report(run_id=run_id)
    if so_far.is_complete and not so_far.exceptions:
        return so_far
    terms = get_terms(run_id=run_id)
    post_credits_of_cycle(cycle_code=cycle_code, bill_date=bill_date, now=now)
    if so_far.is_complete:
        _retry_held(run_id, terms, now, announce=announce)
    while _close_chunk(run_id, terms, now, announce=announce):
        if progress is not None:
            progress(*count_accounts_of_run(run_id=run_id))
    return get_run_report(run_id=run_id)


def _close_chunk(run_id: BillRunId, terms: Terms, now: dt.datetime, *, announce: bool) -> bool:
    """Bill one chunk; say whether there was one."""
    with uncollected(), transaction.atomic():
        chunk = issue_next_chunk(run_id=run_id, terms=terms, now=now)
        if chunk is None:
            return False
        tell_of_bills(bills=chunk.bills, bill_date=terms.bill_date, now=now, announce=announce)
        reach("bills.chunk_written")
    return True


def _retry_held(run_id: BillRunId, terms: Terms, now: dt.datetime, *, announce: bool) -> None:
    """Bill what an earlier try had to hold back, where what was missing is there now."""
    for account_ids in in_chunks(list_held_accounts(run_id=run_id)):
        with transaction.atomic():
            chunk = retry_accounts(run_id=run_id, account_ids=account_ids, terms=terms, now=now)
            tell_of_bills(bills=chunk.bills, bill_date=terms.bill_date, now=now, announce=announce)
