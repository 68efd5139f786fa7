"""Complete the reads of some days: estimate what did not come, then tell what is still wrong.

Run each night over the last weeks, so that a gap filled by a late file, or a register read that
came after its intervals, is settled by itself. Calling it again changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from smarthub.accounts.queries import list_stations
from smarthub.accounts.types import ServicePointId
from smarthub.cooperative.queries import list_policies
from smarthub.kernel.period import Period
from smarthub.metering import operations, queries
from smarthub.metering.engine.checks import CheckSettings
from smarthub.metering.engine.estimation import LOOK_BACK_DAYS, EstimateSettings
from smarthub.metering.types import ChannelId
from smarthub.workflows.reads.ingest_reads import CHECKS_POLICY

STRAIGHT_LINE_POLICY = "read.straight_line_hours"
LOOK_BACK_NIGHTS = 35
"""So far back a night looks for gaps and late registers: a billing period and a few days."""
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Completion:
    """What a night came to: days and intervals estimated, and failures newly told by check."""

    days_estimated: int
    intervals_estimated: int
    missing: int
    sums: int
    unserved: int


def complete_reads(*, period: Period, zone: ZoneInfo, now: dt.datetime) -> Completion:
    """Estimate the gaps of the period's days, check them, and learn what is usual.

    Args:
        period: Local days, all of them over.
        zone: The co-op's zone.
        now: When this is done.

    Source: domain rules 16 and 18; docs/algorithms/reads.md.
    """
    policies = list_policies(on=period.last_day)
    checks = CheckSettings.from_policy(policies.get(CHECKS_POLICY, {}))
    hours = float(policies.get(STRAIGHT_LINE_POLICY, EstimateSettings().straight_line_hours))
    gaps = queries.list_channels_with_gaps(period=period)
    estimated = operations.estimate_gaps(
        channel_ids=gaps,
        period=period,
        zone=zone,
        now=now,
        settings=EstimateSettings(straight_line_hours=hours),
        degrees_c=_degrees(gaps.values(), period),
    )
    places = queries.list_counted_places(period=period)
    return Completion(
        days_estimated=estimated.days,
        intervals_estimated=estimated.intervals,
        missing=_tell_missing(gaps, period, now),
        sums=sum(
            operations.check_against_registers(
                service_point_ids=places[n : n + _CHUNK], period=period, now=now, settings=checks
            )
            for n in range(0, len(places), _CHUNK)
        ),
        unserved=operations.check_without_agreement(period=period, now=now),
    )


def learn_usual_use(*, on: dt.date) -> int:
    """Work out what is usual for every channel, for the checks of the days from ``on`` on."""
    return operations.refresh_usual_use(until=on)


def _degrees(
    places: Collection[ServicePointId], period: Period
) -> dict[ServicePointId, dict[dt.date, float]]:
    """Return the mean temperature of each place's days, in degrees Celsius."""
    stations = list_stations(service_point_ids=places)
    look = Period(period.start - dt.timedelta(days=LOOK_BACK_DAYS), period.end)
    means = queries.list_station_means(stations=set(stations.values()), period=look)
    celsius = {
        station: {day: (float(mean) - 32) / 1.8 for day, mean in days.items()}
        for station, days in means.items()
    }
    return {place: celsius[station] for place, station in stations.items()}


def _tell_missing(gaps: dict[ChannelId, ServicePointId], period: Period, now: dt.datetime) -> int:
    """Tell what estimation could not fill, on days a meter hung there."""
    stored = queries.list_missing_days(channel_ids=gaps, period=period)
    hung = queries.list_hung_days(service_point_ids=set(gaps.values()), period=period)
    whole_days = {
        (channel, day): 0
        for channel, place in gaps.items()
        for days in hung[place]
        for day in days
        if (channel, day) not in stored
    }
    lacking = {key: count for key, count in stored.items() if count}
    return operations.tell_missing(gaps={**lacking, **whole_days}, period=period, now=now)
