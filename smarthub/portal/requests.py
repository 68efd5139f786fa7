"""What a view of the portal may rely on: a member is signed in, and the co-op is known."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from smarthub.cooperative.types import Cooperative
from smarthub.wiring.clock import today

YEAR_DIGITS = 4


class MemberRequest(HttpRequest):
    """A request of somebody signed in, as the middleware prepares it; for type checkers only."""

    user: Any
    cooperative: Cooperative
    htmx: HtmxDetails


def local_today(request: MemberRequest) -> dt.date:
    """Return the co-op's local day of this moment."""
    return today(request.cooperative.zone)


def asked_year(request: HttpRequest) -> int | None:
    """Return the calendar year asked for by ``?year=``; what is no year is none.

    A year nobody was billed in is not found where it is looked for.
    """
    year = request.GET.get("year", "")
    return int(year) if year.isascii() and year.isdigit() and len(year) == YEAR_DIGITS else None
