"""The ledger in beancount's syntax; ``bean-check`` reads it.

A balance directive holds as its day begins, and on an account covers all below it. Each is to
the cent: beancount would otherwise let small differences pass.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from smarthub.integrations.plain_accounts.names import covered_by, name_of, names_in
from smarthub.ledger.types import ExpectedBalance, ExportedEntry, LedgerExport

OPENED = dt.date(1970, 1, 1)
HEAD = """;; -*- mode: beancount -*-
option "title" "SmartHub"
option "operating_currency" "USD"
"""


class Beancount:
    """The layout: every account opened, then entries and balances in order of days."""

    def write(self, export: LedgerExport) -> Iterator[str]:
        """Yield the file."""
        yield HEAD
        for name in sorted(names_in(export)):
            yield f"{OPENED} open {name} USD\n"
        for each in export.in_order():
            yield _balance(each) if isinstance(each, ExpectedBalance) else _entry(each)


def _entry(entry: ExportedEntry) -> str:
    legs = "".join(
        f"  {name_of(account)}  {amount.dollars} USD\n" for account, amount in entry.legs
    )
    return f'\n{entry.effective_date} * "{entry.kind}" "{_quoted(entry.source_key)}"\n{legs}'


def _balance(expected: ExpectedBalance) -> str:
    amount = expected.amount.dollars
    return f"\n{expected.on} balance {covered_by(expected)}  {amount} ~ 0.00 USD\n"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
