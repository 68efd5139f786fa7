"""The Green Button feeds: true to the schemas, readable by others, equal to the database."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from greenbutton_objects.parse import parse_feed  # type: ignore[import-untyped]

from smarthub.accounts.types import AccountId, Agreement, AgreementId, ServicePointId
from smarthub.integrations.green_button.customer_feed import CustomerFeed
from smarthub.integrations.green_button.measures import QUALITIES, whole
from smarthub.integrations.green_button.usage_feed import UsageFeed
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.metering.types import Quality
from smarthub.workflows.usage.export_usage import export_usage, get_holding
from tests.cast import OPENED, Cast
from tests.integrations.green_button.schemas import faults_of
from tests.metering.yard import CHICAGO
from tests.workflows.usage.export_world import (
    FALL_BACK,
    GAP_DAY,
    GUESSED_DAY,
    OCTOBER,
    SPRING_FORWARD,
    Channels,
    delivered_on,
    open_channels,
    store_day,
)

ATOM, ESPI = "{http://www.w3.org/2005/Atom}", "{http://naesb.org/espi}"
CUSTOMER = "{http://naesb.org/espi/customer}"
HOME = "https://portal.prairieridge.example"
ONE_DAY = dt.timedelta(days=1)


def usage_of(cast: Cast, period: Period = OCTOBER) -> str:
    """Return the usage feed of Maria's account."""
    export = export_usage(
        account_id=cast.account_1001, period=period, zone=CHICAGO, gas_in_therms=True
    )
    return "".join(UsageFeed(HOME).write(export))


def customer_of(cast: Cast) -> str:
    """Return the customer feed of Maria's account."""
    holding = get_holding(account_id=cast.account_1001, period=OCTOBER, on=OCTOBER.end)
    feed = CustomerFeed(HOME).write(
        account_number=holding.account_number,
        holders=holding.holders,
        agreements=holding.agreements,
        zone=CHICAGO,
        updated_at=dt.datetime(2024, 11, 1, tzinfo=dt.UTC),
    )
    return "".join(feed)


def parsed(feed: str) -> ET.Element:
    """Return a feed as a tree."""
    return ET.fromstring(feed)  # noqa: S314 (a feed of our own)


def resources(feed: str, name: str) -> Iterator[ET.Element]:
    """Yield the resources of a kind in the order of the feed."""
    return parsed(feed).iter(f"{ESPI}{name}")


def number(parent: ET.Element, path: str) -> int:
    """Return the whole number at a path of ESPI elements."""
    text = parent.findtext("/".join(f"{ESPI}{step}" for step in path.split("/")))
    assert text is not None, path
    return int(text)


def ids_of(feed: str) -> set[str | None]:
    """Return the ids of the entries."""
    return {entry.findtext(f"{ATOM}id") for entry in parsed(feed).iter(f"{ATOM}entry")}


def read_back(feed: str) -> dict[tuple[str, str], list[Any]]:
    """Return the intervals another library finds, by service and title of the reading."""
    return {
        (point.serviceCategory.name, reading.title): list(reading.intervalReadings)
        for point in parse_feed(StringIO(feed))
        for reading in point.meterReadings
    }


def stored(channel_id: int, *, missing: int = 0) -> tuple[int, int]:
    """Return how many known values a channel has in the database, and their sum as stored."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(length(v) / 2), sum(total) FROM metering_interval_day"
            " WHERE channel_id = %s",
            [channel_id],
        )
        count, total = cursor.fetchone()
    return int(count) - missing, int(total)


class TestUsageFeed:
    def test_is_what_the_schemas_ask_for(self, cast: Cast, channels: Channels) -> None:
        assert faults_of(usage_of(cast)) == []

    def test_another_library_finds_the_same_counts_and_sums(
        self, cast: Cast, channels: Channels
    ) -> None:
        found = read_back(usage_of(cast))

        delivered = found["electricity", "Electricity delivered"]
        received = found["electricity", "Electricity received"]
        gas = found["naturalGas", "Natural gas delivered"]
        water = found["water", "Water delivered"]
        assert (len(delivered), sum(each.value for each in delivered)) == stored(
            channels.delivered, missing=2
        )
        assert (len(received), sum(each.value for each in received)) == stored(channels.received)
        # 137 thousandths of a ccf x 1.025 = 140,425 millionths of a therm, 31 x 24 times
        assert len(gas) == stored(channels.gas)[0] == 744
        assert stored(channels.gas)[1] * 1025 == 104_476_200
        assert sum(each.value for each in gas) == pytest.approx(104.4762)
        # 2.5 gal on each of 31 mornings
        assert (len(water), sum(each.value for each in water)) == (744, pytest.approx(77.5))

    def test_each_interval_bears_its_price_and_together_they_bear_the_use_of_the_bill(
        self, cast: Cast, channels: Channels
    ) -> None:
        found = read_back(usage_of(cast))

        delivered = found["electricity", "Electricity delivered"]
        # 0.0410 + 0.0770 + 0.00375 and 0.0032 tax, dollars a kWh
        assert delivered[0].cost == pytest.approx(0.12495, abs=0.00001)
        kwh = sum(each.value for each in delivered) / 1000
        assert sum(each.cost for each in delivered) == pytest.approx(kwh * 0.12495, abs=0.001)
        # what was given back earns nothing under this rate
        assert {each.cost for each in found["electricity", "Electricity received"]} == {0}

    def test_days_without_a_bill_bear_no_price(self, cast: Cast, channels: Channels) -> None:
        store_day(channels.delivered, OCTOBER.end, [1000] * 24)

        feed = usage_of(cast, Period(OCTOBER.end, OCTOBER.end + ONE_DAY))

        assert next(resources(feed, "IntervalReading"), None) is not None
        assert next(resources(feed, "cost"), None) is None

    def test_the_two_directions_are_two_readings_of_one_point(
        self, cast: Cast, channels: Channels
    ) -> None:
        types = list(resources(usage_of(cast), "ReadingType"))

        codes = [
            [number(each, name) for name in ("flowDirection", "uom", "powerOfTenMultiplier")]
            for each in types
        ]
        assert sorted(codes) == [
            [1, 72, 0],  # Wh delivered
            [1, 128, -3],  # thousandths of a gallon
            [1, 169, -6],  # millionths of a therm
            [19, 72, 0],  # Wh received
        ]

    def test_gaps_are_left_out_and_estimates_marked(self, cast: Cast, channels: Channels) -> None:
        first = Period(GAP_DAY, GUESSED_DAY + ONE_DAY)

        gap, guessed = list(resources(usage_of(cast, first), "IntervalBlock"))[:2]

        values = [number(each, "value") for each in gap.iter(f"{ESPI}IntervalReading")]
        assert values == [1000, 1001, 1002, *range(1005, 1024)]
        qualities = {
            number(each, "value"): number(each, "ReadingQuality/quality")
            for each in guessed.iter(f"{ESPI}IntervalReading")
            if each.find(f"{ESPI}ReadingQuality") is not None
        }
        assert qualities == {1010: 8, 1011: 8, 1012: 8, 1020: 7}

    @pytest.mark.parametrize(
        ("day", "seconds", "first"),
        [
            (FALL_BACK, 90_000, 1_730_610_000),  # 2024-11-03 05:00 UTC
            (FALL_BACK + ONE_DAY, 86_400, 1_730_700_000),
            (SPRING_FORWARD, 82_800, 1_741_500_000),  # 2025-03-09 06:00 UTC
        ],
    )
    def test_a_day_is_as_long_as_its_clock(
        self, cast: Cast, day: dt.date, seconds: int, first: int
    ) -> None:
        channels = open_channels(cast)
        store_day(channels.delivered, day, delivered_on(day))

        (block,) = resources(usage_of(cast, Period(day, day + ONE_DAY)), "IntervalBlock")

        assert number(block, "interval/duration") == seconds
        readings = list(block.iter(f"{ESPI}IntervalReading"))
        starts = [number(each, "timePeriod/start") for each in readings]
        assert starts == list(range(first, first + seconds, 3600))
        assert {number(each, "timePeriod/duration") for each in readings} == {3600}

    def test_a_bill_is_summed_up_with_what_it_cost(self, cast: Cast, channels: Channels) -> None:
        electric, gas = resources(usage_of(cast), "UsageSummary")

        # 812 kWh for $139.46; 118 ccf are 121.0 therms for $145.21 (100,000ths of a dollar)
        assert number(electric, "billLastPeriod") == 13_946_000
        assert number(electric, "overallConsumptionLastPeriod/value") == 812
        assert number(electric, "overallConsumptionLastPeriod/powerOfTenMultiplier") == 3
        assert number(gas, "billLastPeriod") == 14_521_000
        assert number(gas, "overallConsumptionLastPeriod/value") == 121
        assert number(gas, "overallConsumptionLastPeriod/uom") == 169
        # 1 October to 1 November: 31 days of summer time
        assert number(electric, "billingPeriod/duration") == 31 * 86_400

    def test_a_second_export_is_the_same_to_the_letter(
        self, cast: Cast, channels: Channels
    ) -> None:
        assert usage_of(cast) == usage_of(cast)

    def test_ids_do_not_depend_on_the_range(self, cast: Cast, channels: Channels) -> None:
        week = Period(OCTOBER.start, OCTOBER.start + 7 * ONE_DAY)

        assert ids_of(usage_of(cast, week)) < ids_of(usage_of(cast))

    def test_every_entry_has_an_id_of_its_own_and_leads_to_its_feed(
        self, cast: Cast, channels: Channels
    ) -> None:
        entries = list(parsed(usage_of(cast)).iter(f"{ATOM}entry"))

        ids = [entry.findtext(f"{ATOM}id") for entry in entries]
        links = [
            (link.get("rel"), link.get("href"))
            for entry in entries
            for link in entry.iter(f"{ATOM}link")
        ]
        selves = {href for rel, href in links if rel == "self"}
        ups = {href for rel, href in links if rel == "up"}
        assert len(set(ids)) == len(ids) == len(selves)
        assert {href for rel, href in links if rel == "related"} <= selves | ups

    def test_names_nobody(self, cast: Cast, channels: Channels) -> None:
        feed = usage_of(cast)

        told = [
            word for word in ("Maria", "Alvarez", "Elm", "E1001", "/1001", "PR0000") if word in feed
        ]
        assert told == []

    def test_of_a_range_without_reads_still_tells_the_services(self, cast: Cast) -> None:
        open_channels(cast)

        feed = usage_of(cast, Period(dt.date(2026, 1, 1), dt.date(2026, 2, 1)))

        assert len(list(resources(feed, "UsagePoint"))) == 3
        assert list(resources(feed, "IntervalBlock")) == []

    def test_of_a_range_without_reads_is_what_the_schemas_ask_for(self, cast: Cast) -> None:
        open_channels(cast)

        feed = usage_of(cast, Period(dt.date(2026, 1, 1), dt.date(2026, 2, 1)))

        assert faults_of(feed) == []


class TestCustomerFeed:
    def test_is_what_the_schemas_ask_for(self, cast: Cast, channels: Channels) -> None:
        assert faults_of(customer_of(cast)) == []

    def test_names_holder_account_and_place_and_links_to_the_usage(
        self, cast: Cast, channels: Channels
    ) -> None:
        feed = parsed(customer_of(cast))

        assert [each.text for each in feed.iter(f"{CUSTOMER}customerName")] == ["Maria Alvarez"]
        assert [each.text for each in feed.iter(f"{CUSTOMER}accountId")] == ["1001"]
        address = "412 Elm St, Willow Bend"
        assert [each.text for each in feed.iter(f"{CUSTOMER}addressGeneral")] == [address]
        points = {each.text for each in feed.iter(f"{CUSTOMER}UsagePoint")}
        addresses = {each.get("href") for each in parsed(usage_of(cast)).iter(f"{ATOM}link")}
        assert len(points) == 3
        assert points <= addresses

    @pytest.mark.parametrize(
        ("name", "read"),
        [
            ("</customerName><evil>&\"'", "</customerName><evil>&\"'"),
            ("]]> & Søns 🐄", "]]> & Søns 🐄"),
            ("bell\x07 and end\ufffe", "bell\ufffd and end\ufffd"),
            ("x" * 300, "x" * 256),
        ],
    )
    def test_naughty_names_stay_text(self, name: str, read: str) -> None:
        tree = parsed(customer_named(name))

        assert [each.text for each in tree.iter(f"{CUSTOMER}customerName")] == [read]
        assert [each.text for each in tree.iter(f"{CUSTOMER}addressGeneral")] == [read]

    def test_naughty_names_are_what_the_schemas_ask_for(self) -> None:
        names = "</customerName><evil>&\"'", "]]> & Søns 🐄", "bell\x07", "x" * 300

        assert [faults_of(customer_named(name)) for name in names] == [[], [], [], []]


def customer_named(name: str) -> str:
    """Return the customer feed of somebody whose every text is ``name``."""
    ended = Agreement(
        id=AgreementId(1),
        number=name,
        account_id=AccountId(1),
        service_point_id=ServicePointId(1),
        service_point_number=name,
        service="electric",
        metered=True,
        tariff_code="E-R1",
        starts_on=OPENED,
        ends_on=OPENED + ONE_DAY,
        premise_address=name,
        station="",
    )
    return "".join(
        CustomerFeed(HOME).write(
            account_number="1001",
            holders=[name],
            agreements=[ended],
            zone=CHICAGO,
            updated_at=dt.datetime(2024, 11, 1, tzinfo=dt.UTC),
        )
    )


class TestMeasures:
    def test_every_quality_a_read_may_have_has_a_code(self) -> None:
        assert set(Quality) - set(QUALITIES) == {Quality.MISSING}

    def test_amounts_keep_every_digit(self) -> None:
        scale, value = whole(Quantity(Decimal("741.5"), Unit.KWH))

        assert (scale.measure.symbol, scale.power, value) == (72, 2, 7415)
