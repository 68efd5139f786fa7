"""Hand mails to an SMTP server over one connection, and say what its answers mean.

The headers tell the truth: who sends, when, in which language, that a machine wrote it, and
one Message-ID per message however often it is sent.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.utils import format_datetime, formataddr, parseaddr

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from smarthub.notifications.ports import Mail, MailDelayed, MailRefused, MailServerDown

FIRST_PERMANENT = 500
"""From here on an SMTP answer is for good (RFC 5321, section 4.2.1)."""


class SmtpSender:
    """A ``MailSender`` over Django's SMTP connection."""

    def __init__(self, *, connection: EmailBackend, from_address: str) -> None:
        """Use ``connection``, opened at the first mail; ``from_address`` may have a name."""
        self._connection = connection
        self._from_address = parseaddr(from_address)[1]

    def send(self, mail: Mail) -> None:
        """Hand over one mail.

        Raises:
            MailRefused: the server refuses the recipient or the content for good, or the
                address cannot be written in a mail.
            MailDelayed: the server does not take this mail now.
            MailServerDown: no connection, no sign-in, or our own sender address is refused.
        """
        with _answers_explained():
            self._connection.open()
            taken = self._message(mail).send()
        if taken != 1:
            raise MailRefused(detail="no address to send to")

    def close(self) -> None:
        """Hang up, if a connection was made; a server that is gone needs no farewell."""
        with suppress(OSError):
            self._connection.close()

    def _message(self, mail: Mail) -> EmailMessage:
        domain = self._from_address.rpartition("@")[2]
        return EmailMessage(
            subject=mail.subject,
            body=mail.body,
            from_email=formataddr((mail.sender_name, self._from_address)),
            to=[mail.address],
            connection=self._connection,
            headers={
                "Message-ID": f"<{mail.identity}@{domain}>",
                "Date": format_datetime(mail.sent_at),
                "Content-Language": mail.language,
                "Auto-Submitted": "auto-generated",
            },
        )


@contextmanager
def _answers_explained() -> Iterator[None]:
    """Turn what smtplib raises into the port's three errors; order matters, most exact first."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        status, text = next(iter(error.recipients.values()))
        _raise_for(status, text)
    except (smtplib.SMTPSenderRefused, smtplib.SMTPAuthenticationError) as error:
        raise MailServerDown(detail=_words(error.smtp_code, error.smtp_error)) from error
    except smtplib.SMTPDataError as error:
        _raise_for(error.smtp_code, error.smtp_error)
    except OSError as error:  # smtplib's other errors, and the network's, are all of this kind
        raise MailServerDown(detail=f"{type(error).__name__}: {error}") from error
    except ValueError as error:  # a line break in a header, or an address no mail can carry
        raise MailRefused(detail=f"{type(error).__name__}: {error}") from error


def _raise_for(status: int, text: bytes | str) -> None:
    error = MailRefused if status >= FIRST_PERMANENT else MailDelayed
    raise error(detail=_words(status, text))


def _words(status: int, text: bytes | str) -> str:
    answer = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{status} {answer}"
