"""The job of arrears: fees, steps and deposits, by the co-op's local day."""

from __future__ import annotations

from procrastinate.contrib.django import app

from smarthub.wiring.clock import now
from smarthub.workflows.debts.arrange_payments import look_at_arrangements
from smarthub.workflows.debts.follow_arrears import assess_late_fees, take_steps
from smarthub.workflows.debts.hold_deposits import keep_deposits
from smarthub.workflows.debts.pledges import lapse_pledges

EACH_FORENOON = "10 15 * * *"
"""In UTC: ten past nine or ten in the Midwest, so that nobody is woken by a notice."""


@app.periodic(cron=EACH_FORENOON)
@app.task(name="follow_arrears", queueing_lock="follow_arrears", queue="money")
def follow_arrears(timestamp: int | None = None) -> int:  # noqa: ARG001 (the clock passes it)
    """Charge who is late, take the steps that are due, and keep deposits; return how many acts.

    Each act is once by its key, so a run that was killed goes on where it was.
    """
    moment = now()
    return (
        lapse_pledges(now=moment)
        + look_at_arrangements(now=moment)
        + assess_late_fees(now=moment)
        + take_steps(now=moment)
        + keep_deposits(now=moment)
    )
