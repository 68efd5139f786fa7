"""Tell every holder of an account something about its debt: by e-mail, or by letter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from smarthub.accounts.queries import get_postal_address, list_holders
from smarthub.accounts.types import AccountId
from smarthub.members.queries import find_mailing_address, get_person, list_email_addresses
from smarthub.members.types import PersonId
from smarthub.notifications.operations import queue_message

DEDUPE_KEY_LENGTH = 160


def tell_holders(
    *,
    template: str,
    about: str,
    account_id: AccountId,
    account_number: str,
    context: Mapping[str, Any],
    on: dt.date,
    now: dt.datetime,
    by_letter_too: bool = False,
) -> None:
    """Queue a message to each holder by e-mail; by letter to the first, where none has an address.

    To be called in the transaction that causes it.

    Args:
        template: The message.
        about: What makes it once, together with the template and the address.
        account_id: Whose account.
        account_number: Its number.
        context: What the message says.
        on: The local day: those who hold the account then.
        now: When it is queued.
        by_letter_too: Whether a letter goes out beside the e-mail.
    """
    holders = list_holders(account_ids=[account_id], on=on).get(account_id, [])
    emails = list_email_addresses(person_ids=holders)
    ways = [("email", person, address) for person in holders for address in emails.get(person, [])]
    if not ways or by_letter_too:
        ways += [
            ("letter", person, lines)
            for person in holders[:1]
            if (lines := _where_letters_go(account_id, person))
        ]
    for channel, person_id, address in ways:
        queue_message(
            dedupe_key=f"{template}:{about}:{channel}:{person_id}:{address}"[:DEDUPE_KEY_LENGTH],
            template=template,
            language=get_person(person_id=person_id).language,
            person_id=person_id,
            account_number=account_number,
            address=address,
            context=context,
            now=now,
            channel=channel,
        )


def _where_letters_go(account_id: AccountId, person_id: PersonId) -> str:
    own = find_mailing_address(person_id=person_id)
    return own.as_lines() if own else get_postal_address(account_id=account_id)
