"""Make a sign-in for somebody who was invited and has none: a person, a login, and the role.

Whoever was invited by letter signs in with an e-mail address or a phone, proved by a code, or with
neither: then with a name, and the codes come where the invitation came.
"""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

from django.db import transaction

from smarthub.kernel.errors import Refused
from smarthub.members.operations import (
    add_contact,
    add_person,
    make_one_time_code,
    move_mail,
    open_login,
    use_one_time_code,
)
from smarthub.members.queries import get_profile
from smarthub.members.types import kind_of_contact, read_postal_lines
from smarthub.notifications.operations import queue_message
from smarthub.notifications.types import Channel
from smarthub.workflows.membership.share_account import accept_invitation, get_opened_invitation
from smarthub.workflows.messages.letter_codes import write_sign_in_name

PURPOSE = "invited"


class NoLetterReaches(Refused):
    """The invitation's address is none a letter can be sent to again: a contact is needed."""

    code = "no_letter_reaches"


def refuse_without_address(*, number: str, now: dt.datetime) -> None:
    """Refuse a sign-in without e-mail and phone to whom no letter with a code would come.

    Raises:
        CodeOver: the invitation is over.
        NoLetterReaches: the invitation came by e-mail, or its last line is no town with ZIP code.
    """
    offer = get_opened_invitation(number=number, now=now)
    if offer.channel != Channel.LETTER or read_postal_lines(offer.address) is None:
        raise NoLetterReaches


def send_code_to_invited(*, number: str, contact: str, language: str, now: dt.datetime) -> None:
    """Send a code to the e-mail address or phone of somebody who was invited by letter.

    Raises:
        CodeOver: the invitation is over.
        CodesTooMany: it had its codes of this hour.
    """
    get_opened_invitation(number=number, now=now)
    with transaction.atomic():
        code = make_one_time_code(purpose=PURPOSE, subject=f"{number}:{contact}"[:60], now=now)
        queue_message(
            dedupe_key=f"contact_code:{uuid4()}",
            template="contact_code",
            language=language,
            person_id=None,
            account_number="",
            address=contact,
            context={"code": code},
            now=now,
            channel=Channel.EMAIL if kind_of_contact(contact) == "email" else Channel.TEXT,
        )


def take_code_of_invited(*, number: str, contact: str, typed: str, now: dt.datetime) -> None:
    """Take the code that was sent there.

    Raises:
        CodeWrong, CodeOver: it is not the one, or no longer good.
    """
    use_one_time_code(purpose=PURPOSE, subject=f"{number}:{contact}"[:60], typed=typed, now=now)


def register_invited(
    *,
    number: str,
    contact: str,
    given_name: str,
    family_name: str,
    language: str,
    password: str | None,
    on: dt.date,
    now: dt.datetime,
) -> int:
    """Open a login for whoever opened an invitation, and take it; all of it or nothing.

    Args:
        number: The invitation, as the session remembers it.
        contact: An e-mail address or phone that is theirs: the invitation or a code reached them
            there. Empty for a sign-in by name, whose codes go where the invitation went.
        given_name: What they are called.
        family_name: Their family's name.
        language: Of letters and pages.
        password: Already found good; None for a login that will have a passkey.
        on: The co-op's local day.
        now: When.

    Returns:
        The login's id.

    Raises:
        EmailTaken, PhoneTaken: somebody signs in with it; they sign in and accept instead.
        InvitationOver, CodeOver: the invitation was taken meanwhile.
        NoLetterReaches: without a contact, and no letter would come either.
    """
    offer = get_opened_invitation(number=number, now=now)
    kind = kind_of_contact(contact)
    with transaction.atomic():
        person_id = add_person(given_name=given_name, family_name=family_name, language=language)
        if contact:
            add_contact(person_id=person_id, kind=kind, value=contact, verified_at=now)
        user_id = open_login(
            person_id=person_id,
            email=contact if contact and kind == "email" else None,
            phone=contact if contact and kind == "phone" else None,
            password=password,
            now=now,
        )
        if not contact:
            _send_letters_there(user_id, offer.address, now)
        accept_invitation(user_id=user_id, number=number, on=on, now=now)
    return user_id


def _send_letters_there(user_id: int, lines: str, now: dt.datetime) -> None:
    """Keep the invitation's address as theirs: a code in a letter proved it; and write the name."""
    address = read_postal_lines(lines)
    if address is None:
        raise NoLetterReaches
    profile = get_profile(user_id=user_id)
    move_mail(person_id=profile.person_id, address=address, now=now)
    write_sign_in_name(user_id=user_id, sign_in_name=profile.signs_in_with, now=now)
