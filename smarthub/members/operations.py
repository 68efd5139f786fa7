"""Every write of people, logins, memberships and consents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils.crypto import constant_time_compare, salted_hmac

from smarthub.kernel.codes import draw_code, read_code
from smarthub.kernel.errors import Conflict, NotVisible, Refused
from smarthub.members.models import (
    AuditEntry,
    Consent,
    Contact,
    MailingAddress,
    Membership,
    MembershipHolder,
    OneTimeCode,
    Person,
    SpentCode,
    User,
)
from smarthub.members.types import (
    MembershipId,
    PersonId,
    PostalAddress,
    folded,
    kind_of_contact,
    new_sign_in_name,
)


class EmailTaken(Conflict):
    """Another login already uses this e-mail address."""

    code = "email_taken"


class PhoneTaken(Conflict):
    """Another login already uses this phone."""

    code = "phone_taken"


class CodeWrong(Refused):
    """What was typed is not the code; ``tries_left`` says how often it may still be tried."""

    code = "code_wrong"


class CodeOver(Refused):
    """There is no code to be used: none was made, or it is too old, used, or tried too often."""

    code = "code_over"


class CodesTooMany(Refused):
    """Too many codes were asked for in the last hour; ``minutes`` says when to try again."""

    code = "codes_too_many"


class ContactKnown(Refused):
    """The person confirmed this e-mail address or phone before."""

    code = "contact_known"


class ContactSignsIn(Refused):
    """The address is the one the person signs in with."""

    code = "contact_signs_in"


class ContactNeeded(Refused):
    """Without this contact nothing would reach the person."""

    code = "contact_needed"


MOST_TRIES = 5
MOST_CODES_AN_HOUR = 5
CODE_LASTS = dt.timedelta(minutes=10)
"""For a code sent by e-mail or text: long enough for slow mail, too short to be found later."""


def add_person(
    *,
    family_name: str = "",
    given_name: str = "",
    organisation_name: str = "",
    called: str = "",
    language: str = "en",
    source_system: str = "smarthub",
    source_id: str = "",
) -> PersonId:
    """Add a person or, where ``organisation_name`` is given, an organisation.

    One with the same source system and source id is returned as it stands, so that an import
    can be repeated.

    Source: domain rule 1.
    """
    known = Person.objects.filter(source_system=source_system, source_id=source_id)
    if source_id and (person := known.first()):
        return PersonId(person.pk)
    kind = Person.Kind.ORGANISATION if organisation_name else Person.Kind.INDIVIDUAL
    person = Person.objects.create(
        kind=kind,
        given_name=given_name,
        family_name=family_name,
        organisation_name=organisation_name,
        called=called,
        language=language,
        search_name=folded(f"{given_name} {family_name} {organisation_name}"),
        source_system=source_system,
        source_id=source_id,
    )
    return PersonId(person.pk)


def open_membership(
    *,
    number: str,
    holder: PersonId,
    joined_on: dt.date,
    joint_holders: tuple[PersonId, ...] = (),
    board_district: str = "",
    source_system: str = "smarthub",
    source_id: str = "",
) -> MembershipId:
    """Open a membership for one person, alone or with joint holders; once by its number.

    ``board_district`` is the district whose seat on the board it votes for.

    Source: domain rules 1 and 2.
    """
    with transaction.atomic():
        membership, created = Membership.objects.get_or_create(
            number=number,
            defaults={
                "joined_on": joined_on,
                "board_district": board_district,
                "source_system": source_system,
                "source_id": source_id,
            },
        )
        if created:
            people = [(holder, False), *((person, True) for person in joint_holders)]
            MembershipHolder.objects.bulk_create(
                MembershipHolder(
                    membership=membership, person_id=person, joint=joint, starts_on=joined_on
                )
                for person, joint in people
            )
    return MembershipId(membership.pk)


def add_contact(
    *,
    person_id: PersonId,
    kind: str,
    value: str,
    verified_at: dt.datetime | None = None,
) -> None:
    """Add an e-mail address or phone to a person, once; it is used only when verified."""
    Contact.objects.get_or_create(
        person_id=person_id,
        kind=kind,
        normalised=normalised_contact(kind=kind, value=value),
        ended_at=None,
        defaults={"value": value.strip(), "verified_at": verified_at},
    )


def normalised_contact(*, kind: str, value: str) -> str:
    """Return how a contact is compared: e-mail without case, phone by its digits."""
    if kind == Contact.Kind.EMAIL:
        return value.strip().casefold()
    return "".join(c for c in value if c.isdigit())


def begin_contact(*, person_id: PersonId, kind: str, value: str) -> UUID:
    """Note an e-mail address or phone that is still to be confirmed; return its reference.

    Raises:
        ContactKnown: the person has confirmed it already.
    """
    contact, _ = Contact.objects.get_or_create(
        person_id=person_id,
        kind=kind,
        normalised=normalised_contact(kind=kind, value=value),
        ended_at=None,
        defaults={"value": value.strip()},
    )
    if contact.verified_at is not None:
        raise ContactKnown
    return contact.reference


def confirm_contact(*, person_id: PersonId, reference: UUID, now: dt.datetime) -> None:
    """Let a contact be used from now on: its owner typed the code that was sent there."""
    waiting = Contact.objects.filter(person=person_id, reference=reference, ended_at=None)
    waiting.filter(verified_at=None).update(verified_at=now)


def end_contact(*, person_id: PersonId, reference: UUID, now: dt.datetime) -> None:
    """Stop using a contact; it is kept as it was.

    Raises:
        NotVisible: the person has no such contact in use.
        ContactSignsIn: it is the address of their sign-in.
        ContactNeeded: nothing else would reach them.
    """
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person_id)
        in_use = Contact.objects.filter(person=person_id, ended_at=None)
        contact = in_use.filter(reference=reference).first()
        if contact is None:
            raise NotVisible
        signs_in = Q(email=contact.normalised) | Q(phone=contact.normalised)
        if User.objects.filter(signs_in, person=person_id).exists():
            raise ContactSignsIn
        others = in_use.exclude(pk=contact.pk).filter(verified_at__isnull=False)
        letters = MailingAddress.objects.filter(person=person_id, ended_at=None)
        if contact.verified_at and not (others.exists() or letters.exists()):
            raise ContactNeeded
        contact.ended_at = now
        contact.save(update_fields=["ended_at"])


def sign_in_with(*, person_id: PersonId, reference: UUID) -> tuple[str, str]:
    """Let a person sign in with one of their confirmed contacts, and with no other.

    Returns:
        What they signed in with before, and what they sign in with now.

    Raises:
        NotVisible: the contact is not theirs, or not confirmed.
        EmailTaken, PhoneTaken: another login uses it.
    """
    contact = Contact.objects.filter(person=person_id, reference=reference, ended_at=None).first()
    if contact is None or contact.verified_at is None:
        raise NotVisible
    with transaction.atomic():
        user = User.objects.select_for_update(of=("self",)).get(person=person_id)
        old = user.signs_in_with
        _let_sign_in(user, contact.normalised)
        user.save(update_fields=["email", "phone"])
    return old, user.signs_in_with


def be_called(*, person_id: PersonId, called: str) -> bool:
    """Greet a person by another name from now on; false when it is the one they have."""
    rows = Person.objects.filter(pk=person_id).exclude(called=called)
    return bool(rows.update(called=called))


def choose_bill_format(*, person_id: PersonId, bill_format: str) -> bool:
    """Print a person's bills so from now on; false when they are already."""
    rows = Person.objects.filter(pk=person_id).exclude(bill_format=bill_format)
    return bool(rows.update(bill_format=bill_format))


def move_mail(*, person_id: PersonId, address: PostalAddress, now: dt.datetime) -> bool:
    """Send letters to another address from now on; false when they go there already."""
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person_id)
        current = MailingAddress.objects.filter(person=person_id, ended_at=None)
        if current.filter(**asdict(address)).exists():
            return False
        for row in current:
            row.ended_at = now
            row.save(update_fields=["ended_at"])
        MailingAddress.objects.create(person_id=person_id, starts_at=now, **asdict(address))
    return True


def close_login(*, user_id: int, now: dt.datetime) -> None:
    """Close a login: nobody signs in with it any more, and its address or phone is free again.

    The person, their membership and what the co-op must keep stay as they are.
    """
    open_logins = User.objects.filter(pk=user_id, closed_at=None)
    open_logins.update(is_active=False, email=None, phone=None, closed_at=now)


def open_login(
    *,
    person_id: PersonId,
    now: dt.datetime,
    email: str | None = None,
    phone: str | None = None,
    password: str | None = None,
    is_staff: bool = False,
) -> int:
    """Give a person their login and return its id; a person who has one keeps it.

    One that was closed is opened again, with this address and password. One with neither e-mail
    nor phone gets a sign-in name, to be told by letter.

    Args:
        person_id: Whose login it is; one login is one person.
        now: When it is opened.
        email: The address to sign in with; None for a login by phone or letter only.
        phone: The phone to sign in with instead.
        password: None for a login that signs in another way.
        is_staff: Whether the desk may be opened with it, given a second factor.

    Raises:
        EmailTaken, PhoneTaken: another login uses the address or the phone.
    """
    known = User.objects.filter(person_id=person_id).first()
    if known is not None and known.closed_at is None:
        return known.pk
    user = known or User(person_id=person_id, is_staff=is_staff, created_at=now)
    if contact := email or phone:
        kind = kind_of_contact(contact)
        _let_sign_in(user, normalised_contact(kind=kind, value=contact))
    elif not is_staff:
        user.login_name = new_sign_in_name()
    user.is_active, user.closed_at = True, None
    user.set_password(password)
    user.save()
    return user.pk


def _let_sign_in(user: User, contact: str) -> None:
    """Let a login be opened by this contact, as it is compared, and by no other."""
    by_email = kind_of_contact(contact) == Contact.Kind.EMAIL
    user.email, user.phone = (contact, None) if by_email else (None, contact)
    others = User.objects.exclude(pk=user.pk)
    if by_email and others.filter(email=contact).exists():
        raise EmailTaken
    if not by_email and others.filter(phone=contact).exists():
        raise PhoneTaken


def choose_language(*, user_id: int, language: str) -> bool:
    """Speak and write to a person in a language from now on (rule 117); false when it is so now."""
    rows = Person.objects.filter(login__pk=user_id).exclude(language=language)
    return bool(rows.update(language=language))


def record_consent(
    *,
    person_id: PersonId,
    kind: str,
    granted: bool,
    text: str,
    text_version: str,
    language: str,
    given_at: dt.datetime,
    ip_address: str | None = None,
    user_agent: str = "",
    account_number: str = "",
) -> None:
    """Record that a person gave or withdrew a consent, with the words shown (rules 67, 71, 114)."""
    Consent.objects.create(
        person_id=person_id,
        kind=kind,
        granted=granted,
        text=text,
        text_version=text_version,
        language=language,
        account_number=account_number,
        given_at=given_at,
        ip_address=ip_address,
        user_agent=user_agent[:300],
    )


def make_one_time_code(
    *, purpose: str, subject: str, now: dt.datetime, lasts: dt.timedelta = CODE_LASTS
) -> str:
    """Make a code and return it, for the one moment in which it can be told; none before counts.

    Raises:
        CodesTooMany: the subject had its codes of this hour; nothing is made.

    Source: domain rule 119; reference, section 6.2 (one-time codes instead of passwords by mail).
    """
    hour_ago = now - dt.timedelta(hours=1)
    made = OneTimeCode.objects.filter(purpose=purpose, subject=subject, made_at__gt=hour_ago)
    if made.count() >= MOST_CODES_AN_HOUR:
        raise CodesTooMany(minutes=60)
    code = draw_code()
    OneTimeCode.objects.create(
        purpose=purpose,
        subject=subject,
        digest=_code_digest(purpose, subject, code),
        made_at=now,
        expires_at=now + lasts,
    )
    return code


def use_one_time_code(*, purpose: str, subject: str, typed: str, now: dt.datetime) -> None:
    """Use the newest code of a subject, once; what was typed may hold spaces and small letters.

    A try is counted before it is compared, so that tries made at once cannot all go free.

    Raises:
        CodeWrong: it is another code.
        CodeOver: there is none to be used any more.

    Source: domain rule 119 (five tries).
    """
    pk = _try_code(purpose=purpose, subject=subject, typed=typed, now=now)
    if not OneTimeCode.objects.filter(pk=pk, used_at=None).update(used_at=now):
        raise CodeOver


def check_one_time_code(*, purpose: str, subject: str, typed: str, now: dt.datetime) -> None:
    """Check the newest code of a subject without using it: what it opens can be taken only once.

    Raises:
        CodeWrong: it is another code.
        CodeOver: there is none to be used any more.
    """
    pk = _try_code(purpose=purpose, subject=subject, typed=typed, now=now)
    OneTimeCode.objects.filter(pk=pk).update(tries=F("tries") - 1)


def _try_code(*, purpose: str, subject: str, typed: str, now: dt.datetime) -> int:
    """Count a try, compare, and return the row of the code that was right."""
    of_subject = OneTimeCode.objects.filter(purpose=purpose, subject=subject)
    newest = of_subject.order_by("-made_at", "-pk").first()
    pk = newest.pk if newest else 0
    open_codes = OneTimeCode.objects.filter(
        pk=pk, used_at=None, expires_at__gt=now, tries__lt=MOST_TRIES
    )
    if not open_codes.update(tries=F("tries") + 1) or newest is None:
        raise CodeOver
    if not constant_time_compare(newest.digest, _code_digest(purpose, subject, read_code(typed))):
        raise CodeWrong(tries_left=max(MOST_TRIES - newest.tries - 1, 0))
    return newest.pk


def open_with_code(*, codes: Mapping[str, str], typed: str, now: dt.datetime) -> str | None:
    """Use whichever newest code it is that was typed, once, and return its purpose; else None.

    Tries are counted by the caller, who knows who tries: a letter on its way must not be spoilt
    by a stranger's guesses. In one query where nothing fits.

    Args:
        codes: What may open: the subject of each purpose.
        typed: What was typed.
        now: When.
    """
    may_open = Q(pk__in=())
    for purpose, subject in codes.items():
        may_open |= Q(purpose=purpose, subject=subject)
    newest = OneTimeCode.objects.filter(may_open).order_by("purpose", "-made_at", "-pk")
    code = read_code(typed)
    opened = None
    for row in newest.distinct("purpose"):
        fits = constant_time_compare(row.digest, _code_digest(row.purpose, row.subject, code))
        if fits and row.expires_at > now:
            still_good = OneTimeCode.objects.filter(pk=row.pk, used_at=None)
            opened = row.purpose if still_good.update(used_at=now) else opened
    return opened


def spend_bill_code(*, bill_number: str, now: dt.datetime) -> bool:
    """Note that the code printed on a bill was used; false when it was used before."""
    _, is_new = SpentCode.objects.get_or_create(
        subject=f"bill:{bill_number}", defaults={"spent_at": now}
    )
    return is_new


def _code_digest(purpose: str, subject: str, code: str) -> str:
    return salted_hmac(
        "smarthub.one_time_code", f"{purpose}:{subject}:{code}", algorithm="sha256"
    ).hexdigest()


def record_act(
    *,
    user_id: int,
    act: str,
    subject: str,
    now: dt.datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Leave an act of staff in the audit trail: who, what, on what, before and after (rule 125)."""
    AuditEntry.objects.create(
        user_id=user_id, act=act, subject=subject, at=now, before=before, after=after
    )
