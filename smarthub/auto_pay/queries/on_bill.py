"""What Auto Pay is on one bill."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Value

from smarthub.accounts.types import AccountId
from smarthub.auto_pay.models import AutoPayDraft, DraftEvent
from smarthub.auto_pay.models import SignUpCredit as CreditRecord
from smarthub.auto_pay.types import CreditState, DraftEventKind, OnBill
from smarthub.cooperative.written_once import Given, WrittenOnce, union
from smarthub.kernel.money import Money


def get_on_bill(*, account_id: AccountId, bill_number: str, bill_date: dt.date) -> OnBill:
    """Return what Auto Pay is on a bill: its draft, and the credits that went on it. One query.

    A draft of nothing is none.
    """
    rows = _ON_BILL.ask(account=account_id, number=bill_number, day=bill_date)
    drafts = [(day, is_asked) for day, cents, is_asked, is_draft in rows if is_draft and cents]
    return OnBill(
        is_announced=bool(drafts),
        draft_on=next((day for day, is_asked in drafts if not is_asked), None),
        credit=Money.sum(Money(cents) for _day, cents, _no, is_draft in rows if not is_draft),
    )


def _drafts_of_bill() -> QuerySet[AutoPayDraft, Any]:
    asked = DraftEvent.objects.filter(draft=OuterRef("pk"), kind=DraftEventKind.ASKED)
    rows = AutoPayDraft.objects.filter(account=Given("account"), bill_number=Given("number"))
    return rows.values_list("planned_on", "billed_cents", Exists(asked), Value(value=True))


def _credits_of_bill() -> QuerySet[CreditRecord, Any]:
    rows = CreditRecord.objects.filter(
        account=Given("account"), end__kind=CreditState.POSTED, end__on=Given("day")
    )
    return rows.values_list("end__on", "amount_cents", Value(value=False), Value(value=False))


_ON_BILL = WrittenOnce(lambda: union([_drafts_of_bill(), _credits_of_bill()]))
