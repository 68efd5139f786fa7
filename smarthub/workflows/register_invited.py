"""Make a sign-in for somebody who was invited and has none: a person, a login, and the role."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

from django.db import transaction

from smarthub.members.operations import (
    add_contact,
    add_person,
    make_one_time_code,
    open_login,
    use_one_time_code,
)
from smarthub.notifications.operations import queue_message
from smarthub.workflows.share_account import accept_invitation, get_opened_invitation

PURPOSE = "invited"


def send_code_to_invited(*, number: str, email: str, language: str, now: dt.datetime) -> None:
    """Send a code to the e-mail address of somebody who was invited by letter.

    Raises:
        CodeOver: the invitation is over.
        CodesTooMany: it had its codes of this hour.
    """
    get_opened_invitation(number=number, now=now)
    with transaction.atomic():
        code = make_one_time_code(purpose=PURPOSE, subject=f"{number}:{email}"[:60], now=now)
        queue_message(
            dedupe_key=f"contact_code:{uuid4()}",
            template="contact_code",
            language=language,
            person_id=None,
            account_number="",
            address=email,
            context={"code": code},
            now=now,
        )


def take_code_of_invited(*, number: str, email: str, typed: str, now: dt.datetime) -> None:
    """Take the code that was sent there.

    Raises:
        CodeWrong, CodeOver: it is not the one, or no longer good.
    """
    use_one_time_code(purpose=PURPOSE, subject=f"{number}:{email}"[:60], typed=typed, now=now)


def register_invited(
    *,
    number: str,
    email: str,
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
        email: An address that is theirs: the invitation or a code reached them there.
        given_name: What they are called.
        family_name: Their family's name.
        language: Of letters and pages.
        password: Already found good; None for a login that will have a passkey.
        on: The co-op's local day.
        now: When.

    Returns:
        The login's id.

    Raises:
        EmailTaken: somebody signs in with the address; they sign in and accept instead.
        InvitationOver, CodeOver: the invitation was taken meanwhile.
    """
    get_opened_invitation(number=number, now=now)
    with transaction.atomic():
        person_id = add_person(given_name=given_name, family_name=family_name, language=language)
        add_contact(person_id=person_id, kind="email", value=email, verified_at=now)
        user_id = open_login(person_id=person_id, email=email, password=password, now=now)
        accept_invitation(user_id=user_id, number=number, on=on, now=now)
    return user_id
