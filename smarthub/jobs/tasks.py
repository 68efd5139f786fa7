"""Work done later or by the clock. Each job is safe to run twice, for a kill makes it so.

A job below this storey is asked for by its name here. The queue runs a job at least once: after
a worker is killed, ``retry_stalled`` gives its job to another as soon as its heart has stopped.
"""

from __future__ import annotations

import datetime as dt
import logging
from functools import partial
from uuid import UUID

from django.conf import settings
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

import smarthub.jobs.arrears_tasks
import smarthub.jobs.billing_tasks  # noqa: F401 (their jobs are known by being read)
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.period import Period, local_day
from smarthub.metering.queries import find_given_file
from smarthub.rating.types.drafts import PreviewId
from smarthub.wiring.clock import now, today
from smarthub.wiring.gateway import payment_gateway
from smarthub.wiring.read_formats import read_format
from smarthub.wiring.senders import message_senders
from smarthub.workflows.auto_pay.end_mandate import end_plans_of_let_out
from smarthub.workflows.auto_pay.run_auto_pay import follow_up_failures, run_auto_pay
from smarthub.workflows.bank.bank_files import settle_bank_entries
from smarthub.workflows.bank.gateway_events import catch_up_with_events as fetch_events
from smarthub.workflows.bank.gateway_events import handle_waiting_events
from smarthub.workflows.bank.reconcile_settlements import reconcile_settlements as reconcile
from smarthub.workflows.bank.stored_methods import warn_of_expiring_methods as warn_of_cards
from smarthub.workflows.membership import claim_messages
from smarthub.workflows.messages.send_messages import deliver_waiting
from smarthub.workflows.money.charge_payment import repair_unknown_attempts as repair
from smarthub.workflows.money.present_again import plan_presentments
from smarthub.workflows.money.refund_payment import repair_refunds as repair_waiting_refunds
from smarthub.workflows.money.schedule_payment import pay_scheduled as pay_what_is_scheduled
from smarthub.workflows.rates.draft_tariff import make_preview
from smarthub.workflows.reads.complete_reads import (
    LOOK_BACK_NIGHTS,
    complete_reads,
    learn_usual_use,
)
from smarthub.workflows.reads.import_desk import (
    WhyStopped,
    stop_file,
    stop_lost_files,
    work_on_file,
)
from smarthub.workflows.reads.import_reads import list_mapping_profiles

EVERY_MINUTE = "* * * * *"
EARLY_EACH_MORNING = "30 11 * * *"
"""In UTC: half past five in the Midwest, after the head end's file of the night."""
EVERY_HOUR = "7 * * * *"
# A worker's heart beats every 5 seconds (settings); so late, it has stopped.
HEART_STOPPED_SECONDS = 20.0
BATCH_MESSAGES = 500

log = logging.getLogger(__name__)


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="deliver_messages", queueing_lock="deliver_messages")
def deliver_messages(timestamp: int | None = None) -> int:  # noqa: ARG001 (the clock passes it)
    """Send what waits in the outbox; return how many messages were sent."""
    return deliver_waiting(senders=message_senders(), now=now(), limit=BATCH_MESSAGES)


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="repair_unknown_attempts", queueing_lock="repair_unknown_attempts", queue="money")
def repair_unknown_attempts(timestamp: int | None = None) -> int:  # noqa: ARG001
    """Ask the gateway about attempts whose answer was lost; return how many were settled."""
    return repair(now=now(), gateway=payment_gateway())


@app.task(name="preview_tariff")
def preview_tariff(preview_id: int, since: str) -> int:
    """Price last month's bills under a tariff's draft; return how many services."""
    zone = get_zone()
    return make_preview(
        preview_id=PreviewId(preview_id),
        since=dt.date.fromisoformat(since),
        zone=zone,
        on=today(zone),
        now=now(),
    )


@app.task(name="follow_claim")
def follow_claim(claim_id: str) -> None:
    """Tell the contacts on file that somebody asked for their account, and look for a sweep."""
    claim_messages.follow_claim(claim_id=UUID(claim_id), now=now())


@app.task(name="send_claim_code")
def send_claim_code(claim_id: str, channel: str) -> int:
    """Send the code somebody asked for to what is on file; return to how many contacts."""
    return claim_messages.send_claim_code(claim_id=UUID(claim_id), channel=channel, now=now())


@app.task(name="tell_claim_proved")
def tell_claim_proved(claim_id: str) -> None:
    """Tell the contacts on file that somebody proved the account to be theirs."""
    claim_messages.tell_claim_proved(claim_id=UUID(claim_id), now=now())


@app.task(name="import_reads_file", queue="reads")
def import_reads_file(key: str) -> None:
    """Try a file given at the desk, or take it in once it is confirmed."""
    given = find_given_file(key=UUID(key))
    if given is None or not given.works:
        return
    zone = get_zone()
    name, _colon, of = given.profile.partition(":")
    mappings = list_mapping_profiles(on=local_day(now(), zone))
    layout = read_format(name, mappings=mappings, zone=zone, meter=of)
    stop = partial(stop_file, given=given, state_dir=settings.STATE_DIR, now=now())
    if layout is None:
        stop(why=WhyStopped.NO_PROFILE)
        return
    try:
        work_on_file(
            given=given,
            layout=layout,
            station=of,
            zone=zone,
            state_dir=settings.STATE_DIR,
            now=now(),
        )
    except Exception:  # whatever it is, the desk must not wait for it for ever
        stop(why=WhyStopped.ERROR)
        raise


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="stop_lost_files", queueing_lock="stop_lost_files")
def find_lost_files(timestamp: int | None = None) -> int:  # noqa: ARG001
    """Say of given files that no job has any more that their work stopped; return how many.

    A killed worker's job is begun again by another; one that kills worker after worker is not
    waited for.
    """
    jobs = ProcrastinateJob.objects.filter(
        task_name=import_reads_file.name, status__in=["todo", "doing"]
    )
    return stop_lost_files(
        times_begun=dict(jobs.values_list("args__key", "attempts")),
        state_dir=settings.STATE_DIR,
        now=now(),
    )


@app.periodic(cron=EARLY_EACH_MORNING)
@app.task(name="complete_reads", queueing_lock="complete_reads")
def complete_last_weeks(timestamp: int | None = None) -> int:  # noqa: ARG001
    """Estimate gaps, check reads and learn what is usual; return the intervals estimated."""
    zone = get_zone()
    today = local_day(now(), zone)
    period = Period(today - dt.timedelta(days=LOOK_BACK_NIGHTS), today)
    done = complete_reads(period=period, zone=zone, now=now())
    learn_usual_use(on=today)
    return done.intervals_estimated


@app.periodic(cron=EARLY_EACH_MORNING)
@app.task(name="warn_of_expiring_methods", queueing_lock="warn_of_expiring_methods")
def warn_of_expiring_methods(timestamp: int | None = None) -> int:  # noqa: ARG001
    """Tell members whose cards expire within thirty days, once each; return how many cards."""
    return warn_of_cards(now=now())


@app.periodic(cron=EVERY_HOUR)
@app.task(name="settle_bank_files", queueing_lock="settle_bank_files", queue="money")
def settle_bank_files(timestamp: int | None = None) -> int:  # noqa: ARG001
    """Book the co-op's own bank entries on their day; return how many were booked."""
    return settle_bank_entries(on=today(get_zone()), now=now())


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="repair_refunds", queueing_lock="repair_refunds", queue="money")
def repair_refunds(timestamp: int | None = None) -> int:  # noqa: ARG001
    """Send refunds that wait and ask about those without an answer; return how many settled."""
    return repair_waiting_refunds(now=now(), gateway=payment_gateway())


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="handle_gateway_events", queueing_lock="handle_gateway_events", queue="money")
def handle_gateway_events(timestamp: int | None = None) -> int:  # noqa: ARG001
    """Deal with the gateway's events that wait; return how many changed something."""
    return handle_waiting_events(now=now(), gateway=payment_gateway())


@app.periodic(cron=EVERY_HOUR)
@app.task(name="pay_scheduled", queueing_lock="pay_scheduled", queue="money")
def pay_scheduled(timestamp: int | None = None) -> int:  # noqa: ARG001
    """Make the payments members ordered for today; return how many were sent.

    Every hour, so that an hour without a worker only makes them later on their day. What banks
    returned since is ordered once more, where the policy says so.
    """
    plan_presentments(now=now())
    return pay_what_is_scheduled(now=now(), gateway=payment_gateway())


@app.periodic(cron=EVERY_HOUR)
@app.task(name="catch_up_with_events", queueing_lock="catch_up_with_events", queue="money")
def catch_up_with_events(timestamp: int | None = None) -> int:  # noqa: ARG001
    """Fetch events that never reached us, and deal with them; return how many were new."""
    found = fetch_events(now=now(), gateway=payment_gateway())
    handle_waiting_events(now=now(), gateway=payment_gateway())
    return found


@app.periodic(cron=EVERY_HOUR)
@app.task(name="reconcile_settlements", queueing_lock="reconcile_settlements", queue="money")
def reconcile_settlements(timestamp: int | None = None) -> int:  # noqa: ARG001
    """Book the gateway's new pay-outs and find what does not fit; return how many were new.

    Every hour, so that one hour without the gateway costs no day.
    """
    return reconcile(now=now(), gateway=payment_gateway())


@app.periodic(cron=EVERY_HOUR)
@app.task(name="run_auto_pay", queueing_lock="run_auto_pay", queue="money")
def draft_what_is_due(timestamp: int | None = None) -> int:  # noqa: ARG001
    """Send the drafts whose day has come and follow up those that failed; return how many.

    Before it, the plans of those are ended who may pay for their accounts no more, and what
    members ordered for the day is paid, which a page told them the draft counts on.

    Raises:
        RuntimeError: drafts could not be begun, by a fault of ours; all others were sent.
    """
    zone = get_zone()
    end_plans_of_let_out(now=now(), zone=zone)
    _pay_orders_first()
    done = run_auto_pay(now=now(), zone=zone, gateway=payment_gateway(), clock=now)
    follow_up_failures(now=now(), zone=zone)
    if done.failed:
        raise RuntimeError(f"{done.failed} drafts could not be begun; the log says why")
    return done.sent


def _pay_orders_first() -> None:
    """Make the payments ordered for today, whatever became of their own job; again is harmless."""
    try:
        pay_what_is_scheduled(now=now(), gateway=payment_gateway())
    except Exception:  # the job pay_scheduled fails of it too; no draft must wait for that
        log.exception("payments ordered for today could not all be made before the drafts")


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="retry_stalled", queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int | None = None) -> int:  # noqa: ARG001
    """Give the jobs of dead workers to the living; return how many there were.

    It holds no ``lock``, only a queueing lock: a lock left by a dead run of this very job
    would keep every later run waiting.
    """
    manager = context.app.job_manager
    stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=HEART_STOPPED_SECONDS))
    for job in stalled:
        await manager.retry_job(job, retry_at=dt.datetime.fromtimestamp(0, tz=dt.UTC))
    return len(stalled)
