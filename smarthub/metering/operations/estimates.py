"""Estimates for intervals that did not arrive, kept with their quality until a read comes."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from smarthub.accounts.types import ServicePointId
from smarthub.kernel.period import Period
from smarthub.metering.engine.days import slots, wall_columns
from smarthub.metering.engine.estimation import (
    LOOK_BACK_DAYS,
    ChannelDays,
    EstimateSettings,
    fill_gaps,
    scale_to,
)
from smarthub.metering.engine.packing import is_estimate
from smarthub.metering.operations.intervals import store_days
from smarthub.metering.queries import (
    list_channels_by_id,
    list_hung_days,
    list_register_spans,
    read_days,
)
from smarthub.metering.types import (
    MISSING,
    ChannelId,
    DayBlock,
    EstimateReport,
    FileFacts,
    Findings,
    Integers,
    OnError,
    PointChannel,
    Quality,
    ReadDay,
    RegisterSpan,
)

ESTIMATE_PROFILE = "estimate"
"""What stands as the profile of the "file" by which estimates came in."""
Degrees = Mapping[ServicePointId, Mapping[dt.date, float]]
_CHUNK = 200
_SATURDAY = 5


def estimate_gaps(
    *,
    channel_ids: Collection[ChannelId],
    period: Period,
    zone: ZoneInfo,
    now: dt.datetime,
    settings: EstimateSettings | None = None,
    degrees_c: Degrees | None = None,
) -> EstimateReport:
    """Fill the gaps of the channels' days in the period, and let the registers have their total.

    Short gaps are straight lines, longer ones follow like days, with the temperature where it is
    known. Where register reads enclose a span with estimates, these are scaled so that the span
    sums to what the register counted. Real reads are never changed, and one that comes later
    displaces the estimate; both stay on record as revisions. Calling again changes nothing.

    Args:
        channel_ids: The channels.
        period: Local days, all of them over.
        zone: The co-op's zone.
        now: When this is done.
        settings: The co-op's limits.
        degrees_c: Mean temperatures of days, by place.

    Source: domain rules 16 and 18; docs/algorithms/reads.md.
    """
    work = _Work(period, zone, settings or EstimateSettings(), degrees_c or {})
    total = EstimateReport(0, 0)
    ordered = sorted(channel_ids)
    for start in range(0, len(ordered), _CHUNK):
        changed = list(_estimated_days(ordered[start : start + _CHUNK], work))
        if changed:
            _store(changed, period, now)
        total = EstimateReport(
            total.days + len(changed), total.intervals + sum(day.estimates for day in changed)
        )
    return total


def estimate_day(
    *, channel: PointChannel, day: dt.date, zone: ZoneInfo
) -> tuple[Integers, NDArray[np.uint8]] | None:
    """Return a day with estimates for its doubtful intervals, or for all if none stands out.

    Nothing is stored. ``None`` means that there is too little to learn from.
    """
    look = Period(day - dt.timedelta(days=LOOK_BACK_DAYS), day + dt.timedelta(days=1))
    work = _Work(look, zone, EstimateSettings(), {})
    stored = {each.day: each for each in read_days(channel_ids=[channel.id], period=look)}
    grid = _lay_out(channel, stored, look, work)
    here = grid.day == LOOK_BACK_DAYS
    unsure = here & ((grid.quality == Quality.QUESTIONABLE) | (grid.values == MISSING))
    grid.values[unsure if unsure.any() else here] = MISSING
    grid.quality[grid.values == MISSING] = Quality.GOOD
    values, quality = fill_gaps(grid, first_day=LOOK_BACK_DAYS, settings=work.settings)
    return None if (values[here] == MISSING).any() else (values[here], quality[here])


@dataclass(frozen=True, slots=True)
class _Work:
    """What one call of ``estimate_gaps`` was asked."""

    period: Period
    zone: ZoneInfo
    settings: EstimateSettings
    degrees_c: Degrees


@dataclass(frozen=True, slots=True)
class _EstimatedDay:
    """A channel-day with its estimates."""

    channel: PointChannel
    day: dt.date
    values: Integers
    quality: NDArray[np.uint8]

    @property
    def estimates(self) -> int:
        return int(is_estimate(self.quality).sum())


def _estimated_days(channel_ids: Sequence[ChannelId], work: _Work) -> Iterator[_EstimatedDay]:
    """Yield the days that say something new."""
    channels = list_channels_by_id(channel_ids=channel_ids)
    points = {channel.service_point_id for channel in channels.values()}
    look = Period(work.period.start - dt.timedelta(days=LOOK_BACK_DAYS), work.period.end)
    stored: dict[ChannelId, dict[dt.date, ReadDay]] = {each: {} for each in channels}
    for day in read_days(channel_ids=channel_ids, period=look):
        stored[day.channel_id][day.day] = day
    hung = list_hung_days(service_point_ids=points, period=work.period)
    spans = list_register_spans(service_point_ids=points, period=work.period)
    for channel_id, channel in channels.items():
        mine = [
            span
            for span in spans
            if (span.service_point_id, span.flow, span.unit)
            == (channel.service_point_id, channel.flow, channel.unit)
        ]
        grid = _lay_out(channel, stored[channel_id], look, work)
        for changed in _changed_days(channel, grid, mine, look, work):
            if any(changed.day in period for period in hung[channel.service_point_id]):
                yield changed


def _changed_days(
    channel: PointChannel,
    grid: ChannelDays,
    spans: Sequence[RegisterSpan],
    look: Period,
    work: _Work,
) -> Iterator[_EstimatedDay]:
    values, quality = fill_gaps(grid, first_day=LOOK_BACK_DAYS, settings=work.settings)
    for span in spans:
        begins, ends = ((end - look.start).days for end in (span.days.start, span.days.end))
        if begins >= 0:
            inside = (grid.day >= begins) & (grid.day < ends)
            _scale_span(values, quality, inside, span, channel)
    for number, day in enumerate(look):
        chosen = grid.day == number
        new = _EstimatedDay(channel, day, values[chosen], quality[chosen])
        if new.estimates and not (
            np.array_equal(new.values, grid.values[chosen])
            and np.array_equal(new.quality, grid.quality[chosen])
        ):
            yield new


def _lay_out(
    channel: PointChannel, stored: Mapping[dt.date, ReadDay], look: Period, work: _Work
) -> ChannelDays:
    """Return the channel's days end to end; one that is not stored is missing from end to end."""
    step = channel.step_seconds
    lengths = [slots(day, work.zone, step) for day in look]
    degrees = work.degrees_c.get(channel.service_point_id, {})
    return ChannelDays(
        values=np.concatenate(
            [
                stored[day].values if day in stored else np.full(n, MISSING, np.int64)
                for day, n in zip(look, lengths, strict=True)
            ]
        ),
        quality=np.concatenate(
            [
                stored[day].quality if day in stored else np.zeros(n, np.uint8)
                for day, n in zip(look, lengths, strict=True)
            ]
        ),
        day=np.arange(len(lengths)).repeat(lengths),
        column=np.concatenate([wall_columns(day, work.zone, step) for day in look]),
        weekend=np.array([day.weekday() >= _SATURDAY for day in look]),
        degrees_c=np.array([degrees.get(day, np.nan) for day in look]),
        step_seconds=step,
    )


def _scale_span(
    values: Integers,
    quality: NDArray[np.uint8],
    inside: NDArray[np.bool_],
    span: RegisterSpan,
    channel: PointChannel,
) -> None:
    """Let the estimates between two register reads sum to what the register counted beside them."""
    estimated = inside & is_estimate(quality)
    if not estimated.any() or (values[inside] == MISSING).any():
        return
    counted = int(span.total.scaleb(-channel.exponent).to_integral_value())
    least = int(span.resolution.scaleb(-channel.exponent).to_integral_value())
    if abs(counted - int(values[inside].sum())) > least:
        rest = counted - int(values[inside & ~estimated].sum())
        values[estimated] = scale_to(values[estimated], total=rest)


def _store(days: Sequence[_EstimatedDay], period: Period, now: dt.datetime) -> None:
    """Store the days as a file of reads would be, known by what it says."""
    digest = hashlib.sha256(ESTIMATE_PROFILE.encode())
    for day in days:
        channel = f"{day.channel.service_point_number} {day.channel.flow}"
        digest.update(f"{channel} {day.channel.step_seconds} {day.day} {now}".encode())
        digest.update(day.values.tobytes() + day.quality.tobytes())
    store_days(
        file=FileFacts(
            name=f"estimates for {period.start} to {period.last_day}",
            sha256=digest.hexdigest(),
            profile=ESTIMATE_PROFILE,
            received_at=now,
        ),
        on_error=OnError.REFUSE_FILE,
        findings=Findings(rows=len(days)),
        blocks=_blocks(days),
    )


def _blocks(days: Sequence[_EstimatedDay]) -> Iterator[DayBlock]:
    def kind(day: _EstimatedDay) -> tuple[bool, int]:
        return day.channel.wide, len(day.values)

    numbered = sorted(enumerate(days, start=1), key=lambda each: kind(each[1]))
    for (wide, _), group in groupby(numbered, key=lambda each: kind(each[1])):
        rows, same = zip(*group, strict=True)
        yield DayBlock(
            wide=wide,
            channel_ids=np.array([day.channel.id for day in same], np.int64),
            days=np.array([day.day.toordinal() for day in same], np.int64),
            rows=np.array(rows, np.int64),
            values=np.stack([day.values for day in same]),
            quality=np.stack([day.quality for day in same]),
        )
