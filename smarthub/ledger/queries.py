"""Read the ledger. Balances are sums of its rows, never a stored number (domain rule 48)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Max, Min, Q, QuerySet, Sum

from smarthub.accounts.types import AccountId
from smarthub.cooperative.among import among
from smarthub.cooperative.written_once import Given
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import day_bounds, local_day
from smarthub.ledger.models import Allocation, AskedChange, Entry, MonthClose, PostingRow
from smarthub.ledger.types import (
    RECEIVABLE,
    UNAPPLIED_CASH,
    Asked,
    Balance,
    ClosedMonth,
    EntryId,
    EntryLine,
    ExportedEntry,
    LedgerAccount,
    MonthFigures,
    NewEntry,
    OpenCharge,
    Posting,
)

BALANCES = """
SELECT account_id, sum(owed), sum(asked)
  FROM (SELECT account_id, amount_cents AS owed, 0 AS asked
          FROM ledger_postingrow
         WHERE account_id = ANY(%(accounts)s) AND (gl LIKE %(receivable)s OR gl = %(unapplied)s)
         UNION ALL
        SELECT account_id, 0, amount_cents
          FROM ledger_askedchange
         WHERE account_id = ANY(%(accounts)s)) AS changes
 GROUP BY account_id
"""

EXPORT = """
SELECT e.source_key, e.kind, e.effective_date, p.gl, coalesce(a.number, ''), p.amount_cents
  FROM ledger_entry e JOIN ledger_postingrow p ON p.entry_id = e.id
  LEFT JOIN accounts_account a
    ON a.id = p.account_id AND (p.gl LIKE %(receivable)s OR p.gl = %(unapplied)s)
 ORDER BY e.effective_date, e.posted_at, e.id, p.id
"""
EXPORT_ROWS = 2_000

DECEMBER = 12
OF_MEMBERS = Q(gl__startswith=RECEIVABLE) | Q(gl=UNAPPLIED_CASH)


def get_balances(*, account_ids: Collection[AccountId]) -> dict[AccountId, Balance]:
    """Return what each account owes and is asked to pay, all in one query.

    An account without entries has a zero balance.

    Source: domain rules 48 and 49.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            BALANCES,
            {
                "accounts": list(account_ids),
                "receivable": f"{RECEIVABLE}%",
                "unapplied": UNAPPLIED_CASH,
            },
        )
        found = {
            AccountId(account): Balance(owed=Money(int(owed)), asked=Money(int(asked)))
            for account, owed, asked in cursor.fetchall()
        }
    return {account_id: found.get(account_id, Balance()) for account_id in account_ids}


def sum_asked(account_ids: Collection[AccountId] | Given) -> QuerySet[AskedChange, Any]:
    """Return what each account is asked to pay as rows of account and cents, not read yet.

    So a package above can read it together with something of its own, in one query.
    """
    rows = AskedChange.objects.filter(among("account_id", account_ids))
    return rows.values_list("account_id").annotate(cents=Sum("amount_cents"))


def sum_changes(
    *,
    account_id: AccountId,
    kinds: Collection[str],
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Money:
    """Return by how much entries of these kinds changed the amount asked.

    ``since`` and ``until`` are local effective dates, half-open; without one, that end is open.
    A payment of 50.00 counts as -50.00.
    """
    changes = _changes_between([account_id], since, until).filter(entry__kind__in=kinds)
    return Money(changes.aggregate(total=Sum("amount_cents"))["total"] or 0)


def sum_changes_by_kind(
    *,
    account_ids: Collection[AccountId],
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> dict[AccountId, dict[str, Money]]:
    """Return the same as ``sum_changes`` for many accounts and every kind, in one query."""
    sums: dict[AccountId, dict[str, Money]] = {account_id: {} for account_id in account_ids}
    rows = (
        _changes_between(account_ids, since, until)
        .values_list("account_id", "entry__kind")
        .annotate(total=Sum("amount_cents"))
    )
    for account, kind, total in rows:
        sums[AccountId(account)][kind] = Money(total)
    return sums


def list_entries(*, account_id: AccountId, limit: int) -> list[EntryLine]:
    """Return the account's newest entries, by effective date and then by when they were posted."""
    entries = (
        Entry.objects.filter(Q(postings__account=account_id) | Q(asked_changes__account=account_id))
        .distinct()
        .select_related("reversed_by")
        .order_by("-effective_date", "-posted_at", "id")[:limit]
    )
    newest = list(entries)
    ids = [entry.pk for entry in newest]
    owed = _sums(PostingRow.objects.filter(OF_MEMBERS, entry__in=ids, account=account_id))
    asked = _sums(AskedChange.objects.filter(entry__in=ids, account=account_id))
    return [_line(entry, owed[entry.pk], asked[entry.pk]) for entry in newest]


def sum_accounts(*, prefixes: Collection[str]) -> dict[str, Money]:
    """Return the balance of every general-ledger account whose name begins so, by name."""
    wanted = Q()
    for prefix in prefixes:
        wanted |= Q(gl__startswith=prefix)
    rows = PostingRow.objects.filter(wanted).values_list("gl").annotate(total=Sum("amount_cents"))
    return {gl: Money(total) for gl, total in rows.order_by("gl")}


def list_open_charges(*, account_id: AccountId) -> list[OpenCharge]:
    """Return what is still to be paid on an account, oldest debt first (domain rule 50).

    A charge is an entry that added to the account's receivables and was not reversed. Within one
    entry the receivables are paid in the order of their names; what it credits on one of them (a
    service whose export is worth more than its use) is taken off the others.
    """
    return list_open_charges_by_account(account_ids=[account_id])[account_id]


def list_open_charges_by_account(
    *, account_ids: Collection[AccountId]
) -> dict[AccountId, list[OpenCharge]]:
    """Return the same as ``list_open_charges`` for many accounts, in two queries."""
    legs = _charge_legs(account_ids)
    paid = _paid([leg.entry_id for leg in legs])
    charges: dict[AccountId, list[OpenCharge]] = {account_id: [] for account_id in account_ids}
    for (account_id, entry_id), group in groupby(
        legs, key=lambda leg: (leg.account_id, leg.entry_id)
    ):
        charges[account_id] += _open_parts(list(group), paid[entry_id])
    return charges


def get_unapplied_cash(*, account_ids: Collection[AccountId]) -> dict[AccountId, Money]:
    """Return each account's money that pays no charge yet, in one query; never negative."""
    rows = (
        PostingRow.objects.filter(gl=UNAPPLIED_CASH, account__in=account_ids)
        .values_list("account_id")
        .annotate(total=Sum("amount_cents"))
    )
    found = {AccountId(account): -Money(total) for account, total in rows if account}
    return {account_id: found.get(account_id, ZERO) for account_id in account_ids}


def get_entry(*, entry_id: EntryId) -> NewEntry:
    """Return an entry as it was given to be posted.

    Raises:
        Entry.DoesNotExist: there is none; ids come from the ledger itself.
    """
    rows = Entry.objects.prefetch_related("postings", "asked_changes")
    return _new_entry(rows.get(pk=entry_id))


def list_exported_accounts() -> tuple[LedgerAccount, ...]:
    """Return every account anything was ever posted on, a member's apart from another's."""
    rows = PostingRow.objects.values_list("gl", "account__number").distinct().order_by()
    return tuple(
        sorted(
            {_exported(gl, number or "") for gl, number in rows},
            key=lambda each: (each.gl, each.account_number),
        )
    )


def get_last_day() -> dt.date:
    """Return the last local day any entry counts for; the first of all days without entries."""
    last: dt.date | None = Entry.objects.aggregate(last=Max("effective_date"))["last"]
    return last or dt.date.min


def stream_entries() -> Iterator[ExportedEntry]:
    """Yield every entry with its legs in order of days, some thousand rows held at a time.

    Must be read inside one transaction, which then sees the ledger of one moment.
    """
    with connection.chunked_cursor() as cursor:
        cursor.execute(EXPORT, {"receivable": f"{RECEIVABLE}%", "unapplied": UNAPPLIED_CASH})
        fetched = chain.from_iterable(iter(lambda: cursor.fetchmany(EXPORT_ROWS), []))
        for (source_key, kind, day), rows in groupby(fetched, key=lambda row: row[:3]):
            legs = tuple(
                (LedgerAccount(gl, number), Money(cents)) for *_, gl, number, cents in rows
            )
            yield ExportedEntry(source_key, kind, day, legs)


def list_standing_entries(*, kind: str, key_prefix: str) -> list[tuple[EntryId, NewEntry]]:
    """Return the entries of a kind whose source keys begin so, but for the reversed ones.

    In the order of their keys, in three queries.
    """
    rows = Entry.objects.filter(
        kind=kind, source_key__startswith=key_prefix, reverses=None, reversed_by=None
    )
    found = rows.prefetch_related("postings", "asked_changes").order_by("source_key")
    return [(EntryId(row.pk), _new_entry(row)) for row in found]


def sum_receivables(*, entry_ids: Collection[EntryId]) -> dict[EntryId, dict[AccountId, Money]]:
    """Return by how much entries changed each member's receivables, in one query.

    A charge adds, a payment takes. A reversed entry and a reversal change nothing between
    them, so for either there is nothing.
    """
    sums: dict[EntryId, dict[AccountId, Money]] = {entry_id: {} for entry_id in entry_ids}
    rows = (
        PostingRow.objects.filter(
            entry__in=entry_ids,
            account__isnull=False,
            gl__startswith=RECEIVABLE,
            entry__reversed_by=None,
            entry__reverses=None,
        )
        .values_list("entry_id", "account_id")
        .annotate(total=Sum("amount_cents"))
    )
    for entry_id, account_id, total in rows:
        sums[EntryId(entry_id)][AccountId(account_id)] = Money(total)
    return sums


def list_allocations(*, entry_ids: Collection[EntryId]) -> dict[tuple[EntryId, EntryId], Money]:
    """Return the allocations entries are part of, as ``{(payment, charge): amount}``."""
    rows = (
        Allocation.objects.filter(Q(payment_entry__in=entry_ids) | Q(charge_entry__in=entry_ids))
        .values_list("payment_entry", "charge_entry")
        .annotate(total=Sum("amount_cents"))
        .exclude(total=0)
    )
    return {(EntryId(payer), EntryId(charge)): Money(total) for payer, charge, total in rows}


def list_closed_months() -> list[ClosedMonth]:
    """Return the months that are closed, the newest first, in one query."""
    return [closed_month(row) for row in MonthClose.objects.order_by("-month")]


def next_month_to_close(*, zone: ZoneInfo) -> dt.date | None:
    """Return the first day of the oldest open month anything was posted in; None without one."""
    last = MonthClose.objects.order_by("-month").values_list("month", flat=True).first()
    if last is not None:
        return month_after(last)
    first: dt.datetime | None = Entry.objects.aggregate(first=Min("posted_at"))["first"]
    return None if first is None else local_day(first, zone).replace(day=1)


def get_month_figures(*, month: dt.date, zone: ZoneInfo) -> MonthFigures:
    """Return what a month comes to by the entries posted until its end, in two queries.

    Args:
        month: Its first day.
        zone: The co-op's, in which the month begins and ends.

    Source: domain rule 63.
    """
    starts_at, _ = day_bounds(month, zone)
    ends_at, _ = day_bounds(month_after(month), zone)
    legs = PostingRow.objects.filter(entry__posted_at__lt=ends_at)
    rows = legs.values_list("gl").annotate(total=Sum("amount_cents")).order_by("gl")
    return MonthFigures(
        month=month,
        ends_at=ends_at,
        entries=Entry.objects.filter(posted_at__gte=starts_at, posted_at__lt=ends_at).count(),
        balances={gl: Money(int(total)) for gl, total in rows if total},
    )


def month_after(month: dt.date) -> dt.date:
    """Return the first day of the month after the one that begins on ``month``."""
    year, before = (month.year + 1, 0) if month.month == DECEMBER else (month.year, month.month)
    return dt.date(year, before + 1, 1)


def closed_month(row: MonthClose) -> ClosedMonth:
    """Return a row of a closed month as a value."""
    balances = {gl: Money(cents) for gl, cents in sorted(row.balances.items())}
    return ClosedMonth(row.month, row.entries, balances, row.closed_by, row.closed_at)


@dataclass(frozen=True, slots=True)
class _Leg:
    """The sum of one charge on one receivable."""

    account_id: AccountId
    entry_id: EntryId
    effective_date: dt.date
    gl: str
    amount: Money


def _changes_between(
    account_ids: Collection[AccountId], since: dt.date | None, until: dt.date | None
) -> QuerySet[AskedChange]:
    changes = AskedChange.objects.filter(among("account_id", account_ids))
    if since is not None:
        changes = changes.filter(entry__effective_date__gte=since)
    if until is not None:
        changes = changes.filter(entry__effective_date__lt=until)
    return changes


def _charge_legs(account_ids: Collection[AccountId]) -> list[_Leg]:
    """Return the legs of entries not reversed: account by account, oldest first.

    Those of payments are among them: a charge may hold a credit of one service beside another's
    price, and only both legs say what it asks.
    """
    rows = (
        PostingRow.objects.filter(
            account__in=account_ids,
            gl__startswith=RECEIVABLE,
            entry__reversed_by=None,
            entry__reverses=None,
        )
        .values_list("account_id", "entry_id", "entry__effective_date", "gl")
        .annotate(cents=Sum("amount_cents"))
        .exclude(cents=0)
        .order_by("account_id", "entry__effective_date", "entry__posted_at", "entry_id", "gl")
    )
    return [
        _Leg(AccountId(account_id or 0), EntryId(entry_id), day, gl, Money(cents))
        for account_id, entry_id, day, gl, cents in rows
    ]


def _open_parts(legs: Sequence[_Leg], paid: Money) -> Iterator[OpenCharge]:
    """Yield what is left of an entry's positive legs: its own credits cover them like payments."""
    paid -= Money.sum(leg.amount for leg in legs if leg.amount < ZERO)
    for leg in legs:
        if leg.amount <= ZERO:
            continue
        covered = min(paid, leg.amount)
        paid -= covered
        if rest := leg.amount - covered:
            yield OpenCharge(leg.entry_id, leg.effective_date, leg.gl, rest)


def _paid(charge_ids: Collection[EntryId]) -> dict[EntryId, Money]:
    paid: dict[EntryId, Money] = defaultdict(lambda: ZERO)
    rows = Allocation.objects.filter(charge_entry__in=charge_ids).values_list("charge_entry_id")
    for charge, total in rows.annotate(total=Sum("amount_cents")):
        paid[EntryId(charge)] = Money(total)
    return paid


def _sums(rows: QuerySet[PostingRow] | QuerySet[AskedChange]) -> dict[uuid.UUID, Money]:
    totals = rows.values_list("entry_id").annotate(total=Sum("amount_cents"))
    return defaultdict(lambda: ZERO, {entry: Money(total) for entry, total in totals})


def _new_entry(entry: Entry) -> NewEntry:
    return NewEntry(
        source_key=entry.source_key,
        kind=entry.kind,
        effective_date=entry.effective_date,
        postings=tuple(
            Posting(row.gl, Money(row.amount_cents), _account_id(row.account_id))
            for row in entry.postings.all()
        ),
        asked=tuple(
            Asked(AccountId(row.account_id), Money(row.amount_cents))
            for row in entry.asked_changes.all()
        ),
        reverses=EntryId(entry.reverses_id) if entry.reverses_id else None,
    )


def _line(entry: Entry, owed: Money, asked: Money) -> EntryLine:
    return EntryLine(
        id=EntryId(entry.pk),
        source_key=entry.source_key,
        kind=entry.kind,
        effective_date=entry.effective_date,
        posted_at=entry.posted_at,
        owed=owed,
        asked=asked,
        is_reversed=hasattr(entry, "reversed_by"),
    )


def _exported(gl: str, account_number: str) -> LedgerAccount:
    """Return an account as it is exported: only what a member owes is told apart by member."""
    is_members = gl.startswith(RECEIVABLE) or gl == UNAPPLIED_CASH
    return LedgerAccount(gl, account_number if is_members else "")


def _account_id(pk: int | None) -> AccountId | None:
    return None if pk is None else AccountId(pk)
