"""The jobs: each known by its name, queued once, and timed."""

from __future__ import annotations

import pytest
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from pytest_django import Settings

from smarthub.jobs import tasks
from smarthub.notifications.operations import queue_message
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
