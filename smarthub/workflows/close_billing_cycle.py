"""Bill every account of a cycle, once: bills, ledger entries and messages, chunk by chunk.

Each chunk is one transaction. A run that was killed is finished by calling it again. Called once
more after that, it bills the accounts it had to hold back, if it can now, and nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

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
    list_readers,
)
from smarthub.billing.types import BillRunId, IssuedBill, Reader, RunReport
from smarthub.kernel.fault_points import reach
from smarthub.members.queries import list_email_addresses
from smarthub.notifications.operations import queue_message

DEDUPE_KEY_LENGTH = 160
"""The key's start tells bill and person apart; only a very long address is cut."""


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
        announce: Whether holders are told by e-mail; a history that is loaded tells nobody.
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
    if so_far.is_complete:
        _retry_held(run_id, terms, now, announce=announce)
    while _close_chunk(run_id, terms, now, announce=announce):
        if progress is not None:
            progress(*count_accounts_of_run(run_id=run_id))
    return get_run_report(run_id=run_id)


def _close_chunk(run_id: BillRunId, terms: Terms, now: dt.datetime, *, announce: bool) -> bool:
    """Bill one chunk; say whether there was one."""
    with transaction.atomic():
        chunk = issue_next_chunk(run_id=run_id, terms=terms, now=now)
        if chunk is None:
            return False
        if announce:
            _announce(chunk.bills, terms.bill_date, now)
        reach("bills.chunk_written")
    return True


def _retry_held(run_id: BillRunId, terms: Terms, now: dt.datetime, *, announce: bool) -> None:
    """Bill what an earlier try had to hold back, where what was missing is there now."""
    for account_ids in in_chunks(list_held_accounts(run_id=run_id)):
        with transaction.atomic():
            chunk = retry_accounts(run_id=run_id, account_ids=account_ids, terms=terms, now=now)
            if announce:
                _announce(chunk.bills, terms.bill_date, now)


def _announce(bills: Sequence[IssuedBill], bill_date: dt.date, now: dt.datetime) -> None:
    """Queue one message for each verified e-mail address of each holder."""
    readers = list_readers(account_ids=[bill.account_id for bill in bills], on=bill_date)
    person_ids = {reader.person_id for people in readers.values() for reader in people}
    addresses = list_email_addresses(person_ids=sorted(person_ids))
    for bill in bills:
        for reader in readers.get(bill.account_id, ()):
            for address in addresses.get(reader.person_id, ()):
                _tell(bill, reader, address, bill_date, now)


def _tell(
    bill: IssuedBill, reader: Reader, address: str, bill_date: dt.date, now: dt.datetime
) -> None:
    queue_message(
        dedupe_key=f"bill_ready:{bill.number}:{reader.person_id}:{address}"[:DEDUPE_KEY_LENGTH],
        template="bill_ready",
        language=reader.language,
        person_id=reader.person_id,
        account_number=bill.account_number,
        address=address,
        context={"bill_date": bill_date, "asked": bill.asked, "due_date": bill.due_date},
        now=now,
    )
