"""Why a bill differs from the one before and from the same month a year ago, to the cent.

Each service is split by pricing it again (``billing.engine.differences``); what the weather did
comes from the home's own past (``bill_weather``). Writes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from smarthub.accounts.types import VisibleAccount
from smarthub.billing.engine.differences import Billed, Step, Why, split_change
from smarthub.billing.queries import (
    WholeBill,
    WholeSegment,
    get_whole_bills,
    list_bill_history,
)
from smarthub.billing.types import BillSummary, BillView
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity
from smarthub.workflows.usage.bill_weather import (
    NOT_KNOWN,
    HomeWeather,
    WeatherPart,
    learn_weather,
)

A_YEAR = dt.timedelta(days=365)
NEARLY = dt.timedelta(days=16)
A_MONTH = dt.timedelta(days=45)
"""A bill further back than this is not that of the month before, and is not called so."""


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """One service on one bill, as it is compared."""

    period: Period
    use: Quantity | None
    total: Money
    mean_f: Decimal | None
    peak_kw: Decimal | None
    hours: Mapping[str, Decimal]
    """The share of each time-of-use period in what was taken, in percent."""
    is_estimated: bool

    @property
    def daily_use(self) -> Decimal | None:
        """Average use a day, in the unit of the meter."""
        return None if self.use is None else self.use.value / self.period.days


@dataclass(frozen=True, slots=True)
class ServiceChange:
    """Why one service came to more or less; ``steps`` add up to the difference."""

    service: str
    address: str
    before: ServiceFacts | None
    now: ServiceFacts | None
    steps: tuple[Step, ...]
    weather: WeatherPart

    @property
    def difference(self) -> Money:
        """What the service came to more."""
        return Money.sum(step.amount for step in self.steps)


@dataclass(frozen=True, slots=True)
class BillChange:
    """One comparison: the bill before, and why each service differs from it."""

    before: BillView
    now: BillView
    services: tuple[ServiceChange, ...]

    @property
    def difference(self) -> Money:
        """What the new charges are more than those of the bill before."""
        return self.now.charges - self.before.charges

    @property
    def steps(self) -> tuple[Step, ...]:
        """The reasons of all services together, none of them zero."""
        sums = {why: Money(0) for why in Why}
        for service in self.services:
            for step in service.steps:
                sums[step.why] += step.amount
        return tuple(Step(why, amount) for why, amount in sums.items() if amount)

    @property
    def is_estimated(self) -> bool:
        """Whether a reading behind either bill is an estimate."""
        return any(
            facts is not None and facts.is_estimated
            for service in self.services
            for facts in (service.before, service.now)
        )

    @property
    def is_next(self) -> bool:
        """Whether the bill before is that of the month before."""
        return self.now.bill_date - self.before.bill_date < A_MONTH


@dataclass(frozen=True, slots=True)
class BillChanges:
    """A bill beside the one before it and that of a year ago, as far as they exist."""

    bill: BillView
    last: BillChange | None
    last_year: BillChange | None


def get_bill_changes(
    *, account: VisibleAccount, bill_number: str, on: dt.date, zone: ZoneInfo
) -> BillChanges:
    """Return why a bill differs, in six queries and one for the messages of each bill.

    Raises:
        NotVisible: the account has no such bill.

    Source: domain rules, section 4 ("Explaining a bill").
    """
    bills = list_bill_history(account_id=account.id)
    last, last_year = neighbours(bills=bills, number=bill_number)
    numbers = [bill_number, *(each.number for each in (last, last_year) if each)]
    whole = get_whole_bills(account_id=account.id, numbers=numbers)
    now = whole[bill_number]
    others = [whole[number] for number in numbers]
    homes = weather_of(account=account, bills=others, on=on, zone=zone)

    def against(other: BillSummary | None) -> BillChange | None:
        return None if other is None else change_of(whole[other.number], now, homes)

    return BillChanges(now.view, against(last), against(last_year))


def neighbours(
    *, bills: Sequence[BillSummary], number: str
) -> tuple[BillSummary | None, BillSummary | None]:
    """Return the valid bill before one, and that of about a year before; nothing where none is.

    A one-time invoice is compared with nothing.

    Raises:
        NotVisible: no bill has that number.
    """
    this = next((bill for bill in bills if bill.number == number), None)
    if this is None:
        raise NotVisible(bill=number)
    if this.is_invoice:
        return None, None
    earlier = [
        each
        for each in bills
        if each.bill_date < this.bill_date and not each.is_taken_back and not each.is_invoice
    ]
    last = max(earlier, key=lambda bill: bill.bill_date, default=None)
    year = (b for b in earlier if abs(b.bill_date + A_YEAR - this.bill_date) < NEARLY)
    return last, next(year, None)


def weather_of(
    *, account: VisibleAccount, bills: Sequence[WholeBill], on: dt.date, zone: ZoneInfo
) -> dict[str, HomeWeather]:
    """Return what is known of the weather in each service of some bills, by its point."""
    views = [segment.view for bill in bills for segment in bill.segments]
    used = {view.service_point_number: view.use.unit for view in views if view.use is not None}
    back_to = min((view.period.start for view in views), default=on)
    return learn_weather(account=account, used=used, back_to=back_to, on=on, zone=zone)


def change_of(before: WholeBill, now: WholeBill, homes: Mapping[str, HomeWeather]) -> BillChange:
    """Return why one bill differs from another, service by service."""
    held, new = _services(before), _services(now)
    services = [
        _service_change(held.get(key, ()), new.get(key, ()), homes.get(key[1]))
        for key in {**new, **held}
    ]
    return BillChange(before.view, now.view, tuple(services))


Key = tuple[str, str]


def _services(bill: WholeBill) -> dict[Key, tuple[WholeSegment, ...]]:
    """Return the parts of each service, by service and point."""
    found: dict[Key, tuple[WholeSegment, ...]] = {}
    for segment in bill.segments:
        key = segment.view.service, segment.view.service_point_number
        found[key] = (*found.get(key, ()), segment)
    return found


def _service_change(
    before: Sequence[WholeSegment], now: Sequence[WholeSegment], home: HomeWeather | None
) -> ServiceChange:
    shown = (now or before)[0].view
    held, new = _facts(before), _facts(now)
    weather = _weather(held, new, home)
    return ServiceChange(
        service=shown.service,
        address=shown.address,
        before=held,
        now=new,
        steps=_steps(before, now, weather.more),
        weather=weather,
    )


def _steps(
    before: Sequence[WholeSegment], now: Sequence[WholeSegment], weather: Decimal | None
) -> tuple[Step, ...]:
    whole = _total(now) - _total(before)
    if not before or not now:
        step = Step(Why.ENDED if before else Why.STARTED, whole)
        return (step,) if whole else ()
    held, new = _billed(before), _billed(now)
    if held is None or new is None:
        return (Step(Why.UNTOLD, whole),) if whole else ()
    return split_change(before=held, now=new, weather=weather)


def _total(segments: Iterable[WholeSegment]) -> Money:
    return Money.sum(segment.view.total for segment in segments)


def _billed(segments: Sequence[WholeSegment]) -> list[Billed] | None:
    """Return what the parts were priced from; None where a bill is older than its inputs."""
    found = []
    for segment in segments:
        priced_from = segment.priced_from()
        if priced_from is None:
            return None
        found.append(Billed(segment.tariff, *priced_from, segment.view.lines))
    return found


def _facts(segments: Sequence[WholeSegment]) -> ServiceFacts | None:
    if not segments:
        return None
    views = [segment.view for segment in segments]
    uses = [view.use for view in views if view.use is not None]
    spans = [view.period for view in views]
    history = next((view.history for view in views if view.history), ())
    peaks, hours = _measured(segments)
    return ServiceFacts(
        period=Period(min(p.start for p in spans), max(p.end for p in spans)),
        use=sum(uses[1:], uses[0]) if uses else None,
        total=_total(segments),
        mean_f=history[-1].mean_f if history else None,
        peak_kw=peaks,
        hours=hours,
        is_estimated=any(view.is_estimated for view in views),
    )


def _measured(segments: Sequence[WholeSegment]) -> tuple[Decimal | None, dict[str, Decimal]]:
    """Return the highest demand, and the share of each period of hours, where they are priced."""
    peaks: list[Decimal] = []
    hours: dict[str, Decimal] = {}
    for segment in segments:
        priced_from = segment.priced_from()
        measured = priced_from[0].determinants if priced_from else None
        if measured is None:
            continue
        peaks += measured.peaks.values() if segment.tariff.prices_demand else ()
        for bucket, kwh in measured.delivered.items() if segment.tariff.calendar.periods else ():
            hours[bucket.period] = hours.get(bucket.period, Decimal(0)) + kwh
    taken = sum(hours.values(), Decimal(0))
    shares = {code: kwh * 100 / taken for code, kwh in hours.items()} if taken else {}
    return max(peaks, default=None), shares


def _weather(
    before: ServiceFacts | None, now: ServiceFacts | None, home: HomeWeather | None
) -> WeatherPart:
    if home is None or before is None or now is None or before.use is None or now.use is None:
        return NOT_KNOWN
    return home.between(before=(before.period, before.use), now=(now.period, now.use))
