"""The addresses as served, one for each way a request can fail, and one that does a job."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path
from procrastinate.contrib.django.models import ProcrastinateJob

from smarthub.config.urls import urlpatterns as served
from smarthub.jobs import tasks
from smarthub.kernel.errors import Conflict, NotVisible, Refused, Unavailable

FAILURES: dict[int, type[Exception]] = {
    400: Refused,
    403: PermissionDenied,
    404: NotVisible,
    409: Conflict,
    500: RuntimeError,
    503: Unavailable,
}


def fail(request: HttpRequest, status: int) -> HttpResponse:
    """Fail as a page does that answers with ``status``."""
    raise FAILURES[status]


def send_claim_code(request: HttpRequest) -> HttpResponse:
    """Do, in place of the worker that does not stand here, the newest job that sends a code."""
    job = ProcrastinateJob.objects.filter(task_name=tasks.send_claim_code.name).latest("pk")
    return HttpResponse(str(tasks.send_claim_code(**job.args)))


urlpatterns = [
    *served,
    path("_fail/<int:status>/", fail, name="fail"),
    path("_send-claim-code/", send_claim_code, name="send_claim_code"),
]
