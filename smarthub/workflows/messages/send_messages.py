"""Send what waits in the outbox, each message once.

At least once, to be exact: a crash between the mail system's answer and our record of it sends
that one message again. Both carry the same Message-ID, so the mail system can see it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID, uuid5

from django.db import transaction

from smarthub.cooperative.queries import get_identity, get_zone
from smarthub.kernel.errors import ExpectedError
from smarthub.kernel.fault_points import reach
from smarthub.kernel.period import local_day
from smarthub.notifications.operations import claim_next, record_try
from smarthub.notifications.ports import Mail, MailDelayed, MailRefused, MailSender, MailServerDown
from smarthub.notifications.types import Channel, Outcome, OutgoingMessage

MESSAGE_NAMES = UUID("5f1c1f0e-3a53-4f0b-9a5b-0f6c1f1f3b52")
"""Under which a dedupe key becomes a mail's identity; never to be changed."""


def deliver_waiting(
    *, senders: Mapping[Channel, MailSender], now: dt.datetime, limit: int = 500
) -> int:
    """Send up to ``limit`` messages that are due and return how many were sent.

    Each is its own transaction. One that is not taken now rests and is tried again; one that
    is refused for good is recorded so. A channel whose carrier does not answer at all is left
    alone until the next run; the others go on. One without a carrier waits for one.

    Source: feature R17; domain rules 117 and 118.
    """
    sender_name = get_identity(on=local_day(now, get_zone())).name
    open_channels = dict(senders)
    sent = 0
    try:
        for _ in range(limit):
            tried = _deliver_next(senders=open_channels, sender_name=sender_name, now=now)
            if tried is None:
                break
            channel, outcome = tried
            sent += outcome is Outcome.SENT
            if outcome is Outcome.DOWN:
                del open_channels[channel]
    finally:
        for sender in senders.values():
            sender.close()
    return sent


def _deliver_next(
    *, senders: Mapping[Channel, MailSender], sender_name: str, now: dt.datetime
) -> tuple[Channel, Outcome] | None:
    """Claim, send and record one message; None when none is due."""
    with transaction.atomic():
        message = claim_next(now=now, channels=senders)
        if message is None:
            return None
        mail = _mail(message, sender_name=sender_name, now=now)
        outcome, detail = _send(senders[message.channel], mail)
        reach("messages.sent")
        recorded = record_try(message_id=message.id, outcome=outcome, detail=detail, now=now)
        return message.channel, recorded


def _send(sender: MailSender, mail: Mail) -> tuple[Outcome, str]:
    """Return how handing the mail over went, and what the mail system said."""
    try:
        sender.send(mail)
    except MailRefused as error:
        return Outcome.REFUSED, _told(error)
    except MailDelayed as error:
        return Outcome.FAILED, _told(error)
    except MailServerDown as error:
        return Outcome.DOWN, _told(error)
    return Outcome.SENT, ""


def _told(error: ExpectedError) -> str:
    return str(error.values.get("detail", error.code))


def _mail(message: OutgoingMessage, *, sender_name: str, now: dt.datetime) -> Mail:
    return Mail(
        identity=str(uuid5(MESSAGE_NAMES, message.dedupe_key)),
        sender_name=sender_name,
        address=message.address,
        language=message.language,
        subject=message.subject,
        body=message.body,
        sent_at=now,
    )
