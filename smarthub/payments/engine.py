"""Pure rules of payments: what an amount may look like, and which debt it pays first."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from smarthub.cooperative.catalogue import value_in
from smarthub.kernel.errors import Refused
from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.types import UNAPPLIED_CASH, EntryId, OpenCharge
from smarthub.payments.types import MethodKind

LARGEST = Money(10**12 - 1)
"""Nobody pays ten billion dollars; beyond it a typing error is certain."""

PRIORITIES = {"ar:deposit": 0, "ar:fees": 2, "ar:round_up": 3}
OTHER_DOORS = frozenset({"office", "mail", "phone", "store", "agency", "ivr", "suspense"})
"""The channels of money no gateway moved (R28)."""
SERVICES_PRIORITY = 1
"""Of every other receivable."""

WRITTEN = re.compile(r"(?P<dollars>\d{1,3}(?:,\d{3})+|\d*)(?:\.(?P<cents>\d*))?")
CENT_DIGITS = 2
ROUTING_WEIGHTS = (3, 7, 1, 3, 7, 1, 3, 7, 1)
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


@dataclass(frozen=True, slots=True)
class FeeRule:
    """What paying costs by the policies of a day: nothing, unless the co-op decided otherwise.

    A fee stands beside the payment, never on the member's account: it pays no bill.
    """

    card_flat: Money = ZERO
    card_percent: Decimal = Decimal(0)
    bank_flat: Money = ZERO

    @classmethod
    def from_policies(cls, policies: Mapping[str, Any]) -> FeeRule:
        """Return the rule that policies in force make; one never written charges nothing."""
        return cls(
            card_flat=Money(value_in(policies, "payment_fee.card_cents")),
            card_percent=Decimal(value_in(policies, "payment_fee.card_percent")),
            bank_flat=Money(value_in(policies, "payment_fee.bank_cents")),
        )

    def fee(self, *, kind: MethodKind, amount: Money) -> Money:
        """Return the fee for paying a positive amount at once, rounded half away from zero.

        Source: feature map, section 3 (convenience fee).
        """
        if kind is MethodKind.BANK:
            return self.bank_flat
        return self.card_flat + Money.rounded(amount.dollars * self.card_percent / 100)


def guaranteed_until(days: Sequence[dt.date], *, most: int) -> dt.date | None:
    """Return until when only guaranteed funds are taken, the day itself no more; None for never.

    Args:
        days: Days on which a payment came back for want of money, in any order.
        most: So many within 12 months force guaranteed funds for 12 months; 0 never does.

    Source: domain rule 55.
    """
    ordered = sorted(days)
    reached = [
        last
        for first, last in zip(ordered, ordered[most - 1 :], strict=False)
        if last < _a_year_after(first)
    ]
    return _a_year_after(max(reached)) if most and reached else None


def _a_year_after(day: dt.date) -> dt.date:
    """Return the same date of the next year; of 29 February, 1 March."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return dt.date(day.year + 1, 3, 1)


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
    """Return open charges as money pays them: deposits, services, fees, gifts; each oldest first.

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


@dataclass(frozen=True, slots=True)
class ReturnRule:
    """What follows when a bank sends a payment back; the payment itself is always reversed.

    Args:
        charges_fee: The co-op's fee for money that was not there.
        disables_method: Nothing more is drawn from that account.
        retries: How often the same amount may be presented again.
        case: What staff are told, or nothing: ``returned_unauthorised``, ``returned_duplicate``,
            ``returned``.
    """

    charges_fee: bool = False
    disables_method: bool = False
    retries: int = 0
    case: str = ""


_NO_FUNDS = ReturnRule(charges_fee=True, retries=2)
_GONE = ReturnRule(disables_method=True)
_UNAUTHORISED = ReturnRule(disables_method=True, case="returned_unauthorised")
_FOR_STAFF = ReturnRule(case="returned")
RETURN_RULES: Mapping[str, ReturnRule] = {
    "R01": _NO_FUNDS,  # insufficient funds
    "R09": _NO_FUNDS,  # uncollected funds
    "R02": _GONE,  # account closed
    "R03": _GONE,  # no such account
    "R04": _GONE,  # the number cannot be one
    "R16": _GONE,  # frozen
    "R20": _GONE,  # no account for payments
    "R05": _UNAUTHORISED,  # a person's account, drawn on as a business's
    "R07": _UNAUTHORISED,  # consent was taken back
    "R10": _UNAUTHORISED,  # the holder does not know us
    "R11": _UNAUTHORISED,  # not as agreed: may be corrected and sent again within 60 days
    "R29": _UNAUTHORISED,  # a business does not know us
    "R51": _UNAUTHORISED,  # a check presented again was not eligible
    "R08": _FOR_STAFF,  # stopped by the holder: asked, never presented again by itself
    "R24": ReturnRule(case="returned_duplicate"),  # sent twice: a fault of ours
}
"""By the bank's return code.

Source: payments reference, section 2.2; domain rules 55 and 56.
"""
RETURN_CODES = frozenset(f"R{number:02}" for number in range(1, 54))
"""By which a bank sends money back; R61 and on are banks' quarrels about a return."""
RETRY_DAYS = 180
NO_FUNDS_CODES = frozenset(code for code, rule in RETURN_RULES.items() if rule.charges_fee)
UNAUTHORISED_CODES = frozenset(c for c, rule in RETURN_RULES.items() if rule is _UNAUTHORISED)
"""With which the holder says that nothing was allowed: whatever draws on that account ends."""


def return_rule(code: str) -> ReturnRule:
    """Return what follows a return; a code nobody here knows is a case for staff."""
    return RETURN_RULES.get(code, _FOR_STAFF)


def retries_left(*, code: str, first_sent_on: dt.date, retries_made: int, on: dt.date) -> int:
    """Return how often an entry may still be presented again after it came back.

    Twice at most and within 180 days of the first time, for want of money alone; the amount, the
    company and its id stay the same.

    Source: domain rule 56; Nacha operating rules, reinitiated entries.
    """
    if (on - first_sent_on).days > RETRY_DAYS:
        return 0
    return max(return_rule(code).retries - retries_made, 0)


def is_routing_number(text: str) -> bool:
    """Return whether nine digits can be an American bank's: weights 3, 7, 1; never all zeros.

    Source: payments reference, section 2.1.
    """
    if len(text) != len(ROUTING_WEIGHTS) or not (text.isascii() and text.isdigit()):
        return False
    weighed = sum(int(digit) * weight for digit, weight in zip(text, ROUTING_WEIGHTS, strict=True))
    return weighed % 10 == 0 and text.strip("0") != ""


def receipt_number(payment_id: UUID) -> str:
    """Return the number a member reads out on the phone: ten letters and digits of the id."""
    digits = payment_id.hex[:10].upper()
    return f"{digits[:5]}-{digits[5:]}"
