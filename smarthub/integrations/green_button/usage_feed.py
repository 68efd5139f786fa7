"""The usage feed: points, flows, intervals by local day, and what each bill came to.

It names nobody: no name, address, account, meter or place. Gaps are left out, estimates marked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from smarthub.integrations.green_button.atom import (
    FEED_END,
    Feed,
    Link,
    element,
    interval,
    seconds,
    text,
    whole_days,
)
from smarthub.integrations.green_button.daylight import local_time
from smarthub.integrations.green_button.measures import (
    CURRENCY,
    FLOWS,
    PER_CENT,
    QUALITIES,
    SERVICES,
    VALID,
    Scale,
    scale_of,
    whole,
)
from smarthub.kernel.period import day_bounds
from smarthub.metering.types import MISSING, Quality, ReadDay
from smarthub.usage.types import (
    ExportedPoint,
    PeriodCost,
    PricedReadDay,
    ReadSeries,
    UsageExport,
)

NAMESPACE: Final = "http://naesb.org/espi"
_DELTA, _NORMAL = 4, 12
"""Each value is what the interval itself used; it is neither a maximum nor a mean."""
_ON: Final = 1
_ESTIMATED: Final = QUALITIES[Quality.ESTIMATED]


@dataclass(frozen=True, slots=True)
class UsageFeed:
    """The format; ``base_url`` is the co-op's own address."""

    base_url: str
    media_type: str = "application/atom+xml"
    suffix: str = "xml"

    def write(self, export: UsageExport) -> Iterator[str]:
        """Yield the feed in order, a local day of one flow at a time."""
        feed = Feed(self.base_url, export.account_number, export.updated_at, NAMESPACE)
        yield feed.open(title="Green Button usage", key="Usage")
        yield from _clock(feed, export)
        for point in export.points:
            if point.service in SERVICES:
                yield from _PointEntries(feed, export, point).write()
        yield FEED_END


def point_address(feed: Feed, number: str) -> str:
    """Return the address of a usage point; the customer feed links to it too."""
    return feed.address("UsagePoint", feed.id_of("UsagePoint", number))


def _clock_address(feed: Feed) -> str:
    return feed.address("LocalTimeParameters", feed.id_of("LocalTimeParameters"))


def _clock(feed: Feed, export: UsageExport) -> Iterator[str]:
    clock = local_time(zone=export.zone, year=export.updated_at.year)
    yield from feed.entry(
        key=["LocalTimeParameters"],
        href=_clock_address(feed),
        title="Local time",
        resource="LocalTimeParameters",
        related=(),
    )
    yield text("dstEndRule", clock.ends)
    yield text("dstOffset", clock.summer_offset)
    yield text("dstStartRule", clock.starts)
    yield text("tzOffset", clock.standard_offset)
    yield feed.end_entry(resource="LocalTimeParameters")


@dataclass(frozen=True, slots=True)
class _PointEntries:
    """The entries of one usage point."""

    feed: Feed
    export: UsageExport
    point: ExportedPoint

    def write(self) -> Iterator[str]:
        yield from self._usage_point()
        for series in self.point.series:
            yield from self._meter_reading(series)
            yield from self._reading_type(series)
            for day in series.read():
                if (day.values != MISSING).any():
                    yield from self._block(series, day)
        for cost in self.point.costs:
            yield from self._summary(cost)

    def _usage_point(self) -> Iterator[str]:
        service = SERVICES[self.point.service]
        yield from self.feed.entry(
            key=["UsagePoint", self.point.number],
            href=self._address,
            title=service.title,
            resource="UsagePoint",
            related=self._related(),
        )
        yield element("ServiceCategory", text("kind", service.kind))
        yield text("status", _ON)
        yield self.feed.end_entry(resource="UsagePoint")

    def _related(self) -> Iterator[Link]:
        """Yield links to what the feed has of this point, and to the clock of its zone."""
        if self.point.series:
            yield Link(f"{self._address}/MeterReading", "espi-feed/MeterReading")
        if self.point.costs:
            yield Link(f"{self._address}/UsageSummary", "espi-feed/UsageSummary")
        yield Link(_clock_address(self.feed), "espi-entry/LocalTimeParameters")

    def _meter_reading(self, series: ReadSeries) -> Iterator[str]:
        address = self._reading_address(series)
        yield from self.feed.entry(
            key=self._key("MeterReading", series),
            href=address,
            title=self._title(series),
            resource="MeterReading",
            related=[
                Link(f"{address}/IntervalBlock", "espi-feed/IntervalBlock"),
                Link(self._type_address(series), "espi-entry/ReadingType"),
            ],
        )
        yield self.feed.end_entry(resource="MeterReading")

    def _reading_type(self, series: ReadSeries) -> Iterator[str]:
        scale = scale_of(unit=series.unit, exponent=series.exponent)
        yield from self.feed.entry(
            key=self._key("ReadingType", series),
            href=self._type_address(series),
            title=self._title(series),
            resource="ReadingType",
            related=(),
        )
        yield text("accumulationBehaviour", _DELTA)
        yield text("commodity", SERVICES[self.point.service].commodity)
        yield text("currency", CURRENCY)
        yield text("dataQualifier", _NORMAL)
        yield text("defaultQuality", VALID)
        yield text("flowDirection", FLOWS[series.flow])
        yield text("intervalLength", series.step_seconds)
        yield text("kind", scale.measure.kind)
        yield text("powerOfTenMultiplier", scale.power)
        yield text("uom", scale.measure.symbol)
        yield self.feed.end_entry(resource="ReadingType")

    def _block(self, series: ReadSeries, day: ReadDay) -> Iterator[str]:
        """Yield one local day; its duration is 82,800, 86,400 or 90,000 s (domain rule 20)."""
        start, end = day_bounds(day.day, self.export.zone)
        key = [*self._key("IntervalBlock", series), day.day]
        yield from self.feed.entry(
            key=key,
            href=f"{self._reading_address(series)}/IntervalBlock/{self.feed.id_of(*key)}",
            title=day.day.isoformat(),
            resource="IntervalBlock",
            related=(),
        )
        yield interval("interval", start, end)
        yield "".join(
            _readings(day, seconds(start), scale_of(unit=day.unit, exponent=day.exponent))
        )
        yield self.feed.end_entry(resource="IntervalBlock")

    def _summary(self, cost: PeriodCost) -> Iterator[str]:
        zone = self.export.zone
        key = ["UsageSummary", cost.source_key]
        yield from self.feed.entry(
            key=key,
            href=f"{self._address}/UsageSummary/{self.feed.id_of(*key)}",
            title=f"Bill of {cost.told_at.astimezone(zone).date()}",
            resource="UsageSummary",
            related=(),
        )
        scale, value = whole(cost.quantity)
        yield whole_days("billingPeriod", cost.period, zone)
        yield text("billLastPeriod", cost.amount.cents * PER_CENT)
        yield text("currency", CURRENCY)
        yield element(
            "overallConsumptionLastPeriod",
            text("powerOfTenMultiplier", scale.power),
            text("uom", scale.measure.symbol),
            text("value", value),
        )
        yield text("qualityOfReading", _ESTIMATED if cost.estimated else VALID)
        yield text("statusTimeStamp", seconds(cost.told_at))
        yield text("commodity", SERVICES[self.point.service].commodity)
        yield text("tariffProfile", cost.tariff_code)
        yield self.feed.end_entry(resource="UsageSummary")

    @property
    def _address(self) -> str:
        return point_address(self.feed, self.point.number)

    def _key(self, resource: str, series: ReadSeries) -> Sequence[object]:
        return resource, self.point.number, series.flow, series.step_seconds

    def _reading_address(self, series: ReadSeries) -> str:
        reading_id = self.feed.id_of(*self._key("MeterReading", series))
        return f"{self._address}/MeterReading/{reading_id}"

    def _type_address(self, series: ReadSeries) -> str:
        type_id = self.feed.id_of(*self._key("ReadingType", series))
        return self.feed.address("ReadingType", type_id)

    def _title(self, series: ReadSeries) -> str:
        return f"{SERVICES[self.point.service].title} {series.flow}"


def _readings(day: ReadDay, start: int, scale: Scale) -> Iterator[str]:
    """Yield the known intervals; only numbers go in, so nothing needs escaping.

    ``cost`` is in 1/100,000 of the currency, and stands where the period was billed.
    """
    costs = day.costs.tolist() if isinstance(day, PricedReadDay) else None
    for n in np.flatnonzero(day.values != MISSING).tolist():
        quality = QUALITIES[Quality(int(day.quality[n]))]
        marked = (
            f"<ReadingQuality><quality>{quality}</quality></ReadingQuality>"
            if quality != VALID
            else ""
        )
        cost = f"<cost>{costs[n]}</cost>" if costs else ""
        yield (
            f"<IntervalReading>{cost}{marked}<timePeriod><duration>{day.step_seconds}</duration>"
            f"<start>{start + n * day.step_seconds}</start></timePeriod>"
            f"<value>{int(day.values[n]) * scale.factor}</value></IntervalReading>"
        )
