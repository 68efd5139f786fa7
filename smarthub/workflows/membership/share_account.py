"""Share an account: invite somebody, let them in, let them out; everybody concerned is told.

An invitation goes out as an address that opens nothing and a code that opens it, by e-mail or
by letter. Whoever has both may look at the offer and take it, once, with a login of their own.
A person without one opens it first; ``accept_invitation`` is called when they have it.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid4

from django.db import transaction

from smarthub.accounts import operations
from smarthub.accounts.access import open_account
from smarthub.accounts.queries import (
    count_invitations,
    find_open_invitation,
    list_held_roles,
    list_holders,
    list_open_invitations,
    list_people,
)
from smarthub.accounts.types import (
    AccountId,
    HeldRole,
    InvitationView,
    PersonOnAccount,
    Right,
    SharedRole,
    VisibleAccount,
)
from smarthub.kernel.errors import NotVisible, Refused
from smarthub.members.operations import CodeOver, check_one_time_code, make_one_time_code
from smarthub.members.queries import get_person, get_person_of_user
from smarthub.members.types import PersonId
from smarthub.notifications.operations import queue_message
from smarthub.notifications.types import Channel
from smarthub.workflows.messages.tell_person import tell_person

PURPOSE = "invitation"
LASTS = {Channel.EMAIL: dt.timedelta(days=14), Channel.LETTER: dt.timedelta(days=30)}
"""How long an invitation may be taken; a letter is days on its way."""
MOST_A_DAY = 20


class InvitationsTooMany(Refused):
    """So many invitations to one account were sent today that no more are."""

    code = "invitations_too_many"


def get_sharing(
    *, user_id: int, number: str, on: dt.date, now: dt.datetime
) -> tuple[VisibleAccount, list[PersonOnAccount], list[InvitationView]]:
    """Return an account with everybody let into it and everybody invited, for its holder.

    Raises:
        NotVisible: the account is not theirs to share, or not there.
    """
    account = open_account(user_id=user_id, number=number, on=on, needs=Right.SHARE)
    people = list_people(account_id=account.id, on=on)
    return account, people, list_open_invitations(account_id=account.id, now=now)


def invite_to_account(
    *,
    user_id: int,
    number: str,
    name: str,
    channel: Channel,
    address: str,
    language: str,
    role: SharedRole,
    role_ends_on: dt.date | None,
    on: dt.date,
    now: dt.datetime,
) -> str:
    """Send somebody an offer to see an account, pay it, be alerted, or do all; return its number.

    Args:
        user_id: Who invites: a holder.
        number: The account.
        name: What the holder calls the one invited.
        channel: E-mail or letter.
        address: The e-mail address, or the lines of the mailing address.
        language: The language of the message.
        role: What they may do.
        role_ends_on: The first local day they may no longer; None: until they are let out.
        on: The co-op's local day.
        now: When it is sent.

    Raises:
        NotVisible: the account is not theirs to share, or not there.
        InvitationsTooMany: enough were sent today.

    Source: domain rule 1; reference, section 6.5 (consent of the first user).
    """
    account = open_account(user_id=user_id, number=number, on=on, needs=Right.SHARE)
    inviter = get_person_of_user(user_id=user_id)
    with transaction.atomic():
        if count_invitations(account_id=account.id, since=_day_before(now)) >= MOST_A_DAY:
            raise InvitationsTooMany
        invitation = operations.invite(
            account_id=account.id,
            invited_by=inviter.id,
            name=name,
            channel=channel,
            address=address,
            role=role,
            role_ends_on=role_ends_on,
            now=now,
            expires_at=now + LASTS[channel],
        )
        code = make_one_time_code(
            purpose=PURPOSE, subject=invitation, now=now, lasts=LASTS[channel]
        )
        queue_message(
            dedupe_key=f"invitation:{invitation}",
            template="invitation",
            language=language,
            person_id=None,
            account_number=number,
            address=address,
            context={
                "name": name,
                "inviter": inviter.name,
                "role": role,
                "number": invitation,
                "code": code,
                "days": LASTS[channel].days,
            },
            now=now,
            channel=channel,
        )
        _tell_holders(
            account.id, number, invitation, now, on, change="invited", name=name, role=role
        )
    return invitation


def open_invitation(*, number: str, typed: str, now: dt.datetime) -> InvitationView:
    """Open an invitation with its code, to look at it; it stays open until it is taken.

    Raises:
        CodeWrong, CodeOver: the code is not the one, or there is no such invitation any more;
            the page says the same of both.
    """
    check_one_time_code(purpose=PURPOSE, subject=number, typed=typed, now=now)
    return get_opened_invitation(number=number, now=now)


def get_opened_invitation(*, number: str, now: dt.datetime) -> InvitationView:
    """Return an invitation that this session opened with its code.

    Raises:
        CodeOver: it was taken, taken back or left too long meanwhile.
    """
    view = find_open_invitation(number=number, now=now)
    if view is None:
        raise CodeOver
    return view


def accept_invitation(
    *, user_id: int, number: str, on: dt.date, now: dt.datetime
) -> InvitationView:
    """Take an invitation this session opened with its code, for whoever is signed in; once.

    Args:
        user_id: The login that gets the role: one there was, or one just registered.
        number: The invitation, as the session remembers it. Never take it from a form.
        on: The co-op's local day: the role's first.
        now: When it is taken.

    Raises:
        InvitationOver: it was taken, taken back or left too long meanwhile.
        AlreadyHolder: the account is theirs.
    """
    person = get_person_of_user(user_id=user_id)
    with transaction.atomic():
        view = operations.take_invitation(number=number, person_id=person.id, on=on, now=now)
        _tell_holders(
            view.account_id,
            view.account_number,
            number,
            now,
            on,
            change="accepted",
            name=person.name,
            role=view.role,
        )
    return view


def withdraw_invitation(
    *, user_id: int, number: str, invitation: str, on: dt.date, now: dt.datetime
) -> None:
    """Take an invitation back before it is taken.

    Raises:
        NotVisible: the account is not theirs to share, or has no such invitation.
    """
    account = open_account(user_id=user_id, number=number, on=on, needs=Right.SHARE)
    operations.withdraw_invitation(account_id=account.id, number=invitation, now=now)


def let_out(*, user_id: int, number: str, reference: UUID, on: dt.date, now: dt.datetime) -> None:
    """Let somebody out of an account at once; they and the holders are told.

    Raises:
        NotVisible: the account is not theirs to share, or nobody there has this role.
        HolderStays: the account is that person's own.
    """
    account = open_account(user_id=user_id, number=number, on=on, needs=Right.SHARE)
    with transaction.atomic():
        gone = operations.end_role(account_id=account.id, reference=reference, on=on)
        _tell_of_end(account.id, number, gone, now, on)


def leave_account(*, user_id: int, reference: UUID, on: dt.date, now: dt.datetime) -> None:
    """Give up one's own role on somebody else's account; both are told.

    Raises:
        NotVisible: they have no such role.
        HolderStays: the account is their own.
    """
    held = find_held_role(user_id=user_id, reference=reference, on=on)
    with transaction.atomic():
        gone = operations.end_role(account_id=held.account_id, reference=reference, on=on)
        _tell_of_end(held.account_id, held.number, gone, now, on)


def find_held_role(*, user_id: int, reference: UUID, on: dt.date) -> HeldRole:
    """Return one of the roles a login's person holds.

    Raises:
        NotVisible: they have no such role.
    """
    roles = list_held_roles(user_id=user_id, on=on)
    held = next((role for role in roles if role.reference == reference), None)
    if held is None:
        raise NotVisible
    return held


def name_account(*, user_id: int, number: str, nickname: str, on: dt.date) -> None:
    """Call an account what its reader calls it; nobody else sees the name.

    Raises:
        NotVisible: the account is not theirs to see, or not there.
    """
    account = open_account(user_id=user_id, number=number, on=on)
    operations.name_account(user_id=user_id, account_id=account.id, nickname=nickname, on=on)


def _tell_of_end(
    account_id: AccountId, number: str, gone: PersonId, now: dt.datetime, on: dt.date
) -> None:
    name = get_person(person_id=gone).name
    about = f"{number}:{uuid4()}"
    _tell_holders(account_id, number, about, now, on, change="ended", name=name, role="")
    tell_person(
        person_id=gone,
        template="sharing_ended",
        context={},
        about=about,
        now=now,
        account_number=number,
    )


def _tell_holders(
    account_id: AccountId,
    number: str,
    about: str,
    now: dt.datetime,
    on: dt.date,
    **context: str,
) -> None:
    for person_id in list_holders(account_ids=[account_id], on=on).get(account_id, ()):
        tell_person(
            person_id=person_id,
            template="sharing_changed",
            context=context,
            about=f"{context['change']}:{about}",
            now=now,
            account_number=number,
        )


def _day_before(now: dt.datetime) -> dt.datetime:
    return now - dt.timedelta(days=1)
