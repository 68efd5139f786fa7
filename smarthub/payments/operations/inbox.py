"""Words from gateways: each kept once as it came, and its outcome beside it, once."""

from __future__ import annotations

import datetime as dt

from smarthub.payments.models import InboxEvent, InboxResult
from smarthub.payments.ports import GatewayEvent
from smarthub.payments.types import InboxOutcome


def keep_event(*, gateway: str, event: GatewayEvent, body: bytes, now: dt.datetime) -> bool:
    """Keep an event and its raw body, once by its id; return whether it was new."""
    _, created = InboxEvent.objects.get_or_create(
        gateway=gateway,
        event_id=event.id,
        defaults={
            "kind": event.kind,
            "charge_reference": event.charge_reference,
            "method_token": event.method_token,
            "body": body.decode(errors="replace"),
            "received_at": now,
        },
    )
    return created


def record_outcome(*, inbox_id: int, outcome: InboxOutcome, now: dt.datetime) -> bool:
    """Record what an event came to; false if another process was first."""
    _, created = InboxResult.objects.get_or_create(
        event_id=inbox_id, defaults={"outcome": outcome, "handled_at": now}
    )
    return created
