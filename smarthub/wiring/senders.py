"""Which mail carrier this installation has: its SMTP server, or in a demo none at all."""

from __future__ import annotations

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

from smarthub.integrations.sandbox.mail import OutboxPageSender
from smarthub.integrations.smtp.sender import SmtpSender
from smarthub.notifications.ports import MailSender


def mail_sender() -> MailSender:
    """Return a carrier for one run; its connection opens at the first mail."""
    if settings.DEMO:
        return OutboxPageSender()
    return SmtpSender(connection=EmailBackend(), from_address=settings.DEFAULT_FROM_EMAIL)
