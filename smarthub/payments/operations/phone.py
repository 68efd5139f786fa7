"""Writes of payments by phone: a code for a caller, its look-up, and the result of the charge.

Nothing of a card comes here. A charge that the phone company made is never refused for good: what
fits no hand-off waits in suspense, for somebody's money was taken.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from uuid import UUID

from django.db import transaction

from smarthub.accounts.types import AccountId
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.card_numbers import holds_card_number
from smarthub.kernel.errors import Conflict, Refused
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import local_day
from smarthub.ledger.operations import lock_accounts
from smarthub.members.types import PersonId
from smarthub.payments.engine import AmountNotPositive
from smarthub.payments.models import PhoneEvent, PhoneHandOff
from smarthub.payments.operations.corrections import park_in_suspense
from smarthub.payments.operations.exceptions import find_exception
from smarthub.payments.operations.one_at_a_time import hold
from smarthub.payments.operations.paying import PaymentConflict, record_received_payments
from smarthub.payments.types import (
    PaymentId,
    PhoneResult,
    PhoneState,
    ReceivedPayment,
    TenderKind,
)

CHANNEL = "ivr"
CODE_LASTS = dt.timedelta(minutes=15)
CODE_DIGITS = 8
WRONG_CODE = "wrong_code"
WRONG_CODES_MOST = 20
"""So many wrong codes in fifteen minutes, by all callers together, are mistyped; more are guessed.
While a hundred codes are good, one guess in a million finds one."""
REFERENCE = re.compile(r"[A-Za-z0-9._-]{1,40}")
"""Also bars words and blanks; a card's number is barred besides."""


class PhoneCodeUnknown(Refused):
    """No hand-off has this code."""

    code = "phone_code_unknown"


class PhoneCodeExpired(Refused):
    """The code was good until ``expired_at``; the desk starts another hand-off."""

    code = "phone_code_expired"


class PhoneCodeUsed(Refused):
    """What the code was for is paid."""

    code = "phone_code_used"


class PhoneCodesRefused(Refused):
    """Too many codes were wrong lately: for now no code is looked up, right ones as well."""

    code = "phone_codes_refused"


class PhoneResultRefused(Refused):
    """What was reported is no result; ``field`` says which part."""

    code = "phone_result_refused"


class PhoneResultConflict(Conflict):
    """The reference was reported before with other values."""

    code = "phone_result_conflict"


def start_hand_off(
    *,
    hand_off_id: UUID,
    account_id: AccountId,
    amount: Money,
    language: str,
    by: PersonId,
    now: dt.datetime,
) -> bool:
    """Keep that a caller is about to pay an amount; false if the same form did so before.

    Raises:
        AmountNotPositive: there is nothing to pay.
        PaymentConflict: the id was used with other values.
    """
    if amount <= ZERO:
        raise AmountNotPositive
    with transaction.atomic():
        lock_accounts(account_ids=[account_id])
        row, created = PhoneHandOff.objects.get_or_create(
            id=hand_off_id,
            defaults={
                "account_id": account_id,
                "amount_cents": amount.cents,
                "language": language,
                "code": _free_code(now),
                "started_by_id": by,
                "started_at": now,
                "expires_at": now + CODE_LASTS,
            },
        )
        if (row.account_id, row.amount_cents) != (account_id, amount.cents):
            raise PaymentConflict(payment_id=hand_off_id)
    return created


def look_up_code(*, typed: str, now: dt.datetime) -> PhoneHandOff:
    """Return the hand-off of a code and note that it was looked up; again returns it again.

    A wrong code is noted. Must not be called inside a transaction: the note has to stay.

    Raises:
        PhoneCodeUnknown, PhoneCodeExpired, PhoneCodeUsed: nothing is told of any account.
        PhoneCodesRefused: somebody guesses; staff were told.
    """
    wrong = PhoneEvent.objects.filter(kind=WRONG_CODE, told_at__gt=now - CODE_LASTS).count()
    if wrong >= WRONG_CODES_MOST:
        raise PhoneCodesRefused
    digits = re.sub(r"[\s-]", "", typed)
    row = PhoneHandOff.objects.filter(code=digits).order_by("-started_at").first()
    if row is None:
        _note_wrong_code(wrong + 1, now)
        raise PhoneCodeUnknown
    if row.events.filter(kind=PhoneState.PAID).exists():
        raise PhoneCodeUsed
    if now >= row.expires_at:
        raise PhoneCodeExpired(expired_at=row.expires_at)
    PhoneEvent.objects.get_or_create(
        hand_off=row, kind=PhoneState.LOOKED_UP, defaults={"told_at": now}
    )
    return row


def _note_wrong_code(wrong: int, now: dt.datetime) -> None:
    """Note a wrong code; what was typed is not kept, for it may be a slip from a right one."""
    with transaction.atomic(durable=True):
        PhoneEvent.objects.create(kind=WRONG_CODE, told_at=now)
        if wrong >= WRONG_CODES_MOST:
            find_exception(key=f"phone_codes:{now:%Y-%m-%dT%H}", kind="phone_codes", now=now)


def take_phone_result(
    *, result: PhoneResult, now: dt.datetime
) -> tuple[PhoneState, PaymentId | None, bool]:
    """Book what the phone company charged, once by its reference; return what it came to.

    It is booked on the account of its hand-off where that was looked up in time, the amount is the
    one that was asked for, and nothing was paid on it before. Any other charge waits in suspense.

    Returns:
        What it came to, its payment, and whether this call booked it.

    Raises:
        PhoneResultRefused: it is no result.
        PhoneResultConflict: the reference was reported with other values.

    Source: domain rules 52 and 130; promise R28.
    """
    _refuse_result(result)
    with transaction.atomic():
        hold(f"{CHANNEL}:{result.reference}")
        row = _find(result.hand_off)
        if row is not None:
            lock_accounts(account_ids=[AccountId(row.account_id)])
        known = PhoneEvent.objects.filter(reference=result.reference).first()
        if known is not None:
            _refuse_other_values(known, row, result)
            payment_id = PaymentId(known.payment_id) if known.payment_id else None
            return PhoneState(known.kind), payment_id, False
        if row is None and not result.is_paid:
            raise PhoneCodeUnknown
        kind, payment_id = _act(row, result, now)
        PhoneEvent.objects.create(
            hand_off=row,
            kind=kind,
            reference=result.reference,
            amount_cents=result.amount.cents,
            reason=result.reason,
            payment_id=payment_id,
            told_at=now,
        )
    return kind, payment_id, True


def _act(
    row: PhoneHandOff | None, result: PhoneResult, now: dt.datetime
) -> tuple[PhoneState, PaymentId | None]:
    if not result.is_paid:
        return PhoneState.FAILED, None
    source_key = f"{CHANNEL}:{result.reference}"
    on = local_day(now, get_zone())
    if row is None or not _fits(row, result):
        park_in_suspense(
            source_key=source_key,
            amount=result.amount,
            channel=CHANNEL,
            told=_say_whose(row, result),
            received_on=on,
            now=now,
        )
        return PhoneState.PARKED, None
    received = ReceivedPayment(
        source_key=source_key,
        account_number=row.account.number,
        amount=result.amount,
        channel=CHANNEL,
        received_on=on,
        tender=TenderKind.CARD,
        reference=result.reference,
    )
    (payment_id,) = record_received_payments(payments=[received], now=now)
    return PhoneState.PAID, payment_id


def _say_whose(row: PhoneHandOff | None, result: PhoneResult) -> str:
    """Return what staff can match a charge by: its reference, and for whom a code was given."""
    asked = f"; code was for account {row.account.number}" if row else ""
    return f"phone payment {result.reference}{asked}"


def _fits(row: PhoneHandOff, result: PhoneResult) -> bool:
    told = set(row.events.values_list("kind", flat=True))
    return (
        PhoneState.LOOKED_UP in told
        and PhoneState.PAID not in told
        and row.amount_cents == result.amount.cents
    )


def _refuse_result(result: PhoneResult) -> None:
    if not REFERENCE.fullmatch(result.reference) or holds_card_number(result.reference):
        raise PhoneResultRefused(field="reference")
    if result.is_paid and result.amount <= ZERO:
        raise PhoneResultRefused(field="amount_cents")
    if not re.fullmatch(r"[a-z_]{0,40}", result.reason):
        raise PhoneResultRefused(field="reason")


def _refuse_other_values(known: PhoneEvent, row: PhoneHandOff | None, result: PhoneResult) -> None:
    was_paid = known.kind != PhoneState.FAILED
    same = (known.hand_off_id, known.amount_cents, was_paid) == (
        row.pk if row else None,
        result.amount.cents,
        result.is_paid,
    )
    if not same:
        raise PhoneResultConflict(reference=result.reference)


def _find(hand_off: str) -> PhoneHandOff | None:
    try:
        return PhoneHandOff.objects.select_related("account").filter(pk=UUID(hand_off)).first()
    except ValueError:
        return None


def _free_code(now: dt.datetime) -> str:
    """Return eight digits that no hand-off of this day has: a caller types them on a phone."""
    while True:
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        recent = PhoneHandOff.objects.filter(code=code, expires_at__gt=now - dt.timedelta(days=1))
        if not recent.exists():
            return code
