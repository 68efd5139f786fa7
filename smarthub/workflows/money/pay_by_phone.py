"""Pay by card over the phone: the clerk starts it, the phone company's own system takes the card.

No clerk hears a card's number and none is typed here (feature R28; PCI). Both sides know one
short-lived code. The company's system signs what it asks and tells; it learns the amount, the
account's last four digits and the caller's language, and nothing of the person.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from smarthub.accounts.access import open_for_staff
from smarthub.accounts.queries import list_holders
from smarthub.accounts.types import VisibleAccount
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.fault_points import reach
from smarthub.kernel.money import Money
from smarthub.kernel.period import local_day
from smarthub.members.operations import record_act
from smarthub.members.queries import get_person, get_person_of_user
from smarthub.payments import operations, queries
from smarthub.payments.engine import AmountTooLarge
from smarthub.payments.operations import PhoneResultRefused
from smarthub.payments.types import PhoneHandOffView, PhoneResult, PhoneState
from smarthub.workflows.debts.follow_arrears import stop_if_paid

SHOWN_DIGITS = 4


@dataclass(frozen=True, slots=True)
class PhonePage:
    """An account and what is due on it, with the hand-off that is under way, if any."""

    account: VisibleAccount
    due: Money
    hand_off: PhoneHandOffView | None


def see_phone_page(
    *, user_id: int, number: str, hand_off_id: UUID | None, now: dt.datetime
) -> PhonePage:
    """Return the desk's page of a payment by phone.

    Raises:
        NotVisible: the login is no clerk's, or there is no such account or hand-off.
    """
    account = open_for_staff(user_id=user_id, number=number, now=now)
    due = queries.list_dues(account_ids=[account.id])[account.id]
    view = None
    if hand_off_id is not None:
        view = queries.get_hand_off(hand_off_id=hand_off_id, account_id=account.id, now=now)
    return PhonePage(account, due.asked - due.in_flight, view)


def start_phone_payment(
    *, hand_off_id: UUID, user_id: int, number: str, amount: Money, now: dt.datetime
) -> None:
    """Start a hand-off for a caller, once for each form; left in the audit trail.

    Raises:
        NotVisible: the login is no clerk's, or there is no such account.
        AmountNotPositive, AmountTooLarge, PaymentConflict: nothing is started.
    """
    account = open_for_staff(user_id=user_id, number=number, now=now)
    maximum = queries.get_maximum(on=local_day(now, get_zone()))
    if amount > maximum:
        raise AmountTooLarge(maximum=maximum)
    holders = list_holders(account_ids=[account.id], on=local_day(now, get_zone()))
    first = next(iter(holders.get(account.id, ())), None)
    with transaction.atomic():
        is_new = operations.start_hand_off(
            hand_off_id=hand_off_id,
            account_id=account.id,
            amount=amount,
            language=get_person(person_id=first).language if first else "en",
            by=get_person_of_user(user_id=user_id).id,
            now=now,
        )
        if is_new:
            record_act(
                user_id=user_id, act="phone_payment.started", subject=f"account:{number}", now=now
            )


def answer_look_up(*, body: bytes, now: dt.datetime) -> dict[str, object]:
    """Return what the phone company's system is told of a code; the same code again, the same.

    Raises:
        PhoneCodeUnknown, PhoneCodeExpired, PhoneCodeUsed, PhoneCodesRefused: it is told that and
            nothing else.
        PhoneResultRefused: the body is none.
    """
    row = operations.look_up_code(typed=str(_read(body).get("code", "")), now=now)
    return {
        "hand_off": str(row.pk),
        "amount_cents": row.amount_cents,
        "account_ending": row.account.number[-SHOWN_DIGITS:],
        "language": row.language,
        "expires_at": row.expires_at.isoformat(),
    }


def answer_result(*, body: bytes, now: dt.datetime) -> dict[str, object]:
    """Book what the phone company's system says it charged, once; return what it came to.

    Raises:
        PhoneCodeUnknown, PhoneResultRefused, PhoneResultConflict: see ``payments.operations``.
    """
    with transaction.atomic():
        state, payment_id, is_new = operations.take_phone_result(result=_result(body), now=now)
        if is_new and payment_id is not None:
            stop_if_paid(payment_id=payment_id, now=now)
        reach("phone.result_written")
    reach("phone.result_recorded")
    told = {PhoneState.PAID: "booked", PhoneState.PARKED: "suspense", PhoneState.FAILED: "noted"}
    return {"outcome": told[state]}


def _result(body: bytes) -> PhoneResult:
    given = _read(body)
    outcome, cents = given.get("outcome"), given.get("amount_cents", 0)
    if outcome not in {"paid", "failed"}:
        raise PhoneResultRefused(field="outcome")
    if not isinstance(cents, int) or isinstance(cents, bool):
        raise PhoneResultRefused(field="amount_cents")
    return PhoneResult(
        hand_off=str(given.get("hand_off", "")),
        reference=str(given.get("reference", "")),
        is_paid=outcome == "paid",
        amount=Money(cents),
        reason=str(given.get("reason", "")),
    )


def _read(body: bytes) -> dict[str, object]:
    try:
        given = json.loads(body)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise PhoneResultRefused(field="body")
    return given
