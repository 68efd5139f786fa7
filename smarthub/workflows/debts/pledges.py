"""Pledges of agencies: written down at the desk, told to the member, come in, or over.

A pledge and its message are one transaction, and so are its end by lapse and the message of that.
Money that came of one is booked by the doors all money takes, which call ``take_pledged`` here.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from smarthub.accounts.access import list_visible_accounts, open_for_staff
from smarthub.accounts.types import AccountId
from smarthub.arrears.operations import pledges
from smarthub.arrears.queries.pledges import (
    get_pledge,
    list_pledges,
    list_pledges_over,
)
from smarthub.arrears.queries.pledges import list_agencies as list_known
from smarthub.arrears.types import AgencyKind, AgencyView, PledgeId, PledgeView
from smarthub.cooperative.catalogue import value_in
from smarthub.cooperative.queries import get_zone, list_policies
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.kernel.period import local_day
from smarthub.members.operations import record_act
from smarthub.members.queries import get_person_of_user, is_staff
from smarthub.payments.queries import get_payment
from smarthub.payments.types import PaymentId
from smarthub.workflows.messages.tell_holders import tell_holders

AGENCY = "agency"
"""The channel by which money of agencies comes."""


def list_agencies(*, user_id: int) -> list[AgencyView]:
    """Return the co-op's agencies by name, those it no longer works with too.

    Raises:
        NotVisible: the login is not staff's.
    """
    _refuse_others(user_id)
    return list_known()


def add_agency(*, user_id: int, code: str, kind: AgencyKind, name: str, now: dt.datetime) -> None:
    """Put an agency on the co-op's list.

    Raises:
        NotVisible: the login is not staff's.
        AgencyRefused, AgencyKnown: see ``arrears.operations.pledges``.
    """
    _refuse_others(user_id)
    with transaction.atomic():
        by = get_person_of_user(user_id=user_id).id
        pledges.add_agency(code=code, kind=kind, name=name, by=by, now=now)
        record_act(
            user_id=user_id, act="agency.added", subject=f"agency:{code.strip().upper()}", now=now
        )


def end_agency(*, user_id: int, code: str, now: dt.datetime) -> None:
    """Take an agency off the list for what is new; what it promised still holds.

    Raises:
        NotVisible: the login is not staff's, or there is no such agency.
    """
    _refuse_others(user_id)
    with transaction.atomic():
        pledges.end_agency(code=code, by=get_person_of_user(user_id=user_id).id, now=now)
        record_act(user_id=user_id, act="agency.ended", subject=f"agency:{code}", now=now)


def record_pledge(
    *,
    user_id: int,
    number: str,
    pledge_id: UUID,
    agency: str,
    amount: Money,
    last_day: dt.date | None,
    reference: str,
    now: dt.datetime,
) -> PledgeView:
    """Write down what an agency promised for an account, and tell every holder of it.

    Raises:
        NotVisible: there is no such account.
        PledgeNotAllowed, CardNumberWritten: see ``arrears.operations.pledges``.

    Source: domain rule 92.
    """
    account = open_for_staff(user_id=user_id, number=number, now=now)
    on = local_day(now, get_zone())
    with transaction.atomic():
        made = pledges.record_pledge(
            pledge_id=PledgeId(pledge_id),
            account_id=account.id,
            agency_code=agency,
            amount=amount,
            last_day=last_day,
            hold_days=int(value_in(list_policies(on=on), "pledge.hold_days")),
            reference=reference,
            by=get_person_of_user(user_id=user_id).id,
            on=on,
            now=now,
        )
        if made.account_id != account.id:
            raise NotVisible
        _tell("pledge_made", made, on, now)
        _leave(user_id, "pledge.made", number, now, cents=made.amount.cents, agency=agency)
    return made


def withdraw_pledge(*, user_id: int, number: str, pledge_id: UUID, now: dt.datetime) -> None:
    """End a pledge for an account by a clerk's word; what it held is followed again.

    Raises:
        NotVisible: there is no such account, or no such pledge for it.
        PledgeEnded: it ended before.
    """
    account = open_for_staff(user_id=user_id, number=number, now=now)
    found = get_pledge(pledge_id=PledgeId(pledge_id))
    if found.account_id != account.id:
        raise NotVisible
    with transaction.atomic():
        by = get_person_of_user(user_id=user_id).id
        on = local_day(now, get_zone())
        pledges.withdraw_pledge(pledge_id=found.id, by=by, on=on, now=now)
        _tell("pledge_over", found, on, now)
        _leave(user_id, "pledge.withdrawn", number, now, cents=found.left.cents)


def take_pledged(
    *,
    payment_id: PaymentId,
    agency_code: str,
    now: dt.datetime,
    moved_to: AccountId | None = None,
) -> Money:
    """Count a payment that an agency made against what it promised; return how much of it was.

    To be called in the transaction that books the payment, or moves it.

    Args:
        payment_id: The payment.
        agency_code: Whose it is, if that is known.
        now: When.
        moved_to: The account it stands on, where that is not the one it was made for.
    """
    payment = get_payment(payment_id=payment_id)
    on = local_day(now, get_zone())
    return Money.sum(
        pledges.fulfil_pledges(
            payment_id=payment_id,
            account_id=moved_to or part.account_id,
            amount=part.amount,
            agency_code=agency_code,
            on=on,
            now=now,
        )
        for part in payment.parts
    )


def agency_of_key(source_key: str) -> str:
    """Return the code of the agency in the key of money its file told of; nothing without one."""
    kind, _, rest = source_key.partition(":")
    return rest.partition(":")[0] if kind == AGENCY else ""


def lapse_pledges(*, now: dt.datetime) -> int:
    """End each pledge whose day passed without its money, and tell the holders; return how many.

    Safe to run at any time and twice.

    Source: domain rule 92.
    """
    on = local_day(now, get_zone())
    lapsed = 0
    for pledge_id in list_pledges_over(on=on):
        with transaction.atomic():
            if pledges.lapse_pledge(pledge_id=pledge_id, on=on, now=now):
                _tell("pledge_over", get_pledge(pledge_id=pledge_id), on, now)
                lapsed += 1
    return lapsed


def list_open_pledges(*, user_id: int, on: dt.date) -> tuple[PledgeView, ...]:
    """Return what is promised and has not all come, for the accounts a login may pay."""
    visible = list_visible_accounts(user_id=user_id, on=on)
    found = list_pledges(account_ids=[each.id for each in visible if each.may_pay])
    return tuple(each for each in found if each.ended is None and each.last_day >= on)


def _tell(template: str, found: PledgeView, on: dt.date, now: dt.datetime) -> None:
    tell_holders(
        template=template,
        about=str(found.id),
        account_id=found.account_id,
        account_number=found.account_number,
        context={
            "agency": found.agency,
            "amount": found.amount,
            "left": found.left,
            "last_day": found.last_day,
        },
        on=on,
        now=now,
    )


def _refuse_others(user_id: int) -> None:
    if not is_staff(user_id=user_id):
        raise NotVisible


def _leave(user_id: int, act: str, number: str, now: dt.datetime, **after: object) -> None:
    record_act(user_id=user_id, act=act, subject=f"account:{number}", now=now, after=after or None)
