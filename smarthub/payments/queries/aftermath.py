"""Reads of what became of payments: refunds, facts, settlements, the inbox, exceptions."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Sum

from smarthub.accounts.types import AccountId
from smarthub.cooperative.catalogue import value_in
from smarthub.cooperative.queries import list_policies
from smarthub.kernel.money import Money
from smarthub.payments.engine import NO_FUNDS_CODES, guaranteed_until
from smarthub.payments.models import (
    Attempt,
    AttemptEvent,
    ChargeFact,
    FactPart,
    Fee,
    InboxEvent,
    MoneyException,
    PaymentMove,
    Refund,
    RefundDecision,
    RefundEvent,
    Settlement,
    SettlementLine,
    Undoing,
    UndoingPart,
)
from smarthub.payments.queries.paying import clearing_of, get_outcome
from smarthub.payments.types import (
    BANK_FILE,
    AttemptState,
    ChargedAttempt,
    FactKind,
    LineKind,
    PaymentId,
    PaymentStatus,
    RefundId,
    RefundState,
    UndoneBecause,
    WaitingEvent,
    WaitingRefund,
)

Change = tuple[str, dt.date, Money]
"""An account number, a local day, and by how much what is owed changed on it."""

RETURNS_ALLOWED = "returned.most_in_a_year"
UNDONE = Q(decision__is_allowed=False) | Exists(
    RefundEvent.objects.filter(refund=OuterRef("pk"), state=RefundState.FAILED)
)


UNDONE_AS: Mapping[str, PaymentStatus] = {
    UndoneBecause.BOUNCED: PaymentStatus.RETURNED,
    UndoneBecause.MISTAKE: PaymentStatus.UNDONE,
}
"""How a payment that came another way stands, by why it was undone."""


def sum_gone_back(*, attempt_id: int) -> Money:
    """Return what of a charge went back or is promised: refunds, its return, disputes not won.

    What was taken back by ourselves counts as well.
    """
    refunds = Refund.objects.filter(attempt=attempt_id).exclude(UNDONE)
    facts = ChargeFact.objects.filter(attempt=attempt_id)
    away = facts.filter(kind__in=[FactKind.RETURNED, FactKind.DISPUTED, FactKind.TAKEN_BACK])
    won = facts.filter(kind=FactKind.DISPUTE_WON)
    sums = [
        rows.aggregate(total=Sum("amount_cents"))["total"] or 0 for rows in (refunds, away, won)
    ]
    return Money(sums[0] + sums[1] - sums[2])


def get_status(*, payment_id: UUID) -> PaymentStatus:
    """Return how a payment stands now, with all that became of it.

    Raises:
        NotVisible: there is none.
    """
    outcome = get_outcome(payment_id=payment_id)
    if outcome.state is not AttemptState.SUCCESS:
        return PaymentStatus(outcome.state.value)
    undone = Undoing.objects.filter(payment=payment_id).first()
    if undone is not None:
        return UNDONE_AS[undone.because]
    facts = ChargeFact.objects.filter(attempt__payment=payment_id)
    kinds = Counter(facts.values_list("kind", flat=True))
    if kinds[FactKind.TAKEN_BACK] or kinds[FactKind.RETURNED]:
        return PaymentStatus.UNDONE if kinds[FactKind.TAKEN_BACK] else PaymentStatus.RETURNED
    if kinds[FactKind.DISPUTED] > kinds[FactKind.DISPUTE_WON]:
        return PaymentStatus.DISPUTED
    refunded = Refund.objects.filter(
        attempt__payment=payment_id, events__state=RefundState.SUCCESS
    ).aggregate(total=Sum("amount_cents"))["total"]
    if not refunded:
        return PaymentStatus.PAID
    whole = refunded >= outcome.amount.cents
    return PaymentStatus.REFUNDED if whole else PaymentStatus.PART_REFUNDED


def get_payment_id(*, attempt_key: str) -> PaymentId:
    """Return the payment an attempt belongs to."""
    return PaymentId(Attempt.objects.values_list("payment_id", flat=True).get(key=attempt_key))


def is_settlement_known(*, gateway: str, reference: str) -> bool:
    """Return whether a pay-out is booked."""
    return Settlement.objects.filter(gateway=gateway, reference=reference).exists()


def list_attempts_by_reference(
    *, gateway: str, references: Collection[str]
) -> dict[str, ChargedAttempt]:
    """Return the charges that succeeded, by the gateway's references; unknown ones are absent."""
    events = AttemptEvent.objects.filter(
        attempt__gateway=gateway, state=AttemptState.SUCCESS, reference__in=references
    ).select_related("attempt__payment__method")
    found = {}
    for event in events:
        payment = event.attempt.payment
        if payment.method is not None:
            found[event.reference] = ChargedAttempt(
                id=event.attempt_id,
                payment_id=PaymentId(payment.pk),
                amount=Money(payment.charged_cents),
                clearing=clearing_of(payment.method),
            )
    return found


def find_attempt_key(*, gateway: str, key: str, reference: str) -> str | None:
    """Return the key of our attempt that a gateway's charge belongs to, or None.

    Asked one after the other: an "or" across two tables would read both of them whole.
    """
    ours = Attempt.objects.filter(gateway=gateway).values_list("key", flat=True)
    named: str | None = ours.filter(key=key).first()
    charged: str | None = None if named else ours.filter(events__reference=reference).first()
    return named or charged


def list_unsettled_attempts(*, gateway: str, made_before: dt.datetime) -> list[str]:
    """Return the keys of charges that succeeded before a moment and are on no settlement."""
    settled = SettlementLine.objects.filter(attempt=OuterRef("pk"), kind=LineKind.CHARGE)
    rows = Attempt.objects.filter(
        Exists(
            AttemptEvent.objects.filter(
                attempt=OuterRef("pk"), state=AttemptState.SUCCESS, learnt_at__lt=made_before
            )
        ),
        ~Exists(settled),
        gateway=gateway,
    )
    return list(rows.order_by("made_at", "pk").values_list("key", flat=True))


def list_under_way(*, gateway: str, made_before: dt.datetime) -> list[tuple[str, str]]:
    """Return key and the gateway's reference of bank charges under way, made before a moment."""
    final = AttemptEvent.objects.filter(
        attempt=OuterRef("attempt"), state__in=[s for s in AttemptState if s.is_final]
    )
    rows = AttemptEvent.objects.filter(
        ~Exists(final),
        state=AttemptState.PENDING,
        attempt__gateway=gateway,
        attempt__made_at__lt=made_before,
    )
    return list(rows.order_by("pk").values_list("attempt__key", "reference"))


def list_waiting_events(*, gateway: str) -> list[WaitingEvent]:
    """Return the gateway's events nobody has dealt with, in the order they came."""
    rows = InboxEvent.objects.filter(gateway=gateway, result=None).order_by("pk")
    return [
        WaitingEvent(row.pk, row.event_id, row.kind, row.charge_reference, row.method_token)
        for row in rows
    ]


def list_waiting_refunds(*, sent_before: dt.datetime) -> list[WaitingRefund]:
    """Return refunds to be sent to a gateway, and those whose outcome is unknown or overdue."""
    final = RefundEvent.objects.filter(
        refund=OuterRef("pk"), state__in=[RefundState.SUCCESS, RefundState.FAILED]
    )
    rows = (
        Refund.objects.filter(~Exists(final))
        .exclude(attempt__gateway=BANK_FILE)
        .filter(Q(needs_second=False) | Q(decision__is_allowed=True))
        .order_by("asked_at", "pk")
    )
    waiting = [get_waiting_refund(refund_id=RefundId(row.pk)) for row in rows]
    return [each for each in waiting if each.sent_at is None or each.sent_at < sent_before]


def get_waiting_refund(*, refund_id: RefundId) -> WaitingRefund:
    """Return a refund with all that sending it takes."""
    refund = Refund.objects.select_related("attempt").get(pk=refund_id)
    reference = refund.attempt.events.get(state=AttemptState.SUCCESS).reference
    sent = refund.events.filter(state=RefundState.SENT).first()
    return WaitingRefund(
        id=RefundId(refund.pk),
        charge_reference=reference,
        amount=Money(refund.amount_cents),
        sent_at=sent.learnt_at if sent else None,
    )


def list_open_exception_keys(*, kind: str) -> list[str]:
    """Return the keys of exceptions of a kind that nobody has explained."""
    rows = MoneyException.objects.filter(kind=kind, explanation=None)
    return list(rows.values_list("key", flat=True))


def list_guaranteed_funds(
    *, account_ids: Collection[AccountId], on: dt.date
) -> dict[AccountId, dt.date]:
    """Return until when each account is paid by guaranteed funds only; others are absent.

    What a bank returned for want of money counts, and a check that bounced. Three queries.

    Source: domain rule 55.
    """
    most = int(value_in(list_policies(on=on), RETURNS_ALLOWED))
    returned = FactPart.objects.filter(
        account__in=account_ids, fact__kind=FactKind.RETURNED, fact__reason__in=NO_FUNDS_CODES
    ).values_list("account_id", "fact__on")
    bounced = UndoingPart.objects.filter(
        account__in=account_ids, undoing__because=UndoneBecause.BOUNCED
    ).values_list("account_id", "undoing__on")
    days: dict[AccountId, list[dt.date]] = {}
    for account_id, day in [*returned, *bounced]:
        days.setdefault(AccountId(account_id), []).append(day)
    until = {each: guaranteed_until(those, most=most) for each, those in days.items()}
    return {each: day for each, day in until.items() if day is not None and on < day}


def list_later_changes() -> list[Change]:
    """Return what became of payments by account, and fees: for who holds the ledger against it.

    Positive where the account owes more. Six queries.
    """
    facts = FactPart.objects.values_list("account__number", "fact__on", "amount_cents")
    fees = Fee.objects.values_list("account__number", "on", "amount_cents")
    moves = PaymentMove.objects.all()
    changes = [*facts, *fees]
    changes += moves.values_list("from_account__number", "on", "amount_cents")
    return [(number, day, Money(cents)) for number, day, cents in changes]


def list_moved_in() -> list[tuple[str, dt.datetime, Money]]:
    """Return what was moved onto accounts: number, when the payment was received, how much."""
    rows = PaymentMove.objects.values_list(
        "to_account__number", "payment__received_at", "amount_cents"
    )
    return [(number, at, Money(cents)) for number, at, cents in rows]


def list_refunded() -> list[tuple[str, dt.datetime, Money]]:
    """Return refunds as they changed what is owed: number, when, how much; undone ones twice."""
    asked = Refund.objects.values_list("account__number", "asked_at", "amount_cents")
    refused = RefundDecision.objects.filter(is_allowed=False).values_list(
        "refund__account__number", "decided_at", "refund__amount_cents"
    )
    failed = RefundEvent.objects.filter(state=RefundState.FAILED).values_list(
        "refund__account__number", "learnt_at", "refund__amount_cents"
    )
    undone = [(number, at, -cents) for number, at, cents in [*refused, *failed]]
    return [(number, at, Money(cents)) for number, at, cents in [*asked, *undone]]
