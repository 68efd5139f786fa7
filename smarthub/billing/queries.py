"""Every read of cycles, runs and bills, and of the facts the next bills rest on."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Max, QuerySet, Sum

from smarthub.accounts.queries import list_agreements, list_holders, list_numbers
from smarthub.accounts.types import AccountId, Agreement, ServicePointId
from smarthub.billing.engine.draft import (
    AccountFacts,
    Plan,
    Standing,
    Temperatures,
    UnbilledAgreement,
    year_before,
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
from smarthub.billing.types import (
    BilledPeriod,
    BilledSegment,
    BillRunId,
    BillSummary,
    BillView,
    Cycle,
    ExceptionView,
    MeterRead,
    Reader,
    RunReport,
    SegmentView,
)
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.kernel.text import Text
from smarthub.ledger.queries import sum_changes_by_kind
from smarthub.members.models import Person
from smarthub.metering.engine import NegativeUse
from smarthub.rating.types import PricedLine, Tariff
from smarthub.usage.queries import get_register_use, list_station_days
from smarthub.usage.types import RegisterUse

SHOWN_PERIODS = 13
"""A bill shows its own period and the twelve before, so the same month of last year too."""
HISTORY_DAYS = 420
"""Thirteen periods of at most 32 days, and a little."""
PAYMENT_KINDS = ("payment", "payment_reversal")
FIRST_DAY = dt.date(1900, 1, 1)
ONE_DAY = dt.timedelta(days=1)


def get_cycle(*, code: str) -> Cycle:
    """Return a billing cycle.

    Raises:
        NotVisible: there is none of that code.
    """
    row = BillingCycle.objects.filter(code=code).first()
    if row is None:
        raise NotVisible(cycle=code)
    return _cycle(row)


def list_cycles() -> list[Cycle]:
    """Return the co-op's billing cycles, by code."""
    return [_cycle(row) for row in BillingCycle.objects.order_by("code")]


def list_latest_bills(*, account_ids: Collection[AccountId]) -> dict[AccountId, BillSummary]:
    """Return the newest bill of each account that has one, in one query."""
    rows = _valid_bills(account_ids).order_by("account_id", "-bill_date").distinct("account_id")
    return {AccountId(row.account_id): _summary(row) for row in rows}


def list_bills(*, account_id: AccountId) -> list[BillSummary]:
    """Return an account's bills, newest first, in one query."""
    return [_summary(row) for row in _valid_bills([account_id]).order_by("-bill_date")]


def list_billed_charges() -> list[tuple[str, dt.date, Money]]:
    """Return account number, bill date and charges of every valid bill, in order of days.

    For those who hold the ledger against the bills; one query.
    """
    rows = Bill.objects.filter(superseded_by=None).order_by("bill_date", "number")
    return [
        (number, day, Money(cents))
        for number, day, cents in rows.values_list("account__number", "bill_date", "charges_cents")
    ]


def get_bill(*, account_id: AccountId, number: str) -> BillView:
    """Return one bill of an account as it was made, in three queries.

    Raises:
        NotVisible: the account has no bill of that number.
    """
    bill = Bill.objects.filter(account=account_id, number=number).select_related("account").first()
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


def list_billed_segments(*, account_id: AccountId, period: Period) -> list[BilledSegment]:
    """Return the valid segments of an account that touch ``period``, oldest first: two queries."""
    rows = list(
        BillSegment.objects.filter(
            bill__in=_valid_bills([account_id]),
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


def get_run_report(*, run_id: BillRunId) -> RunReport:
    """Return what a run has come to so far, over all its tries."""
    run = BillRun.objects.select_related("cycle").get(pk=run_id)
    total = Bill.objects.filter(run=run).aggregate(total=Sum("charges_cents"))["total"]
    return RunReport(
        cycle_code=run.cycle.code,
        bill_date=run.bill_date,
        bills=Bill.objects.filter(run=run).count(),
        exceptions=tuple(list_exceptions(run_id=run_id)),
        total=Money(total or 0),
        is_complete=not BillRunChunk.objects.filter(run=run, done_at=None).exists(),
    )


def list_exceptions(*, run_id: BillRunId) -> list[ExceptionView]:
    """Return the accounts a run could not bill, by number (rule 46)."""
    rows = BillException.objects.filter(run=run_id).select_related("account")
    return [
        ExceptionView(row.account.number, row.code, row.values)
        for row in rows.order_by("account__number")
    ]


def list_held_accounts(*, run_id: BillRunId) -> list[AccountId]:
    """Return the accounts of a run that have an exception, in a fixed order."""
    rows = BillException.objects.filter(run=run_id).order_by("account_id")
    return [AccountId(each) for each in rows.values_list("account_id", flat=True)]


def count_accounts_of_run(*, run_id: BillRunId) -> tuple[int, int]:
    """Return how many accounts of a run are done, and how many it has."""
    chunks = BillRunChunk.objects.filter(run=run_id).values_list("done_at", "account_ids")
    sizes = [(done_at is not None, len(ids)) for done_at, ids in chunks]
    return sum(size for is_done, size in sizes if is_done), sum(size for _, size in sizes)


def list_account_facts(
    *, account_ids: Collection[AccountId], bill_date: dt.date
) -> list[AccountFacts]:
    """Return what the next bill of each account rests on, apart from reads: eight queries.

    A payment or adjustment counts as "since the last bill" when it is on no bill yet, whatever
    its date: all that was ever posted, less what the bills have shown.

    Source: domain rules 40 and 49.
    """
    numbers = list_numbers(account_ids=account_ids)
    readers = list_readers(account_ids=account_ids, on=bill_date)
    agreements = _unbilled_agreements(account_ids, bill_date)
    standings = _standings(account_ids)
    return [
        AccountFacts(
            id=account_id,
            number=numbers[account_id],
            holder=next((reader.name for reader in readers.get(account_id, ())), ""),
            agreements=tuple(agreements[account_id]),
            standing=standings[account_id],
        )
        for account_id in account_ids
    ]


def list_readers(
    *, account_ids: Collection[AccountId], on: dt.date
) -> dict[AccountId, list[Reader]]:
    """Return the holders of each account, the first named on its bill: two queries."""
    holders = list_holders(account_ids=account_ids, on=on)
    rows = Person.objects.in_bulk({person for people in holders.values() for person in people})
    return {
        account_id: [Reader(person, str(rows[person]), rows[person].language) for person in people]
        for account_id, people in holders.items()
    }


def list_register_uses(
    *, plans: Iterable[Plan]
) -> tuple[
    dict[tuple[ServicePointId, Period], list[RegisterUse]], dict[ServicePointId, NegativeUse]
]:
    """Return what the meters counted in each plan's period, and the places where one went back.

    One query for each distinct period: nearly all plans of a cycle share theirs.
    """
    points: dict[Period, set[ServicePointId]] = defaultdict(set)
    for plan in plans:
        if plan.is_metered:
            points[plan.period].add(plan.service_point_id)
    uses: dict[tuple[ServicePointId, Period], list[RegisterUse]] = {}
    backward: dict[ServicePointId, NegativeUse] = {}
    for period, place_ids in points.items():
        found, wrong = _register_uses(place_ids, period)
        uses |= {(point, period): parts for point, parts in found.items()}
        backward |= wrong
    return uses, backward


def list_temperatures(*, stations: Collection[str], bill_date: dt.date) -> Temperatures:
    """Return daily mean temperatures of the months a bill shows, in one query."""
    period = Period(bill_date - dt.timedelta(days=HISTORY_DAYS), bill_date)
    days = list_station_days(stations=stations, period=period)
    return {station: {each.day: each.mean_f for each in known} for station, known in days.items()}


def _register_uses(
    point_ids: set[ServicePointId], period: Period
) -> tuple[dict[ServicePointId, list[RegisterUse]], dict[ServicePointId, NegativeUse]]:
    """Ask again without a place whose register went back, so that it blocks only itself."""
    backward: dict[ServicePointId, NegativeUse] = {}
    while True:
        asked = point_ids - backward.keys()
        try:
            return get_register_use(service_point_ids=asked, period=period), backward
        except NegativeUse as error:
            backward[ServicePointId(error.values["service_point_id"])] = error


def _valid_bills(account_ids: Collection[AccountId]) -> QuerySet[Bill]:
    """Bills no later one answers; a subquery, for a join of the table to itself grows too fast."""
    bills = Bill.objects.filter(account__in=account_ids)
    return bills.exclude(pk__in=_superseded(account_ids))


def _superseded(account_ids: Collection[AccountId]) -> QuerySet[Bill, Any]:
    answers = Bill.objects.filter(account__in=account_ids, supersedes__isnull=False)
    return answers.values("supersedes_id")


def _cycle(row: BillingCycle) -> Cycle:
    return Cycle(row.code, Text.from_json(row.name), row.bill_day, row.due_day)


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
    )


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


def _unbilled_agreements(
    account_ids: Collection[AccountId], bill_date: dt.date
) -> dict[AccountId, list[UnbilledAgreement]]:
    ever = Period(FIRST_DAY, bill_date + ONE_DAY)
    agreements = list_agreements(account_ids=account_ids, period=ever)
    billed_until = _billed_until(agreements)
    past = _past_periods(agreements, bill_date)
    found: dict[AccountId, list[UnbilledAgreement]] = defaultdict(list)
    for each in agreements:
        unbilled = UnbilledAgreement(each, billed_until.get(each.id), tuple(past[each.id]))
        found[each.account_id].append(unbilled)
    return found


def _segments_of(agreements: Iterable[Agreement]) -> QuerySet[BillSegment]:
    agreements = list(agreements)
    superseded = _superseded({agreement.account_id for agreement in agreements})
    segments = BillSegment.objects.filter(agreement__in=[each.id for each in agreements])
    return segments.exclude(bill__in=superseded)


def _billed_until(agreements: Iterable[Agreement]) -> dict[int, dt.date]:
    rows = _segments_of(agreements).values_list("agreement_id").annotate(Max("period_end"))
    return dict(rows)


def _past_periods(
    agreements: Iterable[Agreement], bill_date: dt.date
) -> dict[int, list[BilledPeriod]]:
    rows = (
        _segments_of(agreements)
        .filter(period_end__gt=bill_date - dt.timedelta(days=HISTORY_DAYS), quantity__isnull=False)
        .order_by("period_end")
        .values_list("agreement_id", "period_start", "period_end", "quantity", "total_cents")
    )
    past: dict[int, list[BilledPeriod]] = defaultdict(list)
    for agreement_id, start, end, quantity, cents in rows:
        assert quantity is not None  # noqa: S101 (the filter says so)
        past[agreement_id].append(BilledPeriod(Period(start, end), quantity, Money(cents)))
    return defaultdict(list, {key: each[1 - SHOWN_PERIODS :] for key, each in past.items()})


def _standings(account_ids: Collection[AccountId]) -> dict[AccountId, Standing]:
    latest = list_latest_bills(account_ids=account_ids)
    changes = sum_changes_by_kind(account_ids=account_ids)
    shown = dict(
        _valid_bills(account_ids).values_list("account_id").annotate(Sum("payments_cents"))
    )
    return {
        account_id: _standing(
            latest.get(account_id), changes[account_id], Money(shown.get(account_id, 0))
        )
        for account_id in account_ids
    }


def _standing(
    last: BillSummary | None, changes: Mapping[str, Money], payments_shown: Money
) -> Standing:
    asked_now = Money.sum(changes.values())
    payments = Money.sum(changes.get(kind, ZERO) for kind in PAYMENT_KINDS) - payments_shown
    previous = last.asked if last else ZERO
    return Standing(
        previous=previous,
        payments=payments,
        adjustments=asked_now - previous - payments,
        last_charges=last.charges if last else None,
    )
