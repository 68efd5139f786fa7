"""Read bills: lists, one bill as it was made, and the segments of a span of time."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import QuerySet

from smarthub.accounts.types import AccountId, AgreementId
from smarthub.billing.engine.draft import year_before
from smarthub.billing.engine.inputs import use_from_json
from smarthub.billing.models import Bill, BillCancellation, BillLine, BillSegment
from smarthub.billing.queries.messages import list_messages_of
from smarthub.billing.types import (
    BilledPeriod,
    BilledSegment,
    BillSummary,
    BillView,
    Correction,
    Invoice,
    InvoiceLine,
    MeterRead,
    SegmentView,
)
from smarthub.cooperative.among import among
from smarthub.cooperative.written_once import Given, WrittenOnce
from smarthub.kernel.array_text import array_text
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.rating.engine import RiderRates
from smarthub.rating.engine.explaining import explain_netting
from smarthub.rating.types import BilledUse, Netted, PricedLine, Tariff

INVOICE = "invoice"
"""The key under which the facts of a one-time invoice keep what it is for."""
GIFT, GIVEN_THIS_YEAR = "gift_cents", "given_this_year_cents"
"""The keys of what a bill was rounded up by, and of all such gifts of its year up to it."""
NEWEST_FIRST = ("-bill_date", "-created_at", "-edition")
"""A day may have a bill, its correction, and invoices."""


@dataclass(frozen=True, slots=True)
class WholeSegment:
    """A segment with what it was priced from; ``inputs`` are empty on bills older than they."""

    view: SegmentView
    tariff: Tariff
    inputs: Mapping[str, Any]
    agreement_id: int

    def priced_from(self) -> tuple[BilledUse, RiderRates] | None:
        """Return the use and the riders' rates behind its lines, where the bill kept them."""
        return use_from_json(value=self.inputs) if self.inputs else None


@dataclass(frozen=True, slots=True)
class WholeBill:
    """A bill as everybody sees it, and what each of its segments was priced from."""

    view: BillView
    segments: tuple[WholeSegment, ...]


def list_latest_bills(*, account_ids: Collection[AccountId]) -> dict[AccountId, BillSummary]:
    """Return the newest bill of each account that has one, in one query."""
    return _summaries(_LATEST, account_ids)


def list_latest_service_bills(
    *, account_ids: Collection[AccountId]
) -> dict[AccountId, BillSummary]:
    """Return the newest bill of each account that is no one-time invoice, in one query."""
    return _summaries(_LATEST_OF_SERVICE, account_ids)


def _latest(bills: QuerySet[Bill]) -> QuerySet[Bill, Any]:
    rows = bills.order_by("account_id", *NEWEST_FIRST).distinct("account_id")
    return rows.values_list(*_SUMMARY)


_SUMMARY = (
    "number", "account_id", "bill_date", "due_date", "charges_cents", "asked_cents", "facts",
)  # fmt: skip
_LATEST = WrittenOnce(lambda: _latest(valid_bills(Given("accounts"))))
_LATEST_OF_SERVICE = WrittenOnce(
    lambda: _latest(valid_bills(Given("accounts")).exclude(facts__has_key=INVOICE))
)


def _summaries(
    latest: WrittenOnce, account_ids: Collection[AccountId]
) -> dict[AccountId, BillSummary]:
    rows = latest.ask(accounts=array_text(account_ids))
    bills = (_summary_of(*columns, json.loads(facts)) for *columns, facts in rows)
    return {bill.account_id: bill for bill in bills}


def list_bills(*, account_id: AccountId) -> list[BillSummary]:
    """Return an account's bills, newest first, in one query."""
    return [_summary(row) for row in valid_bills([account_id]).order_by(*NEWEST_FIRST)]


def list_bills_due(*, period: Period) -> list[BillSummary]:
    """Return the valid bills due in a period, in order of due dates, in one query."""
    rows = Bill.objects.filter(
        due_date__gte=period.start, due_date__lt=period.end, cancellation=None
    )
    return [_summary(row) for row in rows.order_by("due_date", "number")]


def list_bills_due_of(
    *, account_ids: Collection[AccountId], until: dt.date
) -> dict[AccountId, list[BillSummary]]:
    """Return the valid bills of accounts due before a day, the newest first, in one query."""
    due: dict[AccountId, list[BillSummary]] = {account_id: [] for account_id in account_ids}
    rows = valid_bills(account_ids).filter(due_date__lt=until)
    for row in rows.order_by("-due_date", *NEWEST_FIRST):
        due[AccountId(row.account_id)].append(_summary(row))
    return due


def list_bill_history(*, account_id: AccountId) -> list[BillSummary]:
    """Return every bill an account ever got, newest first, those taken back too: one query."""
    rows = Bill.objects.filter(account=account_id).select_related(
        "cancellation", "supersedes", "superseded_by"
    )
    return [_in_history(row) for row in rows.order_by(*NEWEST_FIRST)]


def list_billed_charges() -> list[tuple[str, dt.date, Money]]:
    """Return account number, bill date and charges with gift of every valid bill, by days.

    For those who hold the ledger against the bills; one query.
    """
    rows = Bill.objects.filter(cancellation=None).order_by("bill_date", "number")
    return [
        (number, day, Money(cents + (gift or 0)))
        for number, day, cents, gift in rows.values_list(
            "account__number", "bill_date", "charges_cents", f"facts__{GIFT}"
        )
    ]


def list_gifts(*, account_ids: Collection[AccountId]) -> dict[AccountId, dict[int, Money]]:
    """Return what each account gave by rounding up, by the calendar year of its bills: one query.

    Bills taken back count for nothing.
    """
    given: dict[AccountId, dict[int, Money]] = {account_id: {} for account_id in account_ids}
    rows = valid_bills(account_ids).filter(**{f"facts__{GIFT}__gt": 0})
    for account_id, day, cents in rows.values_list("account_id", "bill_date", f"facts__{GIFT}"):
        of_account = given[AccountId(account_id)]
        of_account[day.year] = of_account.get(day.year, ZERO) + Money(cents)
    return given


def get_bill(*, account_id: AccountId, number: str) -> BillView:
    """Return one bill of an account as it was made: three queries, four where it has messages.

    Raises:
        NotVisible: the account has no bill of that number.
    """
    return get_whole_bills(account_id=account_id, numbers=(number,))[number].view


def get_whole_bills(*, account_id: AccountId, numbers: Collection[str]) -> dict[str, WholeBill]:
    """Return bills with what they were priced from: three queries, one more for messages of each.

    Raises:
        NotVisible: the account has not all of these bills.
    """
    rows = Bill.objects.filter(account=account_id, number__in=numbers)
    linked = ("account", "cancellation", "superseded_by", "supersedes__cancellation")
    bills = {row.number: row for row in rows.select_related(*linked)}
    for number in numbers:
        if number not in bills:
            raise NotVisible(bill=number)
    segments: dict[object, list[BillSegment]] = defaultdict(list)
    found = BillSegment.objects.filter(bill__in=bills.values())
    for row in found.select_related("tariff_version").order_by("position"):
        segments[row.bill_id].append(row)
    held = [row for rows_of_bill in segments.values() for row in rows_of_bill]
    lines = _lines_of(held)
    return {number: _whole(bills[number], segments[bills[number].pk], lines) for number in numbers}


class StoredLine(NamedTuple):
    """A line as it is stored; its name is in the tariff of its segment."""

    segment_id: int
    code: str
    quantity: Decimal
    unit: str
    rate: Decimal
    amount_cents: int


def _lines_of(segments: Iterable[BillSegment]) -> dict[int, list[StoredLine]]:
    """Return the lines of segments in their order: one query."""
    lines: dict[int, list[StoredLine]] = defaultdict(list)
    for row in _LINES.ask(segments=array_text(segment.pk for segment in segments)):
        line = StoredLine(*row)
        lines[line.segment_id].append(line)
    return lines


_LINES = WrittenOnce(
    lambda: (
        BillLine.objects.filter(among("segment_id", Given("segments")))
        .order_by("position")
        .values_list(*StoredLine._fields)
    )
)


def _whole(
    bill: Bill, segments: Sequence[BillSegment], lines: Mapping[int, list[StoredLine]]
) -> WholeBill:
    told = bill.facts["segments"]
    whole = [
        _whole_segment(row, lines.get(row.pk, []), facts)
        for row, facts in zip(segments, told, strict=True)
    ]
    return WholeBill(_bill_view(bill, [each.view for each in whole]), tuple(whole))


def _whole_segment(
    row: BillSegment, lines: list[StoredLine], told: Mapping[str, Any]
) -> WholeSegment:
    tariff = Tariff.from_json(row.tariff_version.definition)
    return WholeSegment(
        _segment_view(row, tariff, lines, told), tariff, row.inputs, row.agreement_id
    )


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
    lines = _lines_of(rows)
    return [
        BilledSegment(
            bill_number=row.bill.number,
            bill_date=row.bill.bill_date,
            segment=_whole_segment(
                row, lines.get(row.pk, []), row.bill.facts["segments"][row.position]
            ).view,
        )
        for row in rows
    ]


def list_estimated_bills(*, agreement_id: AgreementId, ends: Collection[dt.date]) -> list[str]:
    """Return the valid bills of an agreement that end with an estimate on these days, in order."""
    rows = BillSegment.objects.filter(
        agreement=agreement_id, period_end__in=ends, estimated=True, bill__cancellation=None
    )
    return list(rows.order_by("period_end").values_list("bill__number", flat=True))


def list_valid_numbers(
    *, account_ids: Collection[AccountId], numbers: Collection[str]
) -> set[tuple[AccountId, str]]:
    """Return accounts with those of these bills that they have and that were not taken back."""
    rows = valid_bills(account_ids).filter(among("number", numbers))
    return {
        (AccountId(account), number) for account, number in rows.values_list("account_id", "number")
    }


def valid_bills(account_ids: Collection[AccountId] | Given) -> QuerySet[Bill]:
    """Return the bills that were not taken back; a subquery, for a join grows too fast."""
    bills = Bill.objects.filter(among("account_id", account_ids))
    return bills.exclude(pk__in=cancelled_bills(account_ids))


def cancelled_bills(
    account_ids: Collection[AccountId] | Given,
) -> QuerySet[BillCancellation, Any]:
    """Return the ids of bills of these accounts that were taken back, not read yet."""
    return BillCancellation.objects.filter(among("bill__account_id", account_ids)).values("bill_id")


def _summary(row: Bill) -> BillSummary:
    return _summary_of(*(getattr(row, column) for column in _SUMMARY))


def _summary_of(*columns: Any) -> BillSummary:
    """Return a bill on a list of its columns as ``_SUMMARY`` names them."""
    number, account, bill_date, due_date, charges, asked, facts = columns
    return BillSummary(
        number=number,
        account_id=AccountId(account),
        bill_date=bill_date,
        due_date=due_date,
        charges=Money(charges),
        asked=Money(asked),
        is_invoice=INVOICE in facts,
        gift=Money(facts.get(GIFT, 0)),
    )


def _in_history(row: Bill) -> BillSummary:
    by = getattr(row, "superseded_by", None)
    return replace(
        _summary(row),
        is_taken_back=hasattr(row, "cancellation"),
        replaces=row.supersedes.number if row.supersedes else "",
        replaced_by=by.number if by else "",
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
        old_number=bill.facts.get("old_number", ""),
        member_number=bill.facts.get("member_number", ""),
        board_district=bill.facts.get("board_district", ""),
        cycle_code=bill.facts.get("cycle", ""),
        budget=_budget(bill.facts),
        late_charge=Money(bill.facts.get("late_cents", 0)),
        is_final=bill.facts.get("final", False),
        messages=list_messages_of(numbers=bill.facts.get("messages", [])),
        invoice=invoice_from(bill.facts),
        gift=Money(bill.facts.get(GIFT, 0)),
        given_this_year=Money(bill.facts.get(GIVEN_THIS_YEAR, 0)),
    )


def invoice_from(facts: Mapping[str, Any]) -> Invoice | None:
    """Return what a one-time invoice is for; None of every other bill."""
    if INVOICE not in facts:
        return None
    lines = tuple(InvoiceLine.from_json(each) for each in facts[INVOICE]["lines"])
    return Invoice(lines, facts[INVOICE]["address"])


def _budget(facts: Mapping[str, Any]) -> Money | None:
    cents = facts.get("budget_cents")
    return None if cents is None else Money(cents)


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


def _segment_view(
    row: BillSegment, tariff: Tariff, lines: list[StoredLine], told: Mapping[str, Any]
) -> SegmentView:
    history = tuple(BilledPeriod.from_json(each) for each in told["history"])
    return SegmentView(
        service=row.service,
        service_point_number=told["service_point"],
        address=told["address"],
        tariff_code=tariff.code,
        tariff_name=tariff.name,
        tariff_sentence=tariff.sentence,
        conversion_factor=_factor(row, tariff),
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
        settles=told.get("settles", False),
        netted=_netted(row, tariff),
    )


def _netted(row: BillSegment, tariff: Tariff) -> Netted | None:
    """Return how net metering came about, from what the bill kept; None where it is none."""
    if tariff.netting.kind == "none" or not row.inputs:
        return None
    use, _riders = use_from_json(value=row.inputs)
    return explain_netting(tariff=tariff, use=use)


def _factor(row: BillSegment, tariff: Tariff) -> Decimal | None:
    """Return by what the meter's use was multiplied: the factor of those days, or the tariff's."""
    if "factor" in row.inputs:
        return Decimal(row.inputs["factor"])
    return tariff.conversion.factor if tariff.conversion else None


def _line_view(row: StoredLine, tariff: Tariff) -> PricedLine:
    return PricedLine(
        code=row.code,
        name=tariff.name_of(row.code),
        quantity=row.quantity,
        unit=Unit(row.unit),
        rate=row.rate,
        amount=Money(row.amount_cents),
    )
