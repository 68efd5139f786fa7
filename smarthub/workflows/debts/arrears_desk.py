"""Arrears as the desk sees and handles them; every act is in the audit trail.

Whether service may be disconnected is looked at in the moment somebody says it was: the debt, the
holds, the day, the hour, and the weather forecast for the place.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.db import transaction

from smarthub.accounts.access import open_for_staff
from smarthub.accounts.types import VisibleAccount
from smarthub.arrears import operations, queries
from smarthub.arrears.engine import is_winter, winter_began
from smarthub.arrears.queries.arrangements import (
    find_income_mark,
    list_arrangements,
    was_offered_since,
)
from smarthub.arrears.queries.back_billing import find_offer
from smarthub.arrears.queries.pledges import list_pledges
from smarthub.arrears.queries.write_offs import list_write_offs
from smarthub.arrears.types import (
    ArrangementRule,
    ArrangementView,
    BackBillingOffer,
    FeeView,
    HoldId,
    HoldKind,
    HoldView,
    IncomeMark,
    PledgeView,
    ProcessId,
    ProcessView,
    StepRule,
    WriteOffView,
)
from smarthub.cooperative.queries import get_zone, list_closed_days, list_policies
from smarthub.deposits.queries import list_deposits
from smarthub.deposits.types import DepositView
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period, local_day
from smarthub.ledger.queries import get_balances
from smarthub.members.operations import record_act
from smarthub.members.queries import get_person_of_user
from smarthub.payments.queries import list_guaranteed_funds
from smarthub.usage.queries import list_forecast_days

ONE_DAY = dt.timedelta(days=1)
CALENDAR = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ArrearsRow:
    """A process on the desk's list, with what holds the account."""

    process: ProcessView
    holds: tuple[HoldView, ...]


@dataclass(frozen=True, slots=True)
class ArrearsOfAccount:
    """Everything the desk shows of one account's arrears; ``current`` is the open process."""

    account: VisibleAccount
    owed: Money
    current: ProcessView | None
    earlier: tuple[ProcessView, ...]
    holds: tuple[HoldView, ...]
    fees: tuple[FeeView, ...]
    deposits: tuple[DepositView, ...]
    arrangements: tuple[ArrangementView, ...]
    written_off: tuple[WriteOffView, ...]
    pledges: tuple[PledgeView, ...]
    low_income: IncomeMark | None
    guaranteed_until: dt.date | None
    """Until when it is paid by guaranteed funds only."""
    back_billing: BackBillingOffer | None = None


def list_arrears(*, on: dt.date) -> tuple[ArrearsRow, ...]:
    """Return every open process, those nearest to a disconnection first."""
    processes = queries.list_open_processes()
    holds = queries.list_holds(account_ids=processes.keys(), on=on)
    rows = [ArrearsRow(each, tuple(holds.get(key, ()))) for key, each in processes.items()]
    return tuple(sorted(rows, key=lambda row: (row.process.cut_on or dt.date.max, row.process.id)))


def open_arrears(
    *, user_id: int, number: str, now: dt.datetime, said: HoldId | None = None
) -> ArrearsOfAccount:
    """Return one account's arrears; that it was opened is left in the audit trail.

    Args:
        user_id: A login of staff.
        number: The account's.
        now: When it is opened.
        said: A medical hold whose reason is asked for, which is left in the audit trail as well.

    Raises:
        NotVisible: there is no such account, or the login is not staff's.

    Source: domain rules 82 and 88.
    """
    account = open_for_staff(user_id=user_id, number=number, now=now)
    on = local_day(now, get_zone())
    current = queries.list_open_processes(account_ids=[account.id]).get(account.id)
    holds = queries.list_holds(account_ids=[account.id], on=on).get(account.id, ())
    if said is not None and said in {hold.id for hold in holds}:
        _leave(user_id, "arrears.reason_seen", number, now)
    processes = queries.list_processes(account_id=account.id)
    return ArrearsOfAccount(
        account=account,
        owed=get_balances(account_ids=[account.id])[account.id].owed,
        current=current,
        earlier=tuple(each for each in processes if current is None or each.id != current.id),
        holds=tuple(each if _may_read(each, said) else replace(each, reason="") for each in holds),
        fees=tuple(queries.list_fees(account_id=account.id)),
        deposits=tuple(list_deposits(account_ids=[account.id])),
        arrangements=tuple(list_arrangements(account_ids=[account.id])),
        written_off=tuple(list_write_offs(account_ids=[account.id])),
        pledges=tuple(list_pledges(account_ids=[account.id])),
        low_income=find_income_mark(account_id=account.id, on=on),
        guaranteed_until=list_guaranteed_funds(account_ids=[account.id], on=on).get(account.id),
        back_billing=find_offer(account_id=account.id, on=on),
    )


def set_hold(
    *,
    user_id: int,
    number: str,
    kind: HoldKind,
    ends_on: dt.date | None,
    reason: str,
    now: dt.datetime,
) -> None:
    """Keep an account from being followed from today on.

    Raises:
        NotVisible: there is no such account.
        ReasonMissing, HoldHasNoDays: see ``arrears.operations``.
    """
    account = open_for_staff(user_id=user_id, number=number, now=now)
    with transaction.atomic():
        operations.set_hold(
            account_id=account.id,
            kind=kind,
            starts_on=local_day(now, get_zone()),
            ends_on=ends_on,
            reason=reason,
            by=get_person_of_user(user_id=user_id).id,
            now=now,
        )
        _leave(user_id, "arrears.held", number, now, kind=kind.value)


def end_hold(*, user_id: int, number: str, hold_id: HoldId, now: dt.datetime) -> None:
    """End a hold of an account today.

    Raises:
        NotVisible: there is no such account, or no such hold of it; that of an arrangement or of a
            pledge ends with it alone.
    """
    account = open_for_staff(user_id=user_id, number=number, now=now)
    on = local_day(now, get_zone())
    holds = queries.list_holds(account_ids=[account.id], on=on).get(account.id, ())
    by_hand = {hold.id for hold in holds if _is_by_hand(hold)}
    if hold_id not in by_hand:
        raise NotVisible
    with transaction.atomic():
        by = get_person_of_user(user_id=user_id).id
        operations.end_hold(hold_id=hold_id, by=by, now=now)
        _leave(user_id, "arrears.hold_ended", number, now)


def _is_by_hand(hold: HoldView) -> bool:
    return hold.kind is not HoldKind.ARRANGEMENT and not hold.ends_with_pledge


def record_cut(*, user_id: int, number: str, now: dt.datetime) -> None:
    """Write down that an account's service was disconnected, if all allows it at this moment.

    Raises:
        NotVisible: there is no such account, or nothing is followed on it.
        NotToBeCut: something forbids it.

    Source: domain rules 82 to 85.
    """
    account = open_for_staff(user_id=user_id, number=number, now=now)
    zone = get_zone()
    on = local_day(now, zone)
    rule = StepRule.from_policies(list_policies(on=on))
    with transaction.atomic():
        operations.record_cut(
            process_id=_current(account),
            rule=rule,
            by=get_person_of_user(user_id=user_id).id,
            on=on,
            hour=now.astimezone(zone).hour,
            closed=list_closed_days(start=on, end=on + CALENDAR),
            weather_forbids=_weather_forbids(account, rule, on),
            winter_forbids=_winter_forbids(account, on),
            now=now,
        )
        _leave(user_id, "arrears.disconnected", number, now)


def record_restored(*, user_id: int, number: str, now: dt.datetime) -> None:
    """Write down that an account's service is on again.

    Raises:
        NotVisible: there is no such account, or nothing is followed on it.
        NotToBeCut: it was never disconnected.
    """
    account = open_for_staff(user_id=user_id, number=number, now=now)
    with transaction.atomic():
        by = get_person_of_user(user_id=user_id).id
        on = local_day(now, get_zone())
        operations.record_restored(process_id=_current(account), by=by, on=on, now=now)
        _leave(user_id, "arrears.restored", number, now)


def waive_fee(*, user_id: int, number: str, source_key: str, reason: str, now: dt.datetime) -> None:
    """Give up a fee of an account.

    Raises:
        NotVisible: there is no such account, or no such fee on it.
        ReasonMissing, AlreadyWaived: see ``arrears.operations``.
    """
    account = open_for_staff(user_id=user_id, number=number, now=now)
    fees = queries.list_fees(account_id=account.id)
    if source_key not in {fee.source_key for fee in fees}:
        raise NotVisible
    with transaction.atomic():
        operations.waive_fee(
            source_key=source_key,
            reason=reason,
            by=get_person_of_user(user_id=user_id).id,
            on=local_day(now, get_zone()),
            now=now,
        )
        _leave(user_id, "fee.waived", number, now, fee=source_key)


def _may_read(hold: HoldView, said: HoldId | None) -> bool:
    """Return whether what was said is shown: of a medical hold only where it was asked for."""
    return hold.kind is not HoldKind.MEDICAL or hold.id == said


def _current(account: VisibleAccount) -> ProcessId:
    process = queries.list_open_processes(account_ids=[account.id]).get(account.id)
    if process is None:
        raise NotVisible
    return process.id


def _weather_forbids(account: VisibleAccount, rule: StepRule, on: dt.date) -> bool:
    """Return whether such cold or heat is forecast for today or tomorrow at one of its places.

    Source: domain rule 85.
    """
    stations = {point.station for point in account.points if point.station}
    days = list_forecast_days(stations=stations, period=Period(on, on + 2 * ONE_DAY))
    return any(
        day.low_f <= rule.cold_fahrenheit or day.high_f >= rule.heat_fahrenheit for day in days
    )


def _winter_forbids(account: VisibleAccount, on: dt.date) -> bool:
    """Return whether winter forbids it: nothing is cut, or nothing before an arrangement offered.

    Source: domain rule 86.
    """
    rule = ArrangementRule.from_policies(list_policies(on=on))
    if not is_winter(on, rule=rule):
        return False
    return rule.winter_forbids or not was_offered_since(
        account_id=account.id, day=winter_began(on, rule=rule)
    )


def _leave(user_id: int, act: str, number: str, now: dt.datetime, **after: object) -> None:
    record_act(user_id=user_id, act=act, subject=f"account:{number}", now=now, after=after or None)
