"""Post to the ledger: each fact once, always balanced, never changed (domain rule 48).

There is one way in. ``post_entry`` is ``post_entries`` with one entry, so a bill run of
thousands keeps the same guarantees as a single payment. The database holds them as well:
see migration 0002.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from smarthub.accounts.types import AccountId
from smarthub.kernel.array_text import array_text
from smarthub.kernel.errors import Conflict, Refused
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import day_bounds
from smarthub.ledger import queries
from smarthub.ledger.models import Allocation, AskedChange, Entry, MonthClose, PostingRow
from smarthub.ledger.types import Asked, ClosedMonth, EntryId, NewEntry, Posting

ENTRY_NAMESPACE = uuid.UUID("6f0c2a5e-3b0d-5b8e-9a54-6c1d9c1d7f11")
"""Fixed for ever: with the source key it makes an entry's id."""

INSERT_ENTRIES = """
INSERT INTO ledger_entry (id, source_key, kind, effective_date, reverses_id, digest, posted_at,
                          source_system, source_id)
SELECT *, %(posted_at)s, 'smarthub', ''
  FROM unnest(%(ids)s::uuid[], %(source_keys)s::text[], %(kinds)s::text[], %(dates)s::date[],
              %(reverses)s::uuid[], %(digests)s::text[])
    ON CONFLICT DO NOTHING
RETURNING id
"""
LOCK = """
SELECT pg_advisory_xact_lock(hashtextextended(name, 0))
  FROM unnest(%s::text[]) WITH ORDINALITY AS wanted (name, place) ORDER BY place
"""
LOCK_MONTHS = "SELECT pg_advisory_xact_lock(hashtextextended('ledger:months', 0))"
LEAST_LEGS = 2

Pair = tuple[EntryId, EntryId]
"""A payment's entry, and the charge's entry it pays."""


class EntryUnbalanced(ValueError):
    """The postings do not sum to zero, or are fewer than two: a fault of the caller."""


class EntryConflict(Conflict):
    """The source key was used before, with other values."""

    code = "entry_conflict"


class AlreadyReversed(Conflict):
    """The entry was reversed before, under another key; or is itself a reversal."""

    code = "already_reversed"


class AllocationTooLarge(Conflict):
    """More would be allocated than the payment brought, or than the charge still asks."""

    code = "allocation_too_large"


class MonthNotOver(Refused):
    """The month still runs, or has not begun."""

    code = "month_not_over"


class MonthNotNext(Conflict):
    """It is closed already, or an earlier month is still open."""

    code = "month_not_next"


def post_entry(
    *,
    source_key: str,
    kind: str,
    effective_date: dt.date,
    postings: Sequence[Posting],
    asked: Sequence[Asked] = (),
    posted_at: dt.datetime,
) -> EntryId:
    """Post one balanced entry, once.

    Calling again with the same values returns the entry already posted, so a retried job is
    harmless; ``posted_at`` is not one of these values.

    Args:
        source_key: The fact it comes from, such as ``bill:1001-261103``; 120 characters at most.
        kind: ``bill``, ``payment``, ...; what ``sum_changes`` tells apart.
        effective_date: The local day it counts for.
        postings: Two legs or more, summing to zero; debit positive.
        asked: How it changes what members are asked to pay, apart from what they owe.
        posted_at: Now.

    Raises:
        EntryConflict: ``source_key`` was used with other values.
        EntryUnbalanced: the postings do not sum to zero, or are fewer than two.

    Source: domain rules 48 and 49.
    """
    entry = NewEntry(source_key, kind, effective_date, tuple(postings), tuple(asked))
    return post_entries(entries=[entry], posted_at=posted_at)[0]


def post_entries(*, entries: Sequence[NewEntry], posted_at: dt.datetime) -> list[EntryId]:
    """Post many entries in one transaction, each once; return their ids in the given order.

    Raises:
        EntryConflict: a source key was used with other values; nothing is posted.
        EntryUnbalanced: an entry does not balance; nothing is posted.
        AlreadyReversed: an entry reverses what another entry has reversed; nothing is posted.
    """
    for entry in entries:
        _refuse_unbalanced(entry)
    by_id = {entry_id_for(entry.source_key): entry for entry in entries}
    with transaction.atomic():
        created = _insert_entries(by_id, posted_at)
        _insert_legs({entry_id: by_id[entry_id] for entry_id in created})
        _refuse_other_values(entries)
    return [entry_id_for(entry.source_key) for entry in entries]


def reverse_entry(
    *, source_key: str, reverses: EntryId, effective_date: dt.date, posted_at: dt.datetime
) -> EntryId:
    """Answer an entry by its equal and opposite, once, and take back its allocations.

    Calling again with the same values returns the reversal already posted.

    Raises:
        AlreadyReversed: it was reversed under another key, or is itself a reversal.
        EntryConflict: ``source_key`` was used for something else.
    """
    given = queries.get_entry(entry_id=reverses)
    if given.reverses is not None:
        raise AlreadyReversed(source_key=given.source_key)
    opposite = NewEntry(
        source_key=source_key,
        kind=f"{given.kind}_reversal",
        effective_date=effective_date,
        postings=tuple(Posting(leg.gl, -leg.amount, leg.account_id) for leg in given.postings),
        asked=tuple(Asked(change.account_id, -change.amount) for change in given.asked),
        reverses=reverses,
    )
    with transaction.atomic():
        lock_accounts(account_ids=_accounts_of(given))
        (entry_id,) = post_entries(entries=[opposite], posted_at=posted_at)
        taken_back = queries.list_allocations(entry_ids=[reverses])
        _insert_allocations({pair: -amount for pair, amount in taken_back.items()})
    return entry_id


def allocate(*, amounts: Mapping[Pair, Money]) -> None:
    """Say which charges payments pay, and how much of each; negative takes back.

    Not idempotent: call it in the transaction that posts the payments.

    Args:
        amounts: ``{(payment entry, charge entry): amount}``, for one payment or for many.

    Raises:
        AllocationTooLarge: a sum would pass the payment or the charge, or fall below zero; for
            this, what was reversed, and a charge of another account, has nothing to be paid.

    Source: domain rule 50.
    """
    entry_ids = {entry_id for pair in amounts for entry_id in pair}
    receivables = queries.sum_receivables(entry_ids=entry_ids)
    with transaction.atomic():
        lock_accounts(account_ids={account for sums in receivables.values() for account in sums})
        _insert_allocations(amounts)
        _refuse_over_allocation(amounts)


def lock_accounts(*, account_ids: Collection[AccountId]) -> None:
    """Hold back everybody else who wants these accounts' money, until the transaction ends.

    The application may not lock rows of the ledger (that takes the right to change them), so
    the lock is on the account's number in PostgreSQL's own lock table. Locks are taken in one
    order, so two payments of the same accounts wait for each other and never for ever.
    """
    names = [f"ledger:{account_id}" for account_id in sorted(account_ids)]
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [array_text(names)])


def close_month(*, month: dt.date, zone: ZoneInfo, by: str, now: dt.datetime) -> ClosedMonth:
    """Close the oldest open month, once and for good.

    Args:
        month: Its first day.
        zone: The co-op's, in which its last day ends.
        by: Who closes it.
        now: When.

    Raises:
        MonthNotOver: its last day is not over.
        MonthNotNext: it is closed already, or an earlier one is open.

    Source: domain rule 63.
    """
    _, ends_at = day_bounds(queries.month_after(month) - dt.timedelta(days=1), zone)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(LOCK_MONTHS)
        if month != queries.next_month_to_close(zone=zone):
            raise MonthNotNext(month=month.isoformat())
        if now < ends_at:
            raise MonthNotOver(month=month.isoformat())
        figures = queries.get_month_figures(month=month, zone=zone)
        row = MonthClose.objects.create(
            month=month,
            ends_at=figures.ends_at,
            entries=figures.entries,
            balances={gl: balance.cents for gl, balance in figures.balances.items()},
            closed_by=by,
            closed_at=now,
        )
    return queries.closed_month(row)


def entry_id_for(source_key: str) -> EntryId:
    """Return the id of the entry with this source key, posted or not."""
    return EntryId(uuid.uuid5(ENTRY_NAMESPACE, source_key))


def digest_of(entry: NewEntry) -> str:
    """Return the fingerprint of an entry's values; the order of its legs does not matter."""
    values = {
        "kind": entry.kind,
        "effective_date": entry.effective_date.isoformat(),
        "postings": sorted(
            [leg.gl, leg.account_id or 0, leg.amount.cents] for leg in entry.postings
        ),
        "asked": sorted([change.account_id, change.amount.cents] for change in entry.asked),
        "reverses": str(entry.reverses or ""),
    }
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _refuse_unbalanced(entry: NewEntry) -> None:
    total = Money.sum(leg.amount for leg in entry.postings)
    if total or len(entry.postings) < LEAST_LEGS:
        raise EntryUnbalanced(
            f"{entry.source_key}: {len(entry.postings)} postings that sum to {total}"
        )


def _insert_entries(by_id: Mapping[EntryId, NewEntry], posted_at: dt.datetime) -> list[EntryId]:
    """Insert those not there yet, and return only these.

    A key another transaction is posting right now is waited for. All are inserted in the order
    of their ids, so that two runs over the same entries cannot wait for each other.
    """
    ids = sorted(by_id)
    entries = [by_id[entry_id] for entry_id in ids]
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT_ENTRIES,
            {
                "posted_at": posted_at,
                "ids": ids,
                "source_keys": [entry.source_key for entry in entries],
                "kinds": [entry.kind for entry in entries],
                "dates": [entry.effective_date for entry in entries],
                "reverses": [entry.reverses for entry in entries],
                "digests": [digest_of(entry) for entry in entries],
            },
        )
        return [EntryId(pk) for (pk,) in cursor.fetchall()]


def _insert_legs(created: Mapping[EntryId, NewEntry]) -> None:
    PostingRow.objects.bulk_create(
        PostingRow(
            entry_id=entry_id, gl=leg.gl, account_id=leg.account_id, amount_cents=leg.amount.cents
        )
        for entry_id, entry in created.items()
        for leg in entry.postings
    )
    AskedChange.objects.bulk_create(
        AskedChange(
            entry_id=entry_id, account_id=change.account_id, amount_cents=change.amount.cents
        )
        for entry_id, entry in created.items()
        for change in entry.asked
    )


def _refuse_other_values(entries: Sequence[NewEntry]) -> None:
    ids = [entry_id_for(entry.source_key) for entry in entries]
    posted = dict(Entry.objects.filter(pk__in=ids).values_list("pk", "digest"))
    for entry_id, entry in zip(ids, entries, strict=True):
        if entry_id not in posted:  # only its reversal can have stood in the way
            raise AlreadyReversed(source_key=entry.source_key)
        if posted[entry_id] != digest_of(entry):
            raise EntryConflict(source_key=entry.source_key)


def _insert_allocations(amounts: Mapping[tuple[EntryId, EntryId], Money]) -> None:
    Allocation.objects.bulk_create(
        Allocation(payment_entry_id=payment, charge_entry_id=charge, amount_cents=amount.cents)
        for (payment, charge), amount in amounts.items()
    )


def _refuse_over_allocation(pairs: Collection[Pair]) -> None:
    entry_ids = {entry_id for pair in pairs for entry_id in pair}
    moved = queries.sum_receivables(entry_ids=entry_ids)
    allocated = queries.list_allocations(entry_ids=entry_ids)
    used, paid = Counter[EntryId](), Counter[EntryId]()
    for (payment, charge), amount in allocated.items():
        used[payment] += amount.cents
        paid[charge] += amount.cents
    for payment, charge in pairs:
        brought = -Money.sum(moved[payment].values())
        asked = Money.sum(moved[charge].values())
        fits = used[payment] <= brought.cents and paid[charge] <= asked.cents
        same_account = moved[payment].keys() & moved[charge].keys()
        if not (fits and same_account) or allocated.get((payment, charge), ZERO) < ZERO:
            raise AllocationTooLarge(payment=payment, charge=charge)


def _accounts_of(entry: NewEntry) -> set[AccountId]:
    return {leg.account_id for leg in entry.postings if leg.account_id is not None}
