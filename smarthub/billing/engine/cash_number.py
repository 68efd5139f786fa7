"""The number of an account's bar code, by which cash is taken for it at a store.

It says which account, never how much: the store asks for that. It is the same on every bill and
page, so an old bill still pays the right account. Plain values, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass

BILLER = "cash_at_store.biller"
"""The policy that holds the number the cash network gave the co-op; unset: no stores."""
BILLER_DIGITS, ACCOUNT_DIGITS, LENGTH = 6, 12, 20
"""Twenty digits in all: one more than a card number can have, so that none is taken for one."""
MODULUS, REMAINDER = 97, 1


def cash_number(*, biller: str | None, account_number: str) -> str | None:
    """Return ``biller(6) account(12) check(2)``; 20 digits, an even count for the bar code.

    ``412007`` and account ``1001`` give ``41200700000000100180``. None where the co-op has no
    network, or the account number has letters or is too long: then no bar code is shown.

    Source: ISO/IEC 7064, MOD 97-10: any one wrong digit and any two changed over are found.
    """
    given = (biller or "", account_number)
    if not all(part.isascii() and part.isdigit() for part in given):
        return None
    if len(given[0]) != BILLER_DIGITS or len(account_number) > ACCOUNT_DIGITS:
        return None
    told = f"{biller}{account_number:0>{ACCOUNT_DIGITS}}"
    return f"{told}{MODULUS + REMAINDER - int(told) * 100 % MODULUS:02d}"


@dataclass(frozen=True, slots=True)
class CashNumber:
    """What such a number says; the account still has the zeros that fill its twelve digits."""

    biller: str
    account_digits: str


def read_cash_number(text: str) -> CashNumber | None:
    """Return what a number says, or None where it is not 20 digits or its check differs.

    Spaces do not matter. Whose biller number it is must still be compared.
    """
    digits = "".join(text.split())
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdigit()):
        return None
    if int(digits) % MODULUS != REMAINDER:
        return None
    return CashNumber(
        digits[:BILLER_DIGITS], digits[BILLER_DIGITS : BILLER_DIGITS + ACCOUNT_DIGITS]
    )


def in_groups(number: str) -> str:
    """Return the number as it is printed under its bars, read aloud and typed."""
    return " ".join(number[at : at + 4] for at in range(0, LENGTH, 4))
