"""Close a login: nobody signs in with it any more; what the co-op must keep stays."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

from django.db import transaction

from smarthub.accounts.operations import end_shared_roles
from smarthub.accounts.queries import list_holders, list_numbers
from smarthub.members import operations
from smarthub.members.queries import get_person_of_user
from smarthub.workflows.messages.tell_person import tell_person


def close_login(*, user_id: int, on: dt.date, now: dt.datetime) -> None:
    """Close a login at once, let its person out of accounts of others, and tell everybody.

    Bills, payments, messages and the membership stay: they are the co-op's books. The person may
    register again at any time by the same proof, and gets the same login back.

    Source: reference, section 6.4; domain rule 127 (financial data are exempt).
    """
    person = get_person_of_user(user_id=user_id)
    about = str(uuid4())
    with transaction.atomic():
        tell_person(person_id=person.id, template="login_closed", context={}, about=about, now=now)
        left = end_shared_roles(person_id=person.id, on=on)
        numbers = list_numbers(account_ids=left)
        for account_id, holders in list_holders(account_ids=left, on=on).items():
            for holder in holders:
                tell_person(
                    person_id=holder,
                    template="sharing_changed",
                    context={"change": "ended", "name": person.name, "role": ""},
                    about=f"{about}:{account_id}",
                    now=now,
                    account_number=numbers[account_id],
                )
        operations.close_login(user_id=user_id, now=now)
