"""Tell holders that a bill is ready, in the transaction that writes it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from smarthub.billing.types import IssuedBill, Reader
from smarthub.members.queries import list_email_addresses
from smarthub.notifications.many import queue_messages
from smarthub.notifications.types import NewMessage

DEDUPE_KEY_LENGTH = 160
"""The key's start tells bill and person apart; only a very long address is cut."""


def announce_bills(*, bills: Sequence[IssuedBill], bill_date: dt.date, now: dt.datetime) -> None:
    """Queue one message for each verified e-mail address of each holder; once for each bill."""
    person_ids = {reader.person_id for bill in bills for reader in bill.readers}
    addresses = list_email_addresses(person_ids=sorted(person_ids))
    alike: dict[tuple[str, dt.date], list[NewMessage]] = defaultdict(list)
    for bill in bills:
        for reader in bill.readers:
            for address in addresses.get(reader.person_id, ()):
                alike[reader.language, bill.due_date].append(_message(bill, reader, address))
    for (language, due_date), messages in alike.items():
        queue_messages(
            template="bill_ready",
            language=language,
            shared={"bill_date": bill_date, "due_date": due_date},
            messages=messages,
            now=now,
        )


def _message(bill: IssuedBill, reader: Reader, address: str) -> NewMessage:
    return NewMessage(
        dedupe_key=f"bill_ready:{bill.number}:{reader.person_id}:{address}"[:DEDUPE_KEY_LENGTH],
        person_id=reader.person_id,
        account_number=bill.account_number,
        address=address,
        own={"asked": bill.asked},
    )
