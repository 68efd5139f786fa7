"""Hear a gateway's word: keep it first, answer, and find out later what it means.

What an event says is never believed. It names a charge; how that charge stands is asked, and our
books are brought to it. So events may come twice, late, in any order, or not at all: the same
question is asked again by ``catch_up_with_events``.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from smarthub.kernel.errors import Unavailable
from smarthub.kernel.fault_points import reach
from smarthub.payments import operations, queries
from smarthub.payments.ports import ChargeState, EventRefused, PaymentGateway
from smarthub.payments.types import InboxOutcome, WaitingEvent
from smarthub.workflows.auto_pay.end_mandate import end_mandate_if_unauthorised
from smarthub.workflows.debts.follow_arrears import stop_if_paid
from smarthub.workflows.messages.method_messages import tell_of_new_card
from smarthub.workflows.messages.payment_messages import tell_of_charge

CATCH_UP = dt.timedelta(days=3)
"""So far back events are fetched: gateways try to deliver for three days."""
HANDLER = "handle_gateway_events"
ALARMING = "dispute"
"""An event of this kind about a charge nobody made is an alarm, not only a riddle."""

log = logging.getLogger(__name__)


def receive_event(
    *, body: bytes, headers: Mapping[str, str], now: dt.datetime, gateway: PaymentGateway
) -> bool:
    """Keep an event that was sent to us, and queue the work; return whether it was new.

    Raises:
        EventRefused: it is not the gateway's, or not of now; nothing is kept but a line in the log.

    Source: payments reference, section 1.2 rule 6.
    """
    try:
        event = gateway.read_event(body=body, headers=headers, now=now)
    except EventRefused as refused:
        log.warning("an event for %s was refused: %s", gateway.name, refused.values["reason"])
        raise
    with transaction.atomic():
        is_new = operations.keep_event(gateway=gateway.name, event=event, body=body, now=now)
        if is_new:
            _queue_handling()
    reach("webhook.kept")
    return is_new


def catch_up_with_events(*, now: dt.datetime, gateway: PaymentGateway) -> int:
    """Fetch the events of the last days, for those that never reached us; return how many.

    Raises:
        GatewayUnavailable: no answer; the next run asks again.
    """
    return sum(
        operations.keep_event(gateway=gateway.name, event=event, body=body, now=now)
        for event, body in gateway.list_events(since=now - CATCH_UP)
    )


def handle_waiting_events(*, now: dt.datetime, gateway: PaymentGateway) -> int:
    """Deal with every event that waits, each once; return how many changed something.

    One the gateway cannot be asked about now waits for the next run. Safe to run twice at once.
    """
    applied = 0
    for event in queries.list_waiting_events(gateway=gateway.name):
        try:
            outcome = _handle(event, gateway, now)
        except Unavailable:
            log.warning("event %s waits: the gateway does not answer", event.event_id)
            continue
        applied += outcome is InboxOutcome.APPLIED
    return applied


def refresh_charge(*, key: str, reference: str, now: dt.datetime, gateway: PaymentGateway) -> bool:
    """Ask how one of our charges stands and bring our books to it; return whether it was news.

    Raises:
        GatewayUnavailable: no answer.
    """
    state = gateway.get_charge(reference=reference)
    return state is not None and bring_to(key=key, state=state, now=now)


def bring_to(*, key: str, state: ChargeState, now: dt.datetime) -> bool:
    """Bring our books to how one of our charges stands; return whether it was news."""
    with transaction.atomic():
        is_news = operations.record_charge_state(attempt_key=key, state=state, now=now)
        if is_news:
            _follow(key, now)
    return is_news


def _follow(key: str, now: dt.datetime) -> None:
    """Tell the payer, end a consent that was none, and stop what a debt led to if it is gone."""
    tell_of_charge(attempt_key=key, now=now)
    end_mandate_if_unauthorised(attempt_key=key, now=now)
    stop_if_paid(payment_id=queries.get_payment_id(attempt_key=key), now=now)


def _queue_handling() -> None:
    """Queue the work, unless it is queued already: that run will find this event too."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(HANDLER, queue="money", queueing_lock=HANDLER).defer()


def _handle_method(event: WaitingEvent, gateway: PaymentGateway, now: dt.datetime) -> InboxOutcome:
    """Take over how a stored card stands now, and tell its owner; drafts go on with it."""
    facts = gateway.get_method(token=event.method_token)
    with transaction.atomic(durable=True):
        updated = facts and operations.update_card(
            token=event.method_token, gateway=gateway.name, facts=facts
        )
        if updated:
            person_id, method = updated
            tell_of_new_card(person_id=person_id, method=method, now=now)
        outcome = InboxOutcome.APPLIED if updated else InboxOutcome.NO_NEWS
        operations.record_outcome(inbox_id=event.inbox_id, outcome=outcome, now=now)
    return outcome


def _handle(event: WaitingEvent, gateway: PaymentGateway, now: dt.datetime) -> InboxOutcome:
    if event.method_token:
        return _handle_method(event, gateway, now)
    state = gateway.get_charge(reference=event.charge_reference)
    reach("webhook.charge_asked")
    key = queries.find_attempt_key(
        gateway=gateway.name,
        key=state.key if state else "",
        reference=event.charge_reference,
    )
    with transaction.atomic(durable=True):
        if state is None or key is None:
            outcome = _park(event, gateway, now)
        elif operations.record_charge_state(attempt_key=key, state=state, now=now):
            outcome = InboxOutcome.APPLIED
            _follow(key, now)
        else:
            outcome = InboxOutcome.NO_NEWS
        operations.record_outcome(inbox_id=event.inbox_id, outcome=outcome, now=now)
    reach("webhook.handled")
    return outcome


def _park(event: WaitingEvent, gateway: PaymentGateway, now: dt.datetime) -> InboxOutcome:
    """Leave an event about a charge that is not ours; somebody's dispute of one is an alarm.

    Other charges may be another till's of the same co-op; a pay-out that holds one is found then.
    """
    if event.kind.startswith(ALARMING):
        operations.find_exception(
            key=f"dispute_unknown:{gateway.name}:{event.event_id}",
            kind="dispute_unknown",
            now=now,
            event=event.event_id,
            charge=event.charge_reference,
        )
    return InboxOutcome.PARKED
