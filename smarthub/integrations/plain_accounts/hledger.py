"""The ledger as an hledger journal; ``hledger check`` reads it.

A balance is a posting of nothing with an assertion: ``=*`` covers an account and all below it.
"""

from __future__ import annotations

from collections.abc import Iterator

from smarthub.integrations.plain_accounts.names import covered_by, name_of, names_in
from smarthub.ledger.types import ExpectedBalance, ExportedEntry, LedgerExport

HEAD = "; SmartHub\ncommodity 1000.00 USD\n"


class Hledger:
    """The layout: every account declared, then entries and balances in order of days."""

    def write(self, export: LedgerExport) -> Iterator[str]:
        """Yield the file."""
        yield HEAD
        for name in sorted(names_in(export)):
            yield f"account {name}\n"
        for each in export.in_order():
            yield _balance(each) if isinstance(each, ExpectedBalance) else _entry(each)


def _entry(entry: ExportedEntry) -> str:
    legs = "".join(
        f"    {name_of(account)}  {amount.dollars} USD\n" for account, amount in entry.legs
    )
    return f"\n{entry.effective_date} * {entry.kind} | {entry.source_key}\n{legs}"


def _balance(expected: ExpectedBalance) -> str:
    covered, amount = covered_by(expected), expected.amount.dollars
    return f"\n{expected.on} * balance\n    {covered}  0.00 USD =* {amount} USD\n"
