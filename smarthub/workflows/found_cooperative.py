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
from smarthub.kernel.text import Text

FIRST_POLICIES: Mapping[str, tuple[Any, str]] = {
    "bill.due_floor_days": (21, "domain rule 41: a fixed due day never gives fewer days"),
    "bill.due_days": (21, "domain rule 41: days to pay where a cycle has no due day of its own"),
    "bill.period_days": (
        {"least": 28, "most": 34},
        "domain rule 22: a longer or shorter period is looked at before it is billed",
    ),
    "bill.most_estimates": (2, "domain rule 16: so many estimates in a row, then a real read"),
    "bill.delinquent_after_days": (2, "domain rule 52: days of grace after the due date"),
    "payment.maximum_cents": (100_000_00, "the most one payment may move"),
    "payment.settles_within_days": (5, "a charge not paid out by then is put before staff"),
    "refund.second_person_above_cents": (
        100_00,
        "domain rule 57; ASVS 2.3.5: a second person for large refunds",
    ),
    "fee.nsf_cents": (25_00, "domain rule 55: a payment returned for want of money"),
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


def bank_holidays(year: int) -> dict[dt.date, Text]:
    """Return the Federal Reserve's holidays of a year, on the days its banks are closed.

    One that falls on a Sunday is kept on Monday; on a Saturday the banks stay open on Friday.
    """
    fixed = {
        dt.date(year, 1, 1): Text("New Year's Day", "Año Nuevo"),
        dt.date(year, 6, 19): Text("Juneteenth", "Juneteenth"),
        dt.date(year, 7, 4): Text("Independence Day", "Día de la Independencia"),
        dt.date(year, 11, 11): Text("Veterans Day", "Día de los Veteranos"),
        dt.date(year, 12, 25): Text("Christmas Day", "Navidad"),
    }
    monday, thursday = 0, 3
    floating = {
        _nth(year, 1, monday, 3): Text("Martin Luther King Jr. Day", "Día de Martin Luther King"),
        _nth(year, 2, monday, 3): Text("Presidents' Day", "Día de los Presidentes"),
        _nth(year, 6, monday, 1) - dt.timedelta(days=7): Text("Memorial Day", "Día de los Caídos"),
        _nth(year, 9, monday, 1): Text("Labor Day", "Día del Trabajo"),
        _nth(year, 10, monday, 2): Text("Columbus Day", "Día de la Raza"),
        _nth(year, 11, thursday, 4): Text("Thanksgiving Day", "Día de Acción de Gracias"),
    }
    sunday = 6
    kept = {d + dt.timedelta(days=d.weekday() == sunday): name for d, name in fixed.items()}
    return kept | floating


def _nth(year: int, month: int, weekday: int, n: int) -> dt.date:
    first = dt.date(year, month, 1)
    return first + dt.timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))


def _identity_json(identity: Identity) -> dict[str, Any]:
    value = asdict(identity)
    lists = {key: list(v) for key, v in value.items() if isinstance(v, tuple)}
    return {**value, **lists}
