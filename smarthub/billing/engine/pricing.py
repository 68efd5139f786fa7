"""The one seam between a bill and the rate engine: what is to be priced, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from smarthub.kernel.errors import ExpectedError
from smarthub.rating.engine import RiderRates, count, history_after, price_counted
from smarthub.rating.types import (
    BilledUse,
    Demand,
    History,
    Minimum,
    PriceBelowZero,
    PricedLine,
    PublishedTariff,
    Tariff,
    total_of,
)

KEPT_MONTHS = 12
"""A ratchet looks eleven months back, a yearly minimum at eleven and this one."""


@dataclass(frozen=True, slots=True)
class ToPrice:
    """One part of one agreement's period: the version, the use, and the riders' rates."""

    version: PublishedTariff
    use: BilledUse
    riders: RiderRates


@dataclass(frozen=True, slots=True)
class Priced:
    """The lines, and what the agreement's later bills rest on."""

    lines: tuple[PricedLine, ...]
    after: History


def price_all(*, items: Sequence[ToPrice]) -> list[Priced | ExpectedError]:
    """Price each item, in their order; an item that cannot be priced answers with its error.

    The errors: ``RiderRateMissing``, ``FactMissing``, ``PriceBelowZero``.
    """
    return [_price_or_error(item) for item in items]


def price_one(*, item: ToPrice) -> Priced:
    """Price one item by the plain path.

    Raises:
        RiderRateMissing: a tariff needs a rider that has no rate.
        FactMissing: a charge rests on a fact of the agreement that is not known.
        PriceBelowZero: a rider's credit is larger than everything else.
    """
    tariff = item.version.tariff
    counted = count(tariff=tariff, use=item.use)
    lines = price_counted(counted=counted, riders=item.riders)
    refuse_below_zero(tariff=tariff, use=item.use, lines=lines)
    after = item.use.history
    if leaves_something(tariff=tariff):
        after = history_after(counted=counted, riders=item.riders)
        after = History(after.months[-KEPT_MONTHS:], after.bank, after.credit)
    return Priced(lines, after)


def leaves_something(*, tariff: Tariff) -> bool:
    """Return whether later bills rest on this one: a ratchet, a bank, a credit, a year's least."""
    if tariff.netting.kind == "kwh_bank" or tariff.netting.credit == "next_month":
        return True
    return any(
        (isinstance(charge, Demand) and charge.ratchet is not None)
        or (isinstance(charge, Minimum) and charge.per == "year")
        for charge in tariff.charges
    )


def refuse_below_zero(*, tariff: Tariff, use: BilledUse, lines: tuple[PricedLine, ...]) -> None:
    """Refuse a price below zero that only a rider can have made.

    Raises:
        PriceBelowZero: it is; a tariff that pays for energy delivered to us may come below.
    """
    total = total_of(lines)
    may_be = tariff.pays_for_export or tariff.netting.settle == "pay"
    if total.cents < 0 and tariff.rider_codes and not may_be:
        month = "" if use.period is None else f"{use.period.last_day:%Y-%m}"
        raise PriceBelowZero(tariff=tariff.code, month=month, total=str(total))


def _price_or_error(item: ToPrice) -> Priced | ExpectedError:
    try:
        return price_one(item=item)
    except ExpectedError as error:
        return error
