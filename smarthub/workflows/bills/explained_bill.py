"""A bill with every line explained: what "Understanding your bill" shows. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from smarthub.accounts.types import AccountId
from smarthub.billing.queries import WholeSegment, get_whole_bills
from smarthub.billing.reproducing import explain
from smarthub.billing.types import BillView
from smarthub.rating.types import ExplainedLine


@dataclass(frozen=True, slots=True)
class ExplainedSegment:
    """One service of a bill: its tariff version, and each line with how it came about."""

    whole: WholeSegment
    lines: tuple[ExplainedLine, ...]


@dataclass(frozen=True, slots=True)
class ExplainedBill:
    """A bill and its services, each line explained."""

    bill: BillView
    segments: tuple[ExplainedSegment, ...]


def explain_bill(*, account_id: AccountId, bill_number: str) -> ExplainedBill:
    """Return one bill of an account with every line explained, in the queries of the bill.

    Raises:
        NotVisible: the account has no such bill.

    Source: domain rules, section 4; feature R22.
    """
    whole = get_whole_bills(account_id=account_id, numbers=(bill_number,))[bill_number]
    told = explain(segments=whole.segments)
    segments = tuple(map(ExplainedSegment, whole.segments, told))
    return ExplainedBill(whole.view, segments)
