"""What the outbox needs from outside: somebody who carries a message, and how that can fail."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from smarthub.kernel.errors import Refused, Unavailable


class MailRefused(Refused):
    """The mail system will never take this mail (a 5xx answer, or no such address)."""

    code = "mail_refused"


class MailDelayed(Unavailable):
    """The mail system does not take this mail now (a 4xx answer), but may later."""

    code = "mail_delayed"


class MailServerDown(Unavailable):
    """The mail system cannot be reached or will not talk to us: no mail can be sent now."""

    code = "mail_server_down"


@dataclass(frozen=True, slots=True)
class Mail:
    """One message, plain text: an e-mail, a text or a letter, by what ``address`` is.

    A text has no use for its subject; a letter has it as its heading.

    ``identity`` is the same whenever the same message is sent again, so that a mail system
    which sees it twice can tell.
    """

    identity: str
    sender_name: str
    address: str
    language: str
    subject: str
    body: str
    sent_at: dt.datetime


class MailSender(Protocol):
    """Carries messages of one channel, one after the other, over one connection."""

    def send(self, mail: Mail) -> None:
        """Hand over one mail; when this returns, the mail system has taken it.

        Raises:
            MailRefused: it will never be taken.
            MailDelayed: it is not taken now.
            MailServerDown: nothing is taken now.
        """

    def close(self) -> None:
        """Hang up; may be called when nothing was ever sent."""
