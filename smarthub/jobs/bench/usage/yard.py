"""A co-op of many quarter-hour meters, and the file their head end would send at night.

The loads are random walks with a morning and an evening, seeded: what is measured depends on how
many digits the values have, not on who used them.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection

from smarthub.accounts.operations import add_premise, add_service_point
from smarthub.kernel.period import Period, day_bounds
from smarthub.metering.operations import add_register, install_meter, open_channel
from smarthub.metering.types import Integers

ZONE = ZoneInfo("America/Chicago")
STEP_SECONDS = 900
SLOTS = 96
LONGEST = 100
METERS_A_CHUNK = 5000
INSTALLED_ON = dt.date(2024, 1, 1)

_CHANGES = {
    "accounts_premise": {"id": "%(model)s + n", "number": "'B' || n"},
    "accounts_servicepoint": {
        "id": "%(model)s + n",
        "number": "'B' || n",
        "premise_id": "%(first)s + n",
    },
    "metering_meter": {"id": "%(model)s + n", "serial": "'B' || n"},
    "metering_meterinstall": {
        "id": "%(model)s + n",
        "meter_id": "%(first)s + n",
        "service_point_id": "%(second)s + n",
    },
    "metering_register": {"id": "%(model)s + n", "meter_id": "%(first)s + n"},
    "metering_channel": {"id": "%(model)s + n", "service_point_id": "%(first)s + n"},
}
"""What differs from the first of each, made by the ordinary operations, to its copies."""


def hang_meters(*, meters: int) -> None:
    """Put so many meters at so many places, each with a register and a quarter-hour channel."""
    premise = add_premise(
        number="B1", street="1 Bench St", city="Bench", state="IL", postal_code="61000"
    )
    point = add_service_point(number="B1", premise_id=premise, service="electric", metered=True)
    meter = install_meter(serial="B1", service_point_id=point, installed_on=INSTALLED_ON)
    register = add_register(serial="B1", unit="kWh")
    channel = open_channel(service_point_id=point, unit="kWh", step_seconds=STEP_SECONDS)
    _copy("accounts_premise", meters, premise)
    _copy("accounts_servicepoint", meters, point, first=premise)
    _copy("metering_meter", meters, meter)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM metering_meterinstall WHERE meter_id = %s", [meter])
        (install,) = cursor.fetchone()
    _copy("metering_meterinstall", meters, install, first=meter, second=point)
    _copy("metering_register", meters, register, first=meter)
    _copy("metering_channel", meters, channel, first=point)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _copy(table: str, meters: int, model: int, *, first: int = 0, second: int = 0) -> None:
    """Copy one row many times over, column by column, whatever columns there are."""
    with connection.cursor() as cursor:
        names = [
            column.name for column in connection.introspection.get_table_description(cursor, table)
        ]
        chosen = ", ".join(_CHANGES[table].get(name, f't."{name}"') for name in names)
        listed = ", ".join(f'"{name}"' for name in names)
        cursor.execute(
            f"INSERT INTO {table} ({listed}) SELECT {chosen} FROM {table} t, "  # noqa: S608 (ours)
            "generate_series(2, %(meters)s) n WHERE t.id = %(model)s",
            {"meters": meters, "model": model, "first": first, "second": second},
        )


def daily_loads(*, meters: int, day: dt.date) -> Iterator[Integers]:
    """Yield the day's values in Wh, some thousand meters at a time; always the same ones."""
    hour = np.arange(SLOTS) / 4
    shape = 1 + 0.8 * np.exp(-(((hour - 7.5) / 1.5) ** 2)) + np.exp(-(((hour - 19) / 2.5) ** 2))
    for start in range(0, meters, METERS_A_CHUNK):
        chance = np.random.default_rng([day.toordinal(), start])
        count = min(METERS_A_CHUNK, meters - start)
        size = chance.lognormal(4.8, 0.5, (count, 1))
        noise = chance.lognormal(0, 0.4, (count, SLOTS))
        yield np.minimum(size * shape * noise, 60_000).astype(np.int64)


def write_singles(*, path: Path, meters: int, days: Period) -> int:
    """Write the reads of some days one a row, every meter's at one time together; return bytes.

    So a head end writes that polls its meters: a day of a meter lies all over the file.
    """
    words = np.array([f"{n // 1000}.{n % 1000:03d}" for n in range(60_001)], dtype=object)
    with path.open("w", encoding="ascii", newline="") as file:
        file.write("meter,start,value\n")
        for day in days:
            values = np.concatenate(list(daily_loads(meters=meters, day=day)))
            start = day_bounds(day, ZONE)[0]
            for slot, column in enumerate(words[values.T]):
                time = start + dt.timedelta(seconds=slot * STEP_SECONDS)
                at = f",{time.astimezone(ZONE).isoformat()},"
                file.write("".join(f"B{n}{at}{v}\n" for n, v in enumerate(column, start=1)))
    return path.stat().st_size


def write_idle_night(*, path: Path, meters: int, day: dt.date) -> int:
    """Write a day on which nobody used anything, so that each meter fails a check; return bytes."""
    start = day_bounds(day, ZONE)[0].astimezone(ZONE).isoformat()
    zeros = ",".join("0" for _slot in range(SLOTS))
    with path.open("w", encoding="ascii", newline="") as file:
        file.write(f"meter,start,step_seconds,{','.join(f'v{n}' for n in range(1, SLOTS + 1))}\n")
        file.writelines(f"B{n},{start},{STEP_SECONDS},{zeros}\n" for n in range(1, meters + 1))
    return path.stat().st_size


def write_night(*, path: Path, meters: int, day: dt.date) -> int:
    """Write the file of one ordinary local day, a row a meter; return its bytes."""
    start = day_bounds(day, ZONE)[0].astimezone(ZONE).isoformat()
    words = np.array([f"{n // 1000}.{n % 1000:03d}" for n in range(60_001)], dtype=object)
    tail = "," * (LONGEST - SLOTS) + "\n"
    with path.open("w", encoding="ascii", newline="") as file:
        columns = ",".join(f"v{n}" for n in range(1, LONGEST + 1))
        file.write(f"meter,start,step_seconds,{columns}\n")
        number = 0
        for block in daily_loads(meters=meters, day=day):
            text = io.StringIO()
            for row in words[block]:
                number += 1
                text.write(f"B{number},{start},{STEP_SECONDS},{','.join(row)}{tail}")
            file.write(text.getvalue())
    return path.stat().st_size
