"""What payments ordered for a day will take, as their run will find it if nothing else changes.

The run of the drafts counts on them: money ordered for an earlier day, or for the same one, is on
its way when a draft is judged (``jobs.tasks``), so the draft takes the less.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from smarthub.accounts.queries import list_let_out
from smarthub.accounts.types import AccountId
from smarthub.kernel.money import ZERO, Money
from smarthub.payments.queries import list_guaranteed_funds, list_schedules_of, list_usable_from
from smarthub.payments.types import MethodId, MethodKind, Schedule, ScheduleView


@dataclass(frozen=True, slots=True)
class OrderAhead:
    """What one order takes of an account unless somebody acts, and on which local day.

    ``is_in_time``: it is no later than the draft day or due date of the bill that it pays.
    """

    amount: Money
    on: dt.date
    is_in_time: bool


def list_orders(
    *, account_ids: Collection[AccountId], on: dt.date
) -> dict[AccountId, list[ScheduleView]]:
    """Return the orders that will be carried out, by account, in the order of their days.

    Whose method is gone, or may not be drawn on by then, and whose member may not pay by then, is
    left out. One query; and where there are orders, one for each of their days, four more where
    one draws on a bank account, and a few for each bank account of the co-op's own files.

    Source: domain rules 51 and 55.
    """
    found = list_schedules_of(account_ids=account_ids)
    if not found:
        return {}
    let_out = cache(lambda day: list_let_out(on=day))
    may_pay = [
        view
        for view in found
        if not {(part.account_id, view.schedule.person_id) for part in view.schedule.parts}
        & let_out(max(view.schedule.pay_on, on))
    ]
    usable = _usable(may_pay, on)
    return {
        account_id: [view for view in usable if _part(view.schedule, account_id) > ZERO]
        for account_id in account_ids
    }


def taken_by(
    view: ScheduleView,
    account_id: AccountId,
    owed: Mapping[AccountId, Money],
    maximum_on: Callable[[dt.date], Money],
) -> Money:
    """Return what an order takes of an account, by what is owed on its accounts by then.

    An account of which nobody knows what is owed counts as owing its whole part. What is presented
    again is taken whole or not at all.

    Source: domain rules 51 and 56.
    """
    order = view.schedule
    taken = {
        part.account_id: part.amount
        if order.keeps_amount
        else max(min(part.amount, owed.get(part.account_id, part.amount)), ZERO)
        for part in order.parts
    }
    total = Money.sum(taken.values())
    if total > maximum_on(order.pay_on) or (view.is_again and total < order.amount):
        return ZERO
    return taken[account_id]


def _part(order: Schedule, account_id: AccountId) -> Money:
    return Money.sum(part.amount for part in order.parts if part.account_id == account_id)


def _usable(orders: Sequence[ScheduleView], on: dt.date) -> list[ScheduleView]:
    """Leave out orders on bank accounts that are refused on their day."""
    by_bank = [view for view in orders if view.method.kind is MethodKind.BANK]
    if not by_bank:
        return list(orders)
    accounts = {part.account_id for view in by_bank for part in view.schedule.parts}
    guaranteed = list_guaranteed_funds(account_ids=accounts, on=on)
    checked = list_usable_from(method_ids=[view.method.id for view in by_bank])
    return [
        view
        for view in orders
        if view.method.kind is not MethodKind.BANK
        or _bank_lets(view.schedule, guaranteed, checked, max(view.schedule.pay_on, on))
    ]


def _bank_lets(
    order: Schedule,
    guaranteed: Mapping[AccountId, dt.date],
    checked: Mapping[MethodId, dt.date | None],
    day: dt.date,
) -> bool:
    """Return whether a bank account may be drawn on that day."""
    since = checked.get(order.method_id, day)
    if since is None or day < since:
        return False
    return all(day >= guaranteed.get(part.account_id, day) for part in order.parts)
