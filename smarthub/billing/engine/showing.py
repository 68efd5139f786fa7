"""Show a draft as the bill it would be, so that staff look at what a member would get."""

from __future__ import annotations

from smarthub.billing.engine.draft import DraftBill, DraftSegment, year_before
from smarthub.billing.types import BillView, SegmentView


def view_of_draft(*, draft: DraftBill) -> BillView:
    """Return a draft as a bill; nothing of it is stored."""
    standing, papers = draft.account.standing, draft.account.papers
    return BillView(
        number=draft.number,
        account_number=draft.account.number,
        holder=draft.account.holder,
        bill_date=draft.terms.bill_date,
        due_date=draft.terms.due_date,
        previous=standing.previous,
        payments=standing.payments,
        adjustments=standing.adjustments,
        charges=draft.charges,
        asked=draft.asked,
        segments=tuple(_segment(segment) for segment in draft.segments),
        last_charges=standing.last_charges,
        template_version="",
        old_number=draft.account.old_number,
        member_number=papers.member_number,
        board_district=papers.board_district,
        cycle_code=papers.cycle_code,
        late_charge=draft.late_charge,
        is_final=draft.is_final,
        messages=draft.messages,
        gift=draft.gift,
        given_this_year=draft.account.given_this_year + draft.gift,
    )


def _segment(segment: DraftSegment) -> SegmentView:
    agreement, tariff = segment.plan.unbilled.agreement, segment.part.version.tariff
    history = segment.history
    return SegmentView(
        service=agreement.service,
        service_point_number=agreement.service_point_number,
        address=agreement.premise_address,
        tariff_code=tariff.code,
        tariff_name=tariff.name,
        tariff_sentence=tariff.sentence,
        conversion_factor=segment.billed.factor
        or (tariff.conversion.factor if tariff.conversion else None),
        in_advance=tariff.in_advance,
        period=segment.part.period,
        use=segment.use,
        reads=segment.reads,
        lines=segment.lines,
        total=segment.total,
        history=history,
        last_bill=history[-2] if len(history) > 1 else None,
        last_year=year_before(history=history[:-1], end=segment.part.period.end),
        estimated=segment.estimated,
        settles=segment.settles,
    )
