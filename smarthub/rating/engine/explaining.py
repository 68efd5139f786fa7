"""Say how each line of a bill came about: a formula of few numbers, worked from left to right.

The lines are priced again by the one engine, so what is explained is what was charged; each kind
of charge then names the numbers its clause multiplies. Nothing here chooses words.

Source: domain rules 24, 26 to 34, 37, 38 and 94 to 96; section 4 ("Explaining a bill").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from smarthub.kernel.money import Money
from smarthub.kernel.quantity import Unit
from smarthub.rating.engine import explaining_notes as notes
from smarthub.rating.engine.changes import Part, price_parts
from smarthub.rating.engine.counting import ZERO, Counted, count, months_of
from smarthub.rating.engine.energy import blocks_of
from smarthub.rating.engine.extra import RiderRates
from smarthub.rating.engine.fixed import prorated
from smarthub.rating.engine.pricing import price_counted
from smarthub.rating.engine.tiers import in_tiers
from smarthub.rating.types import (
    BANK,
    EXEMPT,
    TAXES,
    BilledUse,
    Blocks,
    Charge,
    Counts,
    Demand,
    ExplainedLine,
    ExportCredit,
    FixedMonthly,
    FixedYearly,
    LesserOfTax,
    Minimum,
    Netted,
    Note,
    PercentTax,
    PerHorsepower,
    PerKva,
    PerUnit,
    PricedLine,
    Rider,
    SharedSolar,
    Sign,
    Subscription,
    Tariff,
    Term,
    TieredTax,
    TimeOfUse,
    UnmeteredLight,
    WinterAverage,
    exempt_code,
)

Terms = tuple[Term, ...]
Explained = tuple[Terms, tuple[Note, ...]]
MONTHS = 12
A_CENT = Decimal("0.01")
LAST_DECIMAL = Decimal("0.000000001")
SHARED = (PerKva, PerHorsepower, WinterAverage)


def explain_netting(*, tariff: Tariff, use: BilledUse) -> Netted | None:
    """Return how a month of net metering came about, in kWh; None under any other rate."""
    return notes.netted(count(tariff=tariff, use=use))


def explain_lines(
    *, tariff: Tariff, use: BilledUse, riders: RiderRates
) -> tuple[ExplainedLine, ...]:
    """Return each line one agreement owes for one period, with how it came about.

    Args:
        tariff: The version the bill names.
        use: What the bill was priced from.
        riders: What the riders cost then.

    Raises:
        RiderRateMissing, FactMissing, PriceBelowZero: as ``price`` does.

    Source: domain rules 24 and 26: worked and rounded to cents, a formula gives its line.
    """
    counted = count(tariff=tariff, use=use)
    lines = price_counted(counted=counted, riders=riders)
    return _explain(_Priced(counted, counted, lines))


def explain_parts(*, parts: Sequence[Part]) -> tuple[tuple[ExplainedLine, ...], ...]:
    """Return each line of a period whose price changed inside it, part by part.

    The taxes stand with the last part, and their formulas are about the whole period.

    Args:
        parts: As ``price_parts`` takes them.

    Raises:
        ValueError, FactMissing, RiderRateMissing, PriceBelowZero: as ``price_parts`` does.

    Source: domain rules 24, 26, 31, 33 and 34.
    """
    priced = price_parts(parts=parts)
    told: list[tuple[ExplainedLine, ...]] = []
    earlier: tuple[PricedLine, ...] = ()
    for counted, lines in zip(priced.counts, priced.lines, strict=True):
        told.append(_explain(_Priced(counted, priced.taxed, lines, earlier)))
        earlier += lines
    return tuple(told)


@dataclass(frozen=True, slots=True)
class _Priced:
    """Lines and what they were priced from; ``earlier`` are those of earlier parts."""

    counted: Counted
    taxed: Counted
    lines: tuple[PricedLine, ...]
    earlier: tuple[PricedLine, ...] = ()

    def behind(self, charge: Charge) -> Counted:
        """What a charge counted: a tax the whole period, everything else its part of it."""
        return self.taxed if isinstance(charge, TAXES) else self.counted

    def above(self, charge: Charge, place: int) -> tuple[PricedLine, ...]:
        """The lines a charge rests on: of all parts so far where it is a tax or a year's least."""
        of_all = isinstance(charge, TAXES) or (isinstance(charge, Minimum) and charge.per == "year")
        return (*(self.earlier if of_all else ()), *self.lines[:place])


def _explain(priced: _Priced) -> tuple[ExplainedLine, ...]:
    charges = {charge.code: charge for charge in priced.counted.tariff.charges}
    places: dict[str, list[int]] = defaultdict(list)
    for place, line in enumerate(priced.lines):
        places[line.code.split(".", maxsplit=1)[0]].append(place)
    told: dict[int, ExplainedLine] = {}
    for code, held in places.items():
        charge = charges.get(code)
        if charge is not None and priced.lines[held[-1]].code == exempt_code(code):
            last = held.pop()
            told[last] = _of_exemption(priced.taxed, priced.lines[last])
        if charge is None:
            told |= {place: _of_bank(priced.counted, priced.lines, place) for place in held}
        else:
            told |= _of_charge(charge, priced, held)
    return tuple(told[place] for place in range(len(priced.lines)))


def _of_charge(charge: Charge, priced: _Priced, places: Sequence[int]) -> dict[int, ExplainedLine]:
    """Explain the lines of one charge: most have one, blocks and parts of months several."""
    own = [priced.lines[place] for place in places]
    above = priced.above(charge, places[0])
    found = list(_explained(charge, priced.behind(charge), own, above))
    kind = type(charge).__name__
    where = notes.inside(charge)
    return {
        place: ExplainedLine(line, kind, _exact(terms, line), (*told, *where))
        for place, line, (terms, told) in zip(places, own, found, strict=True)
    }


def _explained(
    charge: Charge, counted: Counted, own: Sequence[PricedLine], above: Sequence[PricedLine]
) -> Iterator[Explained]:
    match charge:
        case FixedMonthly() | FixedYearly() | Subscription():
            yield from _fixed(charge, counted)
        case Blocks():
            yield from _blocks(charge, counted)
        case TieredTax():
            yield from _tiered_tax(charge, counted)
        case Demand():
            yield from _demand(charge, counted)
        case Rider():
            yield from _rider(charge, counted, own)
        case Minimum():
            yield from (_minimum(charge, counted, line, above) for line in own)
        case _:
            for line in own:
                yield _single(charge, counted, line, above)


def _single(
    charge: Charge, counted: Counted, line: PricedLine, above: Sequence[PricedLine]
) -> Explained:
    match charge:
        case PerUnit():
            told = (*notes.part(counted), *notes.of_use(counted, charge, line.code))
            return _product(line), told
        case TimeOfUse() | ExportCredit():
            told = (*notes.of_use(counted, charge, line.code), *notes.block_of_hours(charge, line))
            return _product(line), told
        case UnmeteredLight():
            return _light(charge, counted)
        case LesserOfTax():
            return _product(line), notes.lesser(charge, counted, above)
        case PercentTax():
            return _product(line), notes.taxed(charge, above)
        case _:
            return _facts(charge, counted, line)


def _product(line: PricedLine) -> Terms:
    """Quantity times rate, as the line shows them."""
    rate = Counts.PERCENT if line.unit is Unit.DOLLAR else Counts.PRICE
    return Term(line.quantity, line.unit), Term(line.rate, rate, Sign.TIMES)


def _facts(charge: Charge, counted: Counted, line: PricedLine) -> Explained:
    """What goes by facts of the account, or by days: the share of a period stands apart."""
    if isinstance(charge, SharedSolar):
        return _product(line), notes.solar(counted, line)
    if not isinstance(charge, SHARED):
        return _product(line), ()
    rate = charge.rate
    told: tuple[Note, ...] = notes.facts(charge, counted)
    if isinstance(charge, PerHorsepower) and line.unit is Unit.EACH:
        rate = charge.least
    terms = (Term(line.quantity, line.unit), Term(rate, Counts.PRICE, Sign.TIMES))
    return (*terms, *_share(counted.share)), (*told, *notes.part(counted))


def _share(share: Fraction) -> Terms:
    """So many of so many days; nothing where it is all of them."""
    if share == 1:
        return ()
    return (
        Term(Decimal(share.numerator), Counts.NUMBER, Sign.TIMES),
        Term(Decimal(share.denominator), Counts.NUMBER, Sign.OVER),
    )


def _fixed(
    charge: FixedMonthly | FixedYearly | Subscription, counted: Counted
) -> Iterator[Explained]:
    time = prorated(time=counted.use.time, settings=counted.tariff.settings)
    yearly = (Term(Decimal(MONTHS), Counts.NUMBER, Sign.OVER),) * isinstance(charge, FixedYearly)
    told = (Note("in_advance"),) if isinstance(charge, Subscription) else ()
    if time.whole_months:
        months = Term(Decimal(time.whole_months), Unit.MONTH)
        yield (months, Term(charge.amount, Counts.PRICE, Sign.TIMES), *yearly), told
    for part in time.parts:
        shown = Note("part_month", {"days": part.days, "of_days": part.of_days})
        yield (
            (
                Term(Decimal(part.days), Unit.DAY),
                Term(charge.amount, Counts.PRICE, Sign.TIMES),
                Term(Decimal(part.of_days), Unit.DAY, Sign.OVER),
                *yearly,
            ),
            (shown, *told),
        )


def _blocks(charge: Blocks, counted: Counted) -> Iterator[Explained]:
    for block in blocks_of(charge=charge, counted=counted):
        shown = Note(
            "block",
            {"above": block.above, "upto": block.upto, "unit": charge.unit, "basis": charge.basis},
        )
        use = notes.of_use(counted, charge, charge.code)
        terms = (Term(block.inside, charge.unit), Term(block.tier.rate, Counts.PRICE, Sign.TIMES))
        yield terms, (*notes.part(counted), shown, *use)


def _tiered_tax(charge: TieredTax, counted: Counted) -> Iterator[Explained]:
    above = ZERO
    for tier, inside in in_tiers(tiers=charge.tiers, quantity=counted.quantity):
        values = {"above": above, "upto": tier.upto, "unit": charge.unit, "basis": "period"}
        terms = (Term(inside, charge.unit), Term(tier.rate, Counts.PRICE, Sign.TIMES))
        yield terms, (Note("block", values),)
        above += inside


def _demand(charge: Demand, counted: Counted) -> Iterator[Explained]:
    told = notes.demand(charge, counted)
    kw = notes.billed_demand(charge, counted)
    for tier, quantity in in_tiers(tiers=charge.tiers, quantity=kw):
        if tier.rate:
            terms = (Term(quantity, Unit.KW), Term(tier.rate, Counts.PRICE, Sign.TIMES))
            yield (*terms, *_share(counted.demand_share)), told


def _rider(charge: Rider, counted: Counted, own: Sequence[PricedLine]) -> Iterator[Explained]:
    for line, told in zip(own, notes.rider(charge, counted, own), strict=True):
        yield _product(line), told


def _light(charge: UnmeteredLight, counted: Counted) -> Explained:
    months = months_of(counted.use.time)
    lamps = Term(Decimal(counted.lamps), Unit.EACH)
    price = Term(charge.amount, Counts.PRICE, Sign.TIMES)
    return (lamps, price, *_share(months)), notes.light(charge, counted)


def _minimum(
    charge: Minimum, counted: Counted, line: PricedLine, above: Sequence[PricedLine]
) -> Explained:
    reached = notes.reached(charge, counted, above)
    missing = line.dollars if charge.per == "year" else line.amount.dollars
    terms = (
        Term(missing + reached, Counts.PRICE),
        Term(reached, Counts.PRICE, Sign.LESS),
    )
    return terms, (Note("minimum", {"per": charge.per}),)


def _of_bank(counted: Counted, lines: Sequence[PricedLine], place: int) -> ExplainedLine:
    line = lines[place]
    if line.unit is Unit.KWH:
        told = (Note("bank_paid", {"kwh": line.quantity}),)
        return ExplainedLine(line, BANK, _exact(_product(line), line), told)
    paid_out = any(each.code == BANK for each in lines[:place]) or line is lines[-1]
    had = counted.use.history.credit
    told = (Note("credit_paid" if paid_out else "credit_used", {"had": had}),)
    return ExplainedLine(line, BANK, (Term(line.dollars, Counts.PRICE),), told)


def _of_exemption(counted: Counted, line: PricedLine) -> ExplainedLine:
    """Explain what a certificate takes off a tax: all of it, or its share of the days."""
    terms: Terms = _product(line)
    found: tuple[Note, ...] = ()
    for held in counted.use.exempt:
        if line.code == exempt_code(held.code) and held.days < held.of_days:
            terms = (
                Term(-line.quantity, line.unit),
                Term(Decimal(held.days), Unit.DAY, Sign.TIMES),
                Term(Decimal(held.of_days), Unit.DAY, Sign.OVER),
            )
            found = (Note("exempt_days", {"days": held.days, "of_days": held.of_days}),)
    return ExplainedLine(line, EXEMPT, terms, found)


def _exact(terms: Terms, line: PricedLine) -> Terms:
    """Return the formula with its first number to the last decimal, where cutting it would show.

    A line shows six decimals; a share of a quantity may have nine. What is further off than that
    can make it is a formula that is wrong, and stays to be seen.
    """
    worked = ExplainedLine(line, "", terms).worked
    if Money.rounded(worked) == line.amount or abs(worked - line.dollars) > A_CENT:
        return terms
    first = terms[0]
    value = (first.value * line.dollars / worked).quantize(LAST_DECIMAL).normalize()
    return (Term(value, first.counts), *terms[1:])
