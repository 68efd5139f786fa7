"""Whether the intervals of a billed period add up to what its bill charged, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from smarthub.billing.types import PointBilling, PricedPeriod
from smarthub.kernel.period import Period
from smarthub.workflows.usage_ground import Ground


class Reason(StrEnum):
    """Why the bill and the intervals differ."""

    NONE = "none"
    ESTIMATE = "estimate"
    GAPS = "gaps"
    MULTIPLIER = "multiplier"
    ROUNDING = "rounding"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class BillMatch:
    """A bill beside the intervals of its period, in the meter's unit.

    ``multiplier`` is what one step of the register stands for; one unless through transformers.
    """

    bill_number: str
    period: Period
    billed: Decimal
    summed: Decimal
    reason: Reason
    multiplier: Decimal

    @property
    def difference(self) -> Decimal:
        """What the bill has more than the intervals."""
        return self.billed - self.summed


def match_bill(ground: Ground, billing: PointBilling, period: Period) -> BillMatch | None:
    """Return the bill of exactly these days beside them; None where no bill has them.

    Source: domain rules 12, 15 and 23.
    """
    billed = next((each for each in billing.periods if each.period == period and each.use), None)
    if billed is None or billed.use is None:
        return None
    total = ground.total(period)
    if total.quantity is None:
        return None
    return BillMatch(
        bill_number=billed.bill_number,
        period=period,
        billed=billed.use.value,
        summed=total.quantity,
        reason=_reason(ground, billed, total.quantity),
        multiplier=max((read.multiplier for read in billed.reads), default=Decimal(1)),
    )


def _reason(ground: Ground, billed: PricedPeriod, summed: Decimal) -> Reason:
    """Return the first reason that is enough: a read shows whole steps at each of its ends."""
    assert billed.use is not None  # noqa: S101 (asked before)
    apart = abs(billed.use.value - summed)
    total = ground.total(billed.period)
    steps = sum((read.multiplier for read in billed.reads), Decimal(0))
    if not apart:
        return Reason.NONE
    if billed.is_estimated or total.is_estimated:
        return Reason.ESTIMATE
    if total.days_missing:
        return Reason.GAPS
    if apart <= steps:
        through_transformers = any(read.multiplier != 1 for read in billed.reads)
        return Reason.MULTIPLIER if through_transformers else Reason.ROUNDING
    return Reason.OTHER
