"""Use as it would have been: an earlier period's, with one thing of a later one put in its place.

Each function takes the use reached so far and the use as it is now, and changes one thing. What
the two have no common ground for (a register's total has no hours) it leaves alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity
from smarthub.rating.engine import settled, split_by_days
from smarthub.rating.types import BilledTime, BilledUse, Bucket, Determinants, PartMonth, Run

NOTHING = Decimal(0)


def joined(parts: Sequence[BilledUse]) -> BilledUse:
    """Return the parts of one period as one use, as if its price had not changed inside it."""
    if len(parts) == 1:
        return replace(parts[0], whole=None) if parts[0].whole else parts[0]
    first, last = parts[0], parts[-1]
    held = [part.period for part in parts if part.period is not None]
    quantities = [part.quantity for part in parts if part.quantity is not None]
    return replace(
        last,
        quantity=sum(quantities[1:], quantities[0]) if quantities else None,
        time=_joined_time([part.time for part in parts]),
        period=Period(min(p.start for p in held), max(p.end for p in held)) if held else None,
        determinants=_joined_measures([p.determinants for p in parts if p.determinants]),
        history=first.history,
        whole=None,
    )


def in_terms_of(*, use: BilledUse, held: BilledUse, same_hours: bool) -> BilledUse:
    """Return use as the earlier rate could have counted it: as a total, or in its own hours.

    Two rates that divide the day alike need nothing; else hours and demands stay those held, and
    what they do to the price belongs to the change of rate.
    """
    if held.quantity is not None:
        if use.determinants is None:
            return use
        total = Quantity(_taken(use.determinants), held.quantity.unit)
        return replace(use, quantity=total, determinants=None)
    if held.determinants is None or (same_hours and use.determinants is not None):
        return use
    taken, given = _totals(use)
    return replace(use, quantity=None, determinants=_resized(held.determinants, taken, given))


def _totals(use: BilledUse) -> tuple[Decimal, Decimal]:
    if use.determinants is not None:
        return _taken(use.determinants), _given(use.determinants)
    return (use.quantity.value if use.quantity else NOTHING), NOTHING


def _resized(held: Determinants, taken: Decimal, given: Decimal) -> Determinants:
    """Return what was measured, made so much; where nothing was, all in its last run."""
    has_taken, has_given = _taken(held), _given(held)
    runs = _scaled(
        held.runs,
        Fraction(taken) / Fraction(has_taken) if has_taken else Fraction(1),
        Fraction(given) / Fraction(has_given) if has_given else Fraction(1),
    )
    if not runs:
        return held
    last = runs[-1]
    more_taken = NOTHING if has_taken else taken
    more_given = NOTHING if has_given else given
    run = Run(last.bucket, last.delivered + more_taken, last.received + more_given)
    return replace(held, runs=(*runs[:-1], run))


def with_days(*, use: BilledUse, now: BilledUse) -> BilledUse:
    """Stretch use to as many days as now: 930 kWh in 30 days are 1,023 in 33.

    The period ends where it ended, so that its season and its month are still its own.
    """
    if use.period is None or now.period is None:
        return replace(use, time=now.time)
    stretch = Fraction(now.period.days, use.period.days)
    days = now.period.days
    period = Period(use.period.end - dt.timedelta(days=days), use.period.end)
    measured = use.determinants
    if measured is not None:
        scaled = _scaled(measured.runs, stretch, stretch)
        measured = replace(measured, runs=scaled, days=_shared_days(measured.days, days))
    quantity = use.quantity
    if quantity is not None:
        quantity = Quantity(_times(quantity.value, stretch), quantity.unit)
    return replace(use, quantity=quantity, determinants=measured, period=period, time=now.time)


def with_quantity(*, use: BilledUse, now: BilledUse, more: Decimal | None = None) -> BilledUse:
    """Put as much use as now in the place of what was used; or so much ``more``, never below 0.

    Hours keep their shares. Where nothing was used before, the shares are those of now.
    """
    if use.quantity is not None and now.quantity is not None:
        value = now.quantity.value if more is None else max(use.quantity.value + more, NOTHING)
        return replace(use, quantity=Quantity(settled(value), use.quantity.unit))
    if use.determinants is None or now.determinants is None:
        return use
    taken = _taken(use.determinants)
    wanted = _taken(now.determinants) if more is None else max(taken + more, NOTHING)
    if taken:
        runs = _scaled(use.determinants.runs, Fraction(wanted) / Fraction(taken), Fraction(1))
    else:
        runs = _runs_like(now, use, taken=wanted, given=_given(use.determinants))
    return replace(use, determinants=replace(use.determinants, runs=runs))


def with_hours(*, use: BilledUse, now: BilledUse) -> BilledUse:
    """Share the same use out over the hours as now."""
    if use.determinants is None or now.determinants is None:
        return use
    held = use.determinants
    runs = _runs_like(now, use, taken=_taken(held), given=_given(held))
    return replace(use, determinants=replace(held, runs=runs))


def with_demand(*, use: BilledUse, now: BilledUse) -> BilledUse:
    """Put the highest demands of now in the place of the earlier ones, ratchet and all."""
    if use.determinants is None or now.determinants is None:
        return use
    season = _season(use.determinants)
    peaks: dict[Bucket, Decimal] = {}
    for bucket, kw in now.determinants.peaks.items():
        key = Bucket(season, bucket.period)
        peaks[key] = max(peaks.get(key, NOTHING), kw)
    measured = replace(use.determinants, peaks=peaks, coincident_kw=now.determinants.coincident_kw)
    history = replace(use.history, months=now.history.months)
    return replace(use, determinants=measured, history=history)


def with_given_back(*, use: BilledUse, now: BilledUse) -> BilledUse:
    """Put what was given back now, and the bank it found, in the place of the earlier ones."""
    history = replace(use.history, bank=now.history.bank, credit=now.history.credit)
    if use.determinants is None or now.determinants is None:
        return replace(use, history=history)
    runs = _runs_like(now, use, taken=_taken(use.determinants), given=_given(now.determinants))
    measured = replace(use.determinants, runs=runs)
    return replace(use, determinants=measured, history=history)


def _runs_like(
    now: BilledUse, use: BilledUse, *, taken: Decimal, given: Decimal
) -> tuple[Run, ...]:
    """Return runs shaped as now and named by the earlier season, of these sums."""
    shape, held = now.determinants, use.determinants
    if shape is None or held is None:
        return () if held is None else held.runs
    season = _season(held)
    runs = tuple(Run(Bucket(season, r.bucket.period), r.delivered, r.received) for r in shape.runs)
    has_taken, has_given = _taken(shape), _given(shape)
    if (taken and not has_taken) or (given and not has_given):
        return held.runs
    return _scaled(
        runs,
        Fraction(taken) / Fraction(has_taken) if has_taken else Fraction(1),
        Fraction(given) / Fraction(has_given) if has_given else Fraction(1),
    )


def _scaled(runs: Sequence[Run], taken: Fraction, given: Fraction) -> tuple[Run, ...]:
    return tuple(
        Run(run.bucket, _times(run.delivered, taken), _times(run.received, given)) for run in runs
    )


def _times(value: Decimal, by: Fraction) -> Decimal:
    return settled(value * by.numerator / by.denominator)


def _taken(measured: Determinants) -> Decimal:
    return sum((run.delivered for run in measured.runs), NOTHING)


def _given(measured: Determinants) -> Decimal:
    return sum((run.received for run in measured.runs), NOTHING)


def _season(measured: Determinants) -> str:
    """Return the season the earlier period ended in; most have one alone."""
    named = [run.bucket.season for run in measured.runs] or list(measured.days)
    return named[-1]


def _shared_days(days: Mapping[str, int], wanted: int) -> dict[str, int]:
    shares = split_by_days(quantity=Decimal(wanted), days=list(days.values()))
    whole = {season: int(share) for season, share in zip(days, shares, strict=True)}
    last = next(reversed(whole))
    return {**whole, last: whole[last] + wanted - sum(whole.values())}


def _joined_time(times: Sequence[BilledTime]) -> BilledTime:
    """Return the time of all parts; parts that make up a month are one."""
    months = sum(time.whole_months for time in times)
    days: dict[int, int] = {}
    for part in (part for time in times for part in time.parts):
        days[part.of_days] = days.get(part.of_days, 0) + part.days
    parts = []
    for of_days, held in days.items():
        whole, rest = divmod(held, of_days)
        months += whole
        parts += [PartMonth(rest, of_days)] if rest else []
    return BilledTime(months, tuple(parts))


def _joined_measures(parts: Sequence[Determinants]) -> Determinants | None:
    if not parts:
        return None
    days: dict[str, int] = {}
    peaks: dict[Bucket, Decimal] = {}
    for part in parts:
        for season, count in part.days.items():
            days[season] = days.get(season, 0) + count
        for bucket, kw in part.peaks.items():
            peaks[bucket] = max(peaks.get(bucket, NOTHING), kw)
    runs = tuple(run for part in parts for run in part.runs)
    return Determinants(runs, days, peaks, parts[-1].coincident_kw)
