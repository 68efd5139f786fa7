"""What a payer is told about a payment: the receipt, that it failed, that it went back."""

from __future__ import annotations

import datetime as dt

from smarthub.cooperative.queries import get_zone
from smarthub.kernel.period import local_day
from smarthub.members.queries import get_person, list_email_addresses
from smarthub.members.types import PersonId
from smarthub.notifications.operations import queue_message
from smarthub.payments import queries
from smarthub.payments.types import PaymentId, PaymentOutcome, PaymentStatus

TEMPLATES = {
    PaymentStatus.PAID: "payment_receipt",
    PaymentStatus.FAILED: "payment_failed",
    PaymentStatus.RETURNED: "payment_returned",
}
"""By how the payment stands; of anything else nobody is told by mail."""


def tell_of_payment(*, payment_id: PaymentId, now: dt.datetime) -> None:
    """Queue the word about a payment as it stands now to each of the payer's addresses, once."""
    person_id = queries.get_payment(payment_id=payment_id).person_id
    template = TEMPLATES.get(queries.get_status(payment_id=payment_id))
    if person_id is None or template is None:
        return
    outcome = queries.get_outcome(payment_id=payment_id)
    for address in _addresses(person_id):
        queue_message(
            dedupe_key=f"{template}:{payment_id}:{address}",
            template=template,
            language=get_person(person_id=person_id).language,
            person_id=person_id,
            account_number=outcome.parts[0].account_number,
            address=address,
            context=_context(outcome),
            now=now,
        )


def tell_of_charge(*, attempt_key: str, now: dt.datetime) -> None:
    """Do the same for the payment an attempt belongs to."""
    tell_of_payment(payment_id=queries.get_payment_id(attempt_key=attempt_key), now=now)


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


def _addresses(person_id: PersonId) -> list[str]:
    return list_email_addresses(person_ids=[person_id]).get(person_id, [])
