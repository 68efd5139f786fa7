"""Reads of refunds that go back by a bank file of the co-op's own, as credits."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from smarthub.cooperative.queries import list_bank_closings
from smarthub.kernel.banking_days import banking_days_after
from smarthub.payments.models import ChargeFact, Refund, RefundEvent, SentEntry
from smarthub.payments.queries.bank_accounts import BY_MEMBER
from smarthub.payments.types import BANK_FILE, FactKind, RefundId, RefundState

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


def list_refunds_due() -> QuerySet[Refund]:
    """Return the refunds that go with the next bank file, in the order they were asked for."""
    return _list_waiting().exclude(_is_stopped()).order_by("asked_at", "pk")


def list_stopped_refunds() -> list[tuple[RefundId, bool]]:
    """Return the refunds that wait for a bank file and can go with none.

    Their bank took the account away, or, where true, sent the payment itself back: then there is
    nothing to give back any more.
    """
    stopped = _list_waiting().filter(_is_stopped()).annotate(came_back=_payment_returned())
    return [
        (RefundId(pk), came_back)
        for pk, came_back in stopped.order_by("pk").values_list("pk", "came_back")
    ]


def _list_waiting() -> QuerySet[Refund]:
    """Return refunds of what a file of ours brought that may go and are in no file yet.

    One that a second person refused, or has not decided on yet, does not wait for a file.
    """
    rows = Refund.objects.filter(attempt__gateway=BANK_FILE, events=None)
    return rows.filter(Q(needs_second=False) | Q(decision__is_allowed=True))


def _is_stopped() -> Q:
    account_refused = Q(attempt__payment__method__removed_at__isnull=False) & ~Q(
        attempt__payment__method__removed_because=BY_MEMBER
    )
    return account_refused | Q(_payment_returned())


def _payment_returned() -> Exists:
    facts = ChargeFact.objects.filter(attempt=OuterRef("attempt"), kind=FactKind.RETURNED)
    return Exists(facts)
