"""Correct a bill: look at what it would be today, then take it back and bill it anew.

The member is told of the new bill as of any other; the bill page shows old, new and difference.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.db import transaction

from smarthub.accounts.access import open_for_staff
from smarthub.accounts.types import VisibleAccount
from smarthub.billing.engine.back_billing import refuse_too_old
from smarthub.billing.engine.facts import Terms
from smarthub.billing.engine.showing import view_of_draft
from smarthub.billing.operations.correcting import (
    cancel_bill,
    draft_of_number,
    rebill,
    settle_difference,
)
from smarthub.billing.operations.differing import check_later_bills, find_differences
from smarthub.billing.operations.runs import terms_of_day
from smarthub.billing.queries import get_bill, get_cycle_of_account
from smarthub.billing.queries.bills import account_number_of_bill
from smarthub.billing.queries.desk import list_open_differences
from smarthub.billing.types import BillView, DifferenceRow, IssuedBill
from smarthub.kernel.errors import ExpectedError
from smarthub.kernel.money import Money
from smarthub.members.operations import record_act
from smarthub.members.queries import get_person_of_user
from smarthub.workflows.bills.tell_of_bills import tell_of_bills
from smarthub.workflows.debts.back_billing import offer_plan
from smarthub.workflows.debts.follow_arrears import stop_if_cleared


@dataclass(frozen=True, slots=True)
class CorrectionPreview:
    """A bill beside what it would be today; where there is none, ``error`` says why."""

    account: VisibleAccount
    bill: BillView
    would_be: BillView | None
    error: ExpectedError | None

    @property
    def difference(self) -> Money | None:
        """What the member would owe more; less where it is negative."""
        return None if self.would_be is None else self.would_be.charges - self.bill.charges


def preview_correction(
    *, user_id: int, bill_number: str, on: dt.date, now: dt.datetime
) -> CorrectionPreview:
    """Return a bill and what it would be today; nothing is written but that it was looked at.

    Raises:
        NotVisible: there is no such bill.
    """
    account = _open(user_id, bill_number, now)
    bill = get_bill(account_id=account.id, number=bill_number)
    try:
        draft = draft_of_number(number=bill_number, terms=_terms(account.number, bill, on))
        refuse_too_old(draft=draft, charged=bill.charges, on=on)
    except ExpectedError as error:
        return CorrectionPreview(account, bill, None, error)
    return CorrectionPreview(account, bill, view_of_draft(draft=draft), None)


def correct_bill(
    *, user_id: int, bill_number: str, reason: str, note: str, on: dt.date, now: dt.datetime
) -> IssuedBill:
    """Take a bill back and write it anew, tell its holders, and look at the bills after it.

    Raises:
        NotVisible: there is no such bill.
        BillAlreadyCancelled, ReasonUnknown, NothingToRebill, BackBillingTooOld: see ``rebill``.
        ExpectedError: it cannot be billed today; then nothing is changed.

    Source: domain rules 43 to 45 and 125.
    """
    with transaction.atomic():
        account = _open(user_id, bill_number, now)
        bill = get_bill(account_id=account.id, number=bill_number)
        terms = _terms(account.number, bill, on)
        issued = rebill(
            number=bill_number,
            reason=reason,
            note=note,
            by=get_person_of_user(user_id=user_id).name,
            on=on,
            terms=terms,
            now=now,
        )
        record_act(
            user_id=user_id,
            act="bill_corrected",
            subject=f"bill:{bill_number}",
            now=now,
            before={"charges": str(bill.charges)},
            after={"charges": str(issued.charges), "bill": issued.number, "reason": reason},
        )
        tell_of_bills(bills=[issued], bill_date=terms.bill_date, now=now)
        offer_plan(account=account, bill_number=issued.number, on=on, now=now)
        check_later_bills(number=issued.number, now=now)
        stop_if_cleared(account_ids=[account.id], now=now)
    return issued


def take_bill_back(
    *, user_id: int, bill_number: str, reason: str, note: str, on: dt.date, now: dt.datetime
) -> None:
    """Take a bill back without a new one; its services are on the next bill again.

    Raises:
        NotVisible: there is no such bill.
        BillAlreadyCancelled, ReasonUnknown: see ``cancel_bill``.
    """
    with transaction.atomic():
        account = _open(user_id, bill_number, now)
        bill = get_bill(account_id=account.id, number=bill_number)
        by = get_person_of_user(user_id=user_id).name
        cancel_bill(number=bill_number, reason=reason, note=note, by=by, on=on, now=now)
        record_act(
            user_id=user_id,
            act="bill_taken_back",
            subject=f"bill:{bill_number}",
            now=now,
            before={"charges": str(bill.charges)},
            after={"reason": reason},
        )
        stop_if_cleared(account_ids=[account.id], now=now)


def list_differences() -> list[DifferenceRow]:
    """Return the bills that would come out otherwise today, for staff to decide about."""
    return list_open_differences()


def leave_bill(*, user_id: int, difference_id: int, now: dt.datetime) -> None:
    """Leave a bill as it was made, though it would come out otherwise today.

    Raises:
        NotVisible: there is no such open difference.
    """
    with transaction.atomic():
        by = get_person_of_user(user_id=user_id).name
        settle_difference(difference_id=difference_id, by=by, now=now)
        record_act(
            user_id=user_id,
            act="bill_difference_left",
            subject=f"bill_difference:{difference_id}",
            now=now,
        )


def look_for_differences(*, since: dt.datetime, now: dt.datetime) -> int:
    """Find the bills that reads received after ``since`` would change; return how many are new.

    Source: domain rules 43 and 135.
    """
    return find_differences(since=since, now=now)


def _open(user_id: int, bill_number: str, now: dt.datetime) -> VisibleAccount:
    number = account_number_of_bill(number=bill_number)
    return open_for_staff(user_id=user_id, number=number, now=now)


def _terms(account_number: str, bill: BillView, on: dt.date) -> Terms:
    """Return the terms of the bill's own day, due and limited as a bill made today would be."""
    cycle = get_cycle_of_account(account_number=account_number)
    own = terms_of_day(cycle=cycle, bill_date=bill.bill_date)
    today = terms_of_day(cycle=cycle, bill_date=on)
    return replace(own, due_date=max(own.due_date, today.due_date), limits=today.limits)
