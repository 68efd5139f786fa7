"""What a payer is told about a payment: the receipt, that it failed, that it went back."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from smarthub.accounts.types import AccountId
from smarthub.auto_pay.queries import AUTO_PAY
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import local_day
from smarthub.members.queries import list_email_addresses, list_languages
from smarthub.members.types import PersonId
from smarthub.notifications.many import queue_messages
from smarthub.notifications.types import Channel, NewMessage
from smarthub.payments import queries
from smarthub.payments.engine import receipt_number
from smarthub.payments.queries import list_methods_by_id
from smarthub.payments.types import (
    DAYS_TO_PAY_AGAIN,
    AttemptState,
    Payment,
    PaymentId,
    PaymentOutcome,
    PaymentStatus,
    StoredMethod,
    TakenBack,
)
from smarthub.workflows.messages.tell_person import tell_person

RECEIPT = "payment_receipt"
TAKEN_BACK = "payment_taken_back"
TEMPLATES = {
    PaymentStatus.PAID: RECEIPT,
    PaymentStatus.FAILED: "payment_failed",
    PaymentStatus.RETURNED: "payment_returned",
}
"""By how the payment stands; of anything else nobody is told by mail."""


def tell_of_payment(*, payment_id: PaymentId, now: dt.datetime) -> None:
    """Queue the word about a payment as it stands now to its payer, once.

    To each e-mail address; without one by text, where they agreed to texts, or else by letter.
    That a withdrawal of Auto Pay failed is left to ``tell_failed``, which knows what comes next.
    """
    payment = queries.get_payment(payment_id=payment_id)
    person_id, was_auto_pay = payment.person_id, payment.channel == AUTO_PAY
    status = queries.get_status(payment_id=payment_id)
    template = TEMPLATES.get(status)
    if was_auto_pay and status is PaymentStatus.FAILED:
        return
    if person_id is None or template is None:
        return
    outcome = queries.get_outcome(payment_id=payment_id)
    tell_person(
        person_id=person_id,
        template=template,
        context=_context(outcome) | {"was_auto_pay": was_auto_pay},
        about=str(payment_id),
        now=now,
        account_number=outcome.parts[0].account_number,
        texts_by_consent=True,
    )


def tell_of_receipts(*, payments: Sequence[Payment], now: dt.datetime) -> None:
    """Queue the receipts of payments that succeeded just now; as ``tell_of_payment`` of each.

    To be called in the transaction that books them: nothing can have become of them yet. What
    goes by e-mail and says one amount of one account is written together, the rest one by one.
    """
    methods = list_methods_by_id(method_ids={each.method_id for each in payments if each.method_id})
    people = [each.person_id for each in payments if each.person_id is not None]
    addresses = list_email_addresses(person_ids=people)
    languages = list_languages(person_ids=people)
    zone = get_zone()
    alike: dict[tuple[str, dt.date, bool], list[NewMessage]] = defaultdict(list)
    for each in payments:
        if each.person_id is None:
            continue
        method = methods.get(each.method_id) if each.method_id else None
        found = addresses.get(each.person_id, ())
        if not found or each.fee or len(each.parts) > 1:
            _tell_of_receipt(each, each.person_id, method, now)
            continue
        paid_on, is_named = local_day(each.received_at, zone), bool(method and method.last4)
        messages = [_email(each, each.person_id, address, method) for address in found]
        alike[languages[each.person_id], paid_on, is_named] += messages
    for (language, paid_on, is_named), messages in alike.items():
        unnamed = {} if is_named else {"method_last4": ""}
        queue_messages(
            template=RECEIPT,
            language=language,
            shared={"parts": (), "fee": "", "paid_on": paid_on} | unnamed,
            messages=messages,
            now=now,
        )


def _email(
    payment: Payment, person_id: PersonId, address: str, method: StoredMethod | None
) -> NewMessage:
    """Return the e-mail of a receipt of one part, whose one amount is the whole payment's."""
    own: dict[str, object] = {
        "amount": payment.amount,
        "payment_id": payment.id,
        "receipt_number": receipt_number(payment.id),
    }
    if method is not None and method.last4:
        own |= {"method_brand": method.brand, "method_last4": method.last4}
    return NewMessage(
        dedupe_key=f"{RECEIPT}:{payment.id}:{Channel.EMAIL}:{address}",
        person_id=person_id,
        account_number=payment.parts[0].account_number,
        address=address,
        own=own,
    )


def _tell_of_receipt(
    payment: Payment, person_id: PersonId, method: StoredMethod | None, now: dt.datetime
) -> None:
    """Queue one receipt by whatever reaches its payer."""
    outcome = PaymentOutcome(
        payment_id=payment.id,
        state=AttemptState.SUCCESS,
        reason="",
        amount=payment.amount,
        parts=payment.parts,
        receipt_number=receipt_number(payment.id),
        method_brand=method.brand if method else "",
        method_last4=method.last4 if method else "",
        received_at=payment.received_at,
        fee=payment.fee,
    )
    tell_person(
        person_id=person_id,
        template=RECEIPT,
        context=_context(outcome),
        about=str(payment.id),
        now=now,
        account_number=payment.parts[0].account_number,
        texts_by_consent=True,
    )


def tell_of_charge(*, attempt_key: str, now: dt.datetime) -> None:
    """Do the same for the payment an attempt belongs to."""
    tell_of_payment(payment_id=queries.get_payment_id(attempt_key=attempt_key), now=now)


def tell_of_taken_back(
    *,
    taken: TakenBack,
    owed: Mapping[AccountId, Money],
    was_auto_pay: bool,
    goes_on: bool,
    now: dt.datetime,
) -> None:
    """Queue the word to a payer that their payment was a mistake of ours and goes back, once.

    Args:
        taken: What goes back, why, and the day it is at their bank.
        owed: What each account that the payment was on owes now.
        was_auto_pay: Whether a withdrawal of Auto Pay drew it.
        goes_on: Whether Auto Pay is on still, and takes the next bill.
        now: When the file is made.
    """
    outcome = queries.get_outcome(payment_id=taken.payment_id)
    person_id = queries.get_payment(payment_id=taken.payment_id).person_id
    if person_id is None:
        return
    numbers = queries.list_account_numbers(account_ids=set(owed))
    tell_person(
        person_id=person_id,
        template=TAKEN_BACK,
        context=_context(outcome)
        | {
            "amount": outcome.amount + outcome.fee,
            "reason": taken.reason,
            "back_on": taken.back_on,
            "pay_until": local_day(now, get_zone()) + dt.timedelta(days=DAYS_TO_PAY_AGAIN),
            "was_auto_pay": was_auto_pay,
            "goes_on": goes_on,
            "owed": [
                {"account_ending": numbers[account_id][-4:], "amount": amount}
                for account_id, amount in sorted(owed.items())
                if amount > ZERO
            ],
        },
        about=str(taken.payment_id),
        now=now,
        account_number=outcome.parts[0].account_number,
    )


def _context(outcome: PaymentOutcome) -> dict[str, object]:
    return {
        "amount": outcome.amount,
        "fee": outcome.fee or "",
        "payment_id": str(outcome.payment_id),
        "paid_on": local_day(outcome.received_at, get_zone()),
        "receipt_number": outcome.receipt_number,
        "parts": [
            {"account_ending": part.account_number[-4:], "amount": part.amount}
            for part in outcome.parts
        ],
        "method_brand": outcome.method_brand,
        "method_last4": outcome.method_last4,
    }
