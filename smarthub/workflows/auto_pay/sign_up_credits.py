"""The credit for turning Auto Pay on: a programme set by staff, earned once, put on the first bill.

Earned when Auto Pay is turned on, one for each service of the account; pending until the first
bill after that; posted just before that bill is made, so that the bill shows it. Where Auto Pay
is stopped by then, it lapses. Each service of an account earns it once for ever (promise R13).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from smarthub.accounts.queries import list_agreements
from smarthub.accounts.types import AccountId, Agreement
from smarthub.auto_pay import operations, queries
from smarthub.auto_pay.engine import programme_on
from smarthub.auto_pay.types import (
    CreditProgramme,
    CreditState,
    Plan,
    ProgrammeId,
    ProgrammeRow,
    SignUpCredit,
)
from smarthub.billing.queries import list_latest_service_bills
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import Period, day_bounds, local_day
from smarthub.members.operations import record_act
from smarthub.members.queries import get_person_of_user

ONE_DAY = dt.timedelta(days=1)


def earn_sign_up_credits(*, plan: Plan, now: dt.datetime, zone: ZoneInfo) -> None:
    """Let an account whose Auto Pay was just turned on earn what the programme gives.

    Source: promise R13; domain rule 69.
    """
    on = local_day(now, zone)
    programme = programme_for(account_id=plan.account_id, on=on)
    if programme is not None:
        points = [each.service_point_id for each in _services(plan.account_id, programme, on)]
        operations.earn_credits(plan=plan, programme=programme, points=points, now=now)


def programme_for(*, account_id: AccountId, on: dt.date) -> CreditProgramme | None:
    """Return the programme an account that signs up on a local day falls under, if any.

    None does where Auto Pay was turned off since the programme began: off and on earns nothing.
    """
    programme = programme_on(programmes=queries.list_programmes(), on=on)
    if programme is None:
        return None
    since, _ = day_bounds(programme.starts_on, get_zone())
    if queries.was_turned_off(account_id=account_id, since=since):
        return None
    if programme.for_migrated:
        return programme
    return None if queries.had_auto_pay_before(account_id=account_id) else programme


def credit_to_earn(*, account_id: AccountId, on: dt.date) -> Money:
    """Return what turning Auto Pay on today would earn an account: nothing for what it had."""
    programme = programme_for(account_id=account_id, on=on)
    if programme is None:
        return ZERO
    had = {each.service_point_number for each in queries.list_credits(account_ids=[account_id])}
    services = _services(account_id, programme, on)
    left = {each.service_point_number for each in services} - had
    return Money(programme.amount.cents * len(left))


def post_credits_of_cycle(*, cycle_code: str, bill_date: dt.date, now: dt.datetime) -> None:
    """Put the credits that wait on the bills a cycle is about to get; again is harmless.

    An account the cycle has billed already keeps its credits for the next bill, so that a run
    called once more does not change what a bill of it says.
    """
    _end(queries.list_pending_credits_of_cycle(cycle_code=cycle_code), bill_date, now)


def post_sign_up_credits(
    *, account_ids: Collection[AccountId], bill_date: dt.date, now: dt.datetime
) -> None:
    """Put the credits that wait on the bills about to be made, or let them lapse.

    Call it before the bills of ``bill_date`` are made. A credit earned after that day waits for
    the next bill.

    Source: promise R13; domain rule 69 (once, on the right bill).
    """
    _end(queries.list_pending_credits(account_ids=account_ids), bill_date, now)


def _end(waiting: Sequence[SignUpCredit], bill_date: dt.date, now: dt.datetime) -> None:
    """Post the credits of accounts on Auto Pay that are still to be billed; let others lapse."""
    if not waiting:
        return
    zone = get_zone()
    billed = _billed(waiting, bill_date)
    pending = [
        each
        for each in waiting
        if local_day(each.earned_at, zone) <= bill_date and each.account_id not in billed
    ]
    on_auto_pay = queries.list_plans(account_ids={each.account_id for each in pending})
    by_state = {
        CreditState.POSTED: [each for each in pending if each.account_id in on_auto_pay],
        CreditState.LAPSED: [each for each in pending if each.account_id not in on_auto_pay],
    }
    with transaction.atomic():
        for state, ended in by_state.items():
            operations.end_credits(ended=ended, state=state, on=bill_date, now=now)


def _billed(waiting: Sequence[SignUpCredit], bill_date: dt.date) -> set[AccountId]:
    """Return the accounts that have their bill of a day, or a later one: it is made no more."""
    latest = list_latest_service_bills(account_ids={each.account_id for each in waiting})
    return {account_id for account_id, bill in latest.items() if bill.bill_date >= bill_date}


def list_programme_rows() -> list[ProgrammeRow]:
    """Return the programmes with what each came to, for the desk; the newest set first."""
    return queries.list_programme_rows()


def set_programme(*, user_id: int, programme: CreditProgramme, now: dt.datetime) -> None:
    """Set a credit programme, once by its id, and leave it in the audit trail.

    Raises:
        ProgrammesOverlap: another holds on some of its days.
        ProgrammeEndsTooEarly: it ends before it starts.
    """
    with transaction.atomic():
        by = get_person_of_user(user_id=user_id).id
        if operations.set_programme(programme=programme, by=by, now=now):
            record_act(
                user_id=user_id,
                act="auto_pay_credit.set",
                subject=f"auto_pay_credit:{programme.id}",
                now=now,
                after={
                    "amount": str(programme.amount),
                    "from": str(programme.starts_on),
                    "until": str(programme.ends_on),
                    "services": list(programme.services),
                    "rests_on": programme.source_note,
                },
            )


def end_programme(
    *,
    user_id: int,
    programme_id: UUID,
    new_id: UUID,
    ends_on: dt.date,
    on: dt.date,
    now: dt.datetime,
) -> None:
    """End a programme from a local day on, and leave it in the audit trail.

    Raises:
        NotVisible: there is no such programme, or it was ended before.
        ProgrammeEndsTooEarly: the day is over already.
        ProgrammeChangedMeanwhile: somebody else ended it at the same time.
        ProgrammesOverlap: it had an end, and another holds on some of the days it would gain.
    """
    with transaction.atomic():
        programme = queries.get_programme(programme_id=ProgrammeId(programme_id))
        operations.end_programme(
            programme=programme,
            ends_on=ends_on,
            on=on,
            new_id=ProgrammeId(new_id),
            by=get_person_of_user(user_id=user_id).id,
            now=now,
        )
        record_act(
            user_id=user_id,
            act="auto_pay_credit.ended",
            subject=f"auto_pay_credit:{programme_id}",
            now=now,
            before={"until": str(programme.ends_on)},
            after={"until": str(ends_on)},
        )


def _services(account_id: AccountId, programme: CreditProgramme, on: dt.date) -> list[Agreement]:
    """Return the agreements of an account that a programme gives a credit for."""
    found = list_agreements(account_ids=[account_id], period=Period(on, on + ONE_DAY))
    return [each for each in found if each.service in programme.services]
