"""What Auto Pay is on one bill."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from smarthub.accounts.types import AccountId
from smarthub.auto_pay.models import AutoPayDraft, DraftEvent, PlanEvent
from smarthub.auto_pay.models import SignUpCredit as CreditRecord
from smarthub.auto_pay.types import CreditState, DraftEventKind, OnBill, PlanEventKind
from smarthub.cooperative.written_once import Given, WrittenOnce, union
from smarthub.kernel.money import Money

RESTS = [PlanEventKind.PAUSED, PlanEventKind.SUSPENDED]


def get_on_bill(*, account_id: AccountId, bill_number: str, bill_date: dt.date) -> OnBill:
    """Return what Auto Pay is on a bill: its draft, and the credits that went on it. One query.

    A draft of nothing is none. One that was asked about or left out from the start, or announced
    while Auto Pay was at rest has no day: its bill is to be paid by hand.
    """
    rows = _ON_BILL.ask(account=account_id, number=bill_number, day=bill_date)
    drafts = [(day, by_hand) for day, cents, by_hand, is_draft in rows if is_draft and cents]
    return OnBill(
        is_announced=bool(drafts),
        draft_on=next((day for day, by_hand in drafts if not by_hand), None),
        credit=Money.sum(Money(cents) for _day, cents, _no, is_draft in rows if not is_draft),
    )


def _drafts_of_bill() -> QuerySet[AutoPayDraft, Any]:
    rows = AutoPayDraft.objects.filter(account=Given("account"), bill_number=Given("number"))
    events = DraftEvent.objects.filter(draft=OuterRef("pk"))
    asked = events.filter(kind=DraftEventKind.ASKED, at=OuterRef("announced_at"))
    left_out = events.filter(kind=DraftEventKind.LEFT_OUT, at=OuterRef("announced_at"))
    earlier = PlanEvent.objects.filter(plan=OuterRef("plan"), at__lte=OuterRef("announced_at"))
    stood = earlier.order_by("-at", "-pk").values("kind")[:1]
    by_hand = Exists(asked) | Exists(left_out) | Q(stood__in=RESTS)
    return rows.annotate(stood=Coalesce(Subquery(stood), Value(""))).values_list(
        "planned_on",
        "billed_cents",
        ExpressionWrapper(by_hand, output_field=BooleanField()),
        Value(value=True),
    )


def _credits_of_bill() -> QuerySet[CreditRecord, Any]:
    rows = CreditRecord.objects.filter(
        account=Given("account"), end__kind=CreditState.POSTED, end__on=Given("day")
    )
    return rows.values_list("end__on", "amount_cents", Value(value=False), Value(value=False))


_ON_BILL = WrittenOnce(lambda: union([_drafts_of_bill(), _credits_of_bill()]))
