"""From a proved claim to a login that holds the account: confirm the e-mail, then open the door.

Only after the proof does anything here say what is known: who holds the account, and whether
they, or the e-mail address, have a sign-in already. Nobody is left without a next step.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from smarthub.accounts.claims import list_claimants
from smarthub.accounts.operations import (
    change_claim_email,
    confirm_claim_email,
    finish_claim,
    grant_role,
)
from smarthub.accounts.queries import list_holders
from smarthub.accounts.types import AccountId, ClaimView
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.errors import Refused
from smarthub.kernel.period import local_day
from smarthub.members.engine import is_name_of
from smarthub.members.operations import (
    add_contact,
    choose_language,
    make_one_time_code,
    normalised_contact,
    open_login,
    record_consent,
    use_one_time_code,
)
from smarthub.members.queries import (
    find_user,
    get_names,
    get_person,
    get_person_of_user,
    list_logins,
    list_verified_contacts,
)
from smarthub.members.types import PersonId, kind_of_contact
from smarthub.workflows.membership.claim_account import open_claim_of
from smarthub.workflows.messages.letter_codes import write_sign_in_name
from smarthub.workflows.messages.sign_in_messages import tell_about_sign_in

EMAIL_CODE = "email"
PAPERLESS = "paperless"
PAPERLESS_VERSION = "2026-11"


class NotProved(Refused):
    """The account was not proved yet: that comes first."""

    code = "not_proved"


class HolderMustShare(Refused):
    """Somebody else signs in to this account; they can share it, and the office can help."""

    code = "holder_must_share"


class Step(StrEnum):
    """What is to be done next."""

    PROVE = "prove"
    CONFIRM_EMAIL = "confirm_email"
    SIGN_IN = "sign_in"
    """A sign-in is there already: with it the account is opened, or added."""
    SET_UP = "set_up"
    ADD = "add"
    """Somebody is signed in, and the account is added to their login."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a registration has come, and what its next page shows.

    ``sign_in_with`` is the e-mail address or phone of the sign-in that is there already: in full
    when it is the one that was typed and confirmed, and else so much that its owner knows it.
    """

    claim: ClaimView
    step: Step
    people: tuple[tuple[PersonId, str], ...] = ()
    sign_in_with: str = ""
    is_email_taken: bool = False


def see_standing(*, claim_id: UUID, user_id: int | None, now: dt.datetime) -> Standing:
    """Return the next step of a registration.

    Raises:
        NotVisible: there is no such claim.
        ClaimOver: it is too old, or finished.
    """
    claim = open_claim_of(claim_id=claim_id, now=now)
    if not claim.is_proved or claim.account_id is None:
        return Standing(claim, Step.PROVE)
    if user_id is not None:
        return Standing(claim, Step.ADD)
    if claim.email and not claim.is_email_confirmed:
        return Standing(claim, Step.CONFIRM_EMAIL)
    people = list_claimants(account_id=claim.account_id, name=claim.name_asked)
    logins = list_logins(person_ids=people)
    if claim.email and find_user(signs_in_with=claim.email) is not None:
        return Standing(claim, Step.SIGN_IN, sign_in_with=claim.email, is_email_taken=True)
    free = tuple((pk, get_person(person_id=pk).name) for pk in people if pk not in logins)
    if not free:
        return Standing(claim, Step.SIGN_IN, sign_in_with=logins[people[0]].hint)
    return Standing(claim, Step.SET_UP, people=free)


def send_email_code(*, claim_id: UUID, now: dt.datetime) -> None:
    """Send a code to the address that was typed, to see that it reaches who typed it.

    Raises:
        NotProved: the account was not proved.
        CodesTooMany: five were sent within the hour.
    """
    claim = _proved(claim_id=claim_id, now=now)
    with transaction.atomic():
        code = make_one_time_code(purpose=EMAIL_CODE, subject=f"claim:{claim.id}", now=now)
        tell_about_sign_in(
            template="confirm_address",
            user_id=None,
            address=claim.email,
            channel="email" if kind_of_contact(claim.email) == "email" else "text",
            page_language=claim.language,
            values={"code": code},
            now=now,
        )


def confirm_email(*, claim_id: UUID, typed: str, now: dt.datetime) -> None:
    """Take the code that was sent to the address that was typed.

    Raises:
        NotProved: the account was not proved.
        CodeWrong, CodeOver: it is another code, or no longer one.
    """
    claim = _proved(claim_id=claim_id, now=now)
    use_one_time_code(purpose=EMAIL_CODE, subject=f"claim:{claim.id}", typed=typed, now=now)
    confirm_claim_email(claim_id=claim_id, now=now)


def use_other_email(*, claim_id: UUID, email: str, now: dt.datetime) -> None:
    """Go on with another address, and send the code there."""
    _proved(claim_id=claim_id, now=now)
    change_claim_email(claim_id=claim_id, email=email)
    send_email_code(claim_id=claim_id, now=now)


def confirm_email_by_proof(*, claim_id: UUID, now: dt.datetime) -> bool:
    """Take the address as confirmed if the proving code went there, and nowhere else.

    Returns:
        Whether it is; if not, a code is to be sent.
    """
    claim = _proved(claim_id=claim_id, now=now)
    kind = kind_of_contact(claim.email)
    sent_by = {"email": "claim-email", "phone": "claim-text"}[kind]
    if claim.proof != sent_by or claim.account_id is None:
        return claim.is_email_confirmed
    people = list_claimants(account_id=claim.account_id, name=claim.name_asked)
    contacts = list_verified_contacts(person_ids=people)
    sent_to = {
        normalised_contact(kind=kind, value=each.value) for each in contacts if each.kind == kind
    }
    if sent_to == {normalised_contact(kind=kind, value=claim.email)}:
        confirm_claim_email(claim_id=claim_id, now=now)
        return True
    return claim.is_email_confirmed


def register(
    *,
    claim_id: UUID,
    person_id: PersonId,
    password: str | None,
    language: str,
    now: dt.datetime,
) -> int:
    """Open the login of somebody who holds the account, once, and return its id.

    Args:
        claim_id: A claim that is proved, with its e-mail address or phone confirmed, if it has one.
        person_id: Which of the account's holders it is.
        password: None for a login that begins with a passkey.
        language: In which we write to them from now on.
        now: When.

    Raises:
        NotProved: the account or the address was not proved.
        EmailTaken, PhoneTaken: somebody opened a login with the address meanwhile.
    """
    standing = see_standing(claim_id=claim_id, user_id=None, now=now)
    if standing.step is not Step.SET_UP or person_id not in dict(standing.people):
        raise NotProved
    with transaction.atomic():
        user_id = _open(person_id, standing.claim.email, password, now)
        choose_language(user_id=user_id, language=language)
        if not standing.claim.email:
            name = list_logins(person_ids=[person_id])[person_id].signs_in_with
            write_sign_in_name(user_id=user_id, sign_in_name=name, now=now)
        finish_claim(claim_id=claim_id, user_id=user_id, now=now)
    return user_id


def _open(person_id: PersonId, contact: str, password: str | None, now: dt.datetime) -> int:
    """Open a login by an e-mail address, a phone, or neither, and note the contact as theirs."""
    kind = kind_of_contact(contact)
    user_id = open_login(
        person_id=person_id,
        email=contact if kind == "email" else None,
        phone=contact if kind == "phone" else None,
        password=password,
        now=now,
    )
    if contact:
        add_contact(person_id=person_id, kind=kind, value=contact, verified_at=now)
    return user_id


def add_to_login(*, claim_id: UUID, user_id: int, now: dt.datetime) -> str:
    """Add a proved account to the login of somebody signed in, and return the account's number.

    Whoever proves an account nobody signs in to holds it from now on under this login: as a joint
    holder where it bears their own name, and else with full access. Where another holder signs in,
    that one decides.

    Raises:
        NotProved: the account was not proved.
        HolderMustShare: somebody else signs in to it.

    Source: domain rule 1; reference, section 6.5 (a second login needs the first one's consent).
    """
    claim = _proved(claim_id=claim_id, now=now)
    account_id = claim.account_id
    assert account_id is not None, "only an account that is there is proved"  # noqa: S101
    today = local_day(now, get_zone())
    person = get_person_of_user(user_id=user_id)
    holders = list_holders(account_ids=[account_id], on=today).get(account_id, [])
    with transaction.atomic():
        if person.id not in holders:
            if list_logins(person_ids=holders):
                raise HolderMustShare
            _let_in(account_id, claim, person.id, today)
        finish_claim(claim_id=claim_id, user_id=user_id, now=now)
    return claim.account_number


def accept_paperless(
    *, user_id: int, text: str, language: str, ip_address: str, user_agent: str, now: dt.datetime
) -> None:
    """Record that a member wants no paper bills, with the words they were shown (rules 67, 71)."""
    record_consent(
        person_id=get_person_of_user(user_id=user_id).id,
        kind=PAPERLESS,
        granted=True,
        text=text,
        text_version=PAPERLESS_VERSION,
        language=language,
        given_at=now,
        ip_address=ip_address,
        user_agent=user_agent,
    )


def _let_in(account_id: AccountId, claim: ClaimView, person_id: PersonId, today: dt.date) -> None:
    own_name = is_name_of(typed=claim.name_asked, **get_names(person_id=person_id))
    grant_role(
        account_id=account_id,
        person_id=person_id,
        role="joint" if own_name else "full",
        starts_on=today,
    )


def _proved(*, claim_id: UUID, now: dt.datetime) -> ClaimView:
    claim = open_claim_of(claim_id=claim_id, now=now)
    if not claim.is_proved:
        raise NotProved
    return claim
