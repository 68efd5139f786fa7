"""Reads of refunds that go back by a bank file of the co-op's own, as credits."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef

from smarthub.cooperative.queries import list_bank_closings
from smarthub.kernel.banking_days import banking_days_after
from smarthub.payments.models import Refund, RefundEvent, SentEntry
from smarthub.payments.queries.bank_accounts import BY_MEMBER
from smarthub.payments.types import BANK_FILE, RefundId, RefundState

CREDIT_RETURN_DAYS = 2
"""Banking days within which a bank sends a credit back."""
LOOK_BACK = dt.timedelta(days=14)
"""Longer than those days can take."""


def list_refunds_to_settle(*, on: dt.date) -> list[tuple[RefundId, str]]:
    """Return refund and trace of credits that no bank sent back while it could.

    Source: Nacha operating rules (a credit comes back within two banking days).
    """
    final = RefundEvent.objects.filter(
        refund=OuterRef("refund"), state__in=[RefundState.SUCCESS, RefundState.FAILED]
    )
    rows = SentEntry.objects.filter(~Exists(final), refund__isnull=False, file__effective_on__lt=on)
    closings = list_bank_closings(start=on - LOOK_BACK, end=on)
    return [
        (RefundId(refund_id), trace)
        for refund_id, trace, effective_on in rows.order_by("pk").values_list(
            "refund_id", "trace", "file__effective_on"
        )
        if banking_days_after(effective_on, CREDIT_RETURN_DAYS + 1, also_closed=closings) <= on
    ]


def list_stopped_refunds() -> list[RefundId]:
    """Return the refunds that wait for a bank file to an account its bank took away."""
    rows = Refund.objects.filter(attempt__gateway=BANK_FILE, events=None)
    stopped = rows.filter(attempt__payment__method__removed_at__isnull=False)
    stopped = stopped.exclude(attempt__payment__method__removed_because=BY_MEMBER)
    return [RefundId(pk) for pk in stopped.order_by("pk").values_list("pk", flat=True)]
