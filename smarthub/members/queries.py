"""Every read of people, logins and memberships."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from smarthub.kernel.errors import NotVisible
from smarthub.members.models import Contact, MailingAddress, OneTimeCode, Person, User
from smarthub.members.types import (
    ContactView,
    Login,
    PersonId,
    PersonView,
    PostalAddress,
    Profile,
    VerifiedContact,
)


def get_person_of_user(*, user_id: int) -> PersonView:
    """Return the person behind a login.

    Raises:
        NotVisible: no such login.
    """
    person = Person.objects.filter(login__pk=user_id).first()
    if person is None:
        raise NotVisible
    return _view(person)


def get_person(*, person_id: PersonId) -> PersonView:
    """Return one person.

    Raises:
        NotVisible: no such person.
    """
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise NotVisible
    return _view(person)


def is_staff(*, user_id: int) -> bool:
    """Return whether a login is of a member of staff who may still sign in."""
    return User.objects.filter(pk=user_id, is_staff=True, is_active=True).exists()


def list_email_addresses(*, person_ids: list[PersonId]) -> dict[PersonId, list[str]]:
    """Return the verified e-mail addresses in use of each person, in one query (rule 117)."""
    rows = Contact.objects.filter(
        person__in=person_ids,
        kind=Contact.Kind.EMAIL,
        verified_at__isnull=False,
        ended_at=None,
    ).order_by("pk")
    addresses: dict[PersonId, list[str]] = {}
    for person_id, value in rows.values_list("person_id", "value"):
        addresses.setdefault(PersonId(person_id), []).append(value)
    return addresses


def list_verified_contacts(*, person_ids: Sequence[PersonId]) -> tuple[VerifiedContact, ...]:
    """Return the verified e-mail addresses and phones in use, e-mail first, in one query."""
    rows = Contact.objects.filter(
        person__in=person_ids, verified_at__isnull=False, ended_at=None
    ).order_by("kind", "pk")
    return tuple(VerifiedContact(row.pk, row.kind, row.value) for row in rows)


def list_logins(*, person_ids: Sequence[PersonId]) -> dict[PersonId, Login]:
    """Return the login of each person who has one, in one query."""
    rows = User.objects.filter(person__in=person_ids, is_active=True)
    return {PersonId(row.person_id): Login(row.pk, row.email or "") for row in rows}


def find_user_by_email(*, email: str) -> int | None:
    """Return the login that signs in with an e-mail address, or None."""
    rows = User.objects.filter(email=email.strip().casefold()).values_list("pk", flat=True)
    return rows.first()


def get_names(*, person_id: PersonId) -> dict[str, str]:
    """Return a person's names as they are compared: given, family and organisation's."""
    person = Person.objects.get(pk=person_id)
    return {
        "given_name": person.given_name,
        "family_name": person.family_name,
        "organisation_name": person.organisation_name,
    }


def was_code_made(*, purpose: str, subject: str, since: dt.datetime) -> bool:
    """Return whether a one-time code was made for a subject since a moment, and is not used."""
    return OneTimeCode.objects.filter(
        purpose=purpose, subject=subject, made_at__gt=since, used_at=None
    ).exists()


def get_profile(*, user_id: int) -> Profile:
    """Return what a login's person told the co-op about themselves, in three queries.

    Raises:
        NotVisible: no such login.
    """
    user = User.objects.select_related("person").filter(pk=user_id).first()
    if user is None:
        raise NotVisible
    person_id = PersonId(user.person_id)
    contacts = Contact.objects.filter(person=person_id, ended_at=None).order_by("kind", "pk")
    return Profile(
        person_id=person_id,
        name=str(user.person),
        called=user.person.called,
        language=user.person.language,
        bill_format=user.person.bill_format,
        mailing_address=find_mailing_address(person_id=person_id),
        contacts=tuple(
            ContactView(
                reference=row.reference,
                kind=row.kind,
                value=row.value,
                is_confirmed=row.verified_at is not None,
                signs_in=row.kind == "email" and row.normalised == (user.email or ""),
            )
            for row in contacts
        ),
    )


def find_mailing_address(*, person_id: PersonId) -> PostalAddress | None:
    """Return where letters reach a person now, or None."""
    row = MailingAddress.objects.filter(person=person_id, ended_at=None).first()
    if row is None:
        return None
    return PostalAddress(row.street, row.unit, row.city, row.state, row.postal_code)


def _view(person: Person) -> PersonView:
    return PersonView(
        id=PersonId(person.pk),
        name=str(person),
        called=person.called or person.given_name or str(person),
        language=person.language,
    )
