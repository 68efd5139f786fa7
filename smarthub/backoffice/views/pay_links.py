"""A link by which anybody may pay an account once: made at the desk, shown once, or sent."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from smarthub.accounts.access import open_for_staff
from smarthub.backoffice.gate import StaffRequest, for_staff
from smarthub.backoffice.pages import show
from smarthub.wiring.clock import now
from smarthub.workflows.money.pay_by_link import make_staff_link


@require_http_methods(["GET", "POST"])
@for_staff
def pay_link(request: StaffRequest, number: str) -> HttpResponse:
    """Make a link of a week; it is shown here once, or sent to what is on file as well."""
    account = open_for_staff(user_id=request.user.pk, number=number, now=now())
    link, send = "", request.POST.get("act") == "send"
    if request.method == "POST":
        link = make_staff_link(
            user_id=request.user.pk,
            number=number,
            address=settings.BASE_URL + reverse("link", args=["LINK"]).replace("LINK", "{link}"),
            send=send,
            now=now(),
        )
    context = {"account": account, "link": link, "sent": send}
    return show(request, "backoffice/pay_link.html", context)
