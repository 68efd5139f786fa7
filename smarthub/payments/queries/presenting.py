"""Reads of payments that banks returned for want of money, and that may be presented again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef

from smarthub.cooperative.queries import get_zone
from smarthub.kernel.period import day_bounds, local_day
from smarthub.payments.engine import OTHER_DOORS
from smarthub.payments.models import AttemptEvent, ChargeFact, PresentedAgain
from smarthub.payments.models import Payment as PaymentRow
from smarthub.payments.queries.paying import get_payment
from smarthub.payments.types import (
    AttemptState,
    FactKind,
    MethodKind,
    PaymentId,
    ReturnedPayment,
)

OF_THEIR_OWN = ["auto_pay", *OTHER_DOORS]
"""Channels of payments that are tried again elsewhere, or that no gateway moved."""
NO_FUNDS = {"R01": "R01", "R09": "R09", "insufficient_funds": "R01"}
"""Why a bank sent an entry back, by what a gateway says of it."""


def list_returned_by_hand(*, since: dt.date) -> list[ReturnedPayment]:
    """Return members' payments by bank account that came back for want of money since a local day.

    Whether the bank sent it back after it was booked or while it was under way. Of each the newest
    presentment alone, and only while nothing more was ordered of it and the bank account is still
    stored. Drafts of Auto Pay are not here.

    Source: domain rule 56.
    """
    ours = PaymentRow.objects.filter(
        person__isnull=False, method__kind=MethodKind.BANK, method__removed_at=None
    ).exclude(channel__in=OF_THEIR_OWN)
    zone = get_zone()
    begins, _ends = day_bounds(since, zone)
    facts = ChargeFact.objects.filter(
        kind=FactKind.RETURNED, learnt_at__gte=begins, attempt__payment__in=ours
    )
    was_under_way = AttemptEvent.objects.filter(
        attempt=OuterRef("attempt"), state=AttemptState.PENDING
    )
    failures = AttemptEvent.objects.filter(
        Exists(was_under_way),
        state=AttemptState.FAILED,
        learnt_at__gte=begins,
        attempt__payment__in=ours,
    )
    rows = [
        row
        for found in (facts, failures)
        for row in found.values_list("learnt_at", "attempt__payment_id", "reason")
        if row[2] in NO_FUNDS
    ]
    returned = [
        _returned(payment_id, NO_FUNDS[reason], local_day(learnt_at, zone))
        for learnt_at, payment_id, reason in sorted(rows)
    ]
    return [each for each in returned if not _is_ordered(each)]


def is_presented_again(payment_id: UUID) -> bool:
    """Return whether a payment is one that was presented again after a return."""
    return PresentedAgain.objects.filter(scheduled=payment_id).exists()


def list_presented_again(*, payment_ids: Collection[PaymentId]) -> set[PaymentId]:
    """Return those of these payments that were presented again after a return: one query."""
    rows = PresentedAgain.objects.filter(scheduled__in=payment_ids)
    return {PaymentId(each) for each in rows.values_list("scheduled", flat=True)}


def _is_ordered(returned: ReturnedPayment) -> bool:
    return PresentedAgain.objects.filter(
        payment=returned.first_id, number=returned.made + 1
    ).exists()


def _returned(payment_id: UUID, code: str, returned_on: dt.date) -> ReturnedPayment:
    again = PresentedAgain.objects.filter(scheduled=payment_id).first()
    first_id = again.payment_id if again else payment_id
    received = PaymentRow.objects.values_list("received_at", flat=True).get(pk=first_id)
    return ReturnedPayment(
        payment=get_payment(payment_id=PaymentId(payment_id)),
        first_id=PaymentId(first_id),
        first_sent_on=local_day(received, get_zone()),
        made=again.number if again else 0,
        code=code,
        returned_on=returned_on,
    )
