"""Tell holders that a bill is ready, in the transaction that writes it.

By e-mail; without an address by text, where they agreed to texts. Whoever has neither gets the bill
itself on paper, and no letter that says so; only who wants no paper is written a letter.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from smarthub.billing.types import IssuedBill, Reader
from smarthub.kernel.money import ZERO
from smarthub.members.queries import list_email_addresses, list_print_wishes, list_text_phones
from smarthub.members.types import PersonId
from smarthub.notifications.many import queue_messages
from smarthub.notifications.types import Channel, NewMessage
from smarthub.workflows.messages.tell_person import find_postal_lines

DEDUPE_KEY_LENGTH = 160
"""The key's start tells bill and person apart; only a very long address is cut."""

Ways = Mapping[PersonId, Sequence[str]]


def announce_bills(*, bills: Sequence[IssuedBill], bill_date: dt.date, now: dt.datetime) -> None:
    """Queue one message for each way that reaches each holder; once for each bill.

    Source: domain rules 116 to 118.
    """
    person_ids = sorted({reader.person_id for bill in bills for reader in bill.readers})
    emails: Ways = list_email_addresses(person_ids=person_ids)
    _announce(bills, emails, Channel.EMAIL, bill_date, now)
    others = [each for each in person_ids if each not in emails]
    if not others:
        return
    phones: Ways = list_text_phones(person_ids=others)
    _announce(bills, phones, Channel.TEXT, bill_date, now)
    _write_letters(bills, [each for each in others if each not in phones], bill_date, now)


def _announce(
    bills: Sequence[IssuedBill],
    ways: Ways,
    channel: Channel,
    bill_date: dt.date,
    now: dt.datetime,
) -> None:
    alike: dict[tuple[str, dt.date, str], list[NewMessage]] = defaultdict(list)
    for bill in bills:
        shared = (bill.due_date, _asks_for(bill))
        for reader in bill.readers:
            for address in ways.get(reader.person_id, ()):
                alike[reader.language, *shared].append(_message(bill, reader, address))
    for (language, due_date, asks_for), messages in alike.items():
        queue_messages(
            template="bill_ready",
            language=language,
            shared={"bill_date": bill_date, "due_date": due_date, "asks_for": asks_for},
            messages=messages,
            now=now,
            channel=channel,
        )


def _write_letters(
    bills: Sequence[IssuedBill], left: Sequence[PersonId], bill_date: dt.date, now: dt.datetime
) -> None:
    """Write to those whom nothing else reaches and who want no paper bill: few, if any."""
    wishes = list_print_wishes(person_ids=left) if left else {}
    for bill in bills:
        unprinted = {
            reader.person_id: [find_postal_lines(person_id=reader.person_id, now=now)]
            for reader in bill.readers
            if reader.person_id in wishes
            and not wishes[reader.person_id].wants_paper(account_number=bill.account_number)
        }
        reached = {person_id: lines for person_id, lines in unprinted.items() if lines != [""]}
        _announce([bill], reached, Channel.LETTER, bill_date, now)


def _asks_for(bill: IssuedBill) -> str:
    """Return whether a bill asks for ``money`` or ``nothing``, or says a ``credit`` that stays."""
    if bill.asked > ZERO:
        return "money"
    return "credit" if bill.asked < ZERO else "nothing"


def _message(bill: IssuedBill, reader: Reader, address: str) -> NewMessage:
    return NewMessage(
        dedupe_key=f"bill_ready:{bill.number}:{reader.person_id}:{address}"[:DEDUPE_KEY_LENGTH],
        person_id=reader.person_id,
        account_number=bill.account_number,
        address=address,
        own={"asked": max(bill.asked, -bill.asked)},
    )
