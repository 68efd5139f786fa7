"""Maria's portal on 5 November 2024: one bill of $284.67 to pay, and a month of hourly use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import time_machine
from django.test import Client

from smarthub.kernel.period import Period, day_seconds
from smarthub.metering.operations import open_channel
from smarthub.workflows.bills.close_billing_cycle import close_billing_cycle
from tests.billing.village import FIRST_BILL, MADE, VILLAGE
from tests.cast import Cast, Player
from tests.metering.yard import CHICAGO, ingest_wide, wide_file, wide_row
from tests.worlds import Atlas, World

NOW = dt.datetime(2024, 11, 5, 18, 0, tzinfo=dt.UTC)
"""Noon of 5 November 2024 in Chicago."""
TODAY = dt.date(2024, 11, 5)
COLD_DAY = dt.date(2024, 10, 28)
OCTOBER = Period(dt.date(2024, 10, 5), TODAY)

SignIn = Callable[[Player], Client]


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    """Let the pages believe that it is noon of 5 November 2024."""
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def billed(db: None, atlas: Atlas) -> Cast:
    """Return the cast with a bill each and Maria's hourly use."""
    return atlas.lend(BILLED)


@pytest.fixture
def sign_in() -> SignIn:
    """Return what opens a browser in which somebody is signed in."""

    def open_browser(player: Player) -> Client:
        client = Client()
        client.force_login(player.user)
        return client

    return open_browser


def bill_village(village: Cast) -> Cast:
    """Close October, and store a month of hours for Maria."""
    close_billing_cycle(cycle_code="C1", bill_date=FIRST_BILL, now=MADE, announce=False)
    open_channel(service_point_id=village.electric_1001, unit="kWh", step_seconds=3600)
    with TemporaryDirectory() as folder:
        ingest_wide(wide_file(Path(folder), *[hours_of(day) for day in OCTOBER]))
    return village


BILLED = World("billed", bill_village, on=VILLAGE)


def hours_of(day: dt.date) -> str:
    """Return a day's row: 1 kWh an hour, 3 on the cold day; 25 hours as the clock goes back."""
    each = 3 if day == COLD_DAY else 1
    return wide_row(day, [each] * (day_seconds(day, CHICAGO) // 3600), meter="PR00000001")
