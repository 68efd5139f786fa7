"""The jobs: each known by its name, queued once, and timed."""

from __future__ import annotations

import pytest
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from pytest_django import Settings

from smarthub.jobs import tasks
from smarthub.notifications.operations import queue_message
from smarthub.workflows.auto_pay.run_auto_pay import DraftRun
from tests.cast import NOW, Cast

EVERY_MINUTE = {"deliver_messages", "repair_unknown_attempts", "retry_stalled"}


def test_every_timed_job_runs_each_minute() -> None:
    timed = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}

    assert {name for name, cron in timed.items() if cron == "* * * * *"} >= EVERY_MINUTE


def test_the_retry_of_stalled_jobs_holds_no_lock_that_a_dead_run_could_leave() -> None:
    assert tasks.retry_stalled.lock is None
    assert tasks.retry_stalled.queueing_lock == "retry_stalled"


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(EVERY_MINUTE))
def test_a_job_is_queued_once(name: str) -> None:
    app.configure_task(name, queueing_lock=name).defer()

    with pytest.raises(AlreadyEnqueued):
        app.configure_task(name, queueing_lock=name).defer()


def test_delivering_sends_what_waits(cast: Cast, settings: Settings) -> None:
    settings.DEMO = True
    queue_message(
        dedupe_key="one",
        template="sign_in_code",
        language="en",
        person_id=cast.maria.person_id,
        account_number="",
        address="maria@prairieridge.example",
        context={"code": "123456"},
        now=NOW,
    )

    assert tasks.deliver_messages() == 1
    assert tasks.deliver_messages() == 0


@pytest.mark.usefixtures("cooperative_founded")
@pytest.mark.parametrize("fault", [None, RuntimeError("an order that cannot be read")])
def test_what_is_ordered_for_a_day_is_paid_before_the_drafts_whatever_becomes_of_it(
    monkeypatch: pytest.MonkeyPatch, fault: Exception | None
) -> None:
    done = []

    def pay(**_values: object) -> None:
        done.append("orders")
        if fault:
            raise fault

    def draft(**_values: object) -> DraftRun:
        done.append("drafts")
        return DraftRun(sent=1, left_out=0, failed=0)

    monkeypatch.setattr(tasks, "pay_what_is_scheduled", pay)
    monkeypatch.setattr(tasks, "run_auto_pay", draft)

    assert tasks.draft_what_is_due() == 1
    assert done == ["orders", "drafts"]
