"""Tell a person something by the ways that reach them: e-mail, else text, else a letter.

A member without e-mail is told all the same: by text where they gave a phone and the message
has words short enough for one, and by letter otherwise.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from smarthub.accounts.queries import list_held_roles, list_holders, list_postal_addresses
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.period import local_day
from smarthub.members.queries import (
    find_mailing_address,
    get_person,
    get_person_of_user,
    list_logins,
    list_text_phones,
    list_verified_contacts,
)
from smarthub.members.types import PersonId
from smarthub.notifications.operations import queue_message
from smarthub.notifications.types import Channel
from smarthub.notifications.wording import has_text_words


def tell_person(
    *,
    person_id: PersonId,
    template: str,
    context: Mapping[str, object],
    about: str,
    now: dt.datetime,
    account_number: str = "",
    also: Sequence[tuple[Channel, str]] = (),
    texts_by_consent: bool = False,
) -> int:
    """Queue one message to each address that reaches a person, in their language; once each.

    Args:
        person_id: Who is told.
        template: The message's template.
        context: What it needs.
        about: What it is about, the same for the same news: it makes the message once.
        now: When it happened.
        account_number: The account it is about, or the empty string.
        also: Channels and addresses that are told besides, such as one that was just ended.
        texts_by_consent: Whether a text goes only to whom agreed to texts, as for what is no alarm.

    Returns:
        How many messages were queued; 0 when nothing reaches this person.

    Source: domain rules 117 and 120.
    """
    person = get_person(person_id=person_id)
    ways = dict.fromkeys([*_ways(person_id, template, now, by_consent=texts_by_consent), *also])
    for channel, address in ways:
        queue_message(
            dedupe_key=f"{template}:{about}:{channel}:{address}",
            template=template,
            language=person.language,
            person_id=person_id,
            account_number=account_number,
            address=address,
            context=context,
            now=now,
            channel=channel,
        )
    return len(ways)


def list_fellow_holders(*, user_id: int, on: dt.date) -> list[PersonId]:
    """Return the login's person, and after them whoever holds an account with them that day."""
    held = [
        role.account_id
        for role in list_held_roles(user_id=user_id, on=on)
        if role.role in {"holder", "joint"}
    ]
    holders = list_holders(account_ids=held, on=on)
    person_id = get_person_of_user(user_id=user_id).id
    return list(dict.fromkeys([person_id, *(each for them in holders.values() for each in them)]))


def find_postal_lines(*, person_id: PersonId, now: dt.datetime) -> str:
    """Return where letters reach a person: where they said, or else where they are served.

    Empty for somebody who said nothing and holds no account with a sign-in of their own.
    """
    own = find_mailing_address(person_id=person_id)
    if own is not None:
        return own.as_lines()
    login = list_logins(person_ids=[person_id]).get(person_id)
    if login is None:
        return ""
    roles = list_held_roles(user_id=login.user_id, on=local_day(now, get_zone()))
    held = [role.account_id for role in roles if role.role in {"holder", "joint"}]
    places = list_postal_addresses(account_ids=held)
    return next(("\n".join(places[each]) for each in held if each in places), "")


def _ways(
    person_id: PersonId, template: str, now: dt.datetime, *, by_consent: bool
) -> list[tuple[Channel, str]]:
    contacts = list_verified_contacts(person_ids=[person_id])
    emails = [(Channel.EMAIL, each.value) for each in contacts if each.kind == "email"]
    if emails:
        return emails
    phones = [(Channel.TEXT, each.value) for each in contacts if each.kind == "phone"]
    if by_consent:
        agreed = list_text_phones(person_ids=[person_id]).get(person_id, [])
        phones = [(Channel.TEXT, each) for each in agreed]
    if phones and has_text_words(template):
        return phones
    letter = find_postal_lines(person_id=person_id, now=now)
    return [(Channel.LETTER, letter)] if letter else []
