"""One account's bill outside its cycle: a final bill at once, or one a member asked for (rule 47).

It covers what a run on that day would; the cycle's next run goes on from there.
"""

from __future__ import annotations

import datetime as dt

from smarthub.accounts.types import AccountId
from smarthub.billing.engine.draft import DraftBill
from smarthub.billing.engine.facts import Terms
from smarthub.billing.engine.planning import plan_account
from smarthub.billing.models import Bill
from smarthub.billing.operations.drafting import BillOnHold, draft_planned
from smarthub.billing.operations.writing import write_bills
from smarthub.billing.queries import list_account_facts, list_holds
from smarthub.billing.queries.bills import INVOICE
from smarthub.billing.types import IssuedBill
from smarthub.kernel.errors import Conflict
from smarthub.ledger.operations import lock_accounts


class NothingToBill(Conflict):
    """All of the account's services are billed up to that day."""

    code = "nothing_to_bill"


def draft_single(*, account_id: AccountId, terms: Terms) -> DraftBill:
    """Return the bill an account would get on the day of ``terms``; writes nothing.

    Raises:
        NothingToBill: all is billed up to that day.
        BillOnHold: somebody holds the account's bills.
        ExpectedError: it cannot be billed, as in a run.

    Source: domain rule 47.
    """
    if reason := list_holds(account_ids=[account_id]).get(account_id):
        raise BillOnHold(reason=reason)
    (account,) = list_account_facts(account_ids=[account_id], bill_date=terms.bill_date)
    plans = plan_account(account=account, terms=terms)
    if not plans:
        raise NothingToBill(account=account.number, day=terms.bill_date.isoformat())
    edition = _editions(account_id, terms) + 1
    drafts = draft_planned(planned=[(account, plans)], terms=terms, editions={account_id: edition})
    if error := drafts.errors.get(account_id):
        raise error
    return drafts.bills[0]


def _editions(account_id: AccountId, terms: Terms) -> int:
    bills = Bill.objects.filter(account=account_id, bill_date=terms.bill_date)
    return bills.exclude(facts__has_key=INVOICE).count()


def bill_single(*, account_id: AccountId, terms: Terms, now: dt.datetime) -> IssuedBill:
    """Write that bill and post it, in the caller's transaction; once, as a second finds nothing.

    Raises:
        ExpectedError: see ``draft_single``; then nothing is written.
    """
    lock_accounts(account_ids=[account_id])
    draft = draft_single(account_id=account_id, terms=terms)
    (issued,) = write_bills(run_id=None, drafts=[draft], now=now)
    return issued
