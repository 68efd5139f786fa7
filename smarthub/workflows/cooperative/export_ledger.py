"""Hand out the whole ledger with what it must come to, so that programs of others can judge it.

What each member must owe is added up from bills and payments alone, never from the ledger, and
asserted after each of their bills and at the end.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db import connection, transaction

from smarthub.arrears.queries import list_waived_fees
from smarthub.arrears.queries.write_offs import list_write_off_changes
from smarthub.auto_pay.queries import list_posted_credits
from smarthub.billing.queries import list_billed_charges
from smarthub.cooperative.queries import get_zone
from smarthub.deposits.queries import list_changes as list_deposit_changes
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import local_day
from smarthub.ledger.ports import LedgerFormat
from smarthub.ledger.queries import get_last_day, list_exported_accounts, stream_entries
from smarthub.ledger.types import ExpectedBalance, LedgerAccount, LedgerExport
from smarthub.payments.queries import (
    list_later_changes,
    list_moved_in,
    list_paid_parts,
    list_refunded,
    list_undone,
)

ONE_DAY = dt.timedelta(days=1)
ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"

Change = tuple[str, dt.date, Money]
"""An account number, a local day, and by how much what is owed changed on it."""


def export_ledger(*, layout: LedgerFormat) -> Iterator[str]:
    """Yield the ledger of one moment in a layout; must not be called inside a transaction.

    Source: payments reference, section 3.3.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(ONE_MOMENT)
        yield from layout.write(gather_export())


def gather_export() -> LedgerExport:
    """Return the ledger and what it must come to; to be read inside one transaction."""
    accounts = list_exported_accounts()
    expected = expect_balances(
        numbers={each.account_number for each in accounts if each.account_number},
        bills=list_billed_charges(),
        others=_other_changes(),
        until=get_last_day(),
    )
    return LedgerExport(accounts, entries=stream_entries(), expected=tuple(expected))


def expect_balances(
    *,
    numbers: Iterable[str],
    bills: Iterable[Change],
    others: Iterable[Change],
    until: dt.date,
) -> Iterator[ExpectedBalance]:
    """Yield what each account must owe: on the day after each of its bills, and after ``until``.

    An account in ``numbers`` that was never billed and never paid must owe nothing.
    """
    by_account: dict[str, dict[dt.date, Money]] = {number: {} for number in numbers}
    looked_at: dict[str, set[dt.date]] = defaultdict(set)
    for number, day, amount in bills:
        _add(by_account.setdefault(number, {}), day, amount)
        looked_at[number].add(day)
    for number, day, amount in others:
        _add(by_account.setdefault(number, {}), day, amount)
    for number, changes in by_account.items():
        owed = ZERO
        for day in sorted(changes.keys() | {until}):
            owed += changes.get(day, ZERO)
            if day in looked_at[number] or day == until:
                yield ExpectedBalance(day + ONE_DAY, LedgerAccount("", number), owed)


def _add(changes: dict[dt.date, Money], day: dt.date, amount: Money) -> None:
    changes[day] = changes.get(day, ZERO) + amount


def _other_changes() -> Iterator[Change]:
    zone = get_zone()
    for number, day, amount in list_paid_parts(zone=zone):
        yield number, day, -amount
    for number, at, amount in list_moved_in():
        yield number, local_day(at, zone), -amount
    for number, at, amount in list_refunded():
        yield number, local_day(at, zone), amount
    for number, day, amount in list_posted_credits():
        yield number, day, -amount
    yield from list_later_changes()
    yield from list_waived_fees()
    yield from list_deposit_changes()
    yield from list_write_off_changes()
    yield from list_undone()
