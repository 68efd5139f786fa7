"""What bills were priced from, so that other prices can be tried on the same use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Max, Min, QuerySet, Sum

from smarthub.accounts.types import AccountId, ServicePointId
from smarthub.billing.engine.inputs import use_from_json
from smarthub.billing.models import BillSegment
from smarthub.billing.queries.bills import valid_bills
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.rating.engine import RiderRates
from smarthub.rating.types import BilledUse

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class MeteredPeriod:
    """What one service point used between two reads of one bill, in the unit of the meter.

    ``estimated`` says that a read behind it is an estimate.
    """

    service_point_number: str
    period: Period
    use: Quantity
    estimated: bool


@dataclass(frozen=True, slots=True)
class PricedSegment:
    """One service of one bill: what it was priced from, and what it came to."""

    account_number: str
    bill_number: str
    agreement_number: str
    service_point_id: ServicePointId
    tariff_code: str
    period: Period
    use: BilledUse
    riders: RiderRates
    total: Money
    estimated: bool


def list_priced_of_point(
    *, account_id: AccountId, service_point_number: str, since: dt.date
) -> list[PricedSegment]:
    """Return what the bills of one service point of an account rest on, oldest first: one query."""
    rows = BillSegment.objects.filter(
        bill__in=valid_bills([account_id]),
        service_point__number=service_point_number,
        period_end__gt=since,
    )
    return [_priced(row) for row in _with_names(rows).order_by("period_end") if row.inputs]


def list_metered_periods(
    *, account_id: AccountId, service_point_numbers: Collection[str], since: dt.date
) -> list[MeteredPeriod]:
    """Return what meters of an account counted on its valid bills, oldest first: one query.

    A period whose price changed inside it is one period. ``since`` bounds its first day.
    """
    rows = BillSegment.objects.filter(
        bill__in=valid_bills([account_id]),
        service_point__number__in=service_point_numbers,
        period_start__gte=since,
        quantity__isnull=False,
    )
    values = ("service_point__number", "unit", "bill_id")
    return [
        MeteredPeriod(
            service_point_number=number,
            period=Period(start, end),
            use=Quantity(quantity, Unit(unit)),
            estimated=estimated,
        )
        for number, unit, _bill, start, end, quantity, estimated in rows.values_list(*values)
        .annotate(
            start=Min("period_start"),
            end=Max("period_end"),
            used=Sum("quantity"),
            guessed=BoolOr("estimated"),
        )
        .order_by("service_point__number", "start")
    ]


def count_priced_under(*, tariff_code: str, since: dt.date) -> int:
    """Return how many services billed since a day were priced under a tariff."""
    return _under(tariff_code, since).count()


def list_priced_under(*, tariff_code: str, since: dt.date) -> Iterator[list[PricedSegment]]:
    """Yield what was billed since a day under a tariff, some hundreds at a time, by bill."""
    rows = _with_names(_under(tariff_code, since)).order_by("bill__number", "position")
    held: list[PricedSegment] = []
    for row in rows.iterator(chunk_size=AT_ONCE):
        held.append(_priced(row))
        if len(held) == AT_ONCE:
            yield held
            held = []
    if held:
        yield held


def _under(tariff_code: str, since: dt.date) -> QuerySet[BillSegment]:
    return BillSegment.objects.filter(
        tariff_version__code=tariff_code,
        bill__bill_date__gte=since,
        bill__cancellation=None,
        bill__superseded_by=None,
    ).exclude(inputs={})


def _with_names(rows: QuerySet[BillSegment]) -> QuerySet[BillSegment]:
    return rows.select_related("bill__account", "agreement", "tariff_version")


def _priced(row: BillSegment) -> PricedSegment:
    use, riders = use_from_json(value=row.inputs)
    return PricedSegment(
        account_number=row.bill.account.number,
        bill_number=row.bill.number,
        agreement_number=row.agreement.number,
        service_point_id=ServicePointId(row.service_point_id),
        tariff_code=row.tariff_version.code,
        period=Period(row.period_start, row.period_end),
        use=use,
        riders=riders,
        total=Money(row.total_cents),
        estimated=row.estimated,
    )
