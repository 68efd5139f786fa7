"""How payments stand with all that became of them, many in one query."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, F, OuterRef, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from smarthub.kernel.money import Money
from smarthub.payments.engine import receipt_number
from smarthub.payments.models import AttemptEvent, ChargeFact, Refund
from smarthub.payments.models import Payment as PaymentRow
from smarthub.payments.queries.aftermath import UNDONE_AS
from smarthub.payments.types import (
    AttemptState,
    FactKind,
    PaymentFate,
    PaymentId,
    PaymentLine,
    PaymentStatus,
    RefundState,
)


def list_fates(*, payment_ids: Collection[PaymentId]) -> list[PaymentFate]:
    """Return how those of these payments stand that exist, in order of time: one query."""
    rows = with_fate(PaymentRow.objects.filter(pk__in=payment_ids)).annotate(
        why_failed=Coalesce(
            AttemptEvent.objects.filter(attempt__payment=OuterRef("pk"), state=AttemptState.FAILED)
            .order_by("-pk")
            .values("reason")[:1],
            Value(""),
        ),
        why_returned=Coalesce(
            ChargeFact.objects.filter(attempt__payment=OuterRef("pk"), kind=FactKind.RETURNED)
            .order_by("-pk")
            .values("reason")[:1],
            Value(""),
        ),
    )
    return [_fate(row) for row in rows.order_by("received_at", "pk")]


def with_fate(rows: QuerySet[PaymentRow]) -> QuerySet[PaymentRow]:
    """Return the rows with what ``fate_of`` needs to know."""
    events = AttemptEvent.objects.filter(attempt__payment=OuterRef("pk"))
    facts = ChargeFact.objects.filter(attempt__payment=OuterRef("pk"))
    refunded = (
        Refund.objects.filter(attempt__payment=OuterRef("pk"), events__state=RefundState.SUCCESS)
        .values("attempt__payment")
        .annotate(total=Sum("amount_cents"))
        .values("total")
    )
    newest = events.order_by("-pk").values("state")[:1]
    return rows.annotate(
        newest=newest,
        returned=Exists(facts.filter(kind=FactKind.RETURNED)),
        disputed=Exists(facts.filter(kind=FactKind.DISPUTED)),
        taken_back=Exists(facts.filter(kind=FactKind.TAKEN_BACK)),
        won=Exists(facts.filter(kind=FactKind.DISPUTE_WON)),
        refunded=Coalesce(refunded, 0),
        undone=F("undoing__because"),
    )


def list_lines(rows: QuerySet[PaymentRow], *, limit: int) -> list[PaymentLine]:
    """Return the first payments of some as lines of a list, in two queries."""
    handed = {"handed": F("tender__kind"), "handed_number": F("tender__reference")}
    found = with_fate(rows).annotate(**handed).prefetch_related("parts__account")
    return [_line(row) for row in found[:limit]]


def _line(row: PaymentRow) -> PaymentLine:
    handed = vars(row)
    return PaymentLine(
        id=PaymentId(row.pk),
        received_at=row.received_at,
        amount=Money(row.amount_cents),
        accounts=tuple(part.account.number for part in row.parts.all()),
        channel=row.channel,
        status=fate_of(row),
        receipt_number=receipt_number(row.pk),
        tender=handed["handed"] or "",
        reference=handed["handed_number"] or "",
    )


def fate_of(row: PaymentRow) -> PaymentStatus:
    """Return how a payment stands; the row comes from ``with_fate``."""
    fate = vars(row)
    state = AttemptState.SUCCESS if row.method_id is None else fate["newest"] or "pending"
    if state != AttemptState.SUCCESS:
        return PaymentStatus(state)
    if fate["undone"]:
        return UNDONE_AS[fate["undone"]]
    if fate["taken_back"] or fate["returned"]:
        return PaymentStatus.UNDONE if fate["taken_back"] else PaymentStatus.RETURNED
    if fate["disputed"] and not fate["won"]:
        return PaymentStatus.DISPUTED
    if not fate["refunded"]:
        return PaymentStatus.PAID
    whole = fate["refunded"] >= row.amount_cents
    return PaymentStatus.REFUNDED if whole else PaymentStatus.PART_REFUNDED


def _fate(row: PaymentRow) -> PaymentFate:
    status, why = fate_of(row), vars(row)
    return PaymentFate(
        id=PaymentId(row.pk),
        received_at=row.received_at,
        amount=Money(row.amount_cents),
        status=status,
        reason=why["why_returned"] if status is PaymentStatus.RETURNED else why["why_failed"],
    )
