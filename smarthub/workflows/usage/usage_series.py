"""Every hour of some days as the browser draws them: start, step and values, and nothing else."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from smarthub.accounts.types import VisibleAccount
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.period import Period
from smarthub.metering.engine.packing import is_estimate
from smarthub.metering.types import MISSING
from smarthub.usage.engine import hourly
from smarthub.usage.queries import read_series
from smarthub.workflows.usage.usage_ground import find_point
from smarthub.workflows.usage.usage_spans import Shown

HOUR_SECONDS = 3600
MOST_DAYS = 750


def get_series(
    *, account: VisibleAccount, point_number: str, shown: Shown, on: dt.date, zone: ZoneInfo
) -> dict[str, Any]:
    """Return the hours of some days, in one query.

    ``v`` holds whole numbers of ``unit`` x 10 ** ``exponent``, ``null`` where nobody knows;
    ``estimated`` the places of estimates. A meter read once a month has no hours.

    Raises:
        NotVisible: the account has no such point, or none of these days, or they are too many.
    """
    point = find_point(account=account, number=point_number)
    start, end = max(shown.period.start, point.since), min(shown.period.end, on)
    if start >= end or (end - start).days > MOST_DAYS:
        raise NotVisible
    series = read_series(service_point_id=point.id, period=Period(start, end), zone=zone)
    if series is None or HOUR_SECONDS % series.step_seconds:
        return {"start": 0, "step": HOUR_SECONDS, "v": []}
    values = hourly(series.values, step_seconds=series.step_seconds)
    per_hour = HOUR_SECONDS // series.step_seconds
    guessed = np.any(is_estimate(series.quality).reshape(-1, per_hour), axis=1)
    found = values.tolist()
    return {
        "start": int(series.start.timestamp()),
        "step": HOUR_SECONDS,
        "unit": series.unit,
        "exponent": series.exponent,
        "v": [None if value == MISSING else value for value in found],
        "estimated": np.flatnonzero(guessed).tolist(),
    }
