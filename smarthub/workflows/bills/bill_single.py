"""Bill one account today, outside its cycle: staff look at the bill first, then have it written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from smarthub.accounts.access import open_for_staff
from smarthub.accounts.types import VisibleAccount
from smarthub.billing.engine.showing import view_of_draft
from smarthub.billing.operations.runs import terms_of_day
from smarthub.billing.operations.single import bill_single, draft_single
from smarthub.billing.queries import get_cycle_of_account
from smarthub.billing.types import BillView, IssuedBill
from smarthub.kernel.errors import ExpectedError
from smarthub.members.operations import record_act
from smarthub.workflows.auto_pay.sign_up_credits import post_sign_up_credits
from smarthub.workflows.bills.tell_of_bills import tell_of_bills


@dataclass(frozen=True, slots=True)
class SingleBillPage:
    """The bill an account would get today, or why it gets none."""

    account: VisibleAccount
    would_be: BillView | None
    error: ExpectedError | None


def preview_single_bill(
    *, user_id: int, account_number: str, on: dt.date, now: dt.datetime
) -> SingleBillPage:
    """Return the bill an account would get on a local day; nothing is written but the look.

    Raises:
        NotVisible: there is no such account, or it is in no cycle.
    """
    account = open_for_staff(user_id=user_id, number=account_number, now=now)
    cycle = get_cycle_of_account(account_number=account.number)
    try:
        draft = draft_single(account_id=account.id, terms=terms_of_day(cycle=cycle, bill_date=on))
    except ExpectedError as error:
        return SingleBillPage(account, None, error)
    return SingleBillPage(account, view_of_draft(draft=draft), None)


def write_single_bill(
    *, user_id: int, account_number: str, on: dt.date, now: dt.datetime
) -> IssuedBill:
    """Bill an account on a local day, and tell its holders.

    Raises:
        NotVisible: there is no such account, or it is in no cycle.
        ExpectedError: it cannot be billed; then nothing is written.

    Source: domain rules 47 and 125.
    """
    with transaction.atomic():
        account = open_for_staff(user_id=user_id, number=account_number, now=now)
        cycle = get_cycle_of_account(account_number=account.number)
        terms = terms_of_day(cycle=cycle, bill_date=on)
        post_sign_up_credits(account_ids=[account.id], bill_date=on, now=now)
        issued = bill_single(account_id=account.id, terms=terms, now=now)
        record_act(
            user_id=user_id,
            act="bill_made_singly",
            subject=f"bill:{issued.number}",
            now=now,
            after={"charges": str(issued.charges)},
        )
        tell_of_bills(bills=[issued], bill_date=on, now=now)
    return issued
