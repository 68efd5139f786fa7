"""Change what a person told the co-op about themselves; every address concerned is told.

A contact is used once its owner typed the code that was sent there. Whoever gets hold of an open
session cannot change where messages go without a word: the old address hears of it too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID, uuid4

from django.db import transaction

from smarthub.kernel.errors import NotVisible
from smarthub.members import operations
from smarthub.members.queries import get_profile
from smarthub.members.types import (
    ContactView,
    PersonId,
    PostalAddress,
    VerifiedContact,
    kind_of_contact,
    read_sign_in_name,
)
from smarthub.notifications.operations import queue_message
from smarthub.notifications.types import Channel
from smarthub.workflows.messages.tell_person import list_fellow_holders, tell_person

PURPOSE = "contact"


def find_contact(*, user_id: int, reference: UUID) -> ContactView:
    """Return one of a person's own contacts.

    Raises:
        NotVisible: they have no such contact in use.
    """
    contacts = get_profile(user_id=user_id).contacts
    contact = next((each for each in contacts if each.reference == reference), None)
    if contact is None:
        raise NotVisible
    return contact


def begin_contact(*, user_id: int, kind: str, value: str, now: dt.datetime) -> UUID:
    """Note a new e-mail address or phone and send a code there; return its reference.

    Raises:
        ContactKnown: it is confirmed already.
        CodesTooMany: it had its codes of this hour.
    """
    person_id = get_profile(user_id=user_id).person_id
    with transaction.atomic():
        reference = operations.begin_contact(person_id=person_id, kind=kind, value=value)
        send_contact_code(user_id=user_id, reference=reference, now=now)
    return reference


def send_contact_code(*, user_id: int, reference: UUID, now: dt.datetime) -> None:
    """Send a code to a contact that is still to be confirmed; none before it counts.

    Raises:
        NotVisible: they have no such contact.
        CodesTooMany: it had its codes of this hour.
    """
    profile = get_profile(user_id=user_id)
    contact = find_contact(user_id=user_id, reference=reference)
    with transaction.atomic():
        code = operations.make_one_time_code(purpose=PURPOSE, subject=str(reference), now=now)
        queue_message(
            dedupe_key=f"contact_code:{uuid4()}",
            template="contact_code",
            language=profile.language,
            person_id=profile.person_id,
            account_number="",
            address=contact.value,
            context={"code": code},
            now=now,
            channel=channel_of(contact),
        )


def confirm_contact(*, user_id: int, reference: UUID, typed: str, now: dt.datetime) -> None:
    """Take the code that was sent to a contact; from now on messages go there.

    Raises:
        NotVisible: they have no such contact.
        CodeWrong, CodeOver: the code is not the one, or no longer good.
    """
    contact = find_contact(user_id=user_id, reference=reference)
    operations.use_one_time_code(purpose=PURPOSE, subject=str(reference), typed=typed, now=now)
    person_id = get_profile(user_id=user_id).person_id
    with transaction.atomic():
        operations.confirm_contact(person_id=person_id, reference=reference, now=now)
        _tell(person_id, "contact_added", now, value=_masked(contact))


def end_contact(*, user_id: int, reference: UUID, now: dt.datetime) -> None:
    """Stop using a contact; it and the others are told.

    Raises:
        NotVisible, ContactSignsIn, ContactNeeded: it cannot be ended.
    """
    contact = find_contact(user_id=user_id, reference=reference)
    person_id = get_profile(user_id=user_id).person_id
    with transaction.atomic():
        operations.end_contact(person_id=person_id, reference=reference, now=now)
        if contact.is_confirmed:
            also = [(channel_of(contact), contact.value)]
            _tell(person_id, "contact_ended", now, also=also, value=_masked(contact))


def sign_in_with(*, user_id: int, reference: UUID, now: dt.datetime) -> str:
    """Sign in with another confirmed e-mail address or phone; old and new are told.

    Returns:
        The new one.

    Raises:
        NotVisible: the contact is not theirs, or not confirmed.
        EmailTaken, PhoneTaken: another login uses it.
    """
    contact = find_contact(user_id=user_id, reference=reference)
    person_id = get_profile(user_id=user_id).person_id
    with transaction.atomic():
        old, new = operations.sign_in_with(person_id=person_id, reference=reference)
        also = [(_way(each), each) for each in (old, contact.value) if not read_sign_in_name(each)]
        _tell(person_id, "sign_in_address", now, also=also, value=_masked(contact))
    return new


def be_called(*, user_id: int, called: str, now: dt.datetime) -> bool:
    """Greet a person by another name and tell them; false when it is the one they have."""
    person_id = get_profile(user_id=user_id).person_id
    with transaction.atomic():
        changed = operations.be_called(person_id=person_id, called=called)
        if changed:
            _tell(person_id, "called", now, value=called)
    return changed


def choose_bill_format(*, user_id: int, bill_format: str, on: dt.date, now: dt.datetime) -> bool:
    """Print a person's bills in another format and tell every holder of their accounts.

    Returns:
        Whether it is another than before.
    """
    person_id = get_profile(user_id=user_id).person_id
    with transaction.atomic():
        changed = operations.choose_bill_format(person_id=person_id, bill_format=bill_format)
        for holder in list_fellow_holders(user_id=user_id, on=on) if changed else ():
            _tell(holder, "bill_format", now, value="")
    return changed


def move_mail(*, user_id: int, address: PostalAddress, on: dt.date, now: dt.datetime) -> bool:
    """Send letters and paper bills elsewhere; holders are told, and a letter goes to the old place.

    Returns:
        Whether it is another address than before.

    Source: domain rule 120.
    """
    profile = get_profile(user_id=user_id)
    before = profile.mailing_address
    also = [(Channel.LETTER, before.as_lines())] if before else []
    with transaction.atomic():
        changed = operations.move_mail(person_id=profile.person_id, address=address, now=now)
        for holder in list_fellow_holders(user_id=user_id, on=on) if changed else ():
            _tell(holder, "address", now, also=also, value=address.city)
    return changed


def channel_of(contact: ContactView) -> Channel:
    """Return by what way a message reaches a contact."""
    return Channel.EMAIL if contact.kind == "email" else Channel.TEXT


def _way(address: str) -> Channel:
    return Channel.EMAIL if kind_of_contact(address) == "email" else Channel.TEXT


def _tell(
    person_id: PersonId,
    change: str,
    now: dt.datetime,
    *,
    value: str,
    also: Sequence[tuple[Channel, str]] = (),
) -> None:
    tell_person(
        person_id=person_id,
        template="profile_changed",
        context={"change": change, "value": value},
        about=f"{change}:{uuid4()}",
        now=now,
        also=also,
    )


def _masked(contact: ContactView) -> str:
    return VerifiedContact(0, contact.kind, contact.value).masked
