"""Undo money that came another way: a check that bounced, or a clerk who wrote the wrong thing."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from smarthub.kernel.card_numbers import holds_card_number
from smarthub.kernel.errors import Conflict, Refused
from smarthub.ledger.operations import lock_accounts
from smarthub.members.types import PersonId
from smarthub.payments import queries
from smarthub.payments.engine import OTHER_DOORS
from smarthub.payments.models import Tender, Undoing, UndoingPart
from smarthub.payments.operations.aftermath import charge_nsf_fee
from smarthub.payments.operations.corrections import (
    CardNumberWritten,
    NothingWritten,
    leave_suspense,
    return_to_suspense,
)
from smarthub.payments.operations.posting import reverse_payment
from smarthub.payments.operations.settlements import SUSPENSE
from smarthub.payments.types import Payment, PaymentId, TenderKind, UndoneBecause

NEVER_BOUNCE = (TenderKind.CASH, TenderKind.CARD)


class NotUndoable(Refused):
    """The payment came by a gateway: it is refunded, or its bank sends it back."""

    code = "not_undoable"


class CannotBounce(Refused):
    """It was paid in cash or by card, which no bank sends back as a check."""

    code = "cannot_bounce"


class AlreadyUndone(Conflict):
    """The payment was undone before."""

    code = "already_undone"


def undo_received_payment(
    *,
    payment_id: UUID,
    because: UndoneBecause,
    words: str,
    by: PersonId,
    on: dt.date,
    now: dt.datetime,
) -> None:
    """Reverse a payment that came another way, once; a bounced check costs the fee of the policy.

    What a match had taken out of suspense waits there again, unless its check bounced.

    Raises:
        NotVisible: there is no such payment.
        NotUndoable, CannotBounce, AlreadyUndone, NothingWritten, CardNumberWritten: refused.

    Source: domain rule 55: reversing, the fee and marking the tender are one act.
    """
    if not words.strip():
        raise NothingWritten
    if holds_card_number(words):
        raise CardNumberWritten
    with transaction.atomic():
        payment = queries.get_payment(payment_id=PaymentId(payment_id))
        if payment.channel not in OTHER_DOORS or payment.method_id is not None:
            raise NotUndoable
        handed = Tender.objects.filter(payment=payment.id, kind__in=NEVER_BOUNCE)
        if because is UndoneBecause.BOUNCED and handed.exists():
            raise CannotBounce
        lock_accounts(account_ids=queries.list_touched_accounts(payment=payment))
        if Undoing.objects.filter(payment=payment.id).exists():
            raise AlreadyUndone
        undoing = Undoing.objects.create(
            payment_id=payment.id,
            because=because,
            words=words.strip(),
            on=on,
            undone_by_id=by,
            undone_at=now,
        )
        taken = reverse_payment(payment_id=payment.id, on=on, now=now)
        UndoingPart.objects.bulk_create(
            UndoingPart(undoing=undoing, account_id=account_id, amount_cents=amount.cents)
            for account_id, amount in taken
        )
        if payment.channel == SUSPENSE and taken:
            _give_back_to_suspense(payment, because, on, now)
        if because is UndoneBecause.BOUNCED and taken:
            charge_nsf_fee(account_id=taken[0][0], payment_id=payment.id, on=on, now=now)


def _give_back_to_suspense(
    payment: Payment, because: UndoneBecause, on: dt.date, now: dt.datetime
) -> None:
    if because is UndoneBecause.BOUNCED:
        leave_suspense(payment_id=payment.id, on=on, now=now)
    else:
        return_to_suspense(payment_id=payment.id, now=now)
