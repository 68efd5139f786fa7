"""Checked days go through the checks of their values: doubtful intervals are marked, days told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from smarthub.metering.engine.checks import Check, CheckSettings, Usual, examine
from smarthub.metering.types import (
    MISSING,
    DayBlock,
    DayFailure,
    Findings,
    FlowChannel,
    Quality,
)

TOLD_LATER = {Check.MISSING}
"""A gap is told only once estimation had its turn and it is still there."""


def examined(
    block: DayBlock,
    *,
    channels: Sequence[FlowChannel],
    settings: CheckSettings,
    findings: Findings,
) -> DayBlock:
    """Return the block with its doubtful intervals marked; put what failed into ``findings``.

    Args:
        block: Days of one length.
        channels: The channel of each row.
        settings: The co-op's limits.
        findings: Filled.
    """
    usual = Usual(
        np.array([each.usual_total for each in channels]),
        np.array([each.usual_peak for each in channels]),
    )
    verdict = examine(
        block.values, usual=usual, step_seconds=channels[0].step_seconds, settings=settings
    )
    for check, failed in verdict.days.items():
        if check not in TOLD_LATER:
            findings.failures.extend(
                _failure(block, n, check, channels[n]) for n in np.flatnonzero(failed).tolist()
            )
    if not verdict.doubtful.any():
        return block
    given = np.zeros(block.values.shape, np.uint8) if block.quality is None else block.quality
    doubted = verdict.doubtful & (given == Quality.GOOD)
    return replace(block, quality=np.where(doubted, np.uint8(Quality.QUESTIONABLE), given))


def _failure(block: DayBlock, row: int, check: Check, channel: FlowChannel) -> DayFailure:
    values = block.values[row]
    known = values[values != MISSING]
    return DayFailure(
        channel_id=int(block.channel_ids[row]),
        day=dt.date.fromordinal(int(block.days[row])),
        code=check,
        values={
            "total": int(known.sum()),
            "peak": int(known.max(initial=0)),
            "usual_total": channel.usual_total,
            "usual_peak": channel.usual_peak,
        },
    )
