"""Read Stripe's answers: its words for a charge, a dispute, a pay-out, turned into ours."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from typing import Any

import stripe

from smarthub.kernel.money import Money
from smarthub.payments.ports import (
    ChargeAnswer,
    ChargeState,
    Dispute,
    GatewayEvent,
    Settlement,
    SettlementLine,
    SetupState,
)
from smarthub.payments.types import AttemptState, DisputeStage, LineKind, MethodKind

STATES = {
    "succeeded": AttemptState.SUCCESS,
    "processing": AttemptState.PENDING,
    "pending": AttemptState.PENDING,
}
"""Of a payment intent or a refund; anything else has failed."""
ASKS_HOLDER = "requires_action"
"""Of a payment intent: its bank wants to ask the holder (3-D Secure)."""
STAGES = {"won": DisputeStage.WON, "lost": DisputeStage.LOST}
"""Of a dispute; anything else is open."""
LINES = {
    "charge": LineKind.CHARGE,
    "payment": LineKind.CHARGE,
    "refund": LineKind.REFUND,
    "payment_refund": LineKind.REFUND,
    "payment_failure_refund": LineKind.RETURN,
}
"""Of a balance transaction; an adjustment is a dispute, by its sign."""


_Noted = stripe.PaymentIntent | stripe.SetupIntent | stripe.Refund


def setup_state(reference: str, customer: str, method: stripe.PaymentMethod) -> SetupState:
    """Return the method an element gave; of a bank account only its bank and last digits."""
    token = f"{customer}/{method.id}/{method.type}"
    if method.type == "us_bank_account" and method.us_bank_account:
        bank = method.us_bank_account
        return SetupState(
            reference, token, MethodKind.BANK, bank.bank_name or "Bank", bank.last4 or "", None
        )
    card = method.card
    if card is None:
        return SetupState(reference, "", MethodKind.CARD, "", "", None)
    last_day = calendar.monthrange(card.exp_year, card.exp_month)[1]
    expires_on = dt.date(card.exp_year, card.exp_month, last_day)
    return SetupState(
        reference, token, MethodKind.CARD, card.brand.capitalize(), card.last4, expires_on
    )


def declined(error: stripe.CardError) -> ChargeAnswer:
    """Return why a card was declined; the bank's own reason where it gives one."""
    body: Any = error.json_body or {}
    told = body.get("error", {})
    reason = told.get("decline_code") or error.code or "card_declined"
    reference = (told.get("payment_intent") or {}).get("id", "")
    return ChargeAnswer(AttemptState.FAILED, reference, str(reason))


def charge_answer(intent: stripe.PaymentIntent) -> ChargeAnswer:
    """Return what a payment intent has come to."""
    state = STATES.get(intent.status, AttemptState.FAILED)
    reason = _failure(intent) if state is AttemptState.FAILED else ""
    return ChargeAnswer(state, intent.id, reason)


def charge_state(
    intent: stripe.PaymentIntent, disputes: Sequence[stripe.Dispute], *, key_name: str
) -> ChargeState:
    """Return a payment intent with what became of it."""
    answer = charge_answer(intent)
    return ChargeState(
        reference=intent.id,
        key=noted(intent, key_name),
        state=answer.state,
        reason=answer.reason,
        amount=Money(intent.amount),
        returned="",  # a bank's late return is a dispute in Stripe's books
        disputes=tuple(
            Dispute(
                reference=each.id,
                amount=Money(each.amount),
                reason=each.reason,
                stage=STAGES.get(each.status, DisputeStage.OPEN),
            )
            for each in disputes
        ),
    )


def noted(told: _Noted, name: str) -> str:
    """Return what we noted on something of Stripe's under a name, or nothing."""
    notes: Any = told.metadata
    return str(getattr(notes, name, ""))


def is_disputed(intent: stripe.PaymentIntent) -> bool:
    """Return whether anybody has disputed the charge, so that asking for disputes is worth it."""
    return bool(getattr(intent.latest_charge, "disputed", False))


def refund_answer(refund: stripe.Refund) -> ChargeAnswer:
    """Return what a refund has come to."""
    state = STATES.get(str(refund.status), AttemptState.FAILED)
    reason = "" if state is not AttemptState.FAILED else str(refund.failure_reason or "failed")
    return ChargeAnswer(state, refund.id, reason)


def event(told: dict[str, Any]) -> GatewayEvent:
    """Return which charge or method an event is about; disputes begin with that word, as ours do.

    A method's token is written as everywhere here: customer, method and type.
    """
    about = told["data"]["object"]
    if about.get("object") == "payment_method":
        token = f"{about['customer']}/{about['id']}/{about['type']}"
        return GatewayEvent(str(told["id"]), str(told["type"]), "", token)
    is_intent = about.get("object") == "payment_intent"
    charge = about["id"] if is_intent else about.get("payment_intent") or ""
    kind = str(told["type"]).removeprefix("charge.") if "dispute" in told["type"] else told["type"]
    return GatewayEvent(str(told["id"]), kind, str(charge))


def settlement(payout: stripe.Payout, lines: Sequence[stripe.BalanceTransaction]) -> Settlement:
    """Return a pay-out with its lines; the pay-out's own line is left out."""
    return Settlement(
        reference=payout.id,
        paid_on=dt.datetime.fromtimestamp(payout.arrival_date, dt.UTC).date(),
        lines=tuple(_line(each) for each in lines if each.type != "payout"),
    )


def _line(line: stripe.BalanceTransaction) -> SettlementLine:
    disputed = LineKind.DISPUTE if line.amount < 0 else LineKind.DISPUTE_WON
    source: Any = line.source
    return SettlementLine(
        reference=line.id,
        kind=LINES.get(line.type, disputed),
        charge_reference=str(getattr(source, "payment_intent", "") or line.id),
        amount=Money(line.amount),
        fee=Money(line.fee),
    )


def _failure(intent: stripe.PaymentIntent) -> str:
    if intent.status == ASKS_HOLDER:
        return "authentication_required"
    error: Any = getattr(intent, "last_payment_error", None)
    told = getattr(error, "decline_code", None) or getattr(error, "code", None)
    return str(told or intent.status)
