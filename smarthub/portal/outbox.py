"""The demo's own page of every message sent; on any other installation it is not there."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from smarthub.kernel.errors import NotVisible
from smarthub.notifications.queries import list_of_account, list_recent

NEWEST = 200
"""How many messages the page shows; older ones stay in the outbox."""


@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """Show the newest messages of all, as the demo has no mailboxes; ``?account=`` of one account.

    Raises:
        NotVisible: this is no demo.
    """
    if not settings.DEMO:
        raise NotVisible
    if number := request.GET.get("account"):
        newest = list_of_account(account_number=number, limit=NEWEST)
    else:
        newest = list_recent(limit=NEWEST)
    return render(request, "portal/outbox.html", {"outbox": newest})
