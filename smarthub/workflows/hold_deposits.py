"""Keep deposits: interest each year, and back to the member after good months (rules 58 and 59)."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from smarthub.arrears.queries import was_late_since
from smarthub.cooperative.catalogue import value_in
from smarthub.cooperative.queries import get_zone, list_policies
from smarthub.deposits import operations
from smarthub.deposits.queries import list_open_deposits
from smarthub.deposits.types import DepositEnd, DepositView
from smarthub.kernel.period import local_day

MONTHS_OF_A_YEAR = 12


def keep_deposits(*, now: dt.datetime) -> int:
    """Credit a year's interest where one is over, and give back what has waited long enough.

    Safe to run at any time and twice; a day that was missed is made up for.

    Returns:
        How many deposits were credited or given back.

    Source: domain rules 58 and 59.
    """
    on = local_day(now, get_zone())
    policies = list_policies(on=on)
    return sum(_keep(deposit, policies, on, now) for deposit in list_open_deposits())


def _keep(deposit: DepositView, policies: Mapping[str, Any], on: dt.date, now: dt.datetime) -> bool:
    if not deposit.is_held or deposit.paid_on is None:
        return False
    percent = Decimal(value_in(policies, "deposit.interest_percent"))
    months = int(value_in(policies, "deposit.clean_months"))
    clean_since = months_later(on, -months)
    if deposit.paid_on <= clean_since and not was_late_since(
        account_id=deposit.account_id, day=clean_since
    ):
        operations.give_back(
            deposit_id=deposit.id,
            how=DepositEnd.REFUNDED,
            percent=percent,
            on=on,
            by=None,
            now=now,
        )
        return True
    year_ends = months_later(deposit.interest_until or deposit.paid_on, MONTHS_OF_A_YEAR)
    if on < year_ends:
        return False
    earned = operations.credit_interest(
        deposit_id=deposit.id, percent=percent, until=year_ends, now=now
    )
    return bool(earned)


def months_later(day: dt.date, months: int) -> dt.date:
    """Return the same day so many months later, or the last of that month where it has none."""
    year, month = divmod(day.year * MONTHS_OF_A_YEAR + day.month - 1 + months, MONTHS_OF_A_YEAR)
    _weekday, length = monthrange(year, month + 1)
    return dt.date(year, month + 1, min(day.day, length))
