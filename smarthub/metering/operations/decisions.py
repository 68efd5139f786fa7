"""What staff decide about days that failed a check: accept, estimate or write them anew."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from smarthub.kernel.errors import Conflict, Refused
from smarthub.kernel.period import Period
from smarthub.metering.engine.intervals import ceiling_of
from smarthub.metering.models import CheckDecision, FailedCheck, IntervalDay
from smarthub.metering.operations.estimates import estimate_day
from smarthub.metering.operations.intervals import store_days
from smarthub.metering.queries import find_failed_check, list_channels_by_id, read_days
from smarthub.metering.types import (
    MISSING,
    ChannelId,
    DayBlock,
    FileFacts,
    Findings,
    Integers,
    OnError,
    PointChannel,
    Quality,
    ReadDay,
)

DECISION_PROFILE = "decision"
"""What stands as the profile of the "file" by which values came that a person wrote."""


class AlreadyDecided(Conflict):
    """Somebody has decided about this failed check, or the day has changed since."""

    code = "check_already_decided"


class ValuesRefused(Refused):
    """The values written for a day cannot be: wrong in number, below zero, or absurdly high."""

    code = "day_values_refused"


def decide(
    *,
    check_id: int,
    action: str,
    decided_by: str,
    now: dt.datetime,
    zone: ZoneInfo,
    note: str = "",
    values: Sequence[Decimal | None] | None = None,
) -> None:
    """Write down what a person made of a failed check, once, and change the day if they did.

    ``accept`` leaves the values and takes their doubt away; ``edit`` writes ``values``, which no
    file displaces; ``estimate`` puts estimates in place of the doubtful intervals, or of the
    whole day where none stands out, which the next real read displaces. What the day said
    before stays on record.

    Args:
        check_id: The failed check.
        action: One of ``CheckDecision.Action``.
        decided_by: The person's login.
        now: When.
        zone: The co-op's zone.
        note: Why, in their words.
        values: The day's values in the channel's unit, in elapsed order; ``None`` is unknown.

    Raises:
        AlreadyDecided: somebody was faster, or the day comes from another file by now.
        ValuesRefused: the values cannot be those of the day, or there is nothing to estimate
            from.
    """
    with transaction.atomic():
        failed = FailedCheck.objects.select_for_update().get(pk=check_id)
        if find_failed_check(check_id=check_id) is None:
            raise AlreadyDecided(check=check_id)
        file = _write_day(failed, action, values, zone, now)
        CheckDecision.objects.create(
            check_failed=failed,
            action=action,
            decided_by=decided_by,
            decided_at=now,
            note=note,
            file_id=file,
        )


def _write_day(
    failed: FailedCheck,
    action: str,
    values: Sequence[Decimal | None] | None,
    zone: ZoneInfo,
    now: dt.datetime,
) -> int | None:
    """Change the day as decided; return the "file" it then comes from, ``None`` if unchanged."""
    channel_id = ChannelId(failed.channel_id)
    channel = list_channels_by_id(channel_ids=[channel_id])[channel_id]
    day = Period(failed.day, failed.day + dt.timedelta(days=1))
    stored = next(iter(read_days(channel_ids=[channel_id], period=day)), None)
    if action == CheckDecision.Action.ACCEPT:
        if stored is None or not (stored.quality == Quality.QUESTIONABLE).any():
            return None
        trusted = np.where(stored.quality == Quality.QUESTIONABLE, 0, stored.quality)
        return _overwrite(channel, failed, stored.values, trusted, now)
    if action == CheckDecision.Action.ESTIMATE:
        estimated = estimate_day(channel=channel, day=failed.day, zone=zone)
        if estimated is None:
            raise ValuesRefused(missing="history")
        return _overwrite(channel, failed, *estimated, now)
    return _overwrite(channel, failed, *_edited(channel, values or (), stored), now)


def _edited(
    channel: PointChannel, values: Sequence[Decimal | None], stored: ReadDay | None
) -> tuple[Integers, NDArray[np.uint8]]:
    """Return what a person wrote; only what differs from what was there is theirs."""
    written = _as_stored(channel, values, stored)
    if stored is None:
        return written, np.where(written == MISSING, 0, Quality.EDITED).astype(np.uint8)
    changed = (written != stored.values) & (written != MISSING)
    return written, np.where(changed, np.uint8(Quality.EDITED), stored.quality)


def _as_stored(
    channel: PointChannel, values: Sequence[Decimal | None], stored: ReadDay | None
) -> Integers:
    if stored is not None and len(values) != len(stored.values):
        raise ValuesRefused(expected=len(stored.values), found=len(values))
    steps = [MISSING if each is None else int(each.scaleb(-channel.exponent)) for each in values]
    for place, (given, step) in enumerate(zip(values, steps, strict=True), start=1):
        exact = given is None or Decimal(step).scaleb(channel.exponent) == given
        if not exact or (given is not None and not 0 <= step <= ceiling_of(channel)):
            raise ValuesRefused(interval=place, value=str(given))
    return np.array(steps, np.int64)


def _overwrite(
    channel: PointChannel,
    failed: FailedCheck,
    values: Integers,
    quality: NDArray[np.uint8],
    now: dt.datetime,
) -> int:
    """Store the day as a person wrote it: like a file, but what they wrote always wins."""
    says = f"{DECISION_PROFILE} {failed.pk} {now.isoformat()}"
    digest = hashlib.sha256(says.encode()).hexdigest()
    store_days(
        file=FileFacts(f"decision about check {failed.pk}", digest, DECISION_PROFILE, now),
        on_error=OnError.REFUSE_FILE,
        findings=Findings(rows=1),
        blocks=[
            DayBlock(
                wide=channel.wide,
                channel_ids=np.array([channel.id], np.int64),
                days=np.array([failed.day.toordinal()], np.int64),
                rows=np.array([1], np.int64),
                values=values[None],
                quality=quality[None].astype(np.uint8),
            )
        ],
        by_hand=True,
    )
    return int(
        IntervalDay.objects.filter(channel=channel.id, day=failed.day).values_list(
            "file_id", flat=True
        )[0]
    )
