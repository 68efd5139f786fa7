"""Whether the intervals of a billed period add up to what its bill charged, and if not, why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from smarthub.billing.types import PointBilling, PricedPeriod
from smarthub.kernel.period import Period
from smarthub.workflows.usage.usage_ground import Ground


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

    A bill whose rate changed within it has several segments, which count together.

    Source: domain rules 12, 15 and 23.
    """
    by_bill: dict[str, list[PricedPeriod]] = {}
    for each in billing.periods:
        by_bill.setdefault(each.bill_number, []).append(each)
    total = ground.total(period)
    for bill_number, parts in by_bill.items():
        whole = (min(p.period.start for p in parts), max(p.period.end for p in parts))
        if whole == (period.start, period.end) and total.quantity is not None:
            billed = sum((p.use.value for p in parts if p.use), Decimal(0))
            return BillMatch(
                bill_number=bill_number,
                period=period,
                billed=billed,
                summed=total.quantity,
                reason=_reason(ground, parts, billed, period),
                multiplier=max((r.multiplier for p in parts for r in p.reads), default=Decimal(1)),
            )
    return None


def _reason(
    ground: Ground, parts: Sequence[PricedPeriod], billed: Decimal, period: Period
) -> Reason:
    """Return the first reason that is enough: a read shows whole steps at each of its ends."""
    total = ground.total(period)
    apart = abs(billed - (total.quantity or Decimal(0)))
    multipliers = [read.multiplier for part in parts for read in part.reads]
    if not apart:
        return Reason.NONE
    if any(part.is_estimated for part in parts) or total.is_estimated:
        return Reason.ESTIMATE
    if total.days_missing:
        return Reason.GAPS
    if apart <= sum(multipliers, Decimal(0)):
        through_transformers = any(each != 1 for each in multipliers)
        return Reason.MULTIPLIER if through_transformers else Reason.ROUNDING
    return Reason.OTHER
