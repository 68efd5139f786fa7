"""Send what waits in the outbox, each message once.

At least once, to be exact: a crash between the mail system's answer and our record of it sends
that one message again. Both carry the same Message-ID, so the mail system can see it.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid5

from django.db import transaction

from smarthub.cooperative.queries import get_identity, get_zone
from smarthub.kernel.errors import ExpectedError
from smarthub.kernel.fault_points import reach
from smarthub.kernel.period import local_day
from smarthub.notifications.operations import claim_next, record_try
from smarthub.notifications.ports import Mail, MailDelayed, MailRefused, MailSender, MailServerDown
from smarthub.notifications.types import Outcome, OutgoingMessage

MESSAGE_NAMES = UUID("5f1c1f0e-3a53-4f0b-9a5b-0f6c1f1f3b52")
"""Under which a dedupe key becomes a mail's identity; never to be changed."""


def deliver_waiting(*, sender: MailSender, now: dt.datetime, limit: int = 500) -> int:
    """Send up to ``limit`` messages that are due and return how many were sent.

    Each is its own transaction. One that is not taken now rests and is tried again; one that
    is refused for good is recorded so. When the mail system does not answer at all, the rest
    is left alone until the next run.

    Source: feature R17; domain rules 117 and 118.
    """
    sender_name = get_identity(on=local_day(now, get_zone())).name
    sent = 0
    try:
        for _ in range(limit):
            outcome = _deliver_next(sender=sender, sender_name=sender_name, now=now)
            sent += outcome is Outcome.SENT
            if outcome in {None, Outcome.DOWN}:
                break
    finally:
        sender.close()
    return sent


def _deliver_next(*, sender: MailSender, sender_name: str, now: dt.datetime) -> Outcome | None:
    """Claim, send and record one message; None when none is due."""
    with transaction.atomic():
        message = claim_next(now=now)
        if message is None:
            return None
        outcome, detail = _send(sender, _mail(message, sender_name=sender_name, now=now))
        reach("messages.sent")
        return record_try(message_id=message.id, outcome=outcome, detail=detail, now=now)


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
