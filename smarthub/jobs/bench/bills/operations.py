"""What the bench writes by itself: bills by the object mapper, beside COPY, and a file of reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from smarthub.billing.engine.draft import DraftBill
from smarthub.billing.engine.inputs import use_as_json
from smarthub.billing.models import Bill, BillLine, BillSegment
from smarthub.billing.operations.writing import bill_id_for, entry_of
from smarthub.billing.types import BillRunId
from smarthub.ledger.operations import post_entries
from smarthub.metering.models import ReadFile


def write_in_bulk(*, run_id: BillRunId, drafts: Sequence[DraftBill], now: dt.datetime) -> None:
    """Write the rows ``write_bills`` writes, with ``bulk_create`` and ``post_entries``."""
    Bill.objects.bulk_create(_bill(run_id, draft, now) for draft in drafts)
    segments = [
        (segment, _segment(draft, position))
        for draft in drafts
        for position, segment in enumerate(draft.segments)
    ]
    BillSegment.objects.bulk_create(row for _segment, row in segments)
    BillLine.objects.bulk_create(
        BillLine(
            segment=row,
            position=position,
            code=line.code,
            quantity=line.quantity,
            unit=line.unit,
            rate=line.rate,
            amount_cents=line.amount.cents,
        )
        for segment, row in segments
        for position, line in enumerate(segment.lines)
    )
    post_entries(entries=[entry_of(draft) for draft in drafts], posted_at=now)


def open_read_file(*, now: dt.datetime) -> int:
    """Return the id of the file all reads of the bench come from."""
    facts = {"name": "bench.csv", "received_at": now, "rows": 0, "rows_kept": 0}
    file, _created = ReadFile.objects.get_or_create(sha256="b" * 64, defaults=facts)
    return int(file.pk)


def _bill(run_id: BillRunId, draft: DraftBill, now: dt.datetime) -> Bill:
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
        template_version="1",
        facts={"holder": draft.account.holder, "last_charges_cents": None, "segments": []},
        created_at=now,
    )


def _segment(draft: DraftBill, position: int) -> BillSegment:
    segment = draft.segments[position]
    agreement, period = segment.plan.unbilled.agreement, segment.part.period
    return BillSegment(
        bill_id=bill_id_for(draft.number),
        position=position,
        agreement_id=agreement.id,
        service_point_id=agreement.service_point_id,
        tariff_version_id=segment.part.version.version_id,
        service=agreement.service,
        period_start=period.start,
        period_end=period.end,
        quantity=segment.use.value if segment.use else None,
        unit=segment.use.unit if segment.use else "",
        reads=[read.as_json() for read in segment.reads],
        inputs=use_as_json(use=segment.billed, riders=segment.riders),
        total_cents=segment.total.cents,
    )
