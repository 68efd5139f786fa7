"""Tell of bills in the transaction that writes them: that they are ready, and what Auto Pay does.

Every way of writing bills calls this one, so that no bill is forgotten by Auto Pay (promise R08).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from smarthub.billing.types import IssuedBill
from smarthub.workflows.auto_pay.plan_drafts import plan_drafts_of_bills
from smarthub.workflows.messages.announce_bills import announce_bills


def tell_of_bills(
    *, bills: Sequence[IssuedBill], bill_date: dt.date, now: dt.datetime, announce: bool = True
) -> None:
    """Queue the messages of these bills and plan their drafts; once for each bill.

    Where a history is loaded (``announce`` is false) nobody is told that a bill of then is ready;
    what Auto Pay does about it is planned and told all the same.
    """
    if announce:
        announce_bills(bills=bills, bill_date=bill_date, now=now)
    plan_drafts_of_bills(bills=bills, bill_date=bill_date, now=now)
