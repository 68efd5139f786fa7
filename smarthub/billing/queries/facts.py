"""Read the facts the next bills rest on: agreements, what came before, reads, weather."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from itertools import takewhile
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, Sum

from smarthub.accounts.models import AccountAlias
from smarthub.accounts.queries import (
    list_account_papers,
    list_agreements,
    list_district_facts,
    list_holders,
)
from smarthub.accounts.types import (
    AccountId,
    Agreement,
    AgreementId,
    DistrictFact,
    ServicePointId,
)
from smarthub.billing.engine.draft import PlaceAndPeriod, Readings
from smarthub.billing.engine.facts import (
    AccountFacts,
    Plan,
    Standing,
    UnbilledAgreement,
    Weather,
)
from smarthub.billing.engine.inputs import history_from_json
from smarthub.billing.models import BillSegment, ContractFact
from smarthub.billing.queries.bills import (
    cancelled_bills,
    list_gifts,
    list_latest_bills,
    list_latest_service_bills,
    valid_bills,
)
from smarthub.billing.queries.certificates import certificates_of
from smarthub.billing.types import BilledPeriod, BillSummary, ContractValue, Reader
from smarthub.cooperative.among import among
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import Period
from smarthub.ledger.queries import sum_changes_by_kind
from smarthub.members.models import Person
from smarthub.members.types import PersonId
from smarthub.metering.engine import NegativeUse
from smarthub.rating.types import History
from smarthub.round_up.queries import list_rounding_up
from smarthub.usage.loads import list_period_loads
from smarthub.usage.queries import get_register_use, list_station_days
from smarthub.usage.types import PeriodLoad, RegisterUse

SHOWN_PERIODS = 13
"""A bill shows its own period and the twelve before, so the same month of last year too."""
HISTORY_DAYS = 420
"""Thirteen periods of at most 32 days, and a little."""
PAYMENT_KINDS = ("payment", "payment_reversal")
NOTHING = Decimal(0)
FIRST_DAY = dt.date(1900, 1, 1)
ONE_DAY = dt.timedelta(days=1)


def list_account_facts(
    *, account_ids: Collection[AccountId], bill_date: dt.date
) -> list[AccountFacts]:
    """Return what the next bill of each account rests on, apart from reads: thirteen queries.

    A payment or adjustment counts as "since the last bill" when it is on no bill yet, whatever
    its date: all that was ever posted, less what the bills have shown.

    Source: domain rules 40 and 49.
    """
    papers = list_account_papers(account_ids=account_ids)
    old_numbers = _old_numbers(account_ids)
    readers = list_readers(account_ids=account_ids, on=bill_date)
    agreements = list_unbilled(account_ids=account_ids, bill_date=bill_date)
    standings = _standings(account_ids)
    rounding_up = list_rounding_up(account_ids=account_ids)
    given = list_gifts(account_ids=rounding_up) if rounding_up else {}
    certificates = certificates_of(account_ids=account_ids)
    return [
        AccountFacts(
            id=account_id,
            papers=papers[account_id],
            readers=tuple(readers.get(account_id, ())),
            agreements=tuple(agreements[account_id]),
            standing=standings[account_id],
            old_number=old_numbers.get(account_id, ""),
            rounds_up=account_id in rounding_up,
            given_this_year=given.get(account_id, {}).get(bill_date.year, ZERO),
            certificates=certificates.get(account_id, ()),
        )
        for account_id in account_ids
    ]


def list_unbilled(
    *, account_ids: Collection[AccountId], bill_date: dt.date, before: dt.date | None = None
) -> dict[AccountId, list[UnbilledAgreement]]:
    """Return each account's agreements with what their bills so far leave behind: five queries.

    ``before`` leaves out what was billed for that day and later, so that a period may be billed
    again as if it were the next.
    """
    ever = Period(FIRST_DAY, bill_date + ONE_DAY)
    agreements = list_agreements(account_ids=account_ids, period=ever)
    billed = _billed(agreements, bill_date, before)
    contracts = _contracts(agreements)
    districts = list_district_facts(
        service_point_ids={each.service_point_id for each in agreements}
    )
    found: dict[AccountId, list[UnbilledAgreement]] = defaultdict(list)
    for each in agreements:
        inside = districts.get(each.service_point_id, ())
        found[each.account_id].append(_unbilled(each, billed[each.id], contracts[each.id], inside))
    return found


def list_readings(*, plans: Iterable[Plan], zone: ZoneInfo) -> Readings:
    """Return what the meters said in each plan's period, and the places where one went back.

    A query for each distinct period, and one more for those priced by intervals: nearly all
    plans of a cycle share theirs.
    """
    points: dict[Period, set[ServicePointId]] = defaultdict(set)
    by_intervals: dict[Period, set[ServicePointId]] = defaultdict(set)
    for plan in plans:
        if plan.is_metered:
            points[plan.period].add(plan.service_point_id)
            if any(part.version.tariff.needs_intervals for part in plan.parts):
                by_intervals[plan.period].add(plan.service_point_id)
    registers: dict[PlaceAndPeriod, list[RegisterUse]] = {}
    backward: dict[ServicePointId, NegativeUse] = {}
    for period, place_ids in points.items():
        found, wrong = _register_uses(place_ids, period)
        registers |= {(point, period): parts for point, parts in found.items()}
        backward |= wrong
    loads: dict[PlaceAndPeriod, PeriodLoad] = {}
    for period, place_ids in by_intervals.items():
        read = list_period_loads(service_point_ids=place_ids, period=period, zone=zone)
        loads |= {(point, period): load for point, load in read.items()}
    return Readings(registers, backward, loads)


def list_readers(
    *, account_ids: Collection[AccountId], on: dt.date
) -> dict[AccountId, list[Reader]]:
    """Return the holders of each account, the first named on its bill: two queries."""
    holders = list_holders(account_ids=account_ids, on=on)
    person_ids = {person for people in holders.values() for person in people}
    rows = {row.pk: row for row in Person.objects.filter(among("id", person_ids))}
    return {
        account_id: [_reader(rows[person]) for person in people]
        for account_id, people in holders.items()
    }


def _reader(row: Person) -> Reader:
    return Reader(PersonId(row.pk), str(row), row.language, bool(row.organisation_name))


def get_weather(*, stations: Collection[str], bill_date: dt.date) -> Weather:
    """Return how warm it was in the months a bill shows, in one query."""
    period = Period(bill_date - dt.timedelta(days=HISTORY_DAYS), bill_date)
    days = list_station_days(stations=stations, period=period)
    return Weather(
        {station: {each.day: each.mean_f for each in known} for station, known in days.items()}
    )


def _old_numbers(account_ids: Collection[AccountId]) -> dict[AccountId, str]:
    """Return each account's newest number in another system, where it has one: one query."""
    rows = AccountAlias.objects.filter(among("account_id", account_ids)).order_by("pk")
    return {AccountId(pk): number for pk, number in rows.values_list("account_id", "number")}


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


class _Billed(NamedTuple):
    """What the next bill needs of a segment: its columns, and nothing of an object."""

    agreement_id: AgreementId
    bill_id: uuid.UUID
    period_start: dt.date
    period_end: dt.date
    quantity: Decimal | None
    total_cents: int
    estimated: bool
    after: Mapping[str, Any]


def _segments_of(agreements: Iterable[Agreement]) -> QuerySet[BillSegment]:
    agreements = list(agreements)
    accounts = {agreement.account_id for agreement in agreements}
    segments = BillSegment.objects.filter(among("agreement_id", [each.id for each in agreements]))
    return segments.exclude(bill__in=cancelled_bills(accounts))


def _billed(
    agreements: Iterable[Agreement], bill_date: dt.date, before: dt.date | None
) -> dict[AgreementId, list[_Billed]]:
    """Return what was billed of each agreement, oldest first; of the last year, and the newest."""
    segments = _segments_of(agreements)
    if before is not None:
        segments = segments.filter(period_end__lte=before)
    since = bill_date - dt.timedelta(days=HISTORY_DAYS)
    newest = segments.order_by("agreement_id", "-period_end").distinct("agreement_id")
    rows = segments.filter(Q(period_end__gt=since) | Q(pk__in=newest.values("pk")))
    billed: dict[AgreementId, list[_Billed]] = defaultdict(list)
    for columns in rows.order_by("period_end").values_list(*_Billed._fields):
        row = _Billed(*columns)
        billed[row.agreement_id].append(row)
    return billed


def _contracts(agreements: Iterable[Agreement]) -> dict[AgreementId, list[ContractValue]]:
    """Return the facts of each agreement, so that the one that holds comes last."""
    rows = ContractFact.objects.filter(among("agreement_id", [each.id for each in agreements]))
    found: dict[AgreementId, list[ContractValue]] = defaultdict(list)
    for row in rows.order_by("name", "effective_from", "recorded_at", "pk"):
        value = ContractValue(row.name, row.value, row.effective_from)
        found[AgreementId(row.agreement_id)].append(value)
    return found


def may_be_estimated(*, agreement_id: AgreementId, on: dt.date) -> bool:
    """Say whether an agreement's reads may be estimated on a local day (rule 16)."""
    said = ContractFact.objects.filter(
        agreement=agreement_id, name=ContractFact.Name.NO_ESTIMATE, effective_from__lte=on
    )
    newest = said.order_by("effective_from", "recorded_at", "pk").last()
    return newest is None or not newest.value


def _unbilled(
    agreement: Agreement,
    billed: list[_Billed],
    contract: list[ContractValue],
    districts: tuple[DistrictFact, ...],
) -> UnbilledAgreement:
    if not billed:
        return UnbilledAgreement(agreement, contract=tuple(contract), districts=districts)
    estimates = list(takewhile(lambda row: row.estimated, reversed(billed)))
    return UnbilledAgreement(
        agreement=agreement,
        billed_until=billed[-1].period_end,
        past=tuple(_past_periods(billed)[1 - SHOWN_PERIODS :]),
        history=history_from_json(value=billed[-1].after) if billed[-1].after else History(),
        contract=tuple(contract),
        estimates_in_a_row=len({row.bill_id for row in estimates}),
        estimated_use=sum((row.quantity or NOTHING for row in estimates), NOTHING),
        estimated_days=sum((row.period_end - row.period_start).days for row in estimates),
        districts=districts,
    )


def _past_periods(billed: list[_Billed]) -> list[BilledPeriod]:
    """Return one period for each bill; where the rate changed inside, its parts are joined."""
    joined: dict[uuid.UUID, BilledPeriod] = {}
    for row in billed:
        if row.quantity is None:
            continue
        this = Period(row.period_start, row.period_end)
        part = BilledPeriod(this, row.quantity, Money(row.total_cents))
        if (before := joined.get(row.bill_id)) is not None:
            part = BilledPeriod(
                Period(before.period.start, row.period_end),
                before.quantity + row.quantity,
                before.charges + part.charges,
            )
        joined[row.bill_id] = part
    return list(joined.values())


def _standings(account_ids: Collection[AccountId]) -> dict[AccountId, Standing]:
    latest = list_latest_bills(account_ids=account_ids)
    invoiced = [account_id for account_id, last in latest.items() if last.is_invoice]
    before = list_latest_service_bills(account_ids=invoiced) if invoiced else {}
    changes = sum_changes_by_kind(account_ids=account_ids)
    shown = dict(valid_bills(account_ids).values_list("account_id").annotate(Sum("payments_cents")))
    return {
        account_id: _standing(
            latest.get(account_id),
            before.get(account_id) if account_id in invoiced else latest.get(account_id),
            changes[account_id],
            Money(shown.get(account_id, 0)),
        )
        for account_id in account_ids
    }


def _standing(
    last: BillSummary | None,
    last_of_services: BillSummary | None,
    changes: Mapping[str, Money],
    payments_shown: Money,
) -> Standing:
    """Return where an account stands; charges are compared with those of a bill of services."""
    asked_now = Money.sum(changes.values())
    payments = Money.sum(changes.get(kind, ZERO) for kind in PAYMENT_KINDS) - payments_shown
    previous = last.asked if last else ZERO
    return Standing(
        previous=previous,
        payments=payments,
        adjustments=asked_now - previous - payments,
        last_charges=last_of_services.charges if last_of_services else None,
    )
