"""The cards of the sandbox: what a person may type, and what each test card does when charged.

A number lives only while its form is read. What is kept of it is its brand, its last four
digits, its expiry and the part it plays.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from smarthub.kernel.card_numbers import passes_luhn
from smarthub.kernel.text import Text


class Behaviour(StrEnum):
    """What happens when a method is charged; for those that fail, also the reason given."""

    SUCCEEDS = "succeeds"
    DECLINED = "card_declined"
    INSUFFICIENT = "insufficient_funds"
    EXPIRED = "expired_card"
    LOST = "lost_card"
    STOLEN = "stolen_card"
    SILENT_ONCE = "silent_once"
    """The charge succeeds, but its first answer comes too late to be heard."""
    BROKEN_ONCE = "broken_once"
    """The charge succeeds, but its first answer says that the gateway itself has failed."""
    DISPUTED = "disputed"
    """The charge succeeds, and its holder denies it at once."""
    CLEARS = "clears"
    """Of a bank account: the charge is under way until a day ends, then it has succeeded."""
    BOUNCES = "bounces"
    """Of a bank account: the charge is under way until a day ends, then it has failed (R03)."""
    RETURNS = "returns"
    """Of a bank account: it clears as a day ends, and is returned as the next one does (R01)."""
    RETURNS_CLOSED = "returns_closed"
    """The same, for the account is closed (R02)."""
    RETURNS_UNAUTHORISED = "returns_unauthorised"
    """The same, for its holder never agreed to it (R10)."""

    @property
    def reason(self) -> str:
        """Why a charge fails at once; empty if it does not."""
        return self.value if self in FAILING else ""

    @property
    def return_code(self) -> str:
        """The code under which a bank returns the charge later; empty if it does not."""
        return RETURN_CODES.get(self, "")


FAILING = frozenset(
    {
        Behaviour.DECLINED,
        Behaviour.INSUFFICIENT,
        Behaviour.EXPIRED,
        Behaviour.LOST,
        Behaviour.STOLEN,
    }
)
RETURN_CODES = {
    Behaviour.RETURNS: "R01",
    Behaviour.RETURNS_CLOSED: "R02",
    Behaviour.RETURNS_UNAUTHORISED: "R10",
}

TEST_CARDS: Mapping[str, tuple[Behaviour, Text]] = {
    "4242424242424242": (Behaviour.SUCCEEDS, Text("pays", "paga")),
    "4000000000000002": (Behaviour.DECLINED, Text("is declined", "es rechazada")),
    "4000000000009995": (
        Behaviour.INSUFFICIENT,
        Text("has not enough money", "no tiene fondos suficientes"),
    ),
    "4000000000000069": (Behaviour.EXPIRED, Text("has expired", "está vencida")),
    "4000000000009987": (Behaviour.LOST, Text("was lost", "se perdió")),
    "4000000000009979": (Behaviour.STOLEN, Text("was stolen", "fue robada")),
    "4000002500003155": (
        Behaviour.SUCCEEDS,
        Text("pays after the bank asked its holder", "paga después de que el banco pregunta"),
    ),
    "4000000000000259": (
        Behaviour.SILENT_ONCE,
        Text("pays, but the answer is lost once", "paga, pero la respuesta se pierde una vez"),
    ),
    "4000000000002685": (
        Behaviour.DISPUTED,
        Text("pays, and its holder disputes it", "paga, y su titular lo disputa"),
    ),
}
ASKS_HOLDER = frozenset({"4000002500003155"})
"""Cards whose bank asks their holder first (3-D Secure)."""

SHORTEST, LONGEST = 12, 19
ZIP = re.compile(r"\d{5}(-\d{4})?")
EXPIRY = re.compile(r"(\d{1,2})\s*[/-]?\s*(?:20)?(\d{2})")


@dataclass(frozen=True, slots=True)
class Method:
    """What is kept of a card or bank account; ``asks_holder`` until its bank has asked."""

    brand: str
    last4: str
    expires_on: dt.date | None
    behaviour: Behaviour
    asks_holder: bool = False


class FormRefused(Exception):
    """The form was filled in wrongly; ``fields`` says which fields, and what is wrong in each."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(sorted(fields))
        self.fields = fields


def read_card(*, form: Mapping[str, str], today: dt.date) -> Method:
    """Return what is to be kept of the card a person typed.

    Raises:
        FormRefused: with a code for each wrong field: ``number_wrong``, ``number_real`` (it
            could be somebody's own card, which has no place here), ``expiry_wrong``,
            ``expiry_past``, ``cvc_wrong`` or ``zip_wrong``.
    """
    number = re.sub(r"[\s-]", "", form.get("number", ""))
    expires_on = _expiry(form.get("expiry", ""))
    found = {
        "number": _wrong_number(number),
        "expiry": _wrong_expiry(expires_on, today),
        "cvc": "" if re.fullmatch(r"\d{3,4}", form.get("cvc", "").strip()) else "cvc_wrong",
        "zip": "" if ZIP.fullmatch(form.get("zip", "").strip()) else "zip_wrong",
    }
    wrong = {field: code for field, code in found.items() if code}
    if wrong or expires_on is None:
        raise FormRefused(wrong)
    behaviour, _ = TEST_CARDS[number]
    return Method("Visa", number[-4:], expires_on, behaviour, asks_holder=number in ASKS_HOLDER)


def _wrong_number(number: str) -> str:
    written = number.isascii() and number.isdigit() and SHORTEST <= len(number) <= LONGEST
    if not written or not passes_luhn(number):
        return "number_wrong"
    return "" if number in TEST_CARDS else "number_real"


def _expiry(text: str) -> dt.date | None:
    """Return the last day of the month written as MM/YY or MM/YYYY, or None."""
    match = EXPIRY.fullmatch(text.strip())
    if match is None or not 1 <= int(match[1]) <= 12:  # noqa: PLR2004 (months)
        return None
    year, month = 2000 + int(match[2]), int(match[1])
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _wrong_expiry(expires_on: dt.date | None, today: dt.date) -> str:
    if expires_on is None:
        return "expiry_wrong"
    return "expiry_past" if expires_on < today else ""
