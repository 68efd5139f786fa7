"""What people are told when a stored card or bank account is added, removed or changed.

Whoever gets hold of an open session cannot bring in a card of their own without a word: every
address on file of its owner hears of it, and so does whoever holds an account with them.
"""

from __future__ import annotations

import datetime as dt
import enum

from smarthub.cooperative.queries import get_zone
from smarthub.kernel.period import local_day
from smarthub.members.queries import get_person_of_user
from smarthub.members.types import PersonId
from smarthub.payments.types import StoredMethod
from smarthub.workflows.messages.tell_person import list_fellow_holders, tell_person


class MethodChange(enum.StrEnum):
    """What was done to a stored method; the value is stored with the message."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    MADE_DEFAULT = "made_default"
    UPDATED = "updated"
    """By the card's network: a new number or expiry, which the gateway passed on."""
    REFUSED = "refused"
    """Its bank says that it cannot be drawn on."""
    CORRECTED = "corrected"
    """Its bank says how it is to be written from now on."""


FOR_FELLOW_HOLDERS = frozenset({MethodChange.ADDED, MethodChange.REMOVED})
"""What those who hold an account together hear of each other; never which card it is."""


def tell_of_method(
    *,
    user_id: int,
    method: StoredMethod,
    change: MethodChange,
    about: str,
    now: dt.datetime,
    words: str = "",
) -> None:
    """Tell the owner of a method what was done to it, and their fellow holders that it was.

    Call it in the transaction in which it is done.

    Args:
        user_id: The login whose method it is.
        method: The method, as it stands or stood.
        change: What was done.
        about: The same for the same news, such as ``method_added:<id>``: it is told once.
        now: When it was done.
        words: What the owner agreed to, for a copy to them alone.

    Source: reference, section 6.5 (a new payment method is told to the contacts on file).
    """
    owner = get_person_of_user(user_id=user_id)
    for person_id in list_fellow_holders(user_id=user_id, on=local_day(now, get_zone())):
        is_owner = person_id == owner.id
        if is_owner or change in FOR_FELLOW_HOLDERS:
            tell_person(
                person_id=person_id,
                template="method_changed",
                context={
                    "change": change,
                    "who": "" if is_owner else owner.name,
                    "brand": method.brand if is_owner else "",
                    "last4": method.last4 if is_owner else "",
                    "words": words if is_owner else "",
                },
                about=about,
                now=now,
            )


def tell_of_bank_word(
    *, person_id: PersonId, method: StoredMethod, change: MethodChange, about: str, now: dt.datetime
) -> None:
    """Tell the owner of a bank account what its bank said of it, once.

    Call it in the transaction in which that is booked.
    """
    tell_person(
        person_id=person_id,
        template="method_changed",
        context={
            "change": change,
            "who": "",
            "brand": method.brand,
            "last4": method.last4,
            "words": "",
        },
        about=about,
        now=now,
    )


def tell_of_new_card(*, person_id: PersonId, method: StoredMethod, now: dt.datetime) -> None:
    """Tell the owner of a stored card that its bank gave it a new number or expiry.

    Source: payments reference, section 4 (card updates).
    """
    tell_person(
        person_id=person_id,
        template="method_changed",
        context={
            "change": MethodChange.UPDATED,
            "who": "",
            "brand": method.brand,
            "last4": method.last4,
            "expires_on": method.expires_on,
            "words": "",
        },
        about=f"method_updated:{method.id}:{method.last4}:{method.expires_on}",
        now=now,
    )
