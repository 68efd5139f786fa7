"""Confirm that whoever is signed in is the person: a code to a contact confirmed before.

For members without a passkey or an authenticator app, before something that matters. Whoever
has neither e-mail nor phone gets it by letter.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from smarthub.kernel.errors import NotVisible
from smarthub.members.operations import make_one_time_code, use_one_time_code
from smarthub.members.queries import get_person_of_user, list_verified_contacts
from smarthub.members.types import VerifiedContact
from smarthub.workflows.messages.letter_codes import send_letter_code, use_letter_code
from smarthub.workflows.messages.sign_in_messages import tell_about_sign_in
from smarthub.workflows.messages.tell_person import find_postal_lines

PURPOSE = "step-up"
LETTER = "letter"


def list_ways_to_confirm(*, user_id: int, now: dt.datetime) -> tuple[VerifiedContact, ...]:
    """Return the contacts a code may be sent to, e-mail first; where there are none, a letter."""
    person = get_person_of_user(user_id=user_id)
    contacts = list_verified_contacts(person_ids=[person.id])
    lines = "" if contacts else find_postal_lines(person_id=person.id, now=now)
    return (VerifiedContact(0, LETTER, lines),) if lines else contacts


def send_confirming_code(*, user_id: int, contact_id: int, now: dt.datetime) -> None:
    """Send a code to one of the person's own confirmed contacts; none before it counts.

    Raises:
        NotVisible: the contact is not theirs, or not confirmed.
        CodesTooMany: they had their codes of this hour.
    """
    ways = {way.id: way for way in list_ways_to_confirm(user_id=user_id, now=now)}
    if contact_id not in ways:
        raise NotVisible
    way = ways[contact_id]
    if way.kind == LETTER:
        send_letter_code(user_id=user_id, now=now)
        return
    with transaction.atomic():
        code = make_one_time_code(purpose=PURPOSE, subject=f"user:{user_id}", now=now)
        tell_about_sign_in(
            template="step_up_code",
            user_id=user_id,
            address=way.value,
            channel=way.channel,
            page_language="en",
            values={"code": code},
            now=now,
        )


def confirm_with_code(*, user_id: int, typed: str, now: dt.datetime) -> None:
    """Take the code that was sent, or came by letter.

    Raises:
        CodeWrong: it is another one.
        CodeOver: it is too old, used, or was tried too often.
    """
    if any(way.kind == LETTER for way in list_ways_to_confirm(user_id=user_id, now=now)):
        use_letter_code(user_id=user_id, typed=typed, now=now)
        return
    use_one_time_code(purpose=PURPOSE, subject=f"user:{user_id}", typed=typed, now=now)
