"""Write bills: by COPY, with their inputs, and their ledger entries in the same transaction.

Rows of a bill are written once and never again; triggers hold that. COPY is used because a
run is thousands of bills of ten rows each (docs/performance.md).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from smarthub.billing.engine.draft import DraftBill, DraftSegment
from smarthub.billing.engine.inputs import TAXED_TOGETHER, history_as_json, use_as_json
from smarthub.billing.queries.bills import GIFT, GIVEN_THIS_YEAR
from smarthub.billing.types import TEMPLATE_VERSION, BillId, BillRunId, IssuedBill
from smarthub.cooperative.copying import copy_lines
from smarthub.kernel.copy_text import NOTHING, value_text
from smarthub.kernel.fault_points import reach
from smarthub.ledger.copying import copy_entries
from smarthub.ledger.types import RECEIVABLE, Asked, NewEntry, Posting
from smarthub.round_up.types import FUND
from smarthub.round_up.types import RECEIVABLE as GIFTS

BILL_NAMES = uuid.UUID("0d6a0a49-7f0c-5f6a-8f0d-5a6f3f2b9c10")
"""Fixed for ever: with its number it makes a bill's id."""

_BILLS = """
COPY billing_bill (id, number, run_id, account_id, bill_date, due_date, previous_cents,
                   payments_cents, adjustments_cents, charges_cents, asked_cents,
                   template_version, facts, edition, supersedes_id, created_at, source_system,
                   source_id) FROM STDIN
"""
_SEGMENTS = """
COPY billing_billsegment (id, bill_id, position, agreement_id, service_point_id,
                          tariff_version_id, service, period_start, period_end, quantity, unit,
                          reads, estimated, inputs, after, total_cents) FROM STDIN
"""
_LINES = """
COPY billing_billline (segment_id, position, code, quantity, unit, rate, amount_cents) FROM STDIN
"""
_SEGMENT_IDS = """
SELECT nextval(pg_get_serial_sequence('billing_billsegment', 'id')) FROM generate_series(1, %s)
"""


def write_bills(
    *,
    run_id: BillRunId | None,
    drafts: Sequence[DraftBill],
    now: dt.datetime,
    supersedes: BillId | None = None,
    effective_date: dt.date | None = None,
) -> list[IssuedBill]:
    """Write bills and post them, in the caller's transaction; return them as issued.

    Their entries count for the bill date, or for ``effective_date`` where a bill is corrected.

    Raises:
        EntryConflict: a bill of the same number and other values is in the ledger.

    Source: domain rules 43, 46, 48 and 49.
    """
    at = str(now)  # once, and not for each row
    copy_lines(_BILLS, (_bill_row(run_id, draft, at, supersedes) for draft in drafts))
    segments = _numbered(drafts)
    copy_lines(_SEGMENTS, (_segment_row(*each) for each in segments))
    copy_lines(_LINES, (row for each in segments for row in _line_rows(each.pk, each.segment)))
    reach("bills.rows_written")
    entries = [entry_of(draft, effective_date) for draft in drafts]
    copy_entries(entries=[entry for entry in entries if entry.postings], posted_at=now)
    reach("bills.entries_posted")
    return [_issued(draft) for draft in drafts]


@lru_cache(maxsize=1024)
def bill_id_for(number: str) -> BillId:
    """Return the id of the bill of that number; those of a chunk are remembered."""
    return BillId(uuid.uuid5(BILL_NAMES, number))


def entry_key(number: str) -> str:
    """Return the ledger's source key of a bill."""
    return f"bill:{number}"


def digest_of_draft(draft: DraftBill) -> str:
    """Return the fingerprint of what a bill charges and why: equal drafts have equal ones.

    What was paid meanwhile is not part of it, so a payment does not undo a review.
    """
    told = [
        [
            segment.part.version.version_id,
            _inputs(segment),
            [_plain_line(line) for line in segment.lines],
        ]
        for segment in draft.segments
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def entry_of(draft: DraftBill, effective_date: dt.date | None = None) -> NewEntry:
    """Return the ledger entry of a bill: each segment is owed and earned under its service.

    A gift is owed like them, and is the fund's and not the co-op's.
    """
    asked = draft.charges + draft.gift
    return NewEntry(
        source_key=entry_key(draft.number),
        kind="bill",
        effective_date=effective_date or draft.terms.bill_date,
        postings=_postings(draft),
        asked=(Asked(draft.account.id, asked),) if asked else (),
    )


def _bill_row(
    run_id: BillRunId | None, draft: DraftBill, created_at: str, supersedes: BillId | None
) -> str:
    standing, asked = draft.account.standing, draft.asked
    return (
        f"{bill_id_for(draft.number)}\t{value_text(draft.number)}\t{run_id or NOTHING}"
        f"\t{draft.account.id}\t{draft.terms.bill_date}\t{draft.terms.due_date}"
        f"\t{standing.previous.cents}\t{standing.payments.cents}\t{standing.adjustments.cents}"
        f"\t{draft.charges.cents}\t{asked.cents}\t{TEMPLATE_VERSION}"
        f"\t{value_text(json.dumps(_facts(draft)))}\t{draft.edition}\t{supersedes or NOTHING}"
        f"\t{created_at}\tsmarthub\t"
    )


def _facts(draft: DraftBill) -> dict[str, object]:
    """What the bill shows that later changes elsewhere must not change on it."""
    last = draft.account.standing.last_charges
    papers = draft.account.papers
    return {
        "holder": draft.account.holder,
        "last_charges_cents": None if last is None else last.cents,
        "old_number": draft.account.old_number,
        "member_number": papers.member_number,
        "board_district": papers.board_district,
        "cycle": papers.cycle_code,
        "late_cents": draft.late_charge.cents,
        "final": draft.is_final,
        "messages": [message.number for message in draft.messages],
        **_given(draft),
        "segments": [
            {
                "address": segment.plan.unbilled.agreement.premise_address,
                "service_point": segment.plan.unbilled.agreement.service_point_number,
                "history": [past.as_json() for past in segment.history],
                "settles": segment.settles,
            }
            for segment in draft.segments
        ],
    }


class _Numbered(NamedTuple):
    """A segment on its way to becoming a row: its id, its bill's, and its place on the bill."""

    pk: int
    bill_id: BillId
    position: int
    segment: DraftSegment


def _given(draft: DraftBill) -> dict[str, int]:
    """What a bill tells of its gift; nothing where its member does not round up."""
    account = draft.account
    if not account.rounds_up:
        return {}
    year = account.given_this_year + draft.gift
    return {GIFT: draft.gift.cents, GIVEN_THIS_YEAR: year.cents}


def _numbered(drafts: Sequence[DraftBill]) -> list[_Numbered]:
    ids = iter(_segment_ids(sum(len(draft.segments) for draft in drafts)))
    return [
        _Numbered(next(ids), bill_id, position, segment)
        for draft in drafts
        for bill_id in (bill_id_for(draft.number),)
        for position, segment in enumerate(draft.segments)
    ]


def _segment_row(pk: int, bill_id: BillId, position: int, segment: DraftSegment) -> str:
    agreement, period = segment.plan.unbilled.agreement, segment.part.period
    version, use = segment.part.version, segment.use
    after = history_as_json(history=segment.after) if version.tariff.leaves_something else {}
    reads = [read.as_json() for read in segment.reads]
    return (
        f"{pk}\t{bill_id}\t{position}\t{agreement.id}\t{agreement.service_point_id}"
        f"\t{version.version_id}\t{value_text(agreement.service)}\t{period.start}\t{period.end}"
        f"\t{NOTHING if use is None else use.value}\t{'' if use is None else use.unit.value}"
        f"\t{value_text(json.dumps(reads))}\t{segment.estimated}"
        f"\t{value_text(json.dumps(_inputs(segment)))}\t{value_text(json.dumps(after))}"
        f"\t{segment.total.cents}"
    )


def _inputs(segment: DraftSegment) -> dict[str, Any]:
    told = use_as_json(use=segment.billed, riders=segment.riders)
    return told if segment.billed.whole is None else {**told, TAXED_TOGETHER: True}


def _line_rows(pk: int, segment: DraftSegment) -> Iterator[str]:
    for position, line in enumerate(segment.lines):
        yield (
            f"{pk}\t{position}\t{value_text(line.code)}\t{line.quantity}\t{line.unit.value}"
            f"\t{line.rate}\t{line.amount.cents}"
        )


def _plain_line(line: Any) -> list[str]:
    return [line.code, str(line.quantity), line.unit.value, str(line.rate), str(line.amount.cents)]


def _segment_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_SEGMENT_IDS, [count])
        return [pk for (pk,) in cursor.fetchall()]


def _postings(draft: DraftBill) -> tuple[Posting, ...]:
    """Each segment is owed by the member and earned by its service; nothing moves nothing."""
    legs = [
        leg
        for segment in draft.segments
        if segment.total
        for leg in _legs(segment.plan.unbilled.agreement.service, segment, draft.account.id)
    ]
    if draft.gift:
        legs += [Posting(GIFTS, draft.gift, draft.account.id), Posting(FUND, -draft.gift)]
    return tuple(legs)


def _legs(service: str, segment: DraftSegment, account_id: Any) -> tuple[Posting, Posting]:
    return (
        Posting(f"{RECEIVABLE}{service}", segment.total, account_id),
        Posting(f"revenue:{service}", -segment.total),
    )


def _issued(draft: DraftBill) -> IssuedBill:
    return IssuedBill(
        id=bill_id_for(draft.number),
        number=draft.number,
        account_id=draft.account.id,
        account_number=draft.account.number,
        due_date=draft.terms.due_date,
        charges=draft.charges,
        asked=draft.asked,
        readers=draft.account.readers,
    )
