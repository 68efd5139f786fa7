"""The jobs of billing: drafting and writing a run, and finding bills that differ.

Each is asked for by its name in the transaction that causes it, goes on where another run of it
was killed, and does nothing the second time.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.urls import reverse
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from smarthub.billing.types import BillRunId
from smarthub.cooperative.queries import get_cooperative
from smarthub.kernel.errors import NotVisible
from smarthub.wiring.clock import now
from smarthub.workflows.bills.cancel_and_rebill import look_for_differences
from smarthub.workflows.bills.print_batches import (
    end_print,
    folder_of,
    stop_lost_prints,
    why_stopped,
)
from smarthub.workflows.bills.print_bills import AlreadyPrinting, print_bills
from smarthub.workflows.bills.review_billing_cycle import draft_run, write_run
from smarthub.workflows.rates.tax_certificates import (
    warn_of_expiring_certificates as warn_of_certificates,
)

EVERY_MINUTE = "* * * * *"
EVERY_HOUR = "17 * * * *"
EACH_MORNING = "40 14 * * *"
"""In UTC: in the morning of every zone of the country, when messages may be sent."""
LOOKED_BACK = dt.timedelta(minutes=75)
"""A little more than the time between two looks, so that no file falls between them."""


@app.task(name="draft_bills")
def draft_bills(run_id: int) -> int:
    """Draft what is open of a run; return how many drafts and bills it has.

    A run that was thrown away before its turn came needs none.
    """
    try:
        return draft_run(run_id=BillRunId(run_id), now=now()).made
    except NotVisible:
        return 0


@app.task(name="write_bills")
def write_bills(run_id: int) -> int:
    """Write what is open of an approved run; return how many bills it has."""
    return write_run(run_id=BillRunId(run_id), now=now()).bills


@app.task(name="print_bills")
def print_paper(cycle_code: str, bill_date: str) -> int:
    """Print the paper bills of a run that are in no file yet; return how many were printed."""
    day = dt.date.fromisoformat(bill_date)
    folder = folder_of(state_dir=settings.STATE_DIR, cycle_code=cycle_code, bill_date=day)
    try:
        printed = print_bills(
            cycle_code=cycle_code,
            bill_date=day,
            folder=folder,
            cooperative=get_cooperative(on=day),
            pay_address=settings.BASE_URL + reverse("pay"),
            message_address=settings.BASE_URL + messages_path(),
        )
    except AlreadyPrinting:
        return 0  # whoever prints now ends the batch
    except Exception as error:  # whatever it is, the desk must not wait for it for ever
        end_print(folder=folder, stopped=why_stopped(error))
        raise
    end_print(folder=folder)
    return printed.bills


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="stop_lost_prints", queueing_lock="stop_lost_prints")
def find_lost_prints(timestamp: int | None = None) -> int:  # noqa: ARG001 (the clock passes it)
    """Say of print batches that no job has any more that they stopped; return how many.

    A killed worker's job is begun again by another; one that kills worker after worker is not
    waited for.
    """
    jobs = ProcrastinateJob.objects.filter(
        task_name=print_paper.name, status__in=["todo", "doing"]
    ).values_list("args__cycle_code", "args__bill_date", "attempts")
    return stop_lost_prints(
        times_begun={(cycle, day): attempts for cycle, day, attempts in jobs},
        state_dir=settings.STATE_DIR,
    )


def messages_path() -> str:
    """Return where messages are explained, ``{number}`` standing for theirs."""
    return reverse("bill_message", args=[0]).replace("/0/", "/{number}/")


@app.periodic(cron=EVERY_HOUR)
@app.task(name="find_bill_differences", queueing_lock="find_bill_differences")
def find_bill_differences(timestamp: int | None = None) -> int:  # noqa: ARG001 (the clock passes it)
    """Note the bills that late and replaced reads would change; return how many are new."""
    moment = now()
    return look_for_differences(since=moment - LOOKED_BACK, now=moment)


@app.periodic(cron=EACH_MORNING)
@app.task(name="warn_of_expiring_certificates", queueing_lock="warn_of_expiring_certificates")
def warn_of_expiring_certificates(timestamp: int | None = None) -> int:  # noqa: ARG001
    """Tell holders whose tax certificate runs out soon, once each; return how many certificates."""
    return warn_of_certificates(now=now())
