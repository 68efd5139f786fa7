"""The form to take use away, where a page shows that use."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from smarthub.accounts.types import Point, VisibleAccount
from smarthub.portal.forms.downloads import DownloadForm
from smarthub.portal.requests import local_today
from smarthub.portal.templatetags.services import service_name

register = template.Library()


@register.inclusion_tag("portal/_download_form.html", takes_context=True)
def download_form(context: Context, account: VisibleAccount, point: Point) -> dict[str, Any]:
    """Show the form for an account, with one of its points chosen."""
    today = local_today(context["request"])
    form = DownloadForm(metered_services(account), today=today, initial={"point": point.number})
    return {"account": account, "form": form}


def metered_services(account: VisibleAccount) -> list[tuple[str, str]]:
    """Return number and name of each point that has a meter."""
    return [
        (point.number, f"{service_name(point.service)} {point.number}")
        for point in account.points
        if point.metered
    ]
