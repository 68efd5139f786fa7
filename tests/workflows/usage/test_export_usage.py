"""What is taken away: only the account's own days, each once, in few queries and little memory."""

from __future__ import annotations

import csv
import datetime as dt
import tracemalloc
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from smarthub.accounts.models import ServiceAgreement
from smarthub.accounts.operations import start_agreement
from smarthub.integrations.csv_files.usage import HEADER, UsageCsv
from smarthub.integrations.green_button.usage_feed import UsageFeed
from smarthub.kernel.period import Period
from smarthub.metering.operations import open_channel
from smarthub.rating.operations import publish_tariff
from smarthub.usage.types import UsageExport
from smarthub.workflows.usage.export_usage import NothingMetered, export_usage
from tests.cast import NOW, OPENED, Cast
from tests.metering.yard import CHICAGO
from tests.rating.rate_book import G_R1
from tests.workflows.usage.export_world import (
    FALL_BACK,
    GAP_DAY,
    GUESSED_DAY,
    OCTOBER,
    RECEIVED_AT,
    delivered_on,
    open_channels,
    store,
    store_day,
)

ONE_DAY = dt.timedelta(days=1)
EVER = Period(dt.date.min, dt.date.max)


def rows_of(export: UsageExport) -> list[dict[str, str]]:
    """Return the rows of the CSV."""
    return list(csv.DictReader("".join(UsageCsv().write(export)).splitlines()))


def take(cast: Cast, period: Period = EVER, point: str | None = None) -> UsageExport:
    """Return what Maria takes away."""
    return export_usage(
        account_id=cast.account_1001, period=period, zone=CHICAGO, point_number=point
    )


class TestExportUsage:
    def test_leaves_out_days_the_account_did_not_have_the_place(self, cast: Cast) -> None:
        channels = open_channels(cast)
        left = OPENED + 2 * ONE_DAY
        for day in (OPENED - ONE_DAY, OPENED, left - ONE_DAY, left):
            store_day(channels.delivered, day, [100] * 24)
        ServiceAgreement.objects.filter(number="A1001-electric").update(ends_on=left)

        rows = rows_of(take(cast, point="E1001"))

        assert {row["start"][:10] for row in rows} == {"2024-10-01", "2024-10-02"}

    def test_tells_a_day_once_over_a_change_of_rate(self, cast: Cast) -> None:
        channels = open_channels(cast)
        changed = OPENED + ONE_DAY
        ServiceAgreement.objects.filter(number="A1001-electric").update(ends_on=changed)
        start_agreement(
            number="A1001-electric-2",
            account_id=cast.account_1001,
            service_point_id=cast.electric_1001,
            tariff_code="E-R2",
            starts_on=changed,
        )
        for day in (OPENED, changed):
            store_day(channels.delivered, day, [100] * 24)

        export = take(cast, point="E1001")

        assert len(export.points) == 1
        assert len(rows_of(export)) == 48

    def test_tells_a_day_known_in_two_steps_in_the_finer_one(self, cast: Cast) -> None:
        channels = open_channels(cast)
        finer = open_channel(service_point_id=cast.electric_1001, unit="kWh", step_seconds=1800)
        store(channels.delivered, [OPENED, OPENED + ONE_DAY], [[100] * 24] * 2)
        store_day(finer, OPENED + ONE_DAY, [60] * 48)

        rows = rows_of(take(cast, point="E1001"))

        steps = {(row["start"][:10], row["seconds"]) for row in rows}
        assert steps == {("2024-10-01", "3600"), ("2024-10-02", "1800")}
        assert sum(Decimal(row["value"]) for row in rows) == Decimal("5.280")  # 24 x .1 + 48 x .06

    def test_turns_gas_into_therms_by_the_factor_of_the_day(self, cast: Cast) -> None:
        channels = open_channels(cast)
        second = OPENED + ONE_DAY
        for day, factor in ((OPENED, "1.025"), (second, "1.0307")):
            conversion = {**G_R1["conversion"], "factor": factor}
            definition = {**G_R1, "effective_from": str(day), "conversion": conversion}
            publish_tariff(definition=definition, author="board", published_at=NOW)
        store(channels.gas, [OPENED, second], [[1000] * 24] * 2)

        export = export_usage(
            account_id=cast.account_1001,
            period=EVER,
            zone=CHICAGO,
            point_number="G1001",
            gas_in_therms=True,
        )

        (series,) = export.points[0].series
        assert (series.unit, series.exponent) == ("therm", -6)
        # 1 ccf an hour is 1.025 therms, then 1.0307
        assert [day.values[0] for day in series.read()] == [1_025_000, 1_030_700]

    def test_leaves_gas_in_ccf_where_no_tariff_converts_it(self, cast: Cast) -> None:
        channels = open_channels(cast)
        store_day(channels.gas, OPENED, [1000] * 24)

        export = export_usage(
            account_id=cast.account_1001, period=EVER, zone=CHICAGO, gas_in_therms=True
        )

        units = {series.unit for point in export.points for series in point.series}
        assert units == {"kWh", "ccf", "gal"}

    @pytest.mark.usefixtures("channels")
    def test_was_updated_when_the_newest_read_came_in(self, cast: Cast) -> None:
        assert take(cast).updated_at == RECEIVED_AT

    def test_refuses_a_range_without_a_metered_service(self, cast: Cast) -> None:
        with pytest.raises(NothingMetered):
            take(cast, Period(dt.date(2020, 1, 1), OPENED))

    @pytest.mark.usefixtures("channels")
    def test_takes_as_many_queries_for_all_time_as_for_a_week(self, cast: Cast) -> None:
        with CaptureQueriesContext(connection) as week:
            rows_of(take(cast, Period(GAP_DAY, GAP_DAY + 7 * ONE_DAY)))
        with CaptureQueriesContext(connection) as ever:
            rows_of(take(cast))

        # agreements, channels, span, segments, lines, number, what each point was billed, and the
        # tariffs of it; and one for each of four channels
        assert len(week) == len(ever) == 8 + 4

    def test_memory_does_not_grow_with_the_range(self, cast: Cast) -> None:
        channels = open_channels(cast)
        days = [OPENED + n * ONE_DAY for n in range(33)]  # up to the day before the clock changes
        store(channels.delivered, days, [[100] * 24] * 33)

        one, all_of_them = (
            peak_of(take(cast, Period(OPENED, OPENED + ONE_DAY))),
            peak_of(take(cast)),
        )

        assert all_of_them < one + 100_000  # the file itself has 180,000 characters


class TestCsv:
    @pytest.mark.usefixtures("channels")
    def test_has_the_step_unit_and_time_of_the_meter(self, cast: Cast) -> None:
        rows = rows_of(take(cast, OCTOBER))

        assert list(rows[0]) == list(HEADER)
        assert rows[0] == {
            "service": "electric",
            "service_point": "E1001",
            "flow": "delivered",
            "start": "2024-10-01T00:00:00-05:00",
            "seconds": "3600",
            "value": "1.000",
            "unit": "kWh",
            "quality": "good",
        }
        assert {(row["service"], row["flow"], row["unit"]) for row in rows} == {
            ("electric", "delivered", "kWh"),
            ("electric", "received", "kWh"),
            ("gas", "delivered", "ccf"),
            ("water", "delivered", "gal"),
        }

    @pytest.mark.usefixtures("channels")
    def test_leaves_gaps_out_and_says_what_is_estimated(self, cast: Cast) -> None:
        rows = rows_of(take(cast, Period(GAP_DAY, GUESSED_DAY + ONE_DAY), point="E1001"))

        delivered = [row for row in rows if row["flow"] == "delivered"]
        assert len(delivered) == 22 + 24
        qualities = [row["quality"] for row in delivered]
        assert (qualities.count("estimated"), qualities.count("edited")) == (3, 1)

    def test_tells_the_hour_the_clock_shows_twice_apart(self, cast: Cast) -> None:
        channels = open_channels(cast)
        store_day(channels.delivered, FALL_BACK, delivered_on(FALL_BACK))

        rows = rows_of(take(cast, point="E1001"))

        assert len(rows) == 25
        assert [row["start"] for row in rows[1:3]] == [
            "2024-11-03T01:00:00-05:00",
            "2024-11-03T01:00:00-06:00",
        ]


def peak_of(export: UsageExport) -> int:
    """Return the most memory that writing a feed takes at any moment, in bytes."""
    tracemalloc.start()
    for _ in UsageFeed("https://portal.prairieridge.example").write(export):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
