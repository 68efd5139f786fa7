"""What the desk says of deposits: what they are for, their parts, and how they ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from smarthub.deposits.types import DepositEnd, DepositPart, DepositView, Ground, WaiverEnding

GROUNDS: Mapping[Ground, Promise] = {
    Ground.NO_HISTORY: gettext_lazy("No payments of earlier bills to go by"),
    Ground.PAID_LATE: gettext_lazy("Bills were paid late"),
    Ground.RETURNED: gettext_lazy("Payments came back from the bank"),
    Ground.DISCONNECTED: gettext_lazy("Service was disconnected for want of payment"),
}

ENDS: Mapping[DepositEnd, Promise] = {
    DepositEnd.REFUNDED: gettext_lazy("given back"),
    DepositEnd.APPLIED: gettext_lazy("set against what was owed"),
    DepositEnd.TAKEN_BACK: gettext_lazy("taken back unpaid"),
    DepositEnd.WAIVED: gettext_lazy("not asked for while Auto Pay is on"),
}

WAIVERS_END: Mapping[WaiverEnding, Promise] = {
    WaiverEnding.ASKED_AGAIN: gettext_lazy("Auto Pay ended: asked for again, as a deposit above."),
    WaiverEnding.GOOD_MONTHS: gettext_lazy("Every bill was paid in time: never asked for again."),
    WaiverEnding.NO_SERVICE: gettext_lazy("The account has no service any more: not asked again."),
}


def shown(deposits: Sequence[DepositView], on: dt.date) -> list[dict[str, Any]]:
    """Return what the desk shows of an account's deposits on a local day."""
    return [
        {
            "deposit": each,
            "ground": GROUNDS[each.ground] if each.ground else "",
            "ended": ENDS[each.ended] if each.ended else "",
            "waiver": WAIVERS_END[each.waiver_ended] if each.waiver_ended else "",
            "parts": [(part, *_state(part, on)) for part in each.parts]
            if each.ended is None and len(each.parts) > 1
            else [],
            "any_paid": each.unpaid != each.amount,
        }
        for each in deposits
    ]


def _state(part: DepositPart, on: dt.date) -> tuple[Promise, str]:
    if not part.unpaid:
        return gettext_lazy("paid"), ""
    if part.asked_on is None:
        return gettext_lazy("to come"), ""
    if part.due_on is not None and part.due_on < on:
        return gettext_lazy("overdue"), "tag-alarm"
    return gettext_lazy("asked for"), "tag-sun"
