"""How far back a member may be asked for more: months by policy, fewer for a home (rule 45).

What a correction gives back has no such limit.
"""

from __future__ import annotations

import datetime as dt

from smarthub.billing.engine.calendar import months_before
from smarthub.billing.engine.draft import DraftBill
from smarthub.kernel.errors import Refused
from smarthub.kernel.money import Money


class BackBillingTooOld(Refused):
    """A correction would charge more for days further back than the co-op may go."""

    code = "back_billing_too_old"


def refuse_too_old(*, draft: DraftBill, charged: Money, on: dt.date) -> None:
    """Let a bill be made anew on a local day, unless it asks more for days that are too old.

    Args:
        draft: The bill as it would be today.
        charged: What the bill it replaces had charged.
        on: The local day of the correction.

    Raises:
        BackBillingTooOld: it charges more, and begins before the first day that may be billed;
            ``months`` is the limit, ``oldest`` that day.

    Source: domain rule 45; 83 Ill. Adm. Code 280.100.
    """
    months = back_months(draft=draft)
    oldest = months_before(date=on, months=months)
    began = min(segment.part.period.start for segment in draft.segments)
    if draft.charges.cents > charged.cents and began < oldest:
        raise BackBillingTooOld(months=months, start=began.isoformat(), oldest=oldest.isoformat())


def back_months(*, draft: DraftBill) -> int:
    """Return how many months back this account may be billed: a home, or an organisation."""
    limits = draft.terms.limits
    readers = draft.account.readers
    is_home = not (readers and readers[0].is_organisation)
    return limits.back_months_home if is_home else limits.back_months_other
