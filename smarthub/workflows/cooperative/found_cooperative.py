"""Set a co-op up: identity, brand, first policies, and the bank holidays of some years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction

from smarthub.cooperative.operations import close_day, set_brand, set_policy
from smarthub.cooperative.queries import IDENTITY
from smarthub.cooperative.types import Identity
from smarthub.kernel.banking_days import bank_holidays

FIRST_POLICIES: Mapping[str, tuple[Any, str]] = {
    "bill.due_floor_days": (21, "domain rule 41: a fixed due day never gives fewer days"),
    "bill.due_days": (21, "domain rule 41: days to pay where a cycle has no due day of its own"),
    "bill.period_days": (
        {"least": 28, "most": 34},
        "domain rule 22: a longer or shorter period is looked at before it is billed",
    ),
    "bill.most_estimates": (2, "domain rule 16: so many estimates in a row, then a real read"),
    "bill.wrong_estimate": (
        {"percent": 25, "kWh": 200, "ccf": 20, "gal": 2000},
        "domain rule 17: an estimate off by more than both is billed again",
    ),
    "bill.unusual_use": (
        {"times": 3, "kWh": 200, "ccf": 20, "gal": 2000},
        "domain rules 13 and 18: use so far from what is usual is looked at before it is billed",
    ),
    "bill.back_billing_months": (
        {"home": 12, "other": 24},
        "domain rule 45; 83 Ill. Adm. Code 280.100: how far back a correction may ask for more",
    ),
    "bill.delinquent_after_days": (2, "domain rule 52: days of grace after the due date"),
    "payment.maximum_cents": (100_000_00, "the most one payment may move"),
    "payment.settles_within_days": (5, "a charge not paid out by then is put before staff"),
    "refund.second_person_above_cents": (
        100_00,
        "domain rule 57; ASVS 2.3.5: a second person for large refunds",
    ),
    "fee.nsf_cents": (25_00, "domain rule 55: a payment returned for want of money"),
    "returned.most_in_a_year": (2, "domain rule 55: 2 in 12 months force guaranteed funds"),
    "late_fee.percent": ("1.5", "domain rule 53: of what is overdue, once for each due date"),
    "deposit.months_of_charges": (2, "domain rule 58: two months are a sixth of a year"),
    "deposit.most_months": (2, "domain rule 58; 83 Ill. Adm. Code 280.40: at most a sixth"),
    "deposit.notice_days": (45, "domain rule 58; 83 Ill. Adm. Code 280.40: days to give notice"),
    "deposit.interest_percent": ("1.5", "domain rule 59: a year, simple"),
    "deposit.clean_months": (12, "domain rule 58: then a deposit goes back"),
    "arrears.reminder_days": (3, "domain rule 82: before the due date"),
    "arrears.past_due_days": (1, "domain rule 82: after the due date"),
    "arrears.notice_days": (10, "domain rule 82: after the due date"),
    "arrears.notice_period_days": (8, "domain rule 82: 5 days delivered, 8 mailed in winter"),
    "arrears.threshold_cents": (50_00, "domain rule 83: nothing is cut for a smaller debt"),
    "arrears.latest_hour": (14, "domain rule 84: nothing is cut later in the day"),
    "arrears.cold_fahrenheit": (32, "domain rule 85: nothing is cut in such cold"),
    "arrears.heat_fahrenheit": (95, "domain rule 85: nothing is cut in such heat"),
    "winter.first_month": (12, "domain rule 86: winter is from the first of December"),
    "winter.last_month": (3, "domain rule 86: to the last of March"),
    "sign_in.second_step_for_all": (False, "a second step is each member's own choice"),
    "read.hourly_ceiling": (
        {"kWh": "400", "ccf": "60", "gal": "6000"},
        "domain rule 18: an hour above this is refused as absurd",
    ),
}
"""What every co-op starts with: policy, value, and why. Each can be changed from a date on."""


def found_cooperative(
    *,
    identity: Identity,
    colour: str,
    policies: Mapping[str, Any],
    holiday_years: Iterable[int],
    effective_from: dt.date,
    author: str,
    now: dt.datetime,
) -> None:
    """Write the co-op's first rows; saying the same again changes nothing.

    Args:
        identity: Who the co-op is; its zone holds for ever.
        colour: Its one colour, ``#rrggbb``; the other tones follow from it.
        policies: Values that differ from ``FIRST_POLICIES``, or come beside them.
        holiday_years: Years whose Federal Reserve holidays go on the calendar.
        effective_from: The first local day all this holds.
        author: Who set it up.
        now: When this is recorded.

    Raises:
        BrandTooPale: members could not read the colour; nothing is written.
    """
    own = {key: (value, "set when the co-op was founded") for key, value in policies.items()}
    rows = {
        IDENTITY: (_identity_json(identity), "the co-op's own statement"),
        **FIRST_POLICIES,
        **own,
    }
    with transaction.atomic():
        for key, (value, note) in rows.items():
            set_policy(
                key=key,
                value=value,
                effective_from=effective_from,
                author=author,
                now=now,
                source_note=note,
            )
        set_brand(colour=colour, effective_from=effective_from, author=author, now=now)
        for year in holiday_years:
            for day, name in bank_holidays(year).items():
                close_day(day=day, name=name, author=author, now=now)


def _identity_json(identity: Identity) -> dict[str, Any]:
    value = asdict(identity)
    lists = {key: list(v) for key, v in value.items() if isinstance(v, tuple)}
    return {**value, **lists}
