"""The part of the first page that keeps itself true: what is due, account by account."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from smarthub.portal.requests import MemberRequest, local_today
from smarthub.ui.formats import reading_language
from smarthub.wiring.clock import now
from smarthub.workflows.accounts.account_overview import Overview, get_dues


@require_GET
@login_required
def due(request: MemberRequest) -> HttpResponse:
    """Return the part alone, for ``live.js``."""
    overview = get_dues(user_id=request.user.pk, on=local_today(request))
    return render(request, "portal/_due.html", due_part(overview))


def due_part(overview: Overview) -> dict[str, Any]:
    """Return what the part shows, its time, and a version that changes with what it shows."""
    shown = [
        (row.account.number, row.asked.cents, row.in_flight.cents, row.is_past_due, row.auto_pay)
        for row in overview.accounts
    ]
    version = hashlib.sha256(repr((reading_language(), shown)).encode()).hexdigest()[:16]
    return {"overview": overview, "as_of": now(), "version": version}
