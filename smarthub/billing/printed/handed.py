"""What a bill prints that billing does not know itself: it is handed in, as plain values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from smarthub.billing.types import BillView
from smarthub.kernel.money import ZERO, Money


@dataclass(frozen=True, slots=True)
class AutoPayNote:
    """What a bill says of Auto Pay, to a member who has it.

    ``draft_on`` is the local day Auto Pay takes the amount; None says that it does not pay this
    bill, which is then to be paid by hand.
    """

    draft_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Handed:
    """What comes from outside; whatever is empty is not printed.

    ``pay_address`` is where the member pays online, also as a QR code; ``pay_link`` is what that
    code opens instead, to pay this bill without a sign-in; ``online_code`` proves once
    that its reader holds the account; ``mailing`` are the lines the bill is posted to, the name
    first (none: the name and the service address); ``auto_pay_credit`` is the part of the
    adjustments that turning Auto Pay on earned; ``message_address`` is where messages are
    explained, ``{number}`` in it standing for the message's number; ``file_title`` is the title of
    a file of several bills.
    """

    pay_address: str = ""
    pay_link: str = ""
    online_code: str = ""
    mailing: tuple[str, ...] = ()
    auto_pay: AutoPayNote | None = None
    auto_pay_credit: Money = ZERO
    message_address: str = ""
    file_title: str = ""


NOTHING = Handed()


@dataclass(frozen=True, slots=True)
class ToPrint:
    """A bill of a batch, the language of its account, and what is handed to it."""

    bill: BillView
    language: str
    handed: Handed
