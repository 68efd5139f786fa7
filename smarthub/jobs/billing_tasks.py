"""The jobs of billing: drafting and writing a run, and finding bills that differ.

Each is asked for by its name in the transaction that causes it, goes on where another run of it
was killed, and does nothing the second time.
"""

from __future__ import annotations

import datetime as dt

from procrastinate.contrib.django import app

from smarthub.billing.types import BillRunId
from smarthub.wiring.clock import now
from smarthub.workflows.cancel_and_rebill import look_for_differences
from smarthub.workflows.review_billing_cycle import draft_run, write_run

EVERY_HOUR = "17 * * * *"
LOOKED_BACK = dt.timedelta(minutes=75)
"""A little more than the time between two looks, so that no file falls between them."""


@app.task(name="draft_bills")
def draft_bills(run_id: int) -> int:
    """Draft what is open of a run; return how many drafts and bills it has."""
    return draft_run(run_id=BillRunId(run_id), now=now()).made


@app.task(name="write_bills")
def write_bills(run_id: int) -> int:
    """Write what is open of an approved run; return how many bills it has."""
    return write_run(run_id=BillRunId(run_id), now=now()).bills


@app.periodic(cron=EVERY_HOUR)
@app.task(name="find_bill_differences", queueing_lock="find_bill_differences")
def find_bill_differences(timestamp: int | None = None) -> int:  # noqa: ARG001 (the clock passes it)
    """Note the bills that late and replaced reads would change; return how many are new."""
    moment = now()
    return look_for_differences(since=moment - LOOKED_BACK, now=moment)
