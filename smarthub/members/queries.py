"""Every read of people, logins and memberships."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.db.models import Q

from smarthub.cooperative.among import among
from smarthub.kernel.errors import NotVisible
from smarthub.members.models import Consent, Contact, MailingAddress, OneTimeCode, Person, User
from smarthub.members.types import (
    ContactView,
    Login,
    PersonId,
    PersonView,
    PostalAddress,
    PrintWishes,
    Profile,
    VerifiedContact,
    kind_of_contact,
    read_sign_in_name,
)

PAPERLESS = "paperless"
"""The kind of the consent to no paper bills."""
TEXTS = "text_messages"
"""The kind of the consent to texts."""


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


def list_languages(*, person_ids: Collection[PersonId]) -> dict[PersonId, str]:
    """Return the language each person reads, in one query."""
    rows = Person.objects.filter(among("id", person_ids)).values_list("pk", "language")
    return {PersonId(pk): language for pk, language in rows}


def list_email_addresses(*, person_ids: list[PersonId]) -> dict[PersonId, list[str]]:
    """Return the verified e-mail addresses in use of each person, in one query (rule 117)."""
    rows = Contact.objects.filter(
        among("person_id", person_ids),
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


def list_text_phones(*, person_ids: Sequence[PersonId]) -> dict[PersonId, list[str]]:
    """Return the confirmed phones of people who agreed to texts and took it not back; two queries.

    The newest consent counts. A phone from another system is on file without one, and gets no text
    that nobody asked for.

    Source: domain rule 117.
    """
    agreed: dict[int, bool] = {}
    consents = Consent.objects.filter(among("person_id", person_ids), kind=TEXTS)
    for row in consents.order_by("given_at", "pk"):
        agreed[row.person_id] = row.granted
    rows = Contact.objects.filter(
        among("person_id", person_ids),
        kind=Contact.Kind.PHONE,
        verified_at__isnull=False,
        ended_at=None,
    ).order_by("pk")
    phones: dict[PersonId, list[str]] = {}
    for person_id, value in rows.values_list("person_id", "value"):
        if agreed.get(person_id):
            phones.setdefault(PersonId(person_id), []).append(value)
    return phones


def list_logins(*, person_ids: Sequence[PersonId]) -> dict[PersonId, Login]:
    """Return the login of each person who has one, in one query."""
    rows = User.objects.filter(person__in=person_ids, is_active=True)
    return {PersonId(row.person_id): Login(row.pk, row.signs_in_with) for row in rows}


def find_user(*, signs_in_with: str) -> int | None:
    """Return the login of an e-mail address, phone or sign-in name, in whatever way typed."""
    if kind_of_contact(signs_in_with) == Contact.Kind.EMAIL:
        rows = User.objects.filter(email=signs_in_with.strip().casefold())
    elif name := read_sign_in_name(signs_in_with):
        rows = User.objects.filter(login_name=name)
    else:
        rows = User.objects.filter(phone="".join(c for c in signs_in_with if c.isdigit()))
    return rows.values_list("pk", flat=True).first()


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
                signs_in=row.normalised == (user.email if row.kind == "email" else user.phone),
            )
            for row in contacts
        ),
        signs_in_with=user.signs_in_with,
    )


def find_mailing_address(
    *, person_id: PersonId, at: dt.datetime | None = None
) -> PostalAddress | None:
    """Return where letters reach a person now, or reached them at a moment, or None."""
    rows = MailingAddress.objects.filter(person=person_id)
    if at is None:
        row = rows.filter(ended_at=None).first()
    else:
        row = rows.filter(Q(ended_at=None) | Q(ended_at__gt=at), starts_at__lte=at).first()
    if row is None:
        return None
    return PostalAddress(row.street, row.unit, row.city, row.state, row.postal_code)


def list_print_wishes(*, person_ids: Collection[PersonId]) -> dict[PersonId, PrintWishes]:
    """Return how each person wants printed bills: three queries for all.

    The newest consent of a kind and account counts; one that names no account is for all of them.
    """
    kept: dict[PersonId, dict[str, bool]] = {}
    consents = Consent.objects.filter(person__in=person_ids, kind=PAPERLESS).order_by("given_at")
    for row in consents:
        kept.setdefault(PersonId(row.person_id), {})[row.account_number] = row.granted
    mail = {
        PersonId(row.person_id): PostalAddress(
            row.street, row.unit, row.city, row.state, row.postal_code
        )
        for row in MailingAddress.objects.filter(person__in=person_ids, ended_at=None)
    }
    people = Person.objects.in_bulk(list(person_ids)).values()
    return {
        PersonId(person.pk): PrintWishes(
            language=person.language,
            large_print=person.bill_format == Person.BillFormat.LARGE_PRINT,
            mailing=mail.get(PersonId(person.pk)),
            paperless=kept.get(PersonId(person.pk), {}),
        )
        for person in people
    }


def _view(person: Person) -> PersonView:
    return PersonView(
        id=PersonId(person.pk),
        name=str(person),
        called=person.called or person.given_name or str(person),
        language=person.language,
    )
