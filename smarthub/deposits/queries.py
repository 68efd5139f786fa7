"""Every read of deposits. What is held is read off the ledger, never stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import QuerySet

from smarthub.accounts.types import AccountId
from smarthub.deposits.models import Deposit, DepositClosing, DepositInterest
from smarthub.deposits.types import DepositEnd, DepositId, DepositView
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.operations import entry_id_for
from smarthub.ledger.queries import get_entry, list_allocations

Change = tuple[str, dt.date, Money]


def list_deposits(*, account_ids: Collection[AccountId]) -> list[DepositView]:
    """Return every deposit ever asked of these accounts, the newest first."""
    rows = Deposit.objects.filter(account__in=account_ids)
    return _views(rows.order_by("-asked_at", "pk"))


def list_open_deposits() -> list[DepositView]:
    """Return every deposit that has not ended, the oldest first."""
    return _views(Deposit.objects.filter(closing=None).order_by("asked_at", "pk"))


def get_deposit(*, deposit_id: DepositId) -> DepositView:
    """Return one deposit.

    Raises:
        NotVisible: there is none.
    """
    found = _views(Deposit.objects.filter(pk=deposit_id))
    if not found:
        raise NotVisible
    return found[0]


def list_changes() -> list[Change]:
    """Return how deposits changed what accounts owe: number, day, amount; negative for credits.

    For those who hold the ledger against it; three queries.
    """
    asked = Deposit.objects.values_list("account__number", "asked_on", "amount_cents")
    interest = DepositInterest.objects.values_list(
        "deposit__account__number", "until", "amount_cents"
    )
    ended = DepositClosing.objects.values_list(
        "deposit__account__number", "on", "deposit__amount_cents"
    )
    given = [(number, day, -cents) for number, day, cents in [*interest, *ended]]
    return [(number, day, Money(cents)) for number, day, cents in [*asked, *given]]


def entry_key(deposit_id: DepositId) -> str:
    """Return the source key of the entry that asked for a deposit."""
    return f"deposit:{deposit_id}"


def _views(rows: QuerySet[Deposit]) -> list[DepositView]:
    found = rows.select_related("account", "closing").prefetch_related("interest")
    return [_view(row) for row in found]


def _view(row: Deposit) -> DepositView:
    charge = entry_id_for(entry_key(DepositId(row.pk)))
    paid_by = list_allocations(entry_ids=[charge])
    unpaid = Money(row.amount_cents) - Money.sum(paid_by.values())
    interest = list(row.interest.all())
    closing = getattr(row, "closing", None)
    return DepositView(
        id=DepositId(row.pk),
        account_id=AccountId(row.account_id),
        account_number=row.account.number,
        amount=Money(row.amount_cents),
        asked_on=row.asked_on,
        reason=row.reason,
        unpaid=unpaid,
        paid_on=None
        if unpaid > ZERO
        else max(get_entry(entry_id=payer).effective_date for payer, _ in paid_by),
        interest=Money.sum(Money(each.amount_cents) for each in interest),
        interest_until=max((each.until for each in interest), default=None),
        ended=DepositEnd(closing.how) if closing else None,
        ended_on=closing.on if closing else None,
    )
