"""Every contact the co-op made with a member: messages, and calls noted by staff."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from smarthub.portal.requests import MemberRequest, local_today
from smarthub.workflows.messages.contact_log import get_contact_log


@require_GET
@login_required
def contact_log(request: MemberRequest) -> HttpResponse:
    """Show what was sent to the member and what was spoken about, newest first."""
    log = get_contact_log(user_id=request.user.pk, on=local_today(request))
    return render(request, "portal/settings/contact_log.html", {"log": log})
