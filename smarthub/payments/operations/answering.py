"""Record what the gateway answered to many charges at once: as each alone, in fewer statements."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping

from django.db import transaction

from smarthub.ledger.operations import lock_accounts
from smarthub.payments import queries
from smarthub.payments.models import Attempt, AttemptEvent
from smarthub.payments.operations.posting import post_payments
from smarthub.payments.ports import ChargeAnswer
from smarthub.payments.types import AttemptState, Payment, PaymentId


def record_answers(
    *, answers: Mapping[str, ChargeAnswer], now: dt.datetime
) -> dict[str, tuple[Payment, AttemptState]]:
    """Record answers by their attempts' keys, and post what succeeded to the ledger, each once.

    Returns:
        By key, the payments this settled and how; those that were settled before, or whose
        answer is still unknown, are absent.

    Source: payments rules 1 and 2 of the gateway's port.
    """
    with transaction.atomic():
        attempts = list(Attempt.objects.filter(key__in=answers).order_by("made_at", "pk"))
        payments = queries.list_payments_by_id(
            payment_ids=[PaymentId(each.payment_id) for each in attempts]
        )
        lock_accounts(
            account_ids={part.account_id for each in payments.values() for part in each.parts}
        )
        known = _known(attempts)
        news = [
            each
            for each in attempts
            if answers[each.key].state not in known[each.pk]
            and not any(AttemptState(state).is_final for state in known[each.pk])
        ]
        AttemptEvent.objects.bulk_create(_event(each, answers[each.key], now) for each in news)
        settled = {
            each.key: (payments[PaymentId(each.payment_id)], answers[each.key].state)
            for each in news
            if answers[each.key].state.is_final
        }
        paid = [p for p, state in settled.values() if state is AttemptState.SUCCESS]
        if paid:
            post_payments(paid, now)
    return settled


def _known(attempts: list[Attempt]) -> dict[int, set[str]]:
    """Return what is recorded of each attempt; read under the locks of its accounts."""
    known: dict[int, set[str]] = defaultdict(set)
    events = AttemptEvent.objects.filter(attempt__in=[each.pk for each in attempts])
    for attempt, state in events.values_list("attempt_id", "state"):
        known[attempt].add(state)
    return known


def _event(attempt: Attempt, answer: ChargeAnswer, now: dt.datetime) -> AttemptEvent:
    return AttemptEvent(
        attempt=attempt,
        state=answer.state,
        reference=answer.reference,
        reason=answer.reason,
        learnt_at=now,
    )
