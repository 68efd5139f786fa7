"""A co-op of many quarter-hour meters under a rate by time of use with demand, ready to bill.

The first account is made by the ordinary operations; the others are its copies, row by row. The
loads are seeded: what is measured depends on how many reads there are, not on who used them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import yaml
from django.db import connection
from numpy.typing import NDArray

from smarthub.accounts.operations import (
    add_premise,
    add_service_point,
    grant_role,
    open_account,
    start_agreement,
)
from smarthub.billing.operations import add_cycle
from smarthub.jobs.bench.bills.operations import open_read_file
from smarthub.jobs.demo.founding import COLOUR, IDENTITY
from smarthub.jobs.demo.rate_book import RATE_BOOK
from smarthub.kernel.period import Period, day_seconds
from smarthub.kernel.text import Text
from smarthub.members.operations import add_contact, add_person, open_membership
from smarthub.metering.engine.packing import pack
from smarthub.metering.operations import add_register, install_meter, open_channel
from smarthub.rating.operations import publish_rider, publish_tariff
from smarthub.workflows.cooperative.found_cooperative import found_cooperative

MONTH = Period(dt.date(2026, 10, 1), dt.date(2026, 11, 1))
NOW = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
STEP_SECONDS = 900
SLOTS = 86_400 // STEP_SECONDS
LOADS = 50
"""So many different loads are drawn; every fiftieth account has the same."""
ZONE = ZoneInfo(IDENTITY.zone)
BY_HOURS, FLAT = "E-R2", "E-R1"
COPIED: tuple[tuple[str, dict[str, str]], ...] = (
    ("members_person", {}),
    ("members_contact", {"person_id": "members_person"}),
    ("members_membership", {}),
    ("members_membershipholder", {"membership_id": "members_membership",
                                  "person_id": "members_person"}),
    ("accounts_premise", {}),
    ("accounts_servicepoint", {"premise_id": "accounts_premise"}),
    ("accounts_account", {"membership_id": "members_membership"}),
    ("accounts_accountrole", {"account_id": "accounts_account", "person_id": "members_person"}),
    ("accounts_serviceagreement", {"account_id": "accounts_account",
                                   "service_point_id": "accounts_servicepoint"}),
    ("metering_meter", {}),
    ("metering_meterinstall", {"meter_id": "metering_meter",
                               "service_point_id": "accounts_servicepoint"}),
    ("metering_register", {"meter_id": "metering_meter"}),
    ("metering_channel", {"service_point_id": "accounts_servicepoint"}),
)  # fmt: skip
"""Tables in the order they are filled, and which of their columns name rows of another."""
UNIQUE = ("number", "serial", "value", "normalised")
"""Columns that name a row to people; a copy's has its place in the row behind it."""


def found_town(*, cycles: Mapping[str, int], by_quarter_hours: bool = True) -> int:
    """Put so many accounts into each billing cycle, read for a month; return the reads of one.

    Without ``by_quarter_hours`` their meters are read twice, for a rate without times of use: for
    who needs bills, whatever is on them.
    """
    _found(cycles, by_quarter_hours=by_quarter_hours)
    for code, accounts in cycles.items():
        _fill_cycle(code, accounts, by_quarter_hours=by_quarter_hours)
    if not by_quarter_hours:
        return 2
    return sum(day_seconds(day, ZONE) // STEP_SECONDS for day in MONTH)


def _found(cycles: Mapping[str, int], *, by_quarter_hours: bool) -> None:
    found_cooperative(
        identity=IDENTITY,
        colour=COLOUR,
        policies={},
        holiday_years=(2026,),
        effective_from=dt.date(2020, 1, 1),
        author="bench",
        now=NOW,
    )
    tariff = _tariff_by_hours() if by_quarter_hours else _tariff(FLAT)
    publish_tariff(definition=tariff, author="bench", published_at=NOW)
    publish_rider(
        code="WPCA",
        effective_from=dt.date(2020, 1, 1),
        rate=Decimal("0.00375"),
        author="bench",
        published_at=NOW,
    )
    for code in cycles:
        add_cycle(code=code, name=Text(code, code), bill_day=MONTH.end.day, due_day=25)


def _tariff(code: str) -> dict[str, Any]:
    """Return a rate of the demo, without what only its members have."""
    path = RATE_BOOK / f"{code}-2024-01.yaml"
    definition: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    charges = [each for each in definition["charges"] if each["code"] != "member"]
    return {**definition, "effective_from": "2020-01-01", "charges": charges}


def _tariff_by_hours() -> dict[str, Any]:
    """Return the demo's time-of-use rate with a charge for demand: six lines on each bill."""
    definition = _tariff(BY_HOURS)
    demand = {
        "kind": "demand",
        "code": "demand",
        "name": {"en": "Demand", "es": "Demanda"},
        "rate": "1.50",
    }
    return {**definition, "charges": [*definition["charges"], demand]}


def _fill_cycle(code: str, accounts: int, *, by_quarter_hours: bool) -> None:
    first = _first_account(code, BY_HOURS if by_quarter_hours else FLAT)
    for table, links in COPIED:
        _copy_rows(table, first, links, accounts)
    file_id = open_read_file(now=NOW)
    _read_registers(first["metering_register"], accounts, file_id)
    if by_quarter_hours:
        _read_channels(first["metering_channel"], accounts, file_id)


def _first_account(code: str, tariff_code: str) -> dict[str, int]:
    """Make the account all others are copied from; return the ids of its rows by table."""
    number, opened = f"{code}-1", MONTH.start
    person = add_person(given_name="Kim", family_name=f"Bench {code}")
    add_contact(person_id=person, kind="email", value=f"{code}@mail.example", verified_at=NOW)
    membership = open_membership(number=number, holder=person, joined_on=opened)
    account = open_account(
        number=number, membership_id=membership, cycle_code=code, opened_on=opened
    )
    grant_role(account_id=account, person_id=person, role="holder", starts_on=opened)
    premise = add_premise(
        number=number, street="1 Bench St", city="Bench", state="IL", postal_code="61000"
    )
    point = add_service_point(number=number, premise_id=premise, service="electric", metered=True)
    start_agreement(
        number=number,
        account_id=account,
        service_point_id=point,
        tariff_code=tariff_code,
        starts_on=opened,
    )
    install_meter(serial=number, service_point_id=point, installed_on=opened)
    add_register(serial=number, unit="kWh")
    open_channel(service_point_id=point, unit="kWh", step_seconds=STEP_SECONDS)
    with connection.cursor() as cursor:
        return {table: _newest(cursor, table) for table, _links in COPIED}


def _newest(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT max(id) FROM {table}")  # noqa: S608 (our own names)
    (newest,) = cursor.fetchone()
    return int(newest)


def _copy_rows(
    table: str, first: Mapping[str, int], links: Mapping[str, str], accounts: int
) -> None:
    """Copy the first account's row of a table, its ids and names counting on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s",
            [table],
        )
        columns = dict(cursor.fetchall())
        changes = [f"'id', nextval(pg_get_serial_sequence('{table}', 'id'))"]
        changes += [f"'{column}', {first[other]} + n" for column, other in links.items()]
        changes += [f"'{name}', t.{name} || '-' || n" for name in UNIQUE if name in columns]
        changes += [f"'{n}', gen_random_uuid()" for n, kind in columns.items() if kind == "uuid"]
        changed = ", ".join(changes)
        cursor.execute(
            f"""
            WITH made AS MATERIALIZED (
              SELECT jsonb_populate_record(
                       t, to_jsonb(t) || jsonb_build_object({changed})) AS copy
                FROM {table} t, generate_series(1, %s) n WHERE t.id = %s)
            INSERT INTO {table} SELECT (copy).* FROM made
            """,  # noqa: S608 (our own names and numbers)
            [accounts - 1, first[table]],
        )


def _read_registers(first: int, accounts: int, file_id: int) -> None:
    """Read every register at both ends of the month: the sum of its load."""
    totals = _loads().sum(axis=1) // 1000
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY metering_registerread (register_id, read_on, value, kind, revision, file_id, row)"
            " FROM STDIN"
        ) as copy,
    ):
        for n in range(accounts):
            for on, value in ((MONTH.start, 0), (MONTH.end, int(totals[n % LOADS]))):
                copy.write_row((first + n, on, value, "ami", 0, file_id, 1))


def _read_channels(first: int, accounts: int, file_id: int) -> None:
    loads = _loads()
    with connection.cursor() as cursor:
        cursor.execute("SELECT make_interval_partition(%s)", [MONTH.start])
        with cursor.copy(
            "COPY metering_interval_day (channel_id, day, total, peak, v, file_id) FROM STDIN"
        ) as copy:
            for place, day in enumerate(MONTH):
                block = loads[:, place * SLOTS : (place + 1) * SLOTS]
                days = [
                    (int(row.sum()), int(row.max()), pack(row, False))  # noqa: FBT003
                    for row in block
                ]
                for n in range(accounts):
                    total, peak, packed = days[n % LOADS]
                    copy.write_row((first + n, day, total, peak, packed, file_id))


def _loads() -> NDArray[np.int64]:
    """Return a month of watt-hours for each of the different loads."""
    dice = np.random.default_rng(20261101)
    hours = 150 + 120 * np.sin(np.arange(SLOTS) / SLOTS * 2 * np.pi - 2)
    shape = np.tile(hours, MONTH.days)
    return np.floor(shape * dice.uniform(0.5, 1.5, (LOADS, len(shape)))).astype(np.int64)
