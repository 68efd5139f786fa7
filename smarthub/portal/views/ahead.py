"""The part of the first page that says where the next bill is heading, asked for by itself."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from smarthub.portal.requests import MemberRequest, local_today
from smarthub.ui.formats import reading_language, say_number
from smarthub.workflows.accounts.home_ahead import get_home_ahead
from smarthub.workflows.usage.bill_ahead import BillAhead

NOT_YET: dict[str, Any] = {"heading": {"so_far": None, "version": ""}}
"""What the page shows until the part is there."""


@require_GET
@login_required
def ahead(request: MemberRequest) -> HttpResponse:
    """Return the part alone, for ``live.js``."""
    found = get_home_ahead(
        user_id=request.user.pk, on=local_today(request), zone=request.cooperative.zone
    )
    heading = _heading(found.ahead if found else None)
    return render(request, "portal/_ahead.html", {"heading": heading})


def _heading(bill: BillAhead | None) -> dict[str, Any]:
    """Return whole dollars of the range, how far the period is, and a version of it all."""
    projection = bill.projection if bill else None
    shown = {
        "so_far": bill.cost_so_far if bill else None,
        "low": say_number(Decimal(round(bill.low.dollars)), 0) if bill and bill.low else None,
        "high": say_number(Decimal(round(bill.high.dollars)), 0) if bill and bill.high else None,
        "day": projection.day if projection else None,
        "days": projection.days if projection else None,
    }
    version = hashlib.sha256(repr((reading_language(), shown)).encode()).hexdigest()[:16]
    return {**shown, "version": version}
