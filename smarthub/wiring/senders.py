"""Who carries messages here: the SMTP server, the print queue, and in a demo nobody at all.

A channel that is not among them is not offered to members, and what is queued for it waits.
"""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

from smarthub.cooperative.queries import get_cooperative
from smarthub.integrations.print_queue.letters import LetterQueue
from smarthub.integrations.sandbox.mail import OutboxPageSender
from smarthub.integrations.smtp.sender import SmtpSender
from smarthub.notifications.ports import MailSender
from smarthub.notifications.types import Channel
from smarthub.wiring.clock import today

UTC = ZoneInfo("UTC")


def mail_sender() -> MailSender:
    """Return a carrier of e-mail for one run; its connection opens at the first mail."""
    if settings.DEMO:
        return OutboxPageSender()
    return SmtpSender(connection=EmailBackend(), from_address=settings.DEFAULT_FROM_EMAIL)


def message_senders() -> dict[Channel, MailSender]:
    """Return the carrier of each channel this installation has."""
    senders: dict[Channel, MailSender] = {
        Channel.EMAIL: mail_sender(),
        Channel.LETTER: letter_queue(),
    }
    if settings.DEMO:
        senders[Channel.TEXT] = OutboxPageSender()
    return senders


def letter_queue() -> LetterQueue:
    """Return the folder from which the office prints letters, under the co-op's own head."""
    return LetterQueue(
        folder=Path(settings.STATE_DIR) / "letters",
        fonts=Path(settings.FONTS_DIR),
        sender=get_cooperative(on=today(UTC)).identity.mail_address,
    )


def carries_texts() -> bool:
    """Return whether members can be written to by text here."""
    return bool(settings.DEMO)
