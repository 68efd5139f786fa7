"""Pay-outs of a gateway: kept as they were told, booked once, and held against our payments."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from django.db import transaction

from smarthub.kernel.money import Money
from smarthub.ledger.operations import post_entry
from smarthub.ledger.types import Posting
from smarthub.payments import queries
from smarthub.payments.models import Settlement as SettlementRow
from smarthub.payments.models import SettlementLine
from smarthub.payments.operations.exceptions import close_mended, find_exception
from smarthub.payments.ports import Settlement
from smarthub.payments.types import ChargedAttempt, LineKind

SUSPENSE = "suspense"
"""Money that is here and nobody knows for whom."""
BANK = "bank"
GATEWAY_FEE = "gateway_fee"


def record_settlement(*, gateway: str, settlement: Settlement, now: dt.datetime) -> bool:
    """Keep and book one pay-out, once by its reference; return whether it was news.

    What belongs to a charge we know leaves its clearing account; what belongs to none goes to
    suspense and before staff.

    Source: payments reference, section 1.2 rule 7.
    """
    with transaction.atomic():
        row, created = SettlementRow.objects.get_or_create(
            gateway=gateway,
            reference=settlement.reference,
            defaults={
                "paid_on": settlement.paid_on,
                "amount_cents": settlement.amount.cents,
                "learnt_at": now,
            },
        )
        if not created:
            return False
        attempts = queries.list_attempts_by_reference(
            gateway=gateway, references={line.charge_reference for line in settlement.lines}
        )
        _keep_lines(row, settlement, attempts)
        _book(gateway, settlement, attempts, now)
        _look_at_lines(gateway, settlement, attempts, now)
    return True


def find_unsettled(*, gateway: str, made_before: dt.datetime, now: dt.datetime) -> int:
    """Put before staff every charge that should have been paid out and was not; return how many.

    Those that were paid out since close by themselves.
    """
    overdue = queries.list_unsettled_attempts(gateway=gateway, made_before=made_before)
    for key in overdue:
        find_exception(key=f"not_settled:{key}", kind="not_settled", now=now, attempt=key)
    open_keys = queries.list_open_exception_keys(kind="not_settled")
    mended = set(open_keys) - {f"not_settled:{key}" for key in overdue}
    close_mended(keys=mended, text="Paid out since.", now=now)
    return len(overdue)


def find_unanswered(*, keys: Sequence[str], now: dt.datetime) -> None:
    """Put before staff every attempt that is unknown for too long; those known since close."""
    for key in keys:
        find_exception(key=f"unanswered:{key}", kind="unanswered", now=now, attempt=key)
    open_keys = queries.list_open_exception_keys(kind="unanswered")
    mended = set(open_keys) - {f"unanswered:{key}" for key in keys}
    close_mended(keys=mended, text="Its outcome is known now.", now=now)


def _keep_lines(
    row: SettlementRow, settlement: Settlement, attempts: dict[str, ChargedAttempt]
) -> None:
    SettlementLine.objects.bulk_create(
        SettlementLine(
            settlement=row,
            reference=line.reference,
            kind=line.kind,
            charge_reference=line.charge_reference,
            attempt_id=attempts[line.charge_reference].id
            if line.charge_reference in attempts
            else None,
            amount_cents=line.amount.cents,
            fee_cents=line.fee.cents,
        )
        for line in settlement.lines
    )


def _book(
    gateway: str,
    settlement: Settlement,
    attempts: dict[str, ChargedAttempt],
    now: dt.datetime,
) -> None:
    legs = Counter[str]()
    for line in settlement.lines:
        attempt = attempts.get(line.charge_reference)
        legs[attempt.clearing if attempt else SUSPENSE] -= line.amount.cents
        legs[GATEWAY_FEE] += line.fee.cents
        legs[BANK] += line.amount.cents - line.fee.cents
    postings = [Posting(gl, Money(cents)) for gl, cents in legs.items() if cents]
    if postings:
        post_entry(
            source_key=f"settlement:{gateway}:{settlement.reference}",
            kind="settlement",
            effective_date=settlement.paid_on,
            postings=postings,
            posted_at=now,
        )


def _look_at_lines(
    gateway: str,
    settlement: Settlement,
    attempts: dict[str, ChargedAttempt],
    now: dt.datetime,
) -> None:
    for line in settlement.lines:
        attempt = attempts.get(line.charge_reference)
        kind = "line_unknown" if attempt is None else ""
        if attempt is not None and line.kind is LineKind.CHARGE:
            settled = SettlementLine.objects.filter(attempt=attempt.id, kind=LineKind.CHARGE)
            if settled.count() > 1:
                kind = "settled_twice"
            elif line.amount != attempt.amount:
                kind = "line_differs"
        if kind:
            find_exception(
                key=f"{kind}:{gateway}:{line.reference}",
                kind=kind,
                now=now,
                charge=line.charge_reference,
                line=line.kind.value,
                cents=line.amount.cents,
                payment=str(attempt.payment_id) if attempt else "",
            )
