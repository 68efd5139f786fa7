"""Reads of the files made for the bank: what each entry came to, and whether it can go back."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from smarthub.accounts.types import AccountId
from smarthub.cooperative.queries import list_bank_closings
from smarthub.kernel.banking_days import ONE_DAY, banking_days_after
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.members.types import PersonId
from smarthub.payments.models import (
    AttemptEvent,
    ChargeFact,
    EntryReversal,
    FactPart,
    Refund,
    RefundEvent,
    SentBankFile,
    SentEntry,
)
from smarthub.payments.ports import EntryUse
from smarthub.payments.queries.aftermath import UNDONE
from smarthub.payments.queries.bank_accounts import BY_MEMBER
from smarthub.payments.types import (
    AttemptState,
    EntryKind,
    EntryStands,
    FactKind,
    PaymentId,
    RefundState,
    ReversalReason,
    SentEntryView,
    SentFileView,
    TakenBack,
    WhyNot,
)

BANKING_DAYS_TO_GO_BACK = 5
LOOK_AHEAD = dt.timedelta(days=14)
CREDITS = [EntryUse.CREDIT, EntryUse.CREDIT_PRENOTE]


def next_file_day(*, on: dt.date) -> dt.date:
    """Return the day that entries of a file made on a day carry: the next banking day."""
    closings = list_bank_closings(start=on, end=on + LOOK_AHEAD)
    return banking_days_after(on, 1, also_closed=closings)


def last_day_back(*, effective_on: dt.date) -> dt.date:
    """Return the last day on which what takes an entry back may reach the other bank.

    A day on which the co-op's own bank alone is closed gives nobody a day more.

    Source: Nacha operating rules, reversing entries (five banking days after the settlement date).
    """
    return banking_days_after(effective_on, BANKING_DAYS_TO_GO_BACK)


def last_day_to_ask(*, effective_on: dt.date) -> dt.date:
    """Return the last local day on which a file that takes an entry back may be made."""
    last = last_day_back(effective_on=effective_on)
    day = last - ONE_DAY
    while next_file_day(on=day) > last:
        day -= ONE_DAY
    return day


def list_sent_files(*, limit: int) -> list[SentFileView]:
    """Return the newest files made for the bank, in two queries."""
    newest = SentBankFile.objects.order_by("-pk").values_list("pk", flat=True)[:limit]
    return _files(list(newest))


def get_sent_file(*, file_id: int) -> SentFileView:
    """Return one of them.

    Raises:
        NotVisible: there is none.
    """
    found = _files([file_id])
    if not found:
        raise NotVisible
    return found[0]


def list_sent_entries(
    *,
    file_id: int,
    on: dt.date,
    only: int | None = None,
    after: int = 0,
    limit: int | None = None,
) -> list[SentEntryView]:
    """Return the entries of a file with how each stands on a day.

    Args:
        file_id: The file's.
        on: The local day.
        only: One of them alone.
        after: Only those that follow this one.
        limit: How many at the most; none for all.
    """
    rows = with_standing(SentEntry.objects.filter(file=file_id, pk__gt=after))
    if only is not None:
        rows = rows.filter(pk=only)
    goes_on = next_file_day(on=on)
    return [_entry(row, goes_on) for row in rows.order_by("pk")[:limit]]


def with_standing(rows: QuerySet[SentEntry]) -> QuerySet[SentEntry]:
    """Return entries with what ``hindered_by`` needs to know."""
    facts = ChargeFact.objects.filter(attempt=OuterRef("attempt"))
    events = AttemptEvent.objects.filter(attempt=OuterRef("attempt"))
    refunds = Refund.objects.filter(attempt=OuterRef("attempt")).exclude(UNDONE)
    credited = RefundEvent.objects.filter(refund=OuterRef("refund"))
    return rows.select_related(
        "file", "account__method", "attempt", "reversal__sent_entry"
    ).annotate(
        booked=Exists(events.filter(state=AttemptState.SUCCESS))
        | Exists(credited.filter(state=RefundState.SUCCESS)),
        failed=Exists(events.filter(state=AttemptState.FAILED))
        | Exists(credited.filter(state=RefundState.FAILED)),
        returned=Exists(facts.filter(kind=FactKind.RETURNED)),
        refunded=Exists(refunds),
    )


def hindered_by(row: SentEntry, *, goes_on: dt.date) -> WhyNot | None:
    """Return why a payment's entry can no longer be taken back; the row is of ``with_standing``.

    Args:
        row: The entry.
        goes_on: The day that what takes it back would carry.
    """
    known, account = vars(row), row.account
    if known["returned"] or (known["failed"] and not known["booked"]):
        return WhyNot.RETURNED
    if known["refunded"]:
        return WhyNot.REFUNDED
    if account.method.removed_at and account.method.removed_because != BY_MEMBER:
        return WhyNot.ACCOUNT_CLOSED
    is_late = goes_on > last_day_back(effective_on=row.file.effective_on)
    return WhyNot.TOO_LATE if is_late else None


def why_not(row: SentEntry, *, goes_on: dt.date) -> WhyNot | None:
    """Return why an entry cannot be taken back, if it cannot; the row is of ``with_standing``."""
    if row.attempt_id is None:
        return WhyNot.NO_PAYMENT
    if reversal_of(row) is not None:
        return WhyNot.ASKED_BEFORE
    return hindered_by(row, goes_on=goes_on)


def reversal_of(row: SentEntry) -> EntryReversal | None:
    """Return what asks for an entry back, if anything does."""
    return getattr(row, "reversal", None)


def list_waiting_reversals(*, on: dt.date) -> list[tuple[SentEntry, WhyNot | None]]:
    """Return the entries that are asked back and in no file yet, with what hinders each."""
    rows = with_standing(SentEntry.objects.filter(reversal__sent_entry=None).exclude(reversal=None))
    goes_on = next_file_day(on=on)
    return [(row, hindered_by(row, goes_on=goes_on)) for row in rows.order_by("reversal__pk")]


def is_to_go_back(*, attempt_id: int, on: dt.date) -> bool:
    """Return whether a payment waits to go back with the next bank file."""
    waiting = list_waiting_reversals(on=on)
    return any(row.attempt_id == attempt_id and not why for row, why in waiting)


def list_taken_back(*, file_id: int) -> list[TakenBack]:
    """Return the payments that go back with a file, each with the accounts that owe again."""
    rows = SentEntry.objects.filter(file=file_id).exclude(undoes=None)
    found = list(rows.select_related("file", "undoes__entry__attempt").order_by("pk"))
    parts = FactPart.objects.filter(
        fact__kind=FactKind.TAKEN_BACK,
        fact__attempt__in=[row.undoes.entry.attempt_id for row in found if row.undoes],
    )
    account_ids: dict[int, set[AccountId]] = defaultdict(set)
    for attempt_id, account_id in parts.values_list("fact__attempt", "account"):
        account_ids[attempt_id].add(AccountId(account_id))
    return [_taken_back(row, account_ids) for row in found]


def had_taken_back_since(*, account_id: AccountId, day: dt.date) -> bool:
    """Return whether a payment of an account was taken back by us on a local day or after it."""
    return FactPart.objects.filter(
        account=account_id, fact__kind=FactKind.TAKEN_BACK, fact__on__gte=day
    ).exists()


def _taken_back(row: Any, account_ids: Mapping[int, Collection[AccountId]]) -> TakenBack:
    attempt = row.undoes.entry.attempt
    return TakenBack(
        payment_id=PaymentId(attempt.payment_id),
        account_ids=frozenset(account_ids[attempt.pk]),
        asked_by=PersonId(row.undoes.asked_by_id),
        reason=ReversalReason(row.undoes.reason),
        back_on=row.file.effective_on,
    )


def _files(file_ids: Collection[int]) -> list[SentFileView]:
    is_credit = Q(entries__use__in=CREDITS)
    rows = SentBankFile.objects.filter(pk__in=file_ids).annotate(
        count=Count("entries"),
        debits=Sum("entries__amount_cents", filter=~is_credit, default=0),
        credits=Sum("entries__amount_cents", filter=is_credit, default=0),
    )
    return [
        SentFileView(
            id=row.pk,
            made_at=row.made_at,
            effective_on=row.effective_on,
            entries=row.count,
            debits=Money(row.debits),
            credits=Money(row.credits),
        )
        for row in rows.order_by("-pk")
    ]


def _entry(row: SentEntry, goes_on: dt.date) -> SentEntryView:
    method: Any = row.account.method
    return SentEntryView(
        id=row.pk,
        name=row.account.name,
        bank=method.brand,
        last4=method.last4,
        kind=_kind(row),
        amount=Money(row.amount_cents),
        stands=_stands(row, goes_on),
        why_not=why_not(row, goes_on=goes_on),
        payment_id=PaymentId(row.attempt.payment_id) if row.attempt else None,
    )


def _kind(row: SentEntry) -> EntryKind:
    if row.attempt_id is not None:
        return EntryKind.PAYMENT
    if row.refund_id is not None:
        return EntryKind.REFUND
    return EntryKind.QUESTION if row.undoes_id is None else EntryKind.REVERSAL


def _stands(row: SentEntry, goes_on: dt.date) -> EntryStands:
    known, asked = vars(row), reversal_of(row)
    if asked is not None and hasattr(asked, "sent_entry"):
        return EntryStands.WENT_BACK
    if known["returned"] or (known["failed"] and not known["booked"]):
        return EntryStands.RETURNED
    if asked is not None:
        is_hindered = hindered_by(row, goes_on=goes_on)
        return EntryStands.NOT_GONE_BACK if is_hindered else EntryStands.TO_GO_BACK
    return EntryStands.BOOKED if known["booked"] else EntryStands.SENT
