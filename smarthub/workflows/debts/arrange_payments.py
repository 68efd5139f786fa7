"""Payment arrangements: agreed at the desk, told to the member, and looked at each day.

An arrangement and the message that tells its instalments are one transaction; so are its end and
the message of that. What it does to a disconnection is the hold it sets (``arrears``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from smarthub.accounts.access import list_visible_accounts, open_for_staff
from smarthub.arrears.operations import arrangements
from smarthub.arrears.queries.arrangements import (
    get_arrangement,
    list_arrangements,
    list_standing_ids,
)
from smarthub.arrears.types import (
    ArrangementEnding,
    ArrangementId,
    ArrangementRule,
    ArrangementView,
    LowIncomeRule,
)
from smarthub.cooperative.queries import get_zone, list_closed_days, list_policies
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.kernel.period import local_day
from smarthub.members.operations import record_act
from smarthub.members.queries import get_person_of_user
from smarthub.workflows.messages.tell_holders import tell_holders

BACK, AHEAD = dt.timedelta(days=430), dt.timedelta(days=10)
"""The calendar is read so far, to know which due dates moved."""

TEMPLATES = {
    ArrangementEnding.KEPT: "arrangement_kept",
    ArrangementEnding.BROKEN: "arrangement_broken",
}


def make_arrangement(
    *,
    user_id: int,
    number: str,
    arrangement_id: UUID,
    down: Money,
    months: int,
    first_due: dt.date,
    now: dt.datetime,
) -> ArrangementView:
    """Agree with an account's holder on instalments, and tell every holder of them.

    Raises:
        NotVisible: there is no such account.
        ArrangementNotAllowed: the policies do not allow it so.

    Source: domain rules 78 and 79.
    """
    account = open_for_staff(user_id=user_id, number=number, now=now)
    on = local_day(now, get_zone())
    policies = list_policies(on=on)
    with transaction.atomic():
        made = arrangements.make_arrangement(
            arrangement_id=ArrangementId(arrangement_id),
            account_id=account.id,
            down=down,
            months=months,
            first_due=first_due,
            rule=ArrangementRule.from_policies(policies),
            low_income=LowIncomeRule.from_policies(policies),
            by=get_person_of_user(user_id=user_id).id,
            on=on,
            now=now,
        )
        if made.account_id != account.id:
            raise NotVisible
        _tell("arrangement_made", made, on, now)
        _leave(user_id, "arrangement.made", number, now, cents=made.total.cents, months=months)
    return made


def mark_low_income(
    *, user_id: int, number: str, last_day: dt.date, how: str, now: dt.datetime
) -> None:
    """Write down that proof of a low income was seen for an account, and how long it counts.

    Raises:
        NotVisible: there is no such account.
        ReasonMissing, HoldHasNoDays, CardNumberWritten: see ``arrears.operations.arrangements``.

    Source: domain rule 78.
    """
    account = open_for_staff(user_id=user_id, number=number, now=now)
    with transaction.atomic():
        arrangements.mark_low_income(
            account_id=account.id,
            last_day=last_day,
            how=how,
            by=get_person_of_user(user_id=user_id).id,
            on=local_day(now, get_zone()),
            now=now,
        )
        _leave(user_id, "low_income.marked", number, now, last_day=last_day.isoformat())


def end_low_income(*, user_id: int, number: str, now: dt.datetime) -> None:
    """Take the mark of a low income off an account; what was agreed on by it stands.

    Raises:
        NotVisible: there is no such account, or it has none.
    """
    account = open_for_staff(user_id=user_id, number=number, now=now)
    with transaction.atomic():
        by, on = get_person_of_user(user_id=user_id).id, local_day(now, get_zone())
        arrangements.end_low_income(account_id=account.id, by=by, on=on, now=now)
        _leave(user_id, "low_income.ended", number, now)


def record_offer(*, user_id: int, number: str, what_was_said: str, now: dt.datetime) -> None:
    """Write down that an arrangement was offered to an account's holder and not taken.

    Raises:
        NotVisible: there is no such account.
        ReasonMissing: nobody said what was answered.

    Source: domain rule 86.
    """
    account = open_for_staff(user_id=user_id, number=number, now=now)
    with transaction.atomic():
        arrangements.record_offer(
            account_id=account.id,
            what_was_said=what_was_said,
            by=get_person_of_user(user_id=user_id).id,
            on=local_day(now, get_zone()),
            now=now,
        )
        _leave(user_id, "arrangement.offered", number, now)


def cancel_arrangement(
    *, user_id: int, number: str, arrangement_id: UUID, now: dt.datetime
) -> None:
    """End an arrangement of an account by a clerk's word.

    Raises:
        NotVisible: there is no such account, or no such arrangement of it.
        ArrangementEnded: it ended before.
    """
    account = open_for_staff(user_id=user_id, number=number, now=now)
    found = get_arrangement(arrangement_id=ArrangementId(arrangement_id))
    if found.account_id != account.id:
        raise NotVisible
    with transaction.atomic():
        by = get_person_of_user(user_id=user_id).id
        on = local_day(now, get_zone())
        arrangements.cancel_arrangement(arrangement_id=found.id, by=by, on=on, now=now)
        _leave(user_id, "arrangement.cancelled", number, now)


def look_at_arrangements(*, now: dt.datetime) -> int:
    """End each arrangement that was paid off or broken, and tell its holders; return how many.

    Safe to run at any time and twice.

    Source: domain rules 78 and 79.
    """
    on = local_day(now, get_zone())
    rule = ArrangementRule.from_policies(list_policies(on=on))
    closed = list_closed_days(start=on - BACK, end=on + AHEAD)
    ended = 0
    for arrangement_id in list_standing_ids():
        with transaction.atomic():
            how = arrangements.look_at_arrangement(
                arrangement_id=arrangement_id, rule=rule, closed=closed, on=on, now=now
            )
            if how is not None:
                _tell(TEMPLATES[how], get_arrangement(arrangement_id=arrangement_id), on, now)
                ended += 1
    return ended


def list_standing_arrangements(*, user_id: int, on: dt.date) -> tuple[ArrangementView, ...]:
    """Return the arrangements that stand on the accounts a login may pay."""
    visible = list_visible_accounts(user_id=user_id, on=on)
    found = list_arrangements(account_ids=[each.id for each in visible if each.may_pay])
    return tuple(each for each in found if each.ended is None)


def tell_of_arrangement(*, found: ArrangementView, on: dt.date, now: dt.datetime) -> None:
    """Tell every holder of an arrangement that was just made; call it in its transaction."""
    _tell("arrangement_made", found, on, now)


def _tell(template: str, found: ArrangementView, on: dt.date, now: dt.datetime) -> None:
    tell_holders(
        template=template,
        about=str(found.id),
        account_id=found.account_id,
        account_number=found.account_number,
        context=_context(found),
        on=on,
        now=now,
    )


def _context(found: ArrangementView) -> Mapping[str, Any]:
    first, *_ = found.instalments
    return {
        "amount": found.total,
        "left": found.left,
        "instalments": len(found.instalments),
        "first_amount": first.amount,
        "first_due": first.due_on,
        "last_due": found.instalments[-1].due_on,
    }


def _leave(user_id: int, act: str, number: str, now: dt.datetime, **after: object) -> None:
    record_act(user_id=user_id, act=act, subject=f"account:{number}", now=now, after=after or None)
