"""The one seam between a bill and the rate engine: what is to be priced, and what came of it.

Many services under one tariff version and period are priced together in columns; a few, and
those the columns refuse, one by one. Both give the same lines, to the cent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from smarthub.kernel.errors import ExpectedError
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.rating.engine import RiderRates, count, history_after, price_counted
from smarthub.rating.engine.batch import (
    Measured,
    PricedBatch,
    Services,
    measured_from_determinants,
    measured_from_registers,
    price_batch,
)
from smarthub.rating.types import (
    BilledTime,
    BilledUse,
    Demand,
    History,
    Minimum,
    PricedLine,
    PublishedTariff,
    Tariff,
)

KEPT_MONTHS = 12
"""A ratchet looks eleven months back, a yearly minimum at eleven and this one."""
FEW = 8
"""So few are priced sooner one by one than in columns."""


@dataclass(frozen=True, slots=True)
class ToPrice:
    """One part of one agreement's period: the version, the use, and the riders' rates."""

    version: PublishedTariff
    use: BilledUse
    riders: RiderRates

    @property
    def kind(self) -> tuple[int, Period | None, Period | None, BilledTime]:
        """What items must share to be priced together."""
        return self.version.version_id, self.use.period, self.use.whole, self.use.time


@dataclass(frozen=True, slots=True)
class Priced:
    """The lines, and what the agreement's later bills rest on."""

    lines: tuple[PricedLine, ...]
    after: History


Answer = Priced | ExpectedError


def price_all(*, items: Sequence[ToPrice]) -> list[Answer]:
    """Price each item, in their order; an item that cannot be priced answers with its error.

    The errors: ``RiderRateMissing``, ``FactMissing``, ``PriceBelowZero``.
    """
    groups: dict[object, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        groups[item.kind].append(place)
    answers: dict[int, Answer] = {}
    for places in groups.values():
        alike = [items[place] for place in places]
        answers |= dict(zip(places, _price_alike(alike), strict=True))
    return [answers[place] for place in range(len(items))]


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
    after = item.use.history
    if leaves_something(tariff=tariff):
        after = _kept(history_after(counted=counted, riders=item.riders))
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


def _price_alike(items: Sequence[ToPrice]) -> list[Answer]:
    if len(items) < FEW or items[0].use.period is None:
        return [_price_or_error(item) for item in items]
    try:
        batch = price_batch(
            tariff=items[0].version.tariff,
            services=_services(items, items[0].use.period),
            riders=items[0].riders,
        )
    except ExpectedError:  # what is missing for all; the plain path says it for each
        return [_price_or_error(item) for item in items]
    return _answers(items, batch)


def _services(items: Sequence[ToPrice], period: Period) -> Services:
    return Services(
        count=len(items),
        period=period,
        time=items[0].use.time,
        measured=_measured(items, period),
        contracts=[item.use.contract for item in items],
        histories=[item.use.history for item in items],
        whole=items[0].use.whole,
    )


def _measured(items: Sequence[ToPrice], period: Period) -> Measured | None:
    tariff = items[0].version.tariff
    if tariff.metered_unit is None:
        return None
    determinants = [item.use.determinants for item in items if item.use.determinants]
    if determinants:
        return measured_from_determinants(determinants=determinants)
    quantities = [item.use.quantity.value for item in items if item.use.quantity]
    return measured_from_registers(tariff=tariff, quantities=quantities, period=period)


def _answers(items: Sequence[ToPrice], batch: PricedBatch) -> list[Answer]:
    lines: dict[int, list[PricedLine]] = defaultdict(list)
    for row in batch.rows():
        line = PricedLine(row.code, row.name, row.quantity, row.unit, row.rate, Money(row.cents))
        lines[row.service].append(line)
    leaves = leaves_something(tariff=items[0].version.tariff)
    return [
        batch.refused[place]
        if place in batch.refused
        else Priced(
            tuple(lines[place]), _kept(batch.history_of(place)) if leaves else item.use.history
        )
        for place, item in enumerate(items)
    ]


def _kept(after: History) -> History:
    return History(after.months[-KEPT_MONTHS:], after.bank, after.credit)


def _price_or_error(item: ToPrice) -> Answer:
    try:
        return price_one(item=item)
    except ExpectedError as error:
        return error
