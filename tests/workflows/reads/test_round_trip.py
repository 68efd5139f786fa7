"""What is exported and imported again is the same, on every kind of day; and sums hold."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smarthub.accounts.operations import add_premise, add_service_point
from smarthub.integrations.csv_files.mapped import MappedFormat
from smarthub.integrations.csv_files.usage import UsageCsv
from smarthub.integrations.green_button.reading import GreenButtonFormat
from smarthub.kernel.period import Period
from smarthub.metering.engine.days import slots
from smarthub.metering.operations import install_meter, open_channel, store_days
from smarthub.metering.ports import ReadFormat
from smarthub.metering.profiles import profile_from_policy
from smarthub.metering.queries import read_days
from smarthub.metering.types import (
    MISSING,
    ChannelId,
    DayBlock,
    FileFacts,
    Findings,
    OnError,
    Quality,
    ReadDay,
)
from smarthub.usage.engine import hourly
from smarthub.usage.ports import UsageFormat
from smarthub.usage.queries import read_series
from smarthub.usage.types import ExportedPoint, ReadSeries, Series, UsageExport
from smarthub.wiring.green_button import usage_feed
from smarthub.workflows.reads.import_reads import Order, import_file
from tests.metering.yard import FALL_BACK, INSTALLED, MARCH_2, RECEIVED, SPRING_FORWARD

ZONES = [ZoneInfo(f"America/{city}") for city in ("Chicago", "New_York", "Phoenix")]
DAYS = (MARCH_2, SPRING_FORWARD, FALL_BACK)
EVER = Period(dt.date(2026, 1, 1), dt.date(2027, 1, 1))
FLOWS = ("delivered", "received")
OUR_CSV = {
    "meter": "E2",
    "time_columns": ["start"],
    "value_columns": ["value"],
    "step_seconds": 900,
    "unit": "kWh",
    "flow_column": "flow",
    "flows": {flow: flow for flow in FLOWS},
    "quality_column": "quality",
    "qualities": {
        each.name.lower(): each.name.lower() for each in Quality if each is not Quality.MISSING
    },
}
FORMATS: list[tuple[UsageFormat, ReadFormat]] = [
    (UsageCsv(), MappedFormat(profile_from_policy(name="ours", value=OUR_CSV), ZONES[0])),
    (usage_feed(), GreenButtonFormat("E2")),
]


def hang(serial: str, number: str) -> dict[str, ChannelId]:
    """Hang a meter at a place of its own, with quarter-hours of both flows."""
    premise = add_premise(
        number=number, street="1 A St", city="B", state="IL", postal_code="61000", unit=number
    )
    point = add_service_point(number=number, premise_id=premise, service="electric", metered=True)
    install_meter(serial=serial, service_point_id=point, installed_on=INSTALLED)
    return {
        flow: open_channel(service_point_id=point, unit="kWh", step_seconds=900, flow=flow)
        for flow in FLOWS
    }


def fill(channels: dict[str, ChannelId], zone: ZoneInfo, seed: int) -> None:
    """Store days with gaps and every quality in both channels."""
    chance = np.random.default_rng(seed)
    kinds = [each for each in Quality if each is not Quality.MISSING]
    for flow, channel in channels.items():
        for day in DAYS:
            count = slots(day, zone, 900)
            values = chance.integers(MISSING, 25_000, (1, count))
            store_days(
                file=FileFacts(f"{flow} {day}", f"{flow} {day} {seed}", "wide", RECEIVED),
                on_error=OnError.REFUSE_FILE,
                findings=Findings(rows=1),
                blocks=[
                    DayBlock(
                        wide=False,
                        channel_ids=np.array([channel]),
                        days=np.array([day.toordinal()]),
                        rows=np.array([2]),
                        values=values,
                        quality=chance.choice(kinds, (1, count)).astype(np.uint8),
                    )
                ],
            )


def export(channels: dict[str, ChannelId], zone: ZoneInfo) -> UsageExport:
    """Return all of both channels as the exporters are given it."""
    series = tuple(
        ReadSeries(flow, "kWh", -3, 900, partial(stored, channel))
        for flow, channel in channels.items()
    )
    point = ExportedPoint("P1", "electric", series, ())
    return UsageExport("1001", zone, RECEIVED, has_reads=True, points=(point,))


def stored(channel: ChannelId) -> Iterator[ReadDay]:
    return iter(read_days(channel_ids=[channel], period=EVER))


def known_series(series: Series | None) -> Series:
    """Return the series, which the place has."""
    assert series is not None
    return series


def contents(channel: ChannelId) -> list[tuple[dt.date, list[int], list[int]]]:
    return [
        (day.day, day.values.tolist(), day.quality.tolist())
        for day in read_days(channel_ids=[channel], period=EVER)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize(("out", "back"), FORMATS, ids=["csv", "green-button"])
def test_out_and_back_in_is_the_same(
    tmp_path: Path, zone: ZoneInfo, out: UsageFormat, back: ReadFormat
) -> None:
    ours, theirs = hang("E1", "S1"), hang("E2", "S2")
    fill(ours, zone, seed=7)
    path = tmp_path / "export"
    path.write_text("".join(out.write(export(ours, zone))), newline="")

    report = import_file(order=Order(path, back, OnError.KEEP_GOOD, RECEIVED, zone))

    assert report.problems == ()
    for flow in FLOWS:
        assert contents(theirs[flow]) == contents(ours[flow])
        assert len(contents(ours[flow])) == 3


@pytest.mark.django_db
@given(cuts=st.lists(st.integers(1, 364), max_size=6, unique=True), seed=st.integers(0, 5))
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_partition_of_a_year_sums_to_the_whole_and_hours_to_the_quarters(
    cuts: list[int], seed: int
) -> None:
    channels = hang("E1", "S1")
    fill(channels, ZONES[0], seed=seed)
    days = read_days(channel_ids=[channels["delivered"]], period=EVER)
    read = partial(read_series, service_point_id=days[0].service_point_id, zone=ZONES[0])
    ends = [EVER.start, *(EVER.start + dt.timedelta(days=n) for n in sorted(cuts)), EVER.end]

    parts = [known_series(read(period=Period(a, b))).values for a, b in itertools.pairwise(ends)]

    whole = known_series(read(period=EVER)).values
    assert np.concatenate(parts).tolist() == whole.tolist()
    assert whole[whole != MISSING].sum() == sum(
        day.values[day.values != MISSING].sum() for day in days
    )
    for day in days:
        quarters = day.values.reshape(-1, 4)
        known = (quarters != MISSING).all(axis=1)
        assert hourly(day.values, step_seconds=900)[known].tolist() == (
            quarters[known].sum(axis=1).tolist()
        )
