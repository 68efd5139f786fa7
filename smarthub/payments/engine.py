"""Pure rules of payments: what an amount may look like, and which debt it pays first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from smarthub.kernel.errors import Refused
from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.types import UNAPPLIED_CASH, EntryId, OpenCharge

LARGEST = Money(10**12 - 1)
"""Nobody pays ten billion dollars; beyond it a typing error is certain."""

PRIORITIES = {"ar:deposit": 0, "ar:fees": 2}
SERVICES_PRIORITY = 1
"""Of every other receivable."""

WRITTEN = re.compile(r"(?P<dollars>\d{1,3}(?:,\d{3})+|\d*)(?:\.(?P<cents>\d*))?")
CENT_DIGITS = 2
MINUS = ("-", "\N{MINUS SIGN}")


class AmountMissing(Refused):
    """No amount was written."""

    code = "amount_missing"


class AmountNotUnderstood(Refused):
    """What was written is not an amount of dollars."""

    code = "amount_not_understood"


class AmountTooPrecise(Refused):
    """More than two digits after the point: there is nothing smaller than a cent."""

    code = "amount_too_precise"


class AmountNotPositive(Refused):
    """Nothing, or less than nothing, cannot be paid."""

    code = "amount_not_positive"


class AmountTooLarge(Refused):
    """More than one payment may move; ``maximum`` says how much that is."""

    code = "amount_too_large"


@dataclass(frozen=True, slots=True)
class Distribution:
    """Where one payment goes: receivables to credit, charges paid, and what is left over.

    ``credit`` is negative where money that waited on the account helps to pay.
    """

    receivables: dict[str, Money]
    charges: dict[EntryId, Money]
    credit: Money


def parse_amount(text: str) -> Money:
    """Return the amount a person wrote: ``50``, ``1,234.50``, ``$ 12.3``, ``.75``.

    Raises:
        AmountMissing: nothing is written.
        AmountNotPositive: it is zero, or has a minus sign.
        AmountTooPrecise: it has more than two decimals.
        AmountTooLarge: it is ten billion dollars or more.
        AmountNotUnderstood: it is anything else.
    """
    bare = re.sub(r"\s", "", text).removeprefix("$")
    if not bare:
        raise AmountMissing
    if bare.startswith(MINUS) or bare.endswith(MINUS):
        raise AmountNotPositive
    match = WRITTEN.fullmatch(bare) if bare.isascii() else None
    if match is None or bare == ".":
        raise AmountNotUnderstood(text=text)
    cents = match["cents"] or ""
    if len(cents) > CENT_DIGITS:
        raise AmountTooPrecise
    dollars = match["dollars"].replace(",", "").lstrip("0")
    if len(dollars) > len(str(LARGEST.cents)):
        raise AmountTooLarge(maximum=LARGEST)
    amount = Money(int(f"{dollars or 0}{cents.ljust(CENT_DIGITS, '0')}"))
    if not amount:
        raise AmountNotPositive
    if amount > LARGEST:
        raise AmountTooLarge(maximum=LARGEST)
    return amount


def distribute(
    *, amount: Money, open_charges: Sequence[OpenCharge], waiting_credit: Money = ZERO
) -> Distribution:
    """Share a payment out over what is open, oldest debt first.

    Args:
        amount: What is paid; positive.
        open_charges: What is still unpaid, oldest first.
        waiting_credit: Earlier money that pays no charge yet; it is used along.

    Returns:
        ``receivables`` and ``credit`` add up to ``amount``.

    Source: domain rule 50.
    """
    left = amount + waiting_credit
    receivables: dict[str, Money] = {}
    charges: dict[EntryId, Money] = {}
    for charge in open_charges:
        paid = min(left, charge.amount)
        if paid <= ZERO:
            break
        left -= paid
        receivables[charge.gl] = receivables.get(charge.gl, ZERO) + paid
        charges[charge.entry_id] = charges.get(charge.entry_id, ZERO) + paid
    return Distribution(receivables, charges, credit=left - waiting_credit)


def in_order_of_payment(charges: Sequence[OpenCharge]) -> list[OpenCharge]:
    """Return open charges as money pays them: deposits, services, fees; each oldest first.

    Source: domain rule 50.
    """
    return sorted(charges, key=lambda charge: PRIORITIES.get(charge.gl, SERVICES_PRIORITY))


def clearing_of_channel(channel: str) -> str:
    """Return where money stands that came in by no gateway, such as ``clearing:mail``."""
    return channel if channel == "suspense" else f"clearing:{channel}"


def take_back(
    *, amount: Money, waiting_credit: Money, had_paid: Mapping[str, Money], otherwise: str
) -> dict[str, Money]:
    """Share out money that left again: first what waits unapplied, then what it had paid.

    Args:
        amount: What left; positive.
        waiting_credit: The account's money that pays no charge; never below zero.
        had_paid: By receivable, what the payment had paid; the last one is owed again first.
        otherwise: The receivable for what neither covers.

    Returns:
        What to debit, by ledger account; adds up to ``amount``.
    """
    legs: dict[str, Money] = {}
    left = amount
    sources = [(UNAPPLIED_CASH, waiting_credit), *reversed(list(had_paid.items()))]
    for gl, most in [*sources, (otherwise, amount)]:
        part = min(left, most)
        if part > ZERO:
            legs[gl] = legs.get(gl, ZERO) + part
            left -= part
    return legs


def receipt_number(payment_id: UUID) -> str:
    """Return the number a member reads out on the phone: ten letters and digits of the id."""
    digits = payment_id.hex[:10].upper()
    return f"{digits[:5]}-{digits[5:]}"
