"""What the desk's pages of money show: payments with their fate, and what needs a person."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.ledger.queries import list_standing_entries
from smarthub.members.types import PersonId
from smarthub.payments.engine import OTHER_DOORS
from smarthub.payments.models import (
    AttemptEvent,
    ChargeFact,
    EntryReversal,
    MoneyException,
    PaymentMove,
    PaymentNote,
    Refund,
    Settlement,
    SuspenseItem,
    Undoing,
)
from smarthub.payments.models import Payment as PaymentRow
from smarthub.payments.queries.aftermath import get_status
from smarthub.payments.queries.fates import list_lines
from smarthub.payments.queries.paying import get_outcome, list_account_numbers
from smarthub.payments.types import (
    BANK_FILE,
    AttemptState,
    ExceptionView,
    PaymentId,
    PaymentLine,
    PaymentStory,
    RefundId,
    RefundState,
    RefundView,
    SettlementView,
    StoryLine,
    SuspenseView,
)


def list_payments(
    *, limit: int, before: UUID | None = None, person_id: PersonId | None = None
) -> list[PaymentLine]:
    """Return the newest payments with how each stands, in two queries whatever their number.

    Args:
        limit: How many at most.
        before: A payment's id: only the ones older than it.
        person_id: Only those this person made on the pages.
    """
    rows = PaymentRow.objects.order_by("-received_at", "-pk")
    if person_id is not None:
        rows = rows.filter(person=person_id)
    if before is not None:
        last = PaymentRow.objects.filter(pk=before).first()
        if last is None:
            raise NotVisible
        rows = rows.filter(
            Q(received_at__lt=last.received_at) | Q(received_at=last.received_at, pk__lt=last.pk)
        )
    return list_lines(rows, limit=limit)


def get_story(*, payment_id: UUID) -> PaymentStory:
    """Return a payment with everything that became of it, in order of time.

    Raises:
        NotVisible: there is no such payment.
    """
    outcome = get_outcome(payment_id=payment_id)
    row = PaymentRow.objects.select_related("person", "method").get(pk=payment_id)
    standing = [
        (entry.postings, Money.sum(-change.amount for change in entry.asked))
        for _, entry in list_standing_entries(kind="payment", key_prefix=f"payment:{payment_id}:")
    ]
    numbers = list_account_numbers(
        account_ids={leg.account_id for legs, _ in standing for leg in legs if leg.account_id}
    )
    stands = tuple(
        (numbers[leg.account_id], amount)
        for legs, amount in standing
        for leg in legs[-1:]
        if leg.account_id is not None
    )
    return PaymentStory(
        outcome=outcome,
        status=get_status(payment_id=payment_id),
        channel=row.channel,
        payer=str(row.person) if row.person else "",
        is_refundable=row.method is not None and outcome.state is AttemptState.SUCCESS,
        is_undoable=row.method is None and row.channel in OTHER_DOORS and bool(standing),
        stands=stands,
        lines=tuple(sorted(_story(payment_id), key=lambda line: line.at)),
        refunds=tuple(_refunds(Refund.objects.filter(attempt__payment=payment_id))),
    )


def list_waiting_decisions() -> list[RefundView]:
    """Return the refunds that wait for a second person, oldest first."""
    waiting = Refund.objects.filter(needs_second=True, decision=None)
    return _refunds(waiting.order_by("asked_at", "pk"))


def list_open_exceptions() -> list[ExceptionView]:
    """Return what about money needs a person, oldest first."""
    rows = MoneyException.objects.filter(explanation=None).order_by("found_at", "pk")
    return [ExceptionView(row.pk, row.kind, row.values, row.found_at) for row in rows]


def list_suspense() -> list[SuspenseView]:
    """Return money that came in and nobody knows for whom, oldest first."""
    rows = SuspenseItem.objects.filter(match=None).order_by("received_on", "pk")
    return [
        SuspenseView(row.pk, Money(row.amount_cents), row.channel, row.told, row.received_on)
        for row in rows
    ]


def get_suspense_source(*, item_id: int) -> tuple[str, str]:
    """Return by which channel money nobody knew came, and the key of what it came from.

    Raises:
        NotVisible: there is no such item.
    """
    row = SuspenseItem.objects.filter(pk=item_id).values_list("channel", "source_key").first()
    if row is None:
        raise NotVisible
    return row


def count_waiting() -> dict[str, int]:
    """Return how much waits for staff: ``exceptions``, ``suspense``, ``refunds``."""
    return {
        "exceptions": MoneyException.objects.filter(explanation=None).count(),
        "suspense": SuspenseItem.objects.filter(match=None).count(),
        "refunds": Refund.objects.filter(needs_second=True, decision=None).count(),
    }


def list_settlements(*, limit: int) -> list[SettlementView]:
    """Return the newest pay-outs with what is on them, in one query."""
    rows = Settlement.objects.annotate(
        gross=Coalesce(Sum("lines__amount_cents"), 0),
        fees=Coalesce(Sum("lines__fee_cents"), 0),
        count=Count("lines"),
        unknown=Count("lines", filter=Q(lines__attempt=None)),
    ).order_by("-paid_on", "-pk")[:limit]
    return [
        SettlementView(
            gateway=row.gateway,
            reference=row.reference,
            paid_on=row.paid_on,
            gross=Money(row.gross),
            fees=Money(row.fees),
            net=Money(row.amount_cents),
            lines=row.count,
            unknown_lines=row.unknown,
        )
        for row in rows
    ]


def _story(payment_id: UUID) -> list[StoryLine]:
    events = AttemptEvent.objects.filter(attempt__payment=payment_id)
    lines = [StoryLine(row.learnt_at, row.state, row.reason) for row in events]
    facts = ChargeFact.objects.filter(attempt__payment=payment_id)
    lines += [
        StoryLine(row.learnt_at, row.kind, row.reason, amount=Money(row.amount_cents))
        for row in facts
    ]
    moves = PaymentMove.objects.filter(payment=payment_id).select_related(
        "from_account", "to_account", "moved_by"
    )
    lines += [
        StoryLine(
            row.moved_at,
            "moved",
            row.reason,
            amount=Money(row.amount_cents),
            by=str(row.moved_by),
            accounts=(row.from_account.number, row.to_account.number),
        )
        for row in moves
    ]
    undoings = Undoing.objects.filter(payment=payment_id).select_related("undone_by")
    lines += [
        StoryLine(row.undone_at, row.because, row.words, by=str(row.undone_by)) for row in undoings
    ]
    asked_back = EntryReversal.objects.filter(entry__attempt__payment=payment_id)
    lines += [
        StoryLine(row.asked_at, "asked_back", row.reason, by=str(row.asked_by))
        for row in asked_back.select_related("asked_by")
    ]
    notes = PaymentNote.objects.filter(payment=payment_id).select_related("written_by")
    return lines + [
        StoryLine(row.written_at, "note", row.text, by=str(row.written_by)) for row in notes
    ]


def _refunds(rows: QuerySet[Refund]) -> list[RefundView]:
    found = rows.select_related(
        "account", "asked_by", "decision__decided_by", "attempt"
    ).prefetch_related("events")
    return [_refund(row) for row in found]


def _refund(row: Refund) -> RefundView:
    decision = getattr(row, "decision", None)
    events = sorted(row.events.all(), key=lambda event: event.pk)
    if decision is not None and not decision.is_allowed:
        stands = "refused"
    elif row.needs_second and decision is None:
        stands = "waiting"
    elif not events and row.attempt.gateway == BANK_FILE:
        stands = BANK_FILE
    else:
        stands = events[-1].state if events else RefundState.SENT
    return RefundView(
        id=RefundId(row.pk),
        payment_id=PaymentId(row.attempt.payment_id),
        account_number=row.account.number,
        amount=Money(row.amount_cents),
        reason=row.reason,
        asked_by=str(row.asked_by),
        asked_at=row.asked_at,
        decided_by=str(decision.decided_by) if decision else "",
        stands=str(stands),
    )
