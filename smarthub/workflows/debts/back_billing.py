"""Back-billing that is paid over as many months as it is for: offered, and taken in one tap.

The offer is made with the corrected bill and told to its holders; the member takes it on the page
of the bill, or a clerk for her. While it is disputed nothing of it is due (rule 45).
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from smarthub.accounts.access import open_account, open_for_staff
from smarthub.accounts.types import VisibleAccount
from smarthub.arrears.operations.back_billing import accept_offer
from smarthub.arrears.queries.back_billing import find_offer
from smarthub.arrears.types import ArrangementId, ArrangementView, BackBillingOffer
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.period import local_day
from smarthub.members.operations import record_act
from smarthub.members.queries import get_person_of_user
from smarthub.workflows.debts.arrange_payments import tell_of_arrangement
from smarthub.workflows.messages.tell_holders import tell_holders


def offer_plan(*, account: VisibleAccount, bill_number: str, on: dt.date, now: dt.datetime) -> bool:
    """Tell an account's holders that what a corrected bill asks more may be paid over months.

    To be called in the transaction of the correction. Says whether there was something to offer.

    Source: domain rule 45.
    """
    offer = find_offer(account_id=account.id, on=on)
    if offer is None or bill_number not in offer.bills:
        return False
    tell_holders(
        template="back_billing_offered",
        about=bill_number,
        account_id=account.id,
        account_number=account.number,
        context={
            "amount": offer.amount,
            "months": offer.months,
            "first_amount": offer.instalments[0].amount,
            "first_due": offer.instalments[0].due_on,
            "bill": bill_number,
        },
        on=on,
        now=now,
    )
    return True


def see_offer(*, account: VisibleAccount, on: dt.date) -> BackBillingOffer | None:
    """Return the offer that stands on an account, to those who may pay it."""
    return find_offer(account_id=account.id, on=on) if account.may_pay else None


def take_offer(
    *, user_id: int, number: str, arrangement_id: UUID, now: dt.datetime
) -> ArrangementView:
    """Let a member pay over months what her corrected bills ask more, and tell every holder.

    Raises:
        NotVisible: the account is not hers to pay.
        ArrangementNotAllowed: nothing of it is unpaid, it is disputed, or an arrangement stands.

    Source: domain rule 45.
    """
    on = local_day(now, get_zone())
    account = open_account(user_id=user_id, number=number, on=on)
    if not account.may_pay:
        raise NotVisible(account=number)
    return _take(user_id, account, arrangement_id, on, now)


def take_offer_for_member(
    *, user_id: int, number: str, arrangement_id: UUID, now: dt.datetime
) -> ArrangementView:
    """Do the same for a member who asked at the desk; it is in the audit trail.

    Raises:
        NotVisible: there is no such account, or the login is not staff's.
        ArrangementNotAllowed: see ``take_offer``.
    """
    account = open_for_staff(user_id=user_id, number=number, now=now)
    on = local_day(now, get_zone())
    with transaction.atomic():
        made = _take(user_id, account, arrangement_id, on, now)
        record_act(
            user_id=user_id,
            act="arrangement.back_billing",
            subject=f"account:{number}",
            now=now,
            after={"cents": made.total.cents, "months": len(made.instalments)},
        )
    return made


def _take(
    user_id: int, account: VisibleAccount, arrangement_id: UUID, on: dt.date, now: dt.datetime
) -> ArrangementView:
    with transaction.atomic():
        made = accept_offer(
            arrangement_id=ArrangementId(arrangement_id),
            account_id=account.id,
            by=get_person_of_user(user_id=user_id).id,
            on=on,
            now=now,
        )
        if made.account_id != account.id:
            raise NotVisible(account=account.number)
        tell_of_arrangement(found=made, on=on, now=now)
    return made
