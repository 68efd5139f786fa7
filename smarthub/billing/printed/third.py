"""Write a bill out for version 3 of its template: version 2's values, and what it adds to them.

It says what the member is filed under (member number, cycle, board district), what they pay a
month on a budget, how to pay with cash at a store, and what to do when the power goes out.
"""

from __future__ import annotations

from typing import Any

from smarthub.billing.engine.cash_number import BILLER, cash_number, in_groups
from smarthub.billing.print_data import drawable
from smarthub.billing.printed import data as second
from smarthub.billing.printed.data import mailed_to
from smarthub.billing.printed.handed import Handed
from smarthub.billing.printed.third_wording import LABELS
from smarthub.billing.types import BillView
from smarthub.cooperative.types import Cooperative
from smarthub.kernel.bar_code import code_128_svg, quiet_share
from smarthub.kernel.money import ZERO


class Words(second.Words):
    """One language, in the words of version 3."""

    labels = LABELS


def print_data(
    *, bill: BillView, language: str, cooperative: Cooperative, handed: Handed
) -> dict[str, Any]:
    """Return what the template draws, as plain JSON values.

    Source: domain rule 40; the sections of a bill as co-ops print them (its key box and its back).
    """
    data = second.print_data(bill=bill, language=language, cooperative=cooperative, handed=handed)
    words = Words(data["language"])
    more = {
        "label": {key: words.text(text) for key, text in LABELS.items()},
        "facts": _facts(words, bill, handed),
        "cash": cash_code(words, bill, cooperative),
        "outage": _outage(words, cooperative) if _has_power(bill) else None,
    }
    data["stub"]["moved"] = words.say("moved")
    data["dated"] = words.say("dated", date=words.date(bill.bill_date))
    return data | {key: drawable(value) for key, value in more.items()}


def _facts(words: Words, bill: BillView, handed: Handed) -> list[list[str]]:
    """Return the numbers a caller is asked for; the holder too, where the mail goes to another."""
    facts = [
        ("account_number", bill.account_number),
        ("member_number", bill.member_number),
        ("old_number", bill.old_number),
        ("address", bill.address),
        ("bill_number", bill.number),
        ("cycle", bill.cycle_code),
        ("board_district", bill.board_district),
        ("budget", "" if bill.budget is None else words.money(bill.budget)),
        ("member", "" if bill.holder in mailed_to(bill, handed) else bill.holder),
        ("online_code", handed.online_code),
    ]
    return [[words.say(label), value] for label, value in facts if value]


def cash_code(words: Words, bill: BillView, cooperative: Cooperative) -> dict[str, Any] | None:
    """Return the bar code for a store; None where nothing is owed or no store takes cash."""
    biller = cooperative.policies.get(BILLER)
    number = cash_number(biller=biller, account_number=bill.account_number)
    if number is None or bill.asked <= ZERO:
        return None
    told = in_groups(number)
    return {
        "svg": code_128_svg(number),
        "number": told,
        "quiet": quiet_share(number),
        "note": words.say("cash_note"),
        "alt": words.say("cash_alt", number=told),
    }


def _has_power(bill: BillView) -> bool:
    return any(segment.service == "electric" for segment in bill.segments)


def _outage(words: Words, cooperative: Cooperative) -> list[str]:
    phone = cooperative.identity.outage_phone
    return [
        *([words.say("outage_call", phone=phone)] if phone else []),
        words.say("outage_lines"),
        words.say("outage_generator"),
    ]
