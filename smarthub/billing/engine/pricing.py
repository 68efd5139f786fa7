"""The one seam between a bill and the rate engine: what is to be priced, and what came of it.

Many services under one tariff version and period are priced together in columns; a few, and
those the columns refuse, one by one. Both give the same lines, to the cent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from smarthub.kernel.errors import ExpectedError
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
from smarthub.rating.engine.changes import Part, price_parts
from smarthub.rating.types import (
    BilledTime,
    BilledUse,
    History,
    PricedLine,
    PublishedTariff,
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
    def kind(self) -> tuple[int, Period | None, Period | None, BilledTime, Decimal | None]:
        """What items must share to be priced together."""
        use = self.use
        return self.version.version_id, use.period, use.whole, use.time, use.factor


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
        answers |= dict(zip(places, price_alike(items=alike), strict=True))
    return [answers[place] for place in range(len(items))]


def price_alike(*, items: Sequence[ToPrice], measured: Measured | None = None) -> list[Answer]:
    """Price items of one tariff version and period together; the answers as of ``price_all``.

    ``measured`` is what their meters say in columns, where that is known already.
    """
    if len(items) < FEW or items[0].use.period is None:
        return [_price_or_error(item) for item in items]
    try:
        batch = price_batch(
            tariff=items[0].version.tariff,
            services=_services(items, items[0].use.period, measured),
            riders=items[0].riders,
        )
    except ExpectedError:  # what is missing for all; the plain path says it for each
        return [_price_or_error(item) for item in items]
    answers = _answers(items, batch)
    for place, item in enumerate(items):
        if item.use.exempt:  # few have a certificate, so columns know nothing of them
            answers[place] = _price_or_error(item)
    return answers


@dataclass(frozen=True, slots=True)
class PricedChange:
    """The lines of each part of a period, and what the period leaves as one month."""

    lines: tuple[tuple[PricedLine, ...], ...]
    after: History


def price_changed(*, parts: Sequence[ToPrice]) -> PricedChange:
    """Price a period inside which the price changes; its taxes stand with the last part.

    Raises:
        RiderRateMissing, FactMissing, PriceBelowZero: see ``price_one``.

    Source: domain rules 31, 33 and 34: what is taxed is the use of the whole period.
    """
    priced = price_parts(parts=[Part(each.version.tariff, each.use, each.riders) for each in parts])
    leaves = any(each.version.tariff.leaves_something for each in parts)
    after = _kept(priced.history) if leaves else parts[0].use.history
    return PricedChange(priced.lines, after)


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
    if tariff.leaves_something:
        after = _kept(history_after(counted=counted, riders=item.riders))
    return Priced(lines, after)


def _services(items: Sequence[ToPrice], period: Period, measured: Measured | None) -> Services:
    return Services(
        count=len(items),
        period=period,
        time=items[0].use.time,
        measured=measured or _measured(items, period),
        contracts=[item.use.contract for item in items],
        histories=[item.use.history for item in items],
        whole=items[0].use.whole,
        inside=[item.use.inside for item in items] if items[0].version.tariff.districts else (),
    )


def _measured(items: Sequence[ToPrice], period: Period) -> Measured | None:
    tariff = items[0].version.tariff
    if tariff.metered_unit is None:
        return None
    determinants = [item.use.determinants for item in items if item.use.determinants]
    if determinants:
        return measured_from_determinants(determinants=determinants)
    quantities = [item.use.quantity.value for item in items if item.use.quantity]
    return measured_from_registers(
        tariff=tariff, quantities=quantities, period=period, factor=items[0].use.factor
    )


def _answers(items: Sequence[ToPrice], batch: PricedBatch) -> list[Answer]:
    lines = batch.bill_lines()
    leaves = items[0].version.tariff.leaves_something
    return [
        batch.refused[place]
        if place in batch.refused
        else Priced(lines[place], _kept(batch.history_of(place)) if leaves else item.use.history)
        for place, item in enumerate(items)
    ]


def _kept(after: History) -> History:
    return History(after.months[-KEPT_MONTHS:], after.bank, after.credit)


def _price_or_error(item: ToPrice) -> Answer:
    try:
        return price_one(item=item)
    except ExpectedError as error:
        return error
