"""What a member takes away: the use of an account in a range, ready for any file layout.

Never shows a day on which the account did not have the place (domain rule 11). The checks come
first; the reads are fetched while the file is written, a year of a channel at a time. Writes
nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

from smarthub.accounts.queries import list_agreements, list_numbers
from smarthub.accounts.types import AccountId, Agreement, ServicePointId
from smarthub.billing.queries import list_billed_segments, list_point_billing, list_readers
from smarthub.billing.types import BilledSegment
from smarthub.kernel.errors import Refused
from smarthub.kernel.period import Period, day_bounds
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.metering.queries import find_stored_span, list_flow_channels, read_days
from smarthub.metering.types import ChannelId, FlowChannel, ReadDay, StoredSpan
from smarthub.rating.queries import get_prices, get_rate_book
from smarthub.rating.types import RateBook, TariffMissing
from smarthub.usage.engine import rescaled
from smarthub.usage.types import ExportedPoint, PeriodCost, ReadSeries, UsageExport
from smarthub.workflows.usage.export_costs import with_costs

CHUNK_DAYS = 366
"""Days fetched at once: of 15-minute reads some 35,000 values, in one query."""
THERM_EXPONENT = -6
"""Thousandths of a ccf times a factor with three decimals, so that nothing is rounded away."""

Pricing = Callable[..., Iterator[ReadDay]]
Factors = Mapping[dt.date, Decimal]
"""Therms in a ccf, by local day."""


class NothingMetered(Refused):
    """The account had no such metered service on any day of the range."""

    code = "nothing_metered"


@dataclass(frozen=True, slots=True)
class AccountHolding:
    """Who holds an account, and which places it is served at: personal data."""

    account_number: str
    holders: tuple[str, ...]
    agreements: tuple[Agreement, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """One metered point, the stored days on which the account had it, and its tariff on each."""

    id: ServicePointId
    number: str
    service: str
    spans: tuple[Period, ...]
    tariff_codes: Mapping[Period, str]


def export_usage(
    *,
    account_id: AccountId,
    period: Period,
    zone: ZoneInfo,
    point_number: str | None = None,
    gas_in_therms: bool = False,
) -> UsageExport:
    """Return the use of an account, or of one of its points, ready to be written to a file.

    Eight queries, one more for the rates of gas; then one for each channel and year.

    Args:
        account_id: Whose; a door or an operator chose it.
        period: Local days; those before or after the account had a place are left out.
        zone: The co-op's.
        point_number: Only this service point.
        gas_in_therms: Turn ccf into therms by the factor of the tariff of each day. Where a
            day has none, that service stays in ccf.

    Raises:
        NothingMetered: the account had no such metered service on any day of the period.

    Source: domain rule 11; the gas tariff's conversion clause.
    """
    agreements = [
        each
        for each in list_agreements(account_ids=[account_id], period=period)
        if each.metered and point_number in {None, each.service_point_number}
    ]
    if not agreements:
        raise NothingMetered(start=period.start, end=period.end)
    channels = list_flow_channels(service_point_ids={each.service_point_id for each in agreements})
    ids = [channel.id for each in channels.values() for channel in each]
    stored = find_stored_span(channel_ids=ids, period=period)
    in_ccf = any(c.unit == Unit.CCF for each in channels.values() for c in each)
    book = get_rate_book() if gas_in_therms and in_ccf else None
    costs = _costs(list_billed_segments(account_id=account_id, period=period), zone)
    billed = list_point_billing(
        account_id=account_id, service_point_ids=list(channels), since=period.start
    )
    versions = {p.tariff_version_id for each in billed.values() for p in each.periods}
    tariffs = get_prices(codes=[], version_ids=versions).versions
    return UsageExport(
        account_number=list_numbers(account_ids=[account_id])[account_id],
        zone=zone,
        updated_at=_updated_at(agreements, costs, stored, zone),
        has_reads=stored is not None,
        points=tuple(
            ExportedPoint(
                number=place.number,
                service=place.service,
                series=tuple(
                    _list_series(
                        place,
                        channels[place.id],
                        book,
                        partial(
                            with_costs,
                            periods=billed[place.id].periods,
                            tariffs=tariffs,
                            zone=zone,
                        ),
                    )
                ),
                costs=tuple(costs[place.number]),
            )
            for place in _places(agreements, stored)
        ),
    )


def get_holding(*, account_id: AccountId, period: Period, on: dt.date) -> AccountHolding:
    """Return who holds an account on a local day, and its agreements in ``period``."""
    readers = list_readers(account_ids=[account_id], on=on).get(account_id, [])
    return AccountHolding(
        account_number=list_numbers(account_ids=[account_id])[account_id],
        holders=tuple(reader.name for reader in readers),
        agreements=tuple(list_agreements(account_ids=[account_id], period=period)),
    )


def _places(agreements: Sequence[Agreement], stored: StoredSpan | None) -> list[_Place]:
    grouped: dict[str, list[Agreement]] = defaultdict(list)
    for each in agreements:
        grouped[each.service_point_number].append(each)
    return [_place(together, stored) for together in grouped.values()]


def _place(agreements: Sequence[Agreement], stored: StoredSpan | None) -> _Place:
    codes = {span: each.tariff_code for each in agreements if (span := _stored_days(each, stored))}
    first = agreements[0]
    return _Place(
        id=first.service_point_id,
        number=first.service_point_number,
        service=first.service,
        spans=tuple(sorted(codes)),
        tariff_codes=codes,
    )


def _stored_days(agreement: Agreement, stored: StoredSpan | None) -> Period | None:
    """Return the days of an agreement for which there may be reads."""
    if stored is None:
        return None
    start = max(stored.days.start, agreement.starts_on)
    end = min(stored.days.end, agreement.ends_on or stored.days.end)
    return Period(start, end) if start < end else None


def _list_series(
    place: _Place, channels: Sequence[FlowChannel], book: RateBook | None, priced: Pricing
) -> Iterator[ReadSeries]:
    """Yield a series a channel; a day that a finer channel of its flow has is told only there."""
    for channel in channels:
        finer = [
            c.id
            for c in channels
            if c.flow == channel.flow and c.step_seconds < channel.step_seconds
        ]
        read = partial(_read_priced, channel, finer, place.spans, priced)
        series = ReadSeries(
            channel.flow, channel.unit, channel.exponent, channel.step_seconds, read
        )
        factors = _factors(place, book) if book and channel.unit == Unit.CCF else None
        yield series if factors is None else _in_therms(series, factors)


def _read_priced(
    channel: FlowChannel, finer: Sequence[ChannelId], spans: Sequence[Period], priced: Pricing
) -> Iterator[ReadDay]:
    return priced(_read(channel.id, finer, spans), flow=channel.flow)


def _read(
    channel_id: ChannelId, finer: Sequence[ChannelId], spans: Sequence[Period]
) -> Iterator[ReadDay]:
    for span in spans:
        for chunk in _chunks(span):
            days = read_days(channel_ids=[channel_id, *finer], period=chunk)
            told = {day.day for day in days if day.channel_id != channel_id}
            yield from (d for d in days if d.channel_id == channel_id and d.day not in told)


def _chunks(span: Period) -> Iterator[Period]:
    for done in range(0, span.days, CHUNK_DAYS):
        start = span.start + dt.timedelta(days=done)
        yield Period(start, min(span.end, start + dt.timedelta(days=CHUNK_DAYS)))


def _factors(place: _Place, book: RateBook) -> Factors | None:
    """Return therms in a ccf on each day of the place, or None where a day has no factor."""
    factors: dict[dt.date, Decimal] = {}
    for span, code in place.tariff_codes.items():
        for day in span:
            try:
                conversion = book.find(code=code, on=day).tariff.conversion
            except TariffMissing:
                return None
            if conversion is None or conversion.target is not Unit.THERM:
                return None
            if conversion.factor is None:  # dated, and so not the same for what is kept
                return None
            factors[day] = conversion.factor
    return factors


def _in_therms(series: ReadSeries, factors: Factors) -> ReadSeries:
    def read() -> Iterator[ReadDay]:
        for day in series.read():
            ratio = factors[day.day].scaleb(day.exponent - THERM_EXPONENT)
            values = rescaled(day.values, ratio=ratio)
            yield replace(day, unit=Unit.THERM, exponent=THERM_EXPONENT, values=values)

    return replace(series, unit=Unit.THERM, exponent=THERM_EXPONENT, read=read)


def _costs(billed: Sequence[BilledSegment], zone: ZoneInfo) -> dict[str, list[PeriodCost]]:
    costs: dict[str, list[PeriodCost]] = defaultdict(list)
    for each in billed:
        if each.segment.use is not None:
            costs[each.segment.service_point_number].append(_cost(each, each.segment.use, zone))
    return costs


def _cost(billed: BilledSegment, use: Quantity, zone: ZoneInfo) -> PeriodCost:
    segment = billed.segment
    return PeriodCost(
        source_key=f"{billed.bill_number}/{segment.service_point_number}/{segment.period.start}",
        told_at=day_bounds(billed.bill_date, zone)[0],
        period=segment.period,
        quantity=_charged_quantity(billed, use),
        estimated=segment.is_estimated,
        amount=segment.total,
        tariff_code=segment.tariff_code,
    )


def _charged_quantity(billed: BilledSegment, use: Quantity) -> Quantity:
    """Return use as metered, or where the tariff converts it, in the therms the bill charged.

    A rider counts all of them even where tiers part them, so the largest line has the whole.
    """
    if billed.segment.conversion_factor is None:
        return use
    charged = [line.quantity for line in billed.segment.lines if line.unit is Unit.THERM]
    return Quantity(max(charged), Unit.THERM) if charged else use


def _updated_at(
    agreements: Sequence[Agreement],
    costs: Mapping[str, Sequence[PeriodCost]],
    stored: StoredSpan | None,
    zone: ZoneInfo,
) -> dt.datetime:
    """Return when the newest fact became known: a read, a bill, or else the service itself."""
    begun = day_bounds(max(each.starts_on for each in agreements), zone)[0]
    told = [cost.told_at for each in costs.values() for cost in each]
    return max([begun, *told, *([stored.received_at] if stored else [])])
