"""A period inside which the price changes: each part under its own version, shown and added up.

Energy of a register is split by days, that of intervals is where it was used. What a month has
once (blocks, demand, transformers, minimums) is shared out by days; fixed charges have the parts
of months their time says. Taxes are for the whole period, under the version at its end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from smarthub.rating.engine.counting import ZERO, Counted, count
from smarthub.rating.engine.extra import RiderRates
from smarthub.rating.engine.months import history_after
from smarthub.rating.engine.pricing import lines_before_taxes, refuse_below_zero, tax_lines
from smarthub.rating.types import BilledTime, BilledUse, Bucket, History, PricedLine, Tariff


@dataclass(frozen=True, slots=True)
class Part:
    """Some days of a period, and the version that holds on them; ``use.whole`` is the period."""

    tariff: Tariff
    use: BilledUse
    riders: RiderRates


@dataclass(frozen=True, slots=True)
class PricedParts:
    """The lines of each part, the taxes of all with the last, and what the period leaves.

    ``counts`` is what each part was priced from, ``taxed`` what the taxes were.
    """

    lines: tuple[tuple[PricedLine, ...], ...]
    history: History
    counts: tuple[Counted, ...]
    taxed: Counted


def price_parts(*, parts: Sequence[Part]) -> PricedParts:
    """Return the lines of a period inside which the price changed.

    900 kWh in 30 days, of which 12 at the old price: 360.000 at the old and 540.000 at the new,
    and fixed charges 12/30 of the old and 18/30 of the new.

    Args:
        parts: The parts of one period in order, each with its own days, time and riders; only the
            first needs a history.

    Raises:
        ValueError: there are no parts, or they do not follow each other to the end.
        FactMissing, RiderRateMissing, PriceBelowZero: see ``price``.

    Source: domain rules 31 and 33; 1.3, rate changes inside the period.
    """
    _check(parts)
    history = parts[0].use.history
    lines: list[tuple[PricedLine, ...]] = []
    counts: list[Counted] = []
    for part in parts:
        counted = count(tariff=part.tariff, use=replace(part.use, history=history))
        earlier = [each for lines_of_part in lines for each in lines_of_part]
        made = lines_before_taxes(counted=counted, riders=part.riders, earlier=earlier)
        lines.append(tuple(made))
        counts.append(counted)
        after = history_after(counted=counted, riders=part.riders)
        history = replace(history, bank=after.bank, credit=after.credit)
    untaxed = [each for lines_of_part in lines for each in lines_of_part]
    taxed = _whole(counts)
    taxes = tax_lines(counted=taxed, lines=untaxed)
    refuse_below_zero(tariff=parts[-1].tariff, lines=[*untaxed, *taxes])
    lines[-1] = (*lines[-1], *taxes)
    return PricedParts(tuple(lines), _history(parts, counts, history), tuple(counts), taxed)


def _check(parts: Sequence[Part]) -> None:
    if not parts:
        raise ValueError("a period has at least one part")
    periods = [part.use.period for part in parts]
    wholes = {part.use.whole for part in parts}
    whole = wholes.pop()
    if wholes or whole is None or None in periods:
        raise ValueError("parts of one period name it as their whole")
    ends = [whole.start, *(period.end for period in periods if period)]
    if ends[:-1] != [period.start for period in periods if period] or ends[-1] != whole.end:
        raise ValueError("parts must follow each other from the period's start to its end")


def _whole(counts: Sequence[Counted]) -> Counted:
    """Return the last part's count with the use and time of all, which taxes are for."""
    billed: dict[Bucket, Decimal] = {}
    for counted in counts:
        for bucket, value in counted.billed.items():
            billed[bucket] = billed.get(bucket, ZERO) + value
    times = [counted.use.time for counted in counts]
    time = BilledTime(
        sum(each.whole_months for each in times),
        tuple(part for each in times for part in each.parts),
    )
    last = counts[-1]
    return replace(last, billed=billed, use=replace(last.use, time=time))


def _history(parts: Sequence[Part], counts: Sequence[Counted], history: History) -> History:
    """Return what the whole period leaves: one month, with the highest demand of its parts."""
    afters = [
        history_after(counted=counted, riders=part.riders).months[-1]
        for part, counted in zip(parts, counts, strict=True)
    ]
    peaks: dict[str, Decimal] = {}
    for after in afters:
        peaks = _highest(peaks, after.peaks)
    charged = sum((after.charged for after in afters), ZERO)
    month = replace(afters[0], peaks=peaks, charged=charged)
    return replace(history, months=(*history.months, month))


def _highest(one: Mapping[str, Decimal], other: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return {name: max(one.get(name, ZERO), other.get(name, ZERO)) for name in {*one, *other}}
