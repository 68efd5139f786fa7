"""Every write of people, logins, memberships and consents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.crypto import constant_time_compare, salted_hmac

from smarthub.kernel.codes import draw_code, read_code
from smarthub.kernel.errors import Conflict, Refused
from smarthub.members.models import (
    AuditEntry,
    Consent,
    Contact,
    Membership,
    MembershipHolder,
    OneTimeCode,
    Person,
    SpentCode,
    User,
)
from smarthub.members.types import MembershipId, PersonId, folded


class EmailTaken(Conflict):
    """Another login already uses this e-mail address."""

    code = "email_taken"


class CodeWrong(Refused):
    """What was typed is not the code; ``tries_left`` says how often it may still be tried."""

    code = "code_wrong"


class CodeOver(Refused):
    """There is no code to be used: none was made, or it is too old, used, or tried too often."""

    code = "code_over"


class CodesTooMany(Refused):
    """Too many codes were asked for in the last hour; ``minutes`` says when to try again."""

    code = "codes_too_many"


MOST_TRIES = 5
MOST_CODES_AN_HOUR = 5
CODE_LASTS = dt.timedelta(minutes=15)
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
    source_system: str = "smarthub",
    source_id: str = "",
) -> MembershipId:
    """Open a membership for one person, alone or with joint holders; once by its number.

    Source: domain rules 1 and 2.
    """
    with transaction.atomic():
        membership, created = Membership.objects.get_or_create(
            number=number,
            defaults={
                "joined_on": joined_on,
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


def open_login(
    *,
    person_id: PersonId,
    now: dt.datetime,
    email: str | None = None,
    password: str | None = None,
    is_staff: bool = False,
) -> int:
    """Give a person their login and return its id; a person who has one keeps it.

    Args:
        person_id: Whose login it is; one login is one person.
        now: When it is opened.
        email: The address to sign in with; None for a login by phone or letter only.
        password: None for a login that signs in another way.
        is_staff: Whether the desk may be opened with it, given a second factor.

    Raises:
        EmailTaken: another login uses the address.
    """
    if (known := User.objects.filter(person_id=person_id).first()) is not None:
        return known.pk
    address = email.strip().casefold() if email else None
    if address and User.objects.filter(email=address).exists():
        raise EmailTaken
    user = User(person_id=person_id, email=address, is_staff=is_staff, created_at=now)
    user.set_password(password)
    user.save()
    return user.pk


def choose_language(*, user_id: int, language: str) -> None:
    """Let a person be spoken and written to in a language from now on (domain rule 117)."""
    Person.objects.filter(login__pk=user_id).exclude(language=language).update(language=language)


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
