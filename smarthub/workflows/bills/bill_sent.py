"""When a bill was sent, apart from when it was made: each message that left, and its paper (42)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from smarthub.billing.types import BillView
from smarthub.notifications.queries import list_sent_under
from smarthub.workflows.bills.print_batches import PRINTS
from smarthub.workflows.bills.print_bills import find_printed

PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Sending:
    """One way a bill went out: ``email``, ``text``, ``letter`` or ``paper``, where to, and when.

    Of paper it is the moment its print file was finished, for the mailing house to take.
    """

    way: str
    address: str
    at: dt.datetime


def list_sent(*, bill: BillView, state_dir: Path) -> tuple[Sending, ...]:
    """Return every way a bill was sent, the earliest first; none while it waits: one query.

    Source: domain rule 42.
    """
    found = [
        Sending(each.channel, each.address, each.at)
        for each in list_sent_under(
            account_number=bill.account_number, key_start=f"bill_ready:{bill.number}:"
        )
    ]
    for folder in sorted((state_dir / PRINTS).glob(f"*-{bill.bill_date.isoformat()}")):
        at = find_printed(folder=folder, bill_number=bill.number)
        if at is not None:
            found.append(Sending(PAPER, "", at))
    return tuple(sorted(found, key=lambda each: each.at))
