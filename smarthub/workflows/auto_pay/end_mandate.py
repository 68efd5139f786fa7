"""End Auto Pay where a bank says that its customer allowed no payment: the consent is gone too.

The account is disabled and a case is before staff already (``payments.operations.aftermath``);
here every plan that draws on it is turned off, so that nothing goes on as if it were allowed.
"""

from __future__ import annotations

import datetime as dt

from smarthub.auto_pay import operations, queries
from smarthub.auto_pay.types import Plan, PlanEventKind
from smarthub.members.operations import record_consent
from smarthub.members.queries import get_person
from smarthub.payments.engine import UNAUTHORISED_CODES
from smarthub.payments.queries import get_payment, get_payment_id, list_fates
from smarthub.payments.types import MethodId, PaymentStatus
from smarthub.workflows.messages.auto_pay_messages import tell_of_mandate_ended

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
    return len(plans)


def _end(plan: Plan, now: dt.datetime) -> None:
    operations.note_plan_event(
        account_id=plan.account_id, kind=PlanEventKind.STOPPED, person_id=None, now=now
    )
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
    tell_of_mandate_ended(plan=plan, now=now)
