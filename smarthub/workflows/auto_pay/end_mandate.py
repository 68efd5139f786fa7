"""End Auto Pay that nobody may go on with, so that nothing is drawn as if it were allowed.

Where a bank says that its customer allowed no payment, the consent is gone too: the account is
disabled and a case is before staff already (``payments.operations.aftermath``), and here every plan
that draws on it is turned off. So is the plan of somebody who was let out of the account: they
could neither see nor stop it any more.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import transaction

from smarthub.accounts.queries import list_let_out
from smarthub.auto_pay import operations, queries
from smarthub.auto_pay.types import DraftEventKind, LeftOut, Plan, PlanEventKind
from smarthub.kernel.period import local_day
from smarthub.ledger.operations import lock_accounts
from smarthub.members.operations import record_consent
from smarthub.members.queries import get_person
from smarthub.payments.engine import UNAUTHORISED_CODES
from smarthub.payments.operations import withdraw_unsent
from smarthub.payments.queries import get_payment, get_payment_id, list_fates
from smarthub.payments.types import MethodId, PaymentStatus
from smarthub.workflows.messages.auto_pay_messages import (
    tell_of_mandate_ended,
    tell_of_plan_of_let_out,
)

CONSENT = "auto_pay"


def end_mandate_if_unauthorised(*, attempt_key: str, now: dt.datetime) -> int:
    """Turn off every plan that draws on the account of a payment that was not allowed.

    Call it in the transaction that books the return. Safe to repeat.

    Returns:
        How many plans were turned off.

    Source: payments reference, section 2.2 (unauthorised kinds); domain rule 56.
    """
    payment_id = get_payment_id(attempt_key=attempt_key)
    method_id = get_payment(payment_id=payment_id).method_id
    (fate,) = list_fates(payment_ids=[payment_id])
    unauthorised = fate.status is PaymentStatus.RETURNED and fate.reason in UNAUTHORISED_CODES
    if method_id is None or not unauthorised:
        return 0
    return end_mandates_on(method_id=method_id, now=now)


def end_mandates_on(*, method_id: MethodId, now: dt.datetime) -> int:
    """Turn off every plan that draws on an account whose holder denies it; return how many."""
    plans = queries.list_plans_of_method(method_id=method_id)
    for plan in plans:
        _end(plan, now)
        tell_of_mandate_ended(plan=plan, now=now)
    return len(plans)


def end_plans_of_let_out(*, now: dt.datetime, zone: ZoneInfo) -> int:
    """Turn off every plan of somebody who may pay for its account no more; return how many.

    Their drafts are left out at once. They and the account's holders are told. Safe to repeat.

    Source: domain rule 1 (what each role may do).
    """
    gone = list_let_out(on=local_day(now, zone))
    plans = queries.list_plans(account_ids={account_id for account_id, _ in gone}).values()
    ending = [plan for plan in plans if (plan.account_id, plan.person_id) in gone]
    return sum(_end_if_present(plan, now, zone) for plan in ending)


def _end_if_present(plan: Plan, now: dt.datetime, zone: ZoneInfo) -> bool:
    """Turn a plan off with its drafts, unless a holder put another in its place meanwhile."""
    with transaction.atomic():
        lock_accounts(account_ids=[plan.account_id])
        present = queries.find_plan(account_id=plan.account_id)
        if present is None or present.id != plan.id:
            return False
        _end(plan, now)
        _leave_drafts_out(plan, now, zone)
        tell_of_plan_of_let_out(plan=plan, now=now)
    return True


def _leave_drafts_out(plan: Plan, now: dt.datetime, zone: ZoneInfo) -> None:
    views = queries.list_drafts_of_accounts(account_ids=[plan.account_id], zone=zone)
    for view in views.get(plan.account_id, ()):
        if view.next_try_on is not None:  # else it is on its way
            operations.note_draft_event(
                draft_id=view.draft.id,
                kind=DraftEventKind.LEFT_OUT,
                reason=LeftOut.STOPPED,
                now=now,
            )


def _end(plan: Plan, now: dt.datetime) -> None:
    operations.note_plan_event(
        account_id=plan.account_id, kind=PlanEventKind.STOPPED, person_id=None, now=now
    )
    withdraw_unsent(account_id=plan.account_id, channel=queries.AUTO_PAY, now=now)
    record_consent(
        person_id=plan.person_id,
        kind=CONSENT,
        granted=False,
        text="",
        text_version="",
        language=get_person(person_id=plan.person_id).language,
        account_number=plan.account_number,
        given_at=now,
    )
