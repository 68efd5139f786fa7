"""The line a machine reads on the payment stub: account, amount, due date, check digit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from smarthub.kernel.money import Money

ACCOUNT_DIGITS, AMOUNT_DIGITS, LINE_DIGITS = 10, 8, 25
LARGEST = Money(10**AMOUNT_DIGITS - 1)
"""999,999.99: the largest amount the line has room for."""


def scan_line(*, account_number: str, amount: Money, due_date: dt.date) -> str | None:
    """Return ``account(10) amount in cents(8) due YYMMDD(6) check(1)``, parted by spaces.

    ``0010004821 00013946 261228`` has the check digit 4. A credit asks for nothing, so its
    amount is zero. None where the account number has letters or is too long, or the amount does
    not fit: then the stub is keyed by hand, never read wrongly.

    Source: domain rule 131.
    """
    if not account_number.isdecimal() or not account_number.isascii():
        return None
    if len(account_number) > ACCOUNT_DIGITS or amount > LARGEST:
        return None
    fields = (
        account_number.zfill(ACCOUNT_DIGITS),
        f"{max(amount.cents, 0):0{AMOUNT_DIGITS}d}",
        f"{due_date:%y%m%d}",
    )
    return " ".join((*fields, str(check_digit("".join(fields)))))


@dataclass(frozen=True, slots=True)
class ScannedStub:
    """What a scan line says; the account number still has the zeros that fill its ten digits."""

    account_digits: str
    amount: Money
    due: str


def read_scan_line(text: str) -> ScannedStub | None:
    """Return what a line says, or None where it is not 25 digits or its check digit differs.

    Spaces do not matter. One digit read wrongly, and two neighbours changed over (but for 0 and
    9), are always found.

    Source: domain rule 131.
    """
    digits = "".join(text.split())
    if len(digits) != LINE_DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    if check_digit(digits[:-1]) != int(digits[-1]):
        return None
    due_at = ACCOUNT_DIGITS + AMOUNT_DIGITS
    return ScannedStub(
        account_digits=digits[:ACCOUNT_DIGITS],
        amount=Money(int(digits[ACCOUNT_DIGITS:due_at])),
        due=digits[due_at:-1],
    )


def check_digit(digits: str) -> int:
    """Return the Luhn check digit of a row of digits (domain rule 131)."""
    doubled = [int(digit) * 2 for digit in digits[::-2]]
    plain = [int(digit) for digit in digits[-2::-2]]
    total = sum(plain) + sum(each - 9 if each > 9 else each for each in doubled)  # noqa: PLR2004
    return -total % 10
