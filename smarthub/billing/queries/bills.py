"""Read bills: lists, one bill as it was made, and the segments of a span of time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet

from smarthub.accounts.types import AccountId
from smarthub.billing.engine.draft import year_before
from smarthub.billing.models import Bill, BillCancellation, BillLine, BillSegment
from smarthub.billing.types import (
    BilledPeriod,
    BilledSegment,
    BillSummary,
    BillView,
    Correction,
    MeterRead,
    SegmentView,
)
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.rating.types import PricedLine, Tariff


def list_latest_bills(*, account_ids: Collection[AccountId]) -> dict[AccountId, BillSummary]:
    """Return the newest bill of each account that has one, in one query."""
    rows = valid_bills(account_ids).order_by("account_id", "-bill_date").distinct("account_id")
    return {AccountId(row.account_id): _summary(row) for row in rows}


def list_bills(*, account_id: AccountId) -> list[BillSummary]:
    """Return an account's bills, newest first, in one query."""
    return [_summary(row) for row in valid_bills([account_id]).order_by("-bill_date")]


def list_billed_charges() -> list[tuple[str, dt.date, Money]]:
    """Return account number, bill date and charges of every valid bill, in order of days.

    For those who hold the ledger against the bills; one query.
    """
    rows = Bill.objects.filter(cancellation=None).order_by("bill_date", "number")
    return [
        (number, day, Money(cents))
        for number, day, cents in rows.values_list("account__number", "bill_date", "charges_cents")
    ]


def get_bill(*, account_id: AccountId, number: str) -> BillView:
    """Return one bill of an account as it was made, in three queries.

    Raises:
        NotVisible: the account has no bill of that number.
    """
    rows = Bill.objects.filter(account=account_id, number=number)
    linked = ("account", "cancellation", "superseded_by", "supersedes__cancellation")
    bill = rows.select_related(*linked).first()
    if bill is None:
        raise NotVisible(bill=number)
    segments = list(bill.segments.select_related("tariff_version").order_by("position"))
    lines: dict[int, list[BillLine]] = defaultdict(list)
    for line in BillLine.objects.filter(segment__in=segments).order_by("position"):
        lines[line.segment_id].append(line)
    facts = bill.facts["segments"]
    views = [
        _segment_view(row, lines[row.pk], told) for row, told in zip(segments, facts, strict=True)
    ]
    return _bill_view(bill, views)


def account_number_of_bill(*, number: str) -> str:
    """Return whose bill it is, for staff, who open its account by that number.

    Raises:
        NotVisible: there is no bill of that number.
    """
    found = Bill.objects.filter(number=number).values_list("account__number", flat=True).first()
    if found is None:
        raise NotVisible(bill=number)
    return found


def list_billed_segments(*, account_id: AccountId, period: Period) -> list[BilledSegment]:
    """Return the valid segments of an account that touch ``period``, oldest first: two queries."""
    rows = list(
        BillSegment.objects.filter(
            bill__in=valid_bills([account_id]),
            period_start__lt=period.end,
            period_end__gt=period.start,
        )
        .select_related("bill", "tariff_version")
        .order_by("bill__bill_date", "bill__number", "position")
    )
    lines: dict[int, list[BillLine]] = defaultdict(list)
    for line in BillLine.objects.filter(segment__in=rows).order_by("position"):
        lines[line.segment_id].append(line)
    return [
        BilledSegment(
            bill_number=row.bill.number,
            bill_date=row.bill.bill_date,
            segment=_segment_view(row, lines[row.pk], row.bill.facts["segments"][row.position]),
        )
        for row in rows
    ]


def valid_bills(account_ids: Collection[AccountId]) -> QuerySet[Bill]:
    """Return the bills that were not taken back; a subquery, for a join grows too fast."""
    bills = Bill.objects.filter(account__in=account_ids)
    return bills.exclude(pk__in=cancelled_bills(account_ids))


def cancelled_bills(account_ids: Collection[AccountId]) -> QuerySet[BillCancellation, Any]:
    """Return the ids of bills of these accounts that were taken back, not read yet."""
    return BillCancellation.objects.filter(bill__account__in=account_ids).values("bill_id")


def _summary(row: Bill) -> BillSummary:
    return BillSummary(
        number=row.number,
        account_id=AccountId(row.account_id),
        bill_date=row.bill_date,
        due_date=row.due_date,
        charges=Money(row.charges_cents),
        asked=Money(row.asked_cents),
    )


def _bill_view(bill: Bill, segments: list[SegmentView]) -> BillView:
    last_charges = bill.facts["last_charges_cents"]
    return BillView(
        number=bill.number,
        account_number=bill.account.number,
        holder=bill.facts["holder"],
        bill_date=bill.bill_date,
        due_date=bill.due_date,
        previous=Money(bill.previous_cents),
        payments=Money(bill.payments_cents),
        adjustments=Money(bill.adjustments_cents),
        charges=Money(bill.charges_cents),
        asked=Money(bill.asked_cents),
        segments=tuple(segments),
        last_charges=None if last_charges is None else Money(last_charges),
        template_version=bill.template_version,
        taken_back=_taken_back(bill),
        corrects=_corrects(bill),
    )


def _taken_back(bill: Bill) -> Correction | None:
    taken = getattr(bill, "cancellation", None)
    if taken is None:
        return None
    by = getattr(bill, "superseded_by", None)
    number, charges = (by.number, Money(by.charges_cents)) if by else (None, None)
    return Correction(taken.reason, taken.cancelled_on, number, charges)


def _corrects(bill: Bill) -> Correction | None:
    old = bill.supersedes
    if old is None:
        return None
    taken = old.cancellation
    return Correction(taken.reason, taken.cancelled_on, old.number, Money(old.charges_cents))


def _segment_view(row: BillSegment, lines: list[BillLine], told: Mapping[str, Any]) -> SegmentView:
    tariff = Tariff.from_json(row.tariff_version.definition)
    history = tuple(BilledPeriod.from_json(each) for each in told["history"])
    return SegmentView(
        service=row.service,
        service_point_number=told["service_point"],
        address=told["address"],
        tariff_code=tariff.code,
        tariff_name=tariff.name,
        tariff_sentence=tariff.sentence,
        conversion_factor=tariff.conversion.factor if tariff.conversion else None,
        in_advance=tariff.in_advance,
        period=Period(row.period_start, row.period_end),
        use=None if row.quantity is None else Quantity(row.quantity, Unit(row.unit)),
        reads=tuple(MeterRead.from_json(each) for each in row.reads),
        lines=tuple(_line_view(line, tariff) for line in lines),
        total=Money(row.total_cents),
        history=history,
        last_bill=history[-2] if len(history) > 1 else None,
        last_year=year_before(history=history[:-1], end=row.period_end),
        estimated=row.estimated,
    )


def _line_view(row: BillLine, tariff: Tariff) -> PricedLine:
    return PricedLine(
        code=row.code,
        name=tariff.name_of(row.code),
        quantity=row.quantity,
        unit=Unit(row.unit),
        rate=row.rate,
        amount=Money(row.amount_cents),
    )
