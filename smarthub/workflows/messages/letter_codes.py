"""A code by letter, for whoever signs in with neither e-mail nor phone.

One code does for all that others do with a code sent at once: it signs in, sets a new password,
or confirms that it is the person. It opens once, within three weeks.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from smarthub.cooperative.queries import get_zone
from smarthub.kernel.period import local_day
from smarthub.members.operations import make_one_time_code, open_with_code, use_one_time_code
from smarthub.members.queries import get_person_of_user, was_code_made
from smarthub.members.types import PersonView
from smarthub.notifications.operations import queue_message
from smarthub.notifications.types import Channel
from smarthub.workflows.messages.tell_person import find_postal_lines

PURPOSE = "sign-in-letter"
LETTER_LASTS = dt.timedelta(days=21)
LETTER_UNDER_WAY = dt.timedelta(days=10)
"""So long no second letter is sent: its code would end the one that is still in the mail."""


def send_letter_code(*, user_id: int, now: dt.datetime) -> bool:
    """Queue a letter with a code to where the person gets mail, unless one is under way.

    Returns:
        Whether one was queued.
    """
    person = get_person_of_user(user_id=user_id)
    address, subject = find_postal_lines(person_id=person.id, now=now), _subject(user_id)
    under_way = was_code_made(purpose=PURPOSE, subject=subject, since=now - LETTER_UNDER_WAY)
    if under_way or not address:
        return False
    with transaction.atomic():
        code = make_one_time_code(purpose=PURPOSE, subject=subject, lasts=LETTER_LASTS, now=now)
        until = local_day(now, get_zone()) + LETTER_LASTS
        values = {"name": person.name, "code": code, "until": until}
        _queue(person, address, template="sign_in_letter", key=code, values=values, now=now)
    return True


def open_letter_code(*, user_id: int, typed: str, now: dt.datetime) -> bool:
    """Use the code of the newest letter, once; tries are counted by the caller.

    A letter on its way must not be spoilt by a stranger's guesses.
    """
    opened = open_with_code(codes={PURPOSE: _subject(user_id)}, typed=typed, now=now)
    return opened is not None


def use_letter_code(*, user_id: int, typed: str, now: dt.datetime) -> None:
    """Use the code of the newest letter, once, for somebody signed in: five tries.

    Raises:
        CodeWrong: it is another one.
        CodeOver: it is too old, used, or was tried too often.
    """
    use_one_time_code(purpose=PURPOSE, subject=_subject(user_id), typed=typed, now=now)


def write_sign_in_name(*, user_id: int, sign_in_name: str, now: dt.datetime) -> None:
    """Queue the letter that keeps a new sign-in name for its owner."""
    person = get_person_of_user(user_id=user_id)
    if address := find_postal_lines(person_id=person.id, now=now):
        values: dict[str, object] = {"name": person.name, "sign_in_name": sign_in_name}
        _queue(person, address, template="sign_in_name", key=sign_in_name, values=values, now=now)


def _queue(
    person: PersonView,
    address: str,
    *,
    template: str,
    key: str,
    values: dict[str, object],
    now: dt.datetime,
) -> None:
    queue_message(
        dedupe_key=f"{template}:{person.id}:{key}",
        template=template,
        language=person.language,
        person_id=person.id,
        account_number="",
        address=address,
        context=values,
        channel=Channel.LETTER,
        now=now,
    )


def _subject(user_id: int) -> str:
    return f"user:{user_id}"
