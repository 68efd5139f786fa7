"""What the desk shows of money: payments, one payment's story, pay-outs, and what waits.

Reads only; what a clerk does about them is ``refund_payment`` and ``correct_payment``.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from smarthub.kernel.money import Money
from smarthub.ledger.queries import sum_accounts
from smarthub.payments import queries
from smarthub.payments.types import (
    ExceptionView,
    PaymentLine,
    PaymentStory,
    RefundView,
    SettlementView,
    SuspenseView,
)

PAGE_PAYMENTS = 50
NEWEST_SETTLEMENTS = 60


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """A page of payments, newest first; ``more_before`` is the last one's id where more follow."""

    payments: tuple[PaymentLine, ...]
    more_before: UUID | None


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The newest pay-outs, and what the ledger says is still on its way to the bank."""

    settlements: tuple[SettlementView, ...]
    clearing: tuple[tuple[str, Money], ...]


def list_payments(*, before: UUID | None = None) -> PaymentPage:
    """Return a page of all payments.

    Raises:
        NotVisible: there is no payment ``before``.
    """
    found = queries.list_payments(limit=PAGE_PAYMENTS + 1, before=before)
    shown = tuple(found[:PAGE_PAYMENTS])
    has_more = len(found) > PAGE_PAYMENTS
    return PaymentPage(shown, more_before=shown[-1].id if has_more else None)


def open_payment(*, payment_id: UUID) -> PaymentStory:
    """Return one payment with everything that became of it.

    Raises:
        NotVisible: there is none.
    """
    return queries.get_story(payment_id=payment_id)


def get_reconciliation() -> Reconciliation:
    """Return the pay-outs and the clearing accounts, in two queries."""
    sums = sum_accounts(prefixes=("clearing:", "refund_payable", "suspense"))
    return Reconciliation(
        settlements=tuple(queries.list_settlements(limit=NEWEST_SETTLEMENTS)),
        clearing=tuple((gl, amount) for gl, amount in sums.items() if amount),
    )


def list_decisions() -> list[RefundView]:
    """Return the refunds that wait for a second person."""
    return queries.list_waiting_decisions()


def list_exceptions() -> list[ExceptionView]:
    """Return what does not fit and nobody has explained."""
    return queries.list_open_exceptions()


def list_suspense() -> list[SuspenseView]:
    """Return money that came in and nobody knows for whom."""
    return queries.list_suspense()


def count_waiting() -> dict[str, int]:
    """Return how much waits on each of the money lists."""
    return queries.count_waiting()
