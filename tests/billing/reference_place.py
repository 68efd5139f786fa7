"""One account on one tariff, with what its meters showed: enough for a reference bill."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import yaml
from django.db import connection

from smarthub.accounts.models import ServicePoint
from smarthub.accounts.operations import (
    add_premise,
    add_service_point,
    grant_role,
    open_account,
    start_agreement,
)
from smarthub.accounts.types import AccountId, AgreementId, ServicePointId
from smarthub.billing.operations import record_contract_fact
from smarthub.jobs.demo.rate_book import RATE_BOOK
from smarthub.kernel.period import Period, day_bounds
from smarthub.members.operations import add_person, open_membership
from smarthub.metering.engine.packing import pack, totals_and_peaks
from smarthub.metering.models import Flow, IntervalDay
from smarthub.metering.operations import add_register, install_meter, open_channel
from smarthub.rating.operations import publish_tariff
from tests.billing.village import read, reads_file
from tests.cast import NOW
from tests.rating.test_reference_bills import OWN

ZONE = ZoneInfo("America/Chicago")
HOUR = dt.timedelta(hours=1)
Parts = Sequence[tuple[Callable[[dt.datetime], bool], str]]


def publish(*codes: str, effective_from: str = "2026-01-01") -> None:
    """Publish the demo's tariffs of the book of March 2026, from an earlier day on."""
    for code in codes:
        (path, *_) = [
            *RATE_BOOK.glob(f"{code}-2026-03.yaml"),
            *RATE_BOOK.glob(f"{code}-2024-01.yaml"),
            *OWN.glob(f"{code}.yaml"),
        ]
        definition = yaml.safe_load(path.read_text())
        definition |= {"code": code, "effective_from": effective_from}
        publish_tariff(definition=definition, author="board", published_at=NOW)


def place(
    number: str,
    *,
    tariff: str,
    service: str,
    starts_on: dt.date,
    unit: str = "",
    cycle: str = "C1",
    ends_on: dt.date | None = None,
    contract: Mapping[str, str] | None = None,
) -> AccountId:
    """Open an account with one service under a tariff; with a meter where there is a unit."""
    holder = add_person(given_name="Kim", family_name=f"Reference{number}")
    membership = open_membership(number=f"M{number}", holder=holder, joined_on=starts_on)
    account_id = open_account(
        number=number, membership_id=membership, cycle_code=cycle, opened_on=starts_on
    )
    grant_role(account_id=account_id, person_id=holder, role="holder", starts_on=starts_on)
    premise = add_premise(
        number=f"P{number}", street="1 Elm St", city="Willow Bend", state="IL", postal_code="61000"
    )
    point = add_service_point(
        number=f"S{number}", premise_id=premise, service=service, metered=bool(unit)
    )
    agreement = start_agreement(
        number=f"A{number}",
        account_id=account_id,
        service_point_id=point,
        tariff_code=tariff,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    for name, value in (contract or {}).items():
        record_fact(agreement, name, value, starts_on)
    if unit:
        install_meter(serial=f"X{number}", service_point_id=point, installed_on=starts_on)
        add_register(serial=f"X{number}", unit=unit, dials=9)
        read(f"X{number}", starts_on, "0")
    return account_id


def record_fact(agreement: AgreementId, name: str, value: str, starts_on: dt.date) -> None:
    """Record what no meter shows."""
    record_contract_fact(
        agreement_id=agreement,
        name=name,
        value=Decimal(value),
        effective_from=starts_on,
        author="board",
        now=NOW,
    )


def hours(number: str, period: Period, parts: Parts, *, flow: str = Flow.DELIVERED) -> None:
    """Store a period's hours: each part's kWh go into the first free hour its rule accepts."""
    point = ServicePointId(ServicePoint.objects.get(number=f"S{number}").pk)
    channel = open_channel(
        service_point_id=point, unit="kWh", step_seconds=3600, flow=flow, wide=True
    )
    begin, past = day_bounds(period.start, ZONE)[0], day_bounds(period.last_day, ZONE)[1]
    local = [(begin + HOUR * n).astimezone(ZONE) for n in range(int((past - begin) / HOUR))]
    values = np.zeros(len(local), np.int64)
    for accepts, kwh in parts:
        at = next(n for n, hour in enumerate(local) if accepts(hour) and not values[n])
        values[at] = int(Decimal(kwh) * 1000)
    store_hours(int(channel), [hour.date() for hour in local], values)


def store_hours(channel_id: int, days: Sequence[dt.date], values: np.ndarray) -> None:
    """Store hours as packed days."""
    with connection.cursor() as cursor:
        for month in {day.replace(day=1) for day in days}:
            cursor.execute("SELECT make_interval_partition(%s)", [month])
    for day in dict.fromkeys(days):
        of_day = values[np.array([each == day for each in days])]
        totals, peaks = totals_and_peaks(of_day[np.newaxis, :])
        IntervalDay.objects.create(
            channel_id=channel_id,
            day=day,
            total=int(totals[0]),
            peak=int(peaks[0]),
            v=pack(of_day, True),  # noqa: FBT003 (the codec's one switch)
            file=reads_file(),
        )
