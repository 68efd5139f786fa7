"""Price a stored bill again from what it kept: proof that it can be reproduced (rule 24)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from smarthub.billing.engine.inputs import TAXED_TOGETHER, use_from_json
from smarthub.billing.models import BillSegment
from smarthub.billing.queries.bills import WholeSegment
from smarthub.kernel.money import Money
from smarthub.kernel.quantity import Unit
from smarthub.rating.engine import price
from smarthub.rating.engine.changes import Part, price_parts
from smarthub.rating.engine.explaining import explain_lines, explain_parts
from smarthub.rating.types import Counts, ExplainedLine, PricedLine, Sign, Tariff, Term


def reprice(*, segment: BillSegment) -> tuple[PricedLine, ...]:
    """Return the lines of a segment, computed anew from its inputs and its tariff version alone.

    A part of a period whose price changed is computed with the other parts of that period.

    Raises:
        KeyError: the segment was made before bills kept their inputs.
    """
    if TAXED_TOGETHER not in segment.inputs:
        part = _part(segment)
        return price(tariff=part.tariff, use=part.use, riders=part.riders)
    parts = BillSegment.objects.filter(bill=segment.bill_id, agreement=segment.agreement_id)
    rows = list(parts.select_related("tariff_version").order_by("position"))
    priced = price_parts(parts=[_part(row) for row in rows])
    return priced.lines[[row.pk for row in rows].index(segment.pk)]


def _part(segment: BillSegment) -> Part:
    use, riders = use_from_json(value=segment.inputs)
    return Part(Tariff.from_json(segment.tariff_version.definition), use, riders)


def explain(*, segments: Sequence[WholeSegment]) -> tuple[tuple[ExplainedLine, ...], ...]:
    """Return each line of a stored bill's segments with how it came about; no query.

    The parts of a period whose price changed are explained together, for their taxes are. A bill
    that kept no inputs is explained by what its lines show: quantity times rate.

    Source: domain rules 24, 26 and 31; section 4 ("Explaining a bill").
    """
    return tuple(
        _checked(told, segment)
        for _key, group in groupby(segments, key=_taxed_with)
        for same in (list(group),)
        for told, segment in zip(_explained(same), same, strict=True)
    )


def _taxed_with(segment: WholeSegment) -> tuple[int, bool]:
    return segment.agreement_id, TAXED_TOGETHER in segment.inputs


def _explained(same: Sequence[WholeSegment]) -> Iterator[tuple[ExplainedLine, ...]]:
    """Explain segments of one agreement: parts of one period together, others one by one."""
    parts = [
        Part(each.tariff, *priced_from)
        for each in same
        if (priced_from := each.priced_from()) is not None
    ]
    if TAXED_TOGETHER in same[0].inputs:
        yield from explain_parts(parts=parts)
    elif len(parts) == len(same):
        for part in parts:
            yield explain_lines(tariff=part.tariff, use=part.use, riders=part.riders)
    else:
        yield from ((),) * len(same)


def _checked(told: tuple[ExplainedLine, ...], segment: WholeSegment) -> tuple[ExplainedLine, ...]:
    """Return what was told, where it is what the bill says; otherwise the lines as they stand."""
    stored = segment.view.lines
    if [_told(each.line) for each in told] == [_told(line) for line in stored]:
        return told
    return tuple(_as_shown(line) for line in stored)


def _told(line: PricedLine) -> tuple[str, int]:
    return line.code, line.amount.cents


def _as_shown(line: PricedLine) -> ExplainedLine:
    """Explain a line by what it shows, or by its amount alone where cut decimals would mislead."""
    rate = Counts.PERCENT if line.unit is Unit.DOLLAR else Counts.PRICE
    terms: tuple[Term, ...] = (
        Term(line.quantity, line.unit),
        Term(line.rate, rate, Sign.TIMES),
    )
    if Money.rounded(line.quantity * line.rate) != line.amount:
        terms = (Term(line.amount.dollars, Counts.PRICE),)
    return ExplainedLine(line, "", terms)
