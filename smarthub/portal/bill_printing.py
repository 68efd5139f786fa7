"""Draw an account's bills for whoever reads them: their language, their print, our addresses."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.urls import reverse

from smarthub.accounts.types import VisibleAccount
from smarthub.billing.types import BillView
from smarthub.portal.requests import MemberRequest
from smarthub.ui.formats import reading_language
from smarthub.workflows.bills.account_bills import draw_account_bill


def drawer_of(request: MemberRequest, account: VisibleAccount) -> Callable[[BillView], bytes]:
    """Return what draws the account's bills as PDF for the reader, one or all of them alike."""
    language = reading_language()

    def draw(bill: BillView) -> bytes:
        return draw_account_bill(
            account=account,
            bill=bill,
            language=language,
            cooperative=request.cooperative,
            pay_address=settings.BASE_URL + reverse("pay"),
            link_address=settings.BASE_URL
            + reverse("link", args=["LINK"]).replace("LINK", "{link}"),
            message_address=settings.BASE_URL + _message_path(),
            large_print=request.user.person.bill_format == "large_print",
        )

    return draw


def _message_path() -> str:
    """Return where messages are explained, ``{number}`` standing for theirs."""
    return reverse("bill_message", args=[0]).replace("/0/", "/{number}/")
