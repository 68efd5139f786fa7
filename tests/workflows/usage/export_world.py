"""Maria's place with a solar panel, gas and water: intervals of every kind that is taken away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from smarthub.accounts.models import ServicePoint
from smarthub.accounts.operations import add_service_point, start_agreement
from smarthub.accounts.types import PremiseId
from smarthub.kernel.period import Period, day_seconds
from smarthub.metering.operations import open_channel, store_days
from smarthub.metering.types import (
    MISSING,
    ChannelId,
    DayBlock,
    FileFacts,
    Findings,
    OnError,
    Quality,
)
from smarthub.workflows.bills.close_billing_cycle import close_billing_cycle
from tests.billing.village import FIRST_BILL, MADE, VILLAGE
from tests.cast import OPENED, Cast
from tests.metering.yard import CHICAGO
from tests.worlds import Atlas, World

HOUR = 3600
RECEIVED_AT = dt.datetime(2024, 12, 1, 11, tzinfo=dt.UTC)
OCTOBER = Period(OPENED, FIRST_BILL)
GAP_DAY, GUESSED_DAY = dt.date(2024, 10, 7), dt.date(2024, 10, 8)
FALL_BACK, SPRING_FORWARD = dt.date(2024, 11, 3), dt.date(2025, 3, 9)
GAPS, GUESSES = slice(3, 5), slice(10, 13)


@dataclass(frozen=True)
class Channels:
    """What hangs at Maria's place."""

    delivered: ChannelId
    received: ChannelId
    gas: ChannelId
    water: ChannelId


def build_channels(village: Cast) -> Channels:
    """Give Maria hours of electricity both ways, gas and water in October, and its bill."""
    close_billing_cycle(cycle_code="C1", bill_date=FIRST_BILL, now=MADE, announce=False)
    channels = open_channels(village)
    days = list(OCTOBER)
    store(channels.delivered, days, [delivered_on(d) for d in days], [quality_on(d) for d in days])
    store(channels.received, days, [[0] * 10 + [750] * 4 + [0] * 10] * 31)
    store(channels.gas, days, [[137] * 24] * 31)
    store(channels.water, days, [[2500] + [0] * 23] * 31)
    return channels


CHANNELS = World("channels", build_channels, on=VILLAGE)


@pytest.fixture
def channels(db: None, atlas: Atlas) -> Channels:
    """Return the channels of Maria's place, with October in them."""
    return atlas.lend(CHANNELS)


def open_channels(cast: Cast) -> Channels:
    """Open the channels, and a water service of Maria's."""
    premise = ServicePoint.objects.get(pk=cast.electric_1001).premise_id
    water = add_service_point(
        number="W1001", premise_id=PremiseId(premise), service="water", metered=True
    )
    start_agreement(
        number="A1001-water",
        account_id=cast.account_1001,
        service_point_id=water,
        tariff_code="W-R1",
        starts_on=OPENED,
    )
    electric = cast.electric_1001
    return Channels(
        delivered=open_channel(service_point_id=electric, unit="kWh", step_seconds=HOUR),
        received=open_channel(
            service_point_id=electric, unit="kWh", step_seconds=HOUR, flow="received"
        ),
        gas=open_channel(service_point_id=cast.gas_1001, unit="ccf", step_seconds=HOUR),
        water=open_channel(service_point_id=water, unit="gal", step_seconds=HOUR),
    )


def delivered_on(day: dt.date) -> list[int]:
    """Return Wh of each hour: 1000, 1001, ...; two of them are unknown on the gap day."""
    hours = list(range(1000, 1000 + day_seconds(day, CHICAGO) // HOUR))
    if day == GAP_DAY:
        hours[GAPS] = [MISSING, MISSING]
    return hours


def quality_on(day: dt.date) -> list[int]:
    """Return good, but for three estimates and one edited value on one day."""
    qualities = [int(Quality.GOOD)] * (day_seconds(day, CHICAGO) // HOUR)
    if day == GUESSED_DAY:
        qualities[GUESSES] = [int(Quality.ESTIMATED)] * 3
        qualities[20] = int(Quality.EDITED)
    return qualities


def store(
    channel_id: ChannelId,
    days: Sequence[dt.date],
    values: Sequence[Sequence[int]],
    quality: Sequence[Sequence[int]] | None = None,
) -> None:
    """Store local days of equal length of a channel."""
    block = DayBlock(
        wide=False,
        channel_ids=np.full(len(days), channel_id),
        days=np.array([day.toordinal() for day in days]),
        rows=np.arange(len(days)) + 2,
        values=np.array(values),
        quality=None if quality is None else np.array(quality, np.uint8),
    )
    store_days(
        file=FileFacts("days", f"{channel_id} {days[0]}", "tests", RECEIVED_AT),
        on_error=OnError.REFUSE_FILE,
        findings=Findings(rows=len(days)),
        blocks=[block],
    )


def store_day(channel_id: ChannelId, day: dt.date, values: Sequence[int]) -> None:
    """Store one local day of a channel."""
    store(channel_id, [day], [values])
