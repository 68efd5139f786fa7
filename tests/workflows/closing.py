"""Close the village's cycle, look at Maria's bill, and pay."""

from __future__ import annotations

import datetime as dt

from smarthub.accounts.types import AccountId
from smarthub.billing.queries import get_bill
from smarthub.billing.types import BillView, RunReport
from smarthub.kernel.money import Money
from smarthub.ledger.operations import post_entry
from smarthub.ledger.types import Asked, Posting
from smarthub.workflows.bills.close_billing_cycle import close_billing_cycle
from tests.billing.village import FIRST_BILL, MADE
from tests.cast import Cast


def close(bill_date: dt.date = FIRST_BILL, *, announce: bool = False) -> RunReport:
    """Close the first cycle on a day, at eleven in the morning of UTC."""
    now = dt.datetime.combine(bill_date, dt.time(11), dt.UTC)
    return close_billing_cycle(cycle_code="C1", bill_date=bill_date, now=now, announce=announce)


def maria_bill(cast: Cast, bill_date: dt.date = FIRST_BILL) -> BillView:
    """Return the bill of account 1001 of a day."""
    return get_bill(account_id=cast.account_1001, number=f"1001-{bill_date:%y%m%d}")


def pay(account_id: AccountId, cents: int, on: dt.date) -> None:
    """Record a card payment for electricity, and that so much less is asked."""
    post_entry(
        source_key=f"payment:{account_id}:{on}:{cents}",
        kind="payment",
        effective_date=on,
        postings=[
            Posting("clearing:sandbox:card", Money(cents)),
            Posting("ar:electric", Money(-cents), account_id),
        ],
        asked=[Asked(account_id, Money(-cents))],
        posted_at=MADE,
    )
