"""The policies staff may change on the desk: what a value looks like, its limits, what it rests on.

Plain values. A policy that is not in this list is set when the co-op is founded, or by whoever
runs the machine. A row a co-op never wrote holds ``unset``, which leaves members alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from smarthub.kernel.errors import Refused

ACCOUNT = re.compile(r"[A-Za-z0-9.-]{1,20}")
NUMBER = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(?:\.(?P<places>[0-9]+))?")
PLACES = 3
"""Of a percentage: 1.375 is read, 1.3755 is refused."""


class Topic(StrEnum):
    """Under which heading a policy stands."""

    PAYING = "paying"
    LATE = "late"
    RETURNED = "returned"
    REFUND = "refund"
    DEPOSIT = "deposit"
    ARREARS = "arrears"
    AUTO_PAY = "auto_pay"
    PLEDGE = "pledge"
    ARRANGEMENT = "arrangement"
    WINTER = "winter"
    WRITE_OFF = "write_off"
    ROUND_UP = "round_up"


class Kind(StrEnum):
    """What a value is, which also says how it is written and read."""

    CENTS = "cents"
    PERCENT = "percent"
    DAYS = "days"
    MONTHS = "months"
    COUNT = "count"
    HOUR = "hour"
    DEGREES = "degrees"
    YES_NO = "yes_no"
    ACCOUNTS = "accounts"


class PolicyValueRefused(Refused):
    """What was written is no value of this policy.

    Values: ``reason``: ``not_understood``, ``too_small`` or ``too_large``; ``limit`` with the last.
    """

    code = "policy_value_refused"


class PolicyUnknown(Refused):
    """There is no policy of this name to be changed on the desk."""

    code = "policy_unknown"


@dataclass(frozen=True, slots=True)
class Rule:
    """One policy of the list.

    ``least`` and ``most`` bound a number, in the unit of its kind. ``unset`` holds while no row
    says otherwise.
    """

    key: str
    topic: Topic
    kind: Kind
    unset: Any
    source: str
    least: int = 0
    most: int = 0


PAYING_COSTS = "feature map 3: agreed to before paying; the card networks' rules"
PRESENTED = "domain rule 56; Nacha operating rules, reinitiated entries"

RULES: tuple[Rule, ...] = (
    Rule("payment_fee.card_cents", Topic.PAYING, Kind.CENTS, 0, PAYING_COSTS, most=20_00),
    Rule("payment_fee.card_percent", Topic.PAYING, Kind.PERCENT, "0", PAYING_COSTS, most=4),
    Rule("payment_fee.bank_cents", Topic.PAYING, Kind.CENTS, 0, PAYING_COSTS, most=20_00),
    Rule("bill.delinquent_after_days", Topic.LATE, Kind.DAYS, 2, "domain rule 52", most=30),
    Rule("late_fee.percent", Topic.LATE, Kind.PERCENT, "0", "domain rule 53", most=10),
    Rule("late_fee.flat_cents", Topic.LATE, Kind.CENTS, 0, "domain rule 53", most=100_00),
    Rule("late_fee.minimum_cents", Topic.LATE, Kind.CENTS, 0, "domain rule 53", most=100_00),
    Rule("late_fee.maximum_cents", Topic.LATE, Kind.CENTS, 0, "domain rule 53", most=10_000_00),
    Rule("late_fee.excluded_accounts", Topic.LATE, Kind.ACCOUNTS, [], "domain rule 53"),
    Rule("fee.nsf_cents", Topic.RETURNED, Kind.CENTS, 0, "domain rule 55", most=100_00),
    Rule("returned.most_in_a_year", Topic.RETURNED, Kind.COUNT, 0, "domain rule 55", most=12),
    Rule("returned.present_again_most", Topic.RETURNED, Kind.COUNT, 0, PRESENTED, most=2),
    Rule("returned.present_again_days", Topic.RETURNED, Kind.DAYS, 5, PRESENTED, least=3, most=30),
    Rule(
        "refund.second_person_above_cents",
        Topic.REFUND,
        Kind.CENTS,
        0,
        "domain rule 57; ASVS 2.3.5",
        most=100_000_00,
    ),
    Rule("deposit.months_of_charges", Topic.DEPOSIT, Kind.MONTHS, 2, "domain rule 58", most=12),
    Rule("deposit.minimum_cents", Topic.DEPOSIT, Kind.CENTS, 0, "domain rule 58", most=10_000_00),
    Rule(
        "deposit.most_months",
        Topic.DEPOSIT,
        Kind.MONTHS,
        2,
        "domain rule 58; 83 Ill. Adm. Code 280.40: a sixth of a year's charges",
        least=1,
        most=12,
    ),
    Rule(
        "deposit.notice_days",
        Topic.DEPOSIT,
        Kind.DAYS,
        45,
        "domain rule 58; 83 Ill. Adm. Code 280.40",
        least=1,
        most=365,
    ),
    Rule(
        "deposit.days_to_pay",
        Topic.DEPOSIT,
        Kind.DAYS,
        21,
        "domain rule 58; 220 ILCS 35/3: 12 days at least",
        least=12,
        most=90,
    ),
    Rule(
        "deposit.most_instalments",
        Topic.DEPOSIT,
        Kind.COUNT,
        1,
        "domain rules 58 and 62",
        least=1,
        most=12,
    ),
    Rule("deposit.waived_with_auto_pay", Topic.DEPOSIT, Kind.YES_NO, False, "domain rule 58"),  # noqa: FBT003
    Rule("deposit.interest_percent", Topic.DEPOSIT, Kind.PERCENT, "0", "domain rule 59", most=20),
    Rule(
        "deposit.clean_months", Topic.DEPOSIT, Kind.MONTHS, 12, "domain rule 58", least=1, most=60
    ),
    Rule("auto_pay.days_before_due", Topic.AUTO_PAY, Kind.DAYS, 0, "domain rule 65", most=10),
    Rule("auto_pay.before_closed_days", Topic.AUTO_PAY, Kind.YES_NO, False, "domain rule 139"),  # noqa: FBT003
    Rule("auto_pay.takes_up_to_limit", Topic.AUTO_PAY, Kind.YES_NO, False, "domain rule 66"),  # noqa: FBT003
    Rule("auto_pay.failed_bills", Topic.AUTO_PAY, Kind.COUNT, 2, "domain rule 68", least=1, most=6),
    Rule("arrears.reminder_days", Topic.ARREARS, Kind.DAYS, 3, "domain rule 82", most=20),
    Rule("arrears.past_due_days", Topic.ARREARS, Kind.DAYS, 1, "domain rule 82", least=1, most=30),
    Rule("arrears.notice_days", Topic.ARREARS, Kind.DAYS, 10, "domain rule 82", least=1, most=60),
    Rule(
        "arrears.notice_period_days",
        Topic.ARREARS,
        Kind.DAYS,
        8,
        "domain rule 82: 5 days delivered, 8 mailed",
        least=5,
        most=60,
    ),
    Rule("arrears.threshold_cents", Topic.ARREARS, Kind.CENTS, 50_00, "rule 83", most=10_000_00),
    Rule("arrears.latest_hour", Topic.ARREARS, Kind.HOUR, 14, "domain rule 84", least=9, most=17),
    Rule(
        "arrears.cold_fahrenheit",
        Topic.ARREARS,
        Kind.DEGREES,
        32,
        "domain rule 85",
        least=-20,
        most=60,
    ),
    Rule(
        "arrears.heat_fahrenheit",
        Topic.ARREARS,
        Kind.DEGREES,
        95,
        "domain rule 85",
        least=70,
        most=130,
    ),
    Rule("pledge.hold_days", Topic.PLEDGE, Kind.DAYS, 30, "domain rule 92", least=1, most=90),
    Rule("arrangement.down_percent", Topic.ARRANGEMENT, Kind.PERCENT, "0", "rule 78", most=50),
    Rule(
        "arrangement.most_months", Topic.ARRANGEMENT, Kind.MONTHS, 12, "rule 78", least=1, most=24
    ),
    Rule("arrangement.most_in_a_year", Topic.ARRANGEMENT, Kind.COUNT, 3, "rule 78", most=12),
    Rule("low_income.first_month", Topic.ARRANGEMENT, Kind.COUNT, 0, "domain rule 78", most=12),
    Rule("low_income.last_month", Topic.ARRANGEMENT, Kind.COUNT, 11, "rule 78", least=1, most=12),
    Rule("low_income.most_down_percent", Topic.ARRANGEMENT, Kind.PERCENT, "20", "rule 78", most=50),
    Rule("low_income.least_months", Topic.ARRANGEMENT, Kind.MONTHS, 6, "rule 78", least=1, most=24),
    Rule("low_income.most_months", Topic.ARRANGEMENT, Kind.MONTHS, 12, "rule 78", least=1, most=24),
    Rule("low_income.amend_after", Topic.ARRANGEMENT, Kind.COUNT, 2, "rule 78", least=1, most=12),
    Rule("winter.first_month", Topic.WINTER, Kind.COUNT, 0, "domain rule 86", most=12),
    Rule("winter.last_month", Topic.WINTER, Kind.COUNT, 3, "domain rule 86", least=1, most=12),
    Rule("winter.most_down_percent", Topic.WINTER, Kind.PERCENT, "10", "domain rule 78", most=50),
    Rule("winter.least_months", Topic.WINTER, Kind.MONTHS, 4, "domain rule 78", least=1, most=11),
    Rule("winter.forbids", Topic.WINTER, Kind.YES_NO, False, "domain rules 85 and 86"),  # noqa: FBT003
    Rule("write_off.after_days", Topic.WRITE_OFF, Kind.DAYS, 90, "rule 60", least=30, most=720),
    Rule("placement.after_days", Topic.WRITE_OFF, Kind.DAYS, 30, "domain rule 60", most=720),
    Rule("placement.commission_percent", Topic.WRITE_OFF, Kind.PERCENT, "0", "rule 60", most=60),
    Rule("round_up.most_in_a_year_cents", Topic.ROUND_UP, Kind.CENTS, 0, "rule 61", most=100_00),
)
"""In the order the desk shows them."""

BY_KEY: Mapping[str, Rule] = {rule.key: rule for rule in RULES}


def rule_of(key: str) -> Rule:
    """Return the policy of this name.

    Raises:
        PolicyUnknown: there is none in the list.
    """
    if key not in BY_KEY:
        raise PolicyUnknown(key=key)
    return BY_KEY[key]


def value_in(policies: Mapping[str, Any], key: str) -> Any:
    """Return a listed policy's value among those in force, or what holds without a row."""
    return policies.get(key, BY_KEY[key].unset)


def read_value(rule: Rule, written: str) -> Any:
    """Return the value a clerk wrote, as it is stored.

    Args:
        rule: Of which policy.
        written: Dollars and cents, a percentage, a whole number, ``yes`` or ``no``, or
            account numbers apart by commas.

    Raises:
        PolicyValueRefused: it is none, or out of bounds; ``limit`` is the bound as stored.
    """
    bare = written.strip()
    match rule.kind:
        case Kind.YES_NO:
            return _one_of(bare, {"yes": True, "no": False})
        case Kind.ACCOUNTS:
            return _accounts(bare)
        case Kind.PERCENT:
            return str(_bounded(rule, _decimal(bare.removesuffix("%").strip(), places=PLACES)))
        case Kind.CENTS:
            dollars = _decimal(bare.removeprefix("$"), places=2)
            return int(_bounded(rule, dollars * 100))
        case _:
            return int(_bounded(rule, _decimal(bare, places=0)))


def write_value(rule: Rule, value: Any) -> str:
    """Return a stored value as a clerk would write it: what ``read_value`` reads back."""
    match rule.kind:
        case Kind.YES_NO:
            return "yes" if value else "no"
        case Kind.ACCOUNTS:
            return ", ".join(value)
        case Kind.CENTS:
            return f"{Decimal(value).scaleb(-2):.2f}"
        case _:
            return str(value)


def _one_of(written: str, values: Mapping[str, bool]) -> bool:
    if written not in values:
        raise PolicyValueRefused(reason="not_understood")
    return values[written]


def _accounts(written: str) -> list[str]:
    numbers = [part for part in re.split(r"[\s,;]+", written) if part]
    if not all(ACCOUNT.fullmatch(number) for number in numbers):
        raise PolicyValueRefused(reason="not_understood")
    return list(dict.fromkeys(numbers))


def _decimal(written: str, *, places: int) -> Decimal:
    match = NUMBER.fullmatch(written)
    if match is None or len(match["places"] or "") > places:
        raise PolicyValueRefused(reason="not_understood")
    return Decimal(written.replace(",", ""))


def _bounded(rule: Rule, number: Decimal) -> Decimal:
    if number < rule.least:
        raise PolicyValueRefused(reason="too_small", limit=rule.least)
    if number > rule.most:
        raise PolicyValueRefused(reason="too_large", limit=rule.most)
    return number
