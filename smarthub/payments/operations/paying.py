"""Every write of payments. What is written first survives a crash; what is known is only added.

The order is the whole safety: the payment and its attempt are committed before the gateway is
called, the gateway's answer, the ledger's entries and the receipt in one transaction after it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction

from smarthub.cooperative.queries import get_zone
from smarthub.kernel.errors import Conflict, Refused
from smarthub.kernel.money import ZERO
from smarthub.ledger.operations import (
    lock_accounts,
)
from smarthub.payments import queries
from smarthub.payments.engine import (
    AmountNotPositive,
    clearing_of_channel,
)
from smarthub.payments.models import (
    Attempt,
    AttemptEvent,
    PaymentPart,
    Tender,
)
from smarthub.payments.models import Payment as PaymentRow
from smarthub.payments.operations.posting import post_payments
from smarthub.payments.types import (
    AttemptState,
    Part,
    Payment,
    PaymentId,
    ReceivedPayment,
)

PAYMENT_NAMESPACE = uuid.UUID("0c0b6a4e-9f0e-5a86-8d7c-2b6f3f1f9a10")
"""Fixed for ever: with a source key it makes the id of a payment that came by no form."""
NOON = dt.time(12)


class PaymentConflict(Conflict):
    """The payment's id was used before, with other values or by somebody else."""

    code = "payment_conflict"


class AccountUnknown(Refused):
    """Money came in for an account number that the co-op does not have."""

    code = "account_unknown"


def record_answer(
    *,
    key: str,
    state: AttemptState,
    now: dt.datetime,
    reference: str = "",
    reason: str = "",
    corrects: bool = False,
) -> bool:
    """Record what the gateway answered, and post a success to the ledger, once.

    With ``corrects``, a success is taken also where a failure was recorded before: the money did
    move, whatever was said first.

    Returns:
        Whether this settled the attempt; false when it was settled before, or is still unknown.
    """
    with transaction.atomic():
        attempt = Attempt.objects.get(key=key)
        payment = queries.get_payment(payment_id=PaymentId(attempt.payment_id))
        lock_accounts(account_ids=[part.account_id for part in payment.parts])
        known = set(attempt.events.values_list("state", flat=True))
        if state in known or _is_settled(known, corrects=corrects):
            return False
        AttemptEvent.objects.create(
            attempt=attempt, state=state, reference=reference, reason=reason, learnt_at=now
        )
        if state is AttemptState.SUCCESS:
            post_payments([payment], now)
    return state.is_final


def record_received_payments(
    *, payments: Sequence[ReceivedPayment], now: dt.datetime
) -> list[PaymentId]:
    """Record money that reached the co-op by other ways than its pages, each once (R28).

    Any number in one transaction and a handful of queries, in the given order. What exceeds the
    open charges waits on the account as a credit. The receipt date is the day the money reached
    the co-op or its agent (domain rule 52).

    Raises:
        AmountNotPositive: an amount is zero or less; nothing is recorded.
        AccountUnknown: there is no such account number; nothing is recorded.
        PaymentConflict: a source key was used with other values; nothing is recorded.
    """
    with transaction.atomic():
        given = _payments_of(payments)
        lock_accounts(account_ids={part.account_id for each in given for part in each.parts})
        known = queries.list_digests(payment_ids=[payment.id for payment in given])
        new = [payment for payment in _each_once(given) if not is_known(payment, known)]
        insert_payments(new)
        _insert_tenders(payments, {payment.id for payment in new})
        post_payments(new, now)
    return [payment.id for payment in given]


def is_received(*, source_key: str) -> bool:
    """Return whether money of this source was recorded before; ask it with the account locked."""
    return PaymentRow.objects.filter(pk=_id_of(source_key)).exists()


def digest_of(payment: Payment) -> str:
    """Return the fingerprint of a payment's values; when a form was sent is not one of them."""
    values: dict[str, object] = {
        "channel": payment.channel,
        "person": payment.person_id,
        "method": str(payment.method_id or ""),
        "parts": sorted([part.account_id, part.amount.cents] for part in payment.parts),
        "source": [payment.source_key, payment.received_at.isoformat()]
        if payment.source_key
        else [],
    }
    if payment.fee:  # only then: a payment without one keeps the fingerprint it always had
        values["fee"] = payment.fee.cents
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _is_settled(known: Collection[str], *, corrects: bool) -> bool:
    final = {AttemptState.SUCCESS} if corrects else {s for s in AttemptState if s.is_final}
    return any(state in known for state in final)


def is_known(payment: Payment, digests: Mapping[PaymentId, str]) -> bool:
    """Return whether a payment was recorded before.

    Raises:
        PaymentConflict: with other values.
    """
    known = digests.get(payment.id)
    if known is not None and known != digest_of(payment):
        raise PaymentConflict(payment_id=payment.id)
    return known is not None


def insert_payments(payments: Sequence[Payment]) -> None:
    """Insert payments with their parts.

    An id that another transaction took meanwhile, for other accounts than those locked here,
    is found by its fingerprint.

    Raises:
        PaymentConflict: see above.
    """
    PaymentRow.objects.bulk_create(map(_row, payments), ignore_conflicts=True)
    digests = queries.list_digests(payment_ids=[payment.id for payment in payments])
    for payment in payments:
        if digests[payment.id] != digest_of(payment):
            raise PaymentConflict(payment_id=payment.id)
    PaymentPart.objects.bulk_create(
        PaymentPart(
            payment_id=payment.id, account_id=part.account_id, amount_cents=part.amount.cents
        )
        for payment in payments
        for part in payment.parts
    )


def _insert_tenders(given: Sequence[ReceivedPayment], new: Collection[PaymentId]) -> None:
    told = {
        _id_of(each.source_key): (each, each.tender) for each in given if each.tender is not None
    }
    Tender.objects.bulk_create(
        Tender(
            payment_id=payment_id,
            kind=tender,
            reference=each.reference,
            taken_by_id=each.taken_by,
            drawer_on=each.received_on,
        )
        for payment_id, (each, tender) in told.items()
        if payment_id in new
    )


def _id_of(source_key: str) -> PaymentId:
    return PaymentId(uuid.uuid5(PAYMENT_NAMESPACE, source_key))


def _row(payment: Payment) -> PaymentRow:
    return PaymentRow(
        id=payment.id,
        person_id=payment.person_id,
        channel=payment.channel,
        amount_cents=payment.amount.cents,
        fee_cents=payment.fee.cents,
        method_id=payment.method_id,
        request_digest=digest_of(payment),
        received_at=payment.received_at,
        source_id=payment.source_key,
    )


def _payments_of(given: Sequence[ReceivedPayment]) -> list[Payment]:
    accounts = queries.list_account_ids(numbers={each.account_number for each in given})
    zone = get_zone()
    payments = []
    for each in given:
        if each.amount <= ZERO:
            raise AmountNotPositive(account_number=each.account_number)
        if each.account_number not in accounts:
            raise AccountUnknown(account_number=each.account_number)
        part = Part(accounts[each.account_number], each.account_number, each.amount)
        payments.append(
            Payment(
                id=_id_of(each.source_key),
                channel=each.channel,
                parts=(part,),
                received_at=dt.datetime.combine(each.received_on, NOON, zone).astimezone(dt.UTC),
                clearing=clearing_of_channel(each.channel),
                source_key=each.source_key,
            )
        )
    return payments


def _each_once(payments: Sequence[Payment]) -> Collection[Payment]:
    once: dict[PaymentId, Payment] = {}
    for payment in payments:
        if once.setdefault(payment.id, payment) != payment:
            raise PaymentConflict(payment_id=payment.id)
    return once.values()
