"""Close the village's cycle, and look at Maria's bill."""

from __future__ import annotations

import datetime as dt

from smarthub.billing.queries import get_bill
from smarthub.billing.types import BillView, RunReport
from smarthub.workflows.close_billing_cycle import close_billing_cycle
from tests.billing.village import FIRST_BILL
from tests.cast import Cast


def close(bill_date: dt.date = FIRST_BILL, *, announce: bool = False) -> RunReport:
    """Close the first cycle on a day, at eleven in the morning of UTC."""
    now = dt.datetime.combine(bill_date, dt.time(11), dt.UTC)
    return close_billing_cycle(cycle_code="C1", bill_date=bill_date, now=now, announce=announce)


def maria_bill(cast: Cast, bill_date: dt.date = FIRST_BILL) -> BillView:
    """Return the bill of account 1001 of a day."""
    return get_bill(account_id=cast.account_1001, number=f"1001-{bill_date:%y%m%d}")
