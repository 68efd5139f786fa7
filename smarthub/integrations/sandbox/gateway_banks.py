"""The bank accounts of the sandbox: what a person may type, and what each does when charged.

A number lives only while its form is read; its last four digits and its part in the play stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from smarthub.integrations.sandbox.gateway_cards import Behaviour, FormRefused, Method
from smarthub.kernel.text import Text

TEST_ROUTING = "110000000"
TEST_ACCOUNTS: Mapping[str, tuple[Behaviour, Text]] = {
    "000123456789": (Behaviour.CLEARS, Text("pays", "paga")),
    "000111111116": (Behaviour.BOUNCES, Text("does not exist", "no existe")),
    "000222222227": (
        Behaviour.RETURNS,
        Text("pays, and is returned for lack of money", "paga, y se devuelve por falta de fondos"),
    ),
    "000111111113": (
        Behaviour.RETURNS_CLOSED,
        Text("pays, and is returned as closed", "paga, y se devuelve por cuenta cerrada"),
    ),
    "000333333335": (
        Behaviour.RETURNS_UNAUTHORISED,
        Text("pays, and is returned as not allowed", "paga, y se devuelve por no autorizado"),
    ),
}
ROUTING_DIGITS = 9
ROUTING_WEIGHTS = (3, 7, 1) * 3
ACCOUNT = re.compile(r"\d{4,17}")


def read_bank_account(*, form: Mapping[str, str]) -> Method:
    """Return what is to be kept of the bank account a person typed.

    Raises:
        FormRefused: with a code for each wrong field: ``routing_wrong``, ``routing_real`` or
            ``account_wrong``, ``account_real`` (somebody's own has no place here), or
            ``agree_wrong`` where the mandate was not agreed to.
    """
    routing = re.sub(r"[\s-]", "", form.get("routing", ""))
    number = re.sub(r"[\s-]", "", form.get("account", ""))
    found = {
        "routing": _wrong_routing(routing),
        "account": _wrong_account(number),
        "agree": "" if form.get("agree") else "agree_wrong",
    }
    wrong = {field: code for field, code in found.items() if code}
    if wrong:
        raise FormRefused(wrong)
    behaviour, _ = TEST_ACCOUNTS[number]
    return Method("Test Bank", number[-4:], None, behaviour)


def passes_routing_check(routing: str) -> bool:
    """Return whether a routing number's last digit agrees with the others; zeros alone do not.

    Source: payments reference, section 2.1 (weights 3, 7, 1).
    """
    digits = [int(digit) for digit in routing]
    weighed = sum(w * digit for w, digit in zip(ROUTING_WEIGHTS, digits, strict=True))
    return any(digits) and weighed % 10 == 0


def _wrong_routing(routing: str) -> str:
    written = routing.isascii() and routing.isdigit() and len(routing) == ROUTING_DIGITS
    if not written or not passes_routing_check(routing):
        return "routing_wrong"
    return "" if routing == TEST_ROUTING else "routing_real"


def _wrong_account(number: str) -> str:
    if not (number.isascii() and ACCOUNT.fullmatch(number)):
        return "account_wrong"
    return "" if number in TEST_ACCOUNTS else "account_real"
