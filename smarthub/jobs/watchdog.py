"""Is the work being done? Asked from outside the queue, for a jammed queue cannot tell on itself.

Used by ``/readyz`` and by ``doctor``. The queue's times are the database's own; the outbox's are
the movable clock's, so that one is passed in.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from smarthub.notifications.models import WaitingMessage

LONGEST_JOB = dt.timedelta(minutes=15)
LONGEST_WAIT = dt.timedelta(minutes=15)
WORKER_SILENT_SECONDS = 60

JOBS_TOO_LONG = """
SELECT job.task_name, count(*) FROM procrastinate_jobs job
WHERE job.status = 'doing' AND (
  SELECT max(event.at) FROM procrastinate_events event
  WHERE event.job_id = job.id AND event.type = 'started'
) < now() - make_interval(secs => %s)
GROUP BY job.task_name ORDER BY job.task_name
"""
LAST_HEARTBEAT = "SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers"


@dataclass(frozen=True)
class Alarm:
    """One thing that has stood still for too long; ``code`` is stable, ``detail`` is for staff."""

    code: str
    detail: str


def list_alarms(*, now: dt.datetime) -> list[Alarm]:
    """Return what has stood still for too long; nothing, where all is well."""
    return [*_stalled_jobs(), *_waiting_messages(now)]


def get_worker_silence() -> float | None:
    """Return the seconds since any worker's last heartbeat, or None if there is no worker."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_HEARTBEAT)
        (seconds,) = cursor.fetchone()
    return None if seconds is None else float(seconds)


def _stalled_jobs() -> list[Alarm]:
    with connection.cursor() as cursor:
        cursor.execute(JOBS_TOO_LONG, [LONGEST_JOB.total_seconds()])
        rows = cursor.fetchall()
    return [Alarm("job_stalled", f"{name}: {count} running for too long") for name, count in rows]


def _waiting_messages(now: dt.datetime) -> list[Alarm]:
    late = WaitingMessage.objects.filter(not_before__lt=now - LONGEST_WAIT).count()
    return [Alarm("outbox_late", f"{late} messages wait for too long")] if late else []
