"""Billing cycles, and the dated facts of agreements that no meter shows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from smarthub.accounts.types import AgreementId
from smarthub.billing.models import BillingCycle, ContractFact
from smarthub.kernel.errors import Conflict, Refused
from smarthub.kernel.text import Text

LAST_BILL_DAY = 31


class CycleDiffers(Conflict):
    """The cycle exists with other days."""

    code = "cycle_differs"


class DayOutOfMonth(Refused):
    """A bill day or due day is not a day of a month."""

    code = "day_out_of_month"


class ContractFactUnknown(Refused):
    """No tariff asks for a fact of that name, or it is below zero."""

    code = "contract_fact_unknown"


def add_cycle(*, code: str, name: Text, bill_day: int, due_day: int) -> None:
    """Add a billing cycle, once.

    Args:
        code: What accounts name.
        name: For people.
        bill_day: Day of the month on which the cycle is billed, 1 to 31; in a shorter month
            its last day.
        due_day: Day of the month on which its bills are due; 0 lets them be due
            ``bill.due_days`` after the bill date.

    Raises:
        CycleDiffers: the code is taken by a cycle with other days.
        DayOutOfMonth: a day is not between 1 and 31 (a due day, 0 and 31).

    Source: domain rule 41.
    """
    if not 1 <= bill_day <= LAST_BILL_DAY:
        raise DayOutOfMonth(day=bill_day)
    if not 0 <= due_day <= LAST_BILL_DAY:
        raise DayOutOfMonth(day=due_day)
    row, _created = BillingCycle.objects.get_or_create(
        code=code,
        defaults={"name": name.as_json(), "bill_day": bill_day, "due_day": due_day},
    )
    if (row.bill_day, row.due_day) != (bill_day, due_day):
        raise CycleDiffers(cycle=code)


def record_contract_fact(
    *,
    agreement_id: AgreementId,
    name: str,
    value: Decimal,
    effective_from: dt.date,
    author: str,
    now: dt.datetime,
) -> None:
    """Record what no meter shows about an agreement, from a local day on; again is harmless.

    Args:
        agreement_id: The agreement.
        name: ``horsepower``, ``kva``, ``lamps``, ``power_factor``, ``winter_average``,
            ``solar_blocks`` or ``no_estimate``.
        value: In the unit of the name; a power factor as 0.91.
        effective_from: The first local day it holds.
        author: Who says so.
        now: When this is recorded.

    Raises:
        ContractFactUnknown: no tariff asks for such a fact, or it is below zero.

    Source: domain rules 9.1, 28 and 37.
    """
    if name not in ContractFact.Name.values or value < 0:
        raise ContractFactUnknown(name=name, value=str(value))
    same = ContractFact.objects.filter(
        agreement=agreement_id, name=name, effective_from=effective_from
    )
    latest = same.order_by("-recorded_at", "-pk").first()
    if latest is None or latest.value != value:
        ContractFact.objects.create(
            agreement_id=agreement_id,
            name=name,
            value=value,
            effective_from=effective_from,
            author=author,
            recorded_at=now,
        )
