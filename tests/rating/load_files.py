"""Loads for tests: interval energy put into chosen hours of one month, as a file."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Chicago")
STEP = dt.timedelta(hours=1)


def write_load(
    path: Path,
    *,
    month: dt.date,
    parts: Sequence[tuple[Callable[[dt.datetime], bool], str]],
    received: str = "0",
    account: dict[str, object] | None = None,
) -> Path:
    """Write a month of hours: each part's kWh go into the first hour that its rule accepts."""
    start = dt.datetime.combine(month, dt.time(), ZONE)
    end = dt.datetime.combine((month + dt.timedelta(days=32)).replace(day=1), dt.time(), ZONE)
    hours = int((end.astimezone(dt.UTC) - start.astimezone(dt.UTC)) / STEP)
    local = [(start.astimezone(dt.UTC) + STEP * n).astimezone(ZONE) for n in range(hours)]
    wh = [0] * hours
    for accepts, kwh in parts:
        place = next(n for n, hour in enumerate(local) if accepts(hour) and not wh[n])
        wh[place] = int(float(kwh) * 1000)
    back = [int(float(received) * 1000), *[0] * (hours - 1)]
    load = {"start": start.isoformat(), "step_seconds": 3600, "wh": wh, "received_wh": back}
    path.write_text(json.dumps({**load, "account": account or {}}))
    return path
