"""Credit in dollars that comes off later months' energy instead of its own bill (rule 96)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from smarthub.kernel.quantity import Unit
from smarthub.rating.engine.counting import ZERO, Counted
from smarthub.rating.engine.energy import export_lines
from smarthub.rating.engine.making import line
from smarthub.rating.types import (
    BANK,
    Blocks,
    Charge,
    ExportCredit,
    PerUnit,
    PricedLine,
    TimeOfUse,
)

ENERGY = (Blocks, PerUnit, TimeOfUse)


def is_kept_back(*, charge: Charge, counted: Counted) -> bool:
    """Return whether a charge is an export credit that waits for the next month."""
    return isinstance(charge, ExportCredit) and counted.tariff.netting.credit == "next_month"


def credit_lines(*, counted: Counted, lines: Sequence[PricedLine]) -> Iterator[PricedLine]:
    """Yield what earlier credit pays of this month's energy, and never more.

    Source: domain rule 96; greenbutton-rating-usage B2, net billing with carry-over.
    """
    yield from _line(counted, _used(counted, lines))


def payout_lines(*, counted: Counted, lines: Sequence[PricedLine]) -> Iterator[PricedLine]:
    """Yield the payment of all credit in the month of true-up, after any minimum.

    Source: domain rules 95 and 96.
    """
    if counted.tariff.netting.credit == "next_month" and is_settled(counted=counted):
        yield from _line(counted, credit_after(counted=counted, lines=lines))


def credit_after(*, counted: Counted, lines: Sequence[PricedLine]) -> Decimal:
    """Return the dollars of credit after a month: what was left, and what was earned."""
    if counted.tariff.netting.credit != "next_month":
        return ZERO
    exports = (c for c in counted.tariff.charges if isinstance(c, ExportCredit))
    earned = (each for c in exports for each in export_lines(charge=c, counted=counted))
    left = counted.use.history.credit - _used(counted, lines)
    return left - sum((each.dollars for each in earned), ZERO)


def is_settled(*, counted: Counted) -> bool:
    """Return whether the period is the tariff's month of true-up."""
    month = counted.tariff.netting.true_up_month
    return month is not None and month == counted.bill_month and counted.use.is_last_part


def _used(counted: Counted, lines: Sequence[PricedLine]) -> Decimal:
    codes = {c.code for c in counted.tariff.charges if isinstance(c, ENERGY)}
    energy = (e.dollars for e in lines if e.code.split(".", maxsplit=1)[0] in codes)
    return min(counted.use.history.credit, max(sum(energy, ZERO), ZERO))


def _line(counted: Counted, dollars: Decimal) -> Iterator[PricedLine]:
    name = counted.tariff.netting.name
    if dollars and name is not None:
        one = Decimal(1)
        yield line(code=BANK, name=name, quantity=one, unit=Unit.EACH, rate=-dollars)
