"""Reads of money that came another way: where it stands, the drawer of a day, files and rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from smarthub.accounts.types import AccountId
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.ledger.queries import list_standing_entries
from smarthub.ledger.types import NewEntry
from smarthub.members.types import PersonId
from smarthub.payments.engine import receipt_number
from smarthub.payments.models import (
    AttemptEvent,
    MoneyFile,
    MoneyFileRow,
    PaymentMove,
    SentEntry,
    SuspenseMatch,
    Tender,
    UndoingPart,
)
from smarthub.payments.models import Payment as PaymentRow
from smarthub.payments.queries.fates import list_lines
from smarthub.payments.types import (
    AttemptState,
    DrawerLine,
    FileRow,
    MoneyFileView,
    Payment,
    PaymentId,
    PaymentLine,
    RowOutcome,
    TenderKind,
)

Change = tuple[str, dt.date, Money]


def account_of(*, entry: NewEntry) -> AccountId:
    """Return the one account a payment's entry is about.

    Raises:
        ValueError: it is about none, or several; a fault of whoever posted it.
    """
    (account_id,) = {leg.account_id for leg in entry.postings} - {None}
    if account_id is None:
        raise ValueError(f"{entry.source_key} is of no account")
    return account_id


def list_touched_accounts(*, payment: Payment) -> set[AccountId]:
    """Return the accounts a payment was made for, and those its money was moved to."""
    standing = list_standing_entries(kind="payment", key_prefix=f"payment:{payment.id}:")
    moved_to = {account_of(entry=entry) for _, entry in standing}
    return moved_to | {part.account_id for part in payment.parts}


def list_undone() -> list[Change]:
    """Return what was undone of money that came another way: account, day, what is owed again."""
    rows = UndoingPart.objects.values_list("account__number", "undoing__on", "amount_cents")
    return [(number, day, Money(cents)) for number, day, cents in rows]


def list_received(*, account_ids: Collection[AccountId], limit: int) -> list[PaymentLine]:
    """Return what reached accounts another way than by a page, newest first, with how it stands.

    With it is what was handed over. A payment that was moved shows on the account it stands on
    now and with that number alone, for the other one is somebody else's. Money out of suspense
    came by the channel it first came by. What somebody paid without signing in is here too, once
    it came in. Four queries.

    Source: R28.
    """
    came_in = AttemptEvent.objects.filter(
        attempt__payment=OuterRef("pk"), state=AttemptState.SUCCESS
    )
    rows = (
        PaymentRow.objects.filter(Q(method=None) | Q(Exists(came_in), channel="guest"))
        .filter(Q(parts__account__in=account_ids) | Q(moves__to_account__in=account_ids))
        .annotate(moved_to=list_moves(payment="pk").values("to_account")[:1])
        .filter(Q(moved_to=None) | Q(moved_to__in=account_ids))
        .distinct()
        .order_by("-received_at", "-pk")
    )
    return _as_it_stands(list_lines(rows, limit=limit))


def list_moves(*, payment: str) -> QuerySet[PaymentMove]:
    """Return the moves of the payment that an outer query calls so, the newest first."""
    return PaymentMove.objects.filter(payment=OuterRef(payment)).order_by("-moved_at", "-pk")


def _as_it_stands(lines: Sequence[PaymentLine]) -> list[PaymentLine]:
    ids = [line.id for line in lines]
    moves = PaymentMove.objects.filter(payment__in=ids).order_by("moved_at", "pk")
    stands = dict(moves.values_list("payment", "to_account__number"))  # the newest is the last
    matches = SuspenseMatch.objects.filter(payment__in=ids)
    came_by = dict(matches.values_list("payment", "item__channel"))
    return [
        replace(
            line,
            accounts=(stands[line.id],) if line.id in stands else line.accounts,
            channel=came_by.get(line.id, line.channel),
        )
        for line in lines
    ]


def list_drawer(*, taken_by: PersonId, on: dt.date) -> list[DrawerLine]:
    """Return what a clerk took at the counter on a day, the newest first."""
    rows = (
        Tender.objects.filter(taken_by=taken_by, drawer_on=on)
        .select_related("payment__undoing")
        .prefetch_related("payment__parts__account")
        .order_by("-pk")
    )
    return [
        DrawerLine(
            payment_id=PaymentId(row.payment_id),
            account_number=", ".join(part.account.number for part in row.payment.parts.all()),
            amount=Money(row.payment.amount_cents),
            tender=TenderKind(row.kind),
            reference=row.reference,
            receipt_number=receipt_number(row.payment_id),
            is_undone=hasattr(row.payment, "undoing"),
        )
        for row in rows
    ]


def list_entries_to_settle(*, on: dt.date) -> list[tuple[str, str]]:
    """Return attempt key and trace of what the banks moved by a day and nobody booked yet."""
    final = AttemptEvent.objects.filter(
        attempt=OuterRef("attempt"), state__in=[state for state in AttemptState if state.is_final]
    )
    due = SentEntry.objects.filter(
        ~Exists(final), attempt__isnull=False, file__effective_on__lte=on
    )
    return list(due.order_by("pk").values_list("attempt__key", "trace"))


def list_money_files(*, limit: int) -> list[MoneyFileView]:
    """Return the newest files about money with how far each is, in one query."""
    return [_file(row) for row in _files().order_by("-given_at", "-pk")[:limit]]


def get_money_file(*, file_id: int) -> MoneyFileView:
    """Return one file about money with how far it is.

    Raises:
        NotVisible: there is no such file.
    """
    row = _files().filter(pk=file_id).first()
    if row is None:
        raise NotVisible
    return _file(row)


def list_file_rows(*, file_id: int) -> list[FileRow]:
    """Return what each row of a file came to, in its order."""
    rows = MoneyFileRow.objects.filter(file=file_id).order_by("line", "pk")
    return [
        FileRow(row.line, RowOutcome(row.outcome), row.code, row.about, Money(row.amount_cents))
        for row in rows
    ]


def _files() -> QuerySet[MoneyFile]:
    return MoneyFile.objects.select_related("given_by").annotate(taken=Count("rows"))


def _file(row: Any) -> MoneyFileView:
    return MoneyFileView(
        id=row.pk,
        kind=row.kind,
        name=row.name,
        rows_expected=row.rows_expected,
        rows_taken=row.taken,
        total=Money(row.total_cents),
        given_by=str(row.given_by),
        given_at=row.given_at,
    )
