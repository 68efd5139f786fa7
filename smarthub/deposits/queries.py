"""Every read of deposits. What is held is read off the ledger, never stored."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import QuerySet

from smarthub.accounts.types import AccountId
from smarthub.deposits.engine import parts_of
from smarthub.deposits.models import Deposit, DepositClosing, DepositInterest
from smarthub.deposits.models import DepositPart as PartRow
from smarthub.deposits.types import (
    DepositEnd,
    DepositId,
    DepositPart,
    DepositView,
    Ground,
    WaiverEnding,
)
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.operations import entry_id_for
from smarthub.ledger.queries import get_entry, list_allocations
from smarthub.ledger.types import EntryId

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


def list_waived_deposits() -> list[DepositView]:
    """Return every deposit that is waived and may be asked for anew, the oldest first."""
    rows = Deposit.objects.filter(closing__how=DepositEnd.WAIVED, waiver_end=None)
    return _views(rows.order_by("asked_at", "pk"))


def list_changes() -> list[Change]:
    """Return how deposits changed what accounts owe: number, day, amount; negative for credits.

    For those who hold the ledger against it; four queries.
    """
    asked = list(
        PartRow.objects.values_list(
            "deposit_id", "deposit__account__number", "asked_on", "amount_cents"
        )
    ) + list(
        Deposit.objects.filter(first_due_on=None).values_list(
            "pk", "account__number", "asked_on", "amount_cents"
        )
    )
    sums: dict[UUID, int] = defaultdict(int)
    for deposit_id, _number, _day, cents in asked:
        sums[deposit_id] += cents
    interest = DepositInterest.objects.values_list(
        "deposit__account__number", "until", "amount_cents"
    )
    ended = DepositClosing.objects.values_list("deposit_id", "deposit__account__number", "on")
    given = [
        *((number, day, -cents) for number, day, cents in interest),
        *((number, day, -sums[key]) for key, number, day in ended if sums[key]),
    ]
    changes = [(number, day, cents) for _key, number, day, cents in asked]
    return [(number, day, Money(cents)) for number, day, cents in [*changes, *given]]


def entry_key(deposit_id: DepositId, number: int = 1) -> str:
    """Return the source key of the entry that asked for a part of a deposit."""
    return f"deposit:{deposit_id}" + (f":{number}" if number > 1 else "")


def _views(rows: QuerySet[Deposit]) -> list[DepositView]:
    found = rows.select_related("account", "closing", "waiver_end")
    return [_view(row) for row in found.prefetch_related("interest", "parts")]


def _view(row: Deposit) -> DepositView:
    asked_on = _asked_on(row)
    paid_by = list_allocations(entry_ids=[_entry_of(row, number) for number in asked_on])
    parts = _parts(row, asked_on, paid_by)
    unpaid = Money.sum(part.unpaid for part in parts)
    interest = list(row.interest.all())
    closing = getattr(row, "closing", None)
    waiver = getattr(row, "waiver_end", None)
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
        ground=Ground(row.ground) if row.ground else None,
        expected_year=None if row.expected_year_cents is None else Money(row.expected_year_cents),
        parts=parts,
        waiver_ended=WaiverEnding(waiver.how) if waiver else None,
    )


def _asked_on(row: Deposit) -> dict[int, dt.date]:
    """Return the days on which parts were put on the account, by their numbers."""
    if row.first_due_on is None:
        return {1: row.asked_on}
    return {part.number: part.asked_on for part in row.parts.all()}


def _parts(
    row: Deposit,
    asked_on: Mapping[int, dt.date],
    paid_by: Mapping[tuple[EntryId, EntryId], Money],
) -> tuple[DepositPart, ...]:
    paid: dict[EntryId, Money] = defaultdict(lambda: ZERO)
    for (_payer, charge), amount in paid_by.items():
        paid[charge] += amount
    planned = parts_of(
        amount=Money(row.amount_cents),
        instalments=row.instalments,
        asked_on=row.asked_on,
        first_due=row.first_due_on or row.asked_on,
    )
    return tuple(
        DepositPart(
            number=number,
            asks_on=asks_on,
            due_on=due_on if row.first_due_on else None,
            amount=amount,
            unpaid=amount - paid[_entry_of(row, number)],
            asked_on=asked_on.get(number),
        )
        for number, (asks_on, due_on, amount) in enumerate(planned, start=1)
    )


def _entry_of(row: Deposit, number: int) -> EntryId:
    return entry_id_for(entry_key(DepositId(row.pk), number))
