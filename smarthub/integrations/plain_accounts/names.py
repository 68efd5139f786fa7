"""What our accounts are called in plain-text accounting: a root, then words with capitals.

A member's receivables and unapplied money stand under one account, ``Assets:Members:A1001``, so
that one balance covers all they owe.
"""

from __future__ import annotations

import re

from smarthub.ledger.types import ExpectedBalance, LedgerAccount, LedgerExport

ROOTS = {
    "ar": "Assets:Receivable",
    "bank": "Assets:Bank",
    "clearing": "Assets:Clearing",
    "deposit_liability": "Liabilities:Deposits",
    "refund_payable": "Liabilities:Refunds",
    "round_up": "Liabilities:Round-Up",
    "suspense": "Liabilities:Suspense",
    "unapplied_cash": "Liabilities:Unapplied",
    "bad_debt": "Expenses:Bad-Debt",
    "deposit_interest": "Expenses:Deposit-Interest",
    "gateway_fee": "Expenses:Gateway-Fee",
    "promo": "Expenses:Promotion",
    "fee": "Income:Fee",
    "revenue": "Income:Revenue",
}
"""By the first word of a general-ledger name; any other stands under ``Equity:Other``."""


def name_of(account: LedgerAccount) -> str:
    """Return an account's full name, such as ``Assets:Members:A1001:Ar-Electric``."""
    if account.account_number:
        return f"{member(account.account_number)}:{_word(account.gl)}"
    first, *rest = account.gl.split(":")
    root = ROOTS.get(first, f"Equity:Other:{_word(first)}")
    return ":".join([root, *map(_word, rest)])


def member(account_number: str) -> str:
    """Return the account under which everything of one member's account stands."""
    return f"Assets:Members:A{_letters(account_number)}"


def covered_by(expected: ExpectedBalance) -> str:
    """Return the account whose balance, with all below it, is expected."""
    number = expected.account.account_number
    return member(number) if number else name_of(expected.account)


def names_in(export: LedgerExport) -> set[str]:
    """Return every account an export speaks of."""
    return {name_of(each) for each in export.accounts} | set(map(covered_by, export.expected))


def _word(text: str) -> str:
    return "-".join(part.capitalize() for part in re.split(r"[^A-Za-z0-9]+", text) if part)


def _letters(number: str) -> str:
    """Spell out what the layouts do not allow, so that no two numbers become one."""
    return re.sub(r"[^A-Za-z0-9]", lambda match: f"-{ord(match[0]):02x}-", number)
