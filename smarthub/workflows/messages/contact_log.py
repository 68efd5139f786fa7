"""What the co-op told a person, by every way: messages it sent, and calls its staff noted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from smarthub.accounts.access import list_visible_accounts, open_for_staff
from smarthub.accounts.types import Right
from smarthub.members.operations import record_act
from smarthub.members.queries import get_person_of_user
from smarthub.notifications.operations import note_contact
from smarthub.notifications.queries import list_notes, list_of_person
from smarthub.notifications.types import MessageView, NotedContact

NEWEST = 200
SECRET = frozenset(
    {
        "sign_in_code",
        "password_reset_code",
        "password_reset_link",
        "confirm_address",
        "contact_code",
        "step_up_code",
        "invitation",
    }
)
"""Messages whose words open something: they are listed, and their words are not shown again."""


@dataclass(frozen=True, slots=True)
class Logged:
    """One contact on the log: a message, or something noted by staff."""

    at: dt.datetime
    message: MessageView | None = None
    note: NotedContact | None = None

    @property
    def shows_words(self) -> bool:
        """Whether the words may be shown again."""
        return self.message is not None and self.message.template not in SECRET


def get_contact_log(*, user_id: int, on: dt.date) -> list[Logged]:
    """Return the newest contacts with a login's person, newest first, in four queries (rule 118).

    Notes are those about accounts they hold or manage: what was spoken with a holder is not for
    everybody who may look at the account.
    """
    person = get_person_of_user(user_id=user_id)
    managed = [
        account.number
        for account in list_visible_accounts(user_id=user_id, on=on)
        if Right.MANAGE in account.rights
    ]
    messages = list_of_person(person_id=person.id, limit=NEWEST)
    notes = list_notes(account_numbers=managed, limit=NEWEST)
    log = [
        *(Logged(at=message.queued_at, message=message) for message in messages),
        *(Logged(at=note.happened_at, note=note) for note in notes),
    ]
    return sorted(log, key=lambda each: each.at, reverse=True)[:NEWEST]


def note_for_account(
    *,
    user_id: int,
    number: str,
    way: str,
    by_us: bool,
    about: str,
    happened_at: dt.datetime,
    now: dt.datetime,
) -> None:
    """Note a call, visit or letter about an account, as staff; it stands in its holders' log.

    Raises:
        NotVisible: the login is not staff's, or there is no such account.
    """
    account = open_for_staff(user_id=user_id, number=number, now=now)
    note_contact(
        account_number=account.number,
        way=way,
        by_us=by_us,
        about=about,
        happened_at=happened_at,
        user_id=user_id,
        now=now,
    )
    record_act(
        user_id=user_id,
        act="contact.noted",
        subject=f"account:{number}",
        now=now,
        after={"way": way, "about": about},
    )
