"""Take a lost second step away at the desk, with the proof registering asks for: a bill's code.

A clerk who knows the member's face or voice is not enough here: who has the newest bill in the hand
reads out its code, which is used up. The password stays, so the code alone opens nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction

from smarthub.accounts.access import open_for_staff
from smarthub.accounts.queries import list_holders
from smarthub.accounts.types import AccountId
from smarthub.billing.queries import list_latest_bills
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.period import local_day
from smarthub.members.operations import CodeWrong, record_act, spend_bill_code
from smarthub.members.queries import get_person, list_logins
from smarthub.members.types import Login, PersonId
from smarthub.workflows.membership.claim_account import is_code_of
from smarthub.workflows.messages.sign_in_messages import tell_of_sign_in_change

HasSecondStep = Callable[[int], bool]
OfLogin = Callable[[int], int]


def list_with_second_step(
    *, account_id: AccountId, now: dt.datetime, has_second_step: HasSecondStep
) -> list[tuple[PersonId, str]]:
    """Return the holders of an account who sign in with a second step, and their names."""
    return [
        (person_id, get_person(person_id=person_id).name)
        for person_id, login in _logins(account_id, now).items()
        if has_second_step(login.user_id)
    ]


def take_second_step_away(
    *,
    user_id: int,
    number: str,
    person_id: PersonId,
    typed: str,
    now: dt.datetime,
    remove: OfLogin,
    end_sessions: OfLogin,
) -> None:
    """Remove every second step of a holder and end their sessions; they are told of it.

    Args:
        user_id: The clerk.
        number: The account.
        person_id: Which of its holders.
        typed: The code the member reads out from their newest bill.
        now: When.
        remove: Removes a login's second steps and returns how many there were.
        end_sessions: Ends a login's sessions and returns how many there were.

    Raises:
        NotVisible: the login is not staff's, or there is no such account.
        CodeWrong: it is not the newest bill's code, or that was used, or nobody such signs in.

    Source: ASVS 6.4.4.
    """
    with transaction.atomic():
        account = open_for_staff(user_id=user_id, number=number, now=now)
        login = _logins(account.id, now).get(person_id)
        bill = list_latest_bills(account_ids=[account.id]).get(account.id)
        fits = bill is not None and is_code_of(bill.number, typed)
        if login is None or bill is None or not fits:
            raise CodeWrong(tries_left=0)
        if not spend_bill_code(bill_number=bill.number, now=now):
            raise CodeWrong(tries_left=0)
        removed = remove(login.user_id)
        end_sessions(login.user_id)
        tell_of_sign_in_change(user_id=login.user_id, change="second_step_lost", now=now)
        record_act(
            user_id=user_id,
            act="account.second_step_removed",
            subject=f"account:{number}",
            now=now,
            after={"person": person_id, "second_steps": removed},
        )


def _logins(account_id: AccountId, now: dt.datetime) -> dict[PersonId, Login]:
    on = local_day(now, get_zone())
    holders = list_holders(account_ids=[account_id], on=on).get(account_id, [])
    return list_logins(person_ids=holders)
