"""Tell a person about their sign-in: the codes they asked for, and changes somebody made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import uuid4

from babel.dates import format_datetime

from smarthub.cooperative.queries import get_zone
from smarthub.members.queries import get_person_of_user, list_verified_contacts
from smarthub.notifications.operations import queue_message
from smarthub.notifications.types import Channel
from smarthub.workflows.messages.tell_person import tell_person


def tell_about_sign_in(
    *,
    template: str,
    user_id: int | None,
    address: str,
    page_language: str,
    values: Mapping[str, object],
    now: dt.datetime,
    channel: str = "email",
) -> None:
    """Queue one message about a sign-in; each call is something new, so none is left out.

    Args:
        template: The message's template.
        user_id: Whose sign-in it is; None when nobody signs in with ``address``.
        address: Where it goes.
        page_language: The language of the page that asked; a person's own comes first
            (domain rule 117).
        values: What the template needs.
        now: When it happened.
        channel: By what way it goes.

    Source: reference, sections 6.5 and 6.6: an unknown address costs the same work.
    """
    person = None if user_id is None else get_person_of_user(user_id=user_id)
    queue_message(
        dedupe_key=f"sign-in:{uuid4()}",
        template=template,
        language=page_language if person is None else person.language,
        person_id=None if person is None else person.id,
        account_number="",
        address=address,
        context=values,
        now=now,
        channel=channel,
    )


def tell_of_sign_in_change(
    *,
    user_id: int,
    change: str,
    now: dt.datetime,
    also: str = "",
    values: Mapping[str, object] | None = None,
) -> None:
    """Tell a person that their sign-in was changed, by every way that reaches them; always.

    Args:
        user_id: Whose sign-in it is.
        change: What was changed, as the template ``sign_in_changed`` knows it.
        now: When it was.
        also: An e-mail address that is told besides, such as one just replaced; or empty.
        values: ``old`` and ``new`` address, for changes that name them.

    Source: reference, section 6.5 (told to what is on file, old and new).
    """
    tell_person(
        person_id=get_person_of_user(user_id=user_id).id,
        template="sign_in_changed",
        context={**(values or {}), "change": change},
        about=f"{change}:{uuid4()}",
        now=now,
        also=[(Channel.EMAIL, also)] if also else [],
    )


def tell_of_new_device(*, user_id: int, device: str, network: str, now: dt.datetime) -> None:
    """Tell every confirmed contact of a person that they signed in where they never did before.

    Whoever has none gets a letter.

    Args:
        user_id: Whose sign-in it is.
        device: What a person calls it, such as ``Chrome, Windows``; may be empty.
        network: Its network address.
        now: When it was.
    """
    person = get_person_of_user(user_id=user_id)
    at = format_datetime(now.astimezone(get_zone()), "long", locale=f"{person.language}_US")
    values = {"device": device, "network": network, "at": at}
    contacts = list_verified_contacts(person_ids=[person.id])
    if not contacts:
        tell_person(
            person_id=person.id, template="new_device", context=values, about=str(uuid4()), now=now
        )
    for contact in contacts:
        tell_about_sign_in(
            template="new_device",
            user_id=user_id,
            address=contact.value,
            channel=contact.channel,
            page_language=person.language,
            values=values,
            now=now,
        )
