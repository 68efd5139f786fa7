"""Two addresses for a load balancer: is the process up, and may it be given members?"""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from smarthub.jobs.database import count_waiting_migrations
from smarthub.jobs.watchdog import list_alarms
from smarthub.wiring.clock import now


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """Answer ``ok`` as long as the process answers at all; the database is not asked."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> HttpResponse:
    """Answer 200 when all is well, else 503 with the codes of what is not."""
    problems = _problems()
    return JsonResponse(
        {"ready": not problems, "problems": problems}, status=503 if problems else 200
    )


def _problems() -> list[str]:
    """Return stable codes only: anyone may read this page."""
    try:
        connection.ensure_connection()
        if count_waiting_migrations():
            return ["migrations_waiting"]
        return [alarm.code for alarm in list_alarms(now=now())]
    except DatabaseError:
        return ["database_unreachable"]
