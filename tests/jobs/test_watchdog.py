"""The watchdog barks at what stands still, and only then."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from smarthub.jobs.watchdog import get_worker_silence, list_alarms
from smarthub.notifications.operations import queue_message
from tests.cast import NOW, Cast


def start_job(*, minutes_ago: int) -> None:
    """Put one job in the hands of a worker, so long ago."""
    app.configure_task("deliver_messages").defer()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - make_interval(mins => %s)", [minutes_ago]
        )


@pytest.mark.django_db
class TestJobs:
    def test_that_just_began_are_no_alarm(self) -> None:
        start_job(minutes_ago=14)

        assert list_alarms(now=NOW) == []

    def test_that_run_for_too_long_are_an_alarm(self) -> None:
        start_job(minutes_ago=16)

        alarms = list_alarms(now=NOW)

        assert [alarm.code for alarm in alarms] == ["job_stalled"]
        assert "deliver_messages: 1" in alarms[0].detail


class TestMessages:
    @pytest.mark.parametrize(("minutes", "codes"), [(14, []), (16, ["outbox_late"])])
    def test_that_wait_for_too_long_are_an_alarm(
        self, cast: Cast, minutes: int, codes: list[str]
    ) -> None:
        queue_message(
            dedupe_key="late",
            template="sign_in_code",
            language="en",
            person_id=cast.maria.person_id,
            account_number="",
            address="maria@prairieridge.example",
            context={"code": "123456"},
            now=NOW,
        )

        alarms = list_alarms(now=NOW + dt.timedelta(minutes=minutes))

        assert [alarm.code for alarm in alarms] == codes


@pytest.mark.django_db
class TestTheWorker:
    def test_that_never_was_has_no_silence(self) -> None:
        assert get_worker_silence() is None

    def test_is_heard_by_its_last_heartbeat(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO procrastinate_workers (last_heartbeat)"
                " VALUES (now() - interval '90 s'), (now() - interval '30 s')"
            )

        assert get_worker_silence() == pytest.approx(30, abs=1)
