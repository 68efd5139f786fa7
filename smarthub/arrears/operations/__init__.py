"""Every write of arrears: fees, holds, and steps, each once; under the account's lock.

What is owed is looked at again under the lock, so a payment that came a moment before counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Max

from smarthub.accounts.types import AccountId
from smarthub.arrears import engine, queries
from smarthub.arrears.models import FeeWaiver, Hold, HoldEnd, Process, StepTaken
from smarthub.arrears.types import (
    DebtOfBill,
    HoldId,
    HoldKind,
    LateFeeRule,
    ProcessId,
    ProcessView,
    Step,
    StepRule,
    Why,
)
from smarthub.kernel.errors import Conflict, NotVisible, Refused
from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.operations import entry_id_for, lock_accounts, post_entry, reverse_entry
from smarthub.ledger.queries import list_allocations
from smarthub.ledger.types import UNAPPLIED_CASH, Posting
from smarthub.members.types import PersonId
from smarthub.payments.models import Fee
from smarthub.payments.operations import charge_fee
from smarthub.payments.queries import had_taken_back_since
from smarthub.payments.types import DAYS_TO_PAY_AGAIN

FEES = "ar:fees"
NO_FEE_WHILE = frozenset(
    {HoldKind.DISPUTED, HoldKind.DECEASED, HoldKind.BANKRUPTCY, HoldKind.ARRANGEMENT}
)
"""Holds during which nothing is charged for being late (rules 53, 78 and 91)."""


class AlreadyWaived(Conflict):
    """Somebody gave the fee up before."""

    code = "already_waived"


class ReasonMissing(Refused):
    """Nobody said why."""

    code = "reason_missing"


class HoldHasNoDays(Refused):
    """The hold would end before it begins."""

    code = "hold_has_no_days"


class NotToBeCut(Refused):
    """Service may not be disconnected now.

    Values: ``because``: ``no_notice``, ``too_early``, ``held``, ``paid``, ``day``, ``hour``,
    ``weather``, ``winter`` or ``ended``.
    """

    code = "not_to_be_cut"


def assess_late_fee(
    *,
    debt: DebtOfBill,
    rule: LateFeeRule,
    on: dt.date,
    closed: Collection[dt.date],
    now: dt.datetime,
) -> bool:
    """Charge an account for being late with a bill, once for its due date; say whether it was.

    Not within the grace, not an account the policy leaves out, not while a hold forbids it, and not
    for a bill that was due before, or soon after, we took a payment back by our own mistake.

    Source: domain rules 52 to 54.
    """
    in_time = engine.last_day_in_time(
        due_date=debt.due_date, grace_days=rule.grace_days, closed=closed
    )
    if on <= in_time or debt.account_number in rule.excluded_accounts:
        return False
    about = f"due:{debt.account_number}:{debt.due_date}"
    ours_since = debt.due_date - dt.timedelta(days=DAYS_TO_PAY_AGAIN)
    if had_taken_back_since(account_id=debt.account_id, day=ours_since):
        return False
    with transaction.atomic():
        lock_accounts(account_ids=[debt.account_id])
        holds = queries.list_holds(account_ids=[debt.account_id], on=on)
        is_held = {hold.kind for hold in holds.get(debt.account_id, [])} & NO_FEE_WHILE
        amount = engine.late_fee(rule=rule, overdue=_again(debt).overdue)
        is_known = Fee.objects.filter(kind="late", about=about).exists()
        if is_held or is_known or not amount:
            return False
        charge_fee(
            kind="late", account_id=debt.account_id, amount=amount, about=about, on=on, now=now
        )
    return True


def waive_fee(*, source_key: str, reason: str, by: PersonId, on: dt.date, now: dt.datetime) -> None:
    """Give a fee up, once; what had paid it waits on the account as a credit.

    Raises:
        NotVisible: there is no such fee.
        ReasonMissing: nobody said why.
        AlreadyWaived: it was given up before.

    Source: domain rule 54.
    """
    if not reason.strip():
        raise ReasonMissing
    fee = Fee.objects.filter(source_key=source_key).first()
    if fee is None:
        raise NotVisible
    account_id = AccountId(fee.account_id)
    with transaction.atomic():
        lock_accounts(account_ids=[account_id])
        _, created = FeeWaiver.objects.get_or_create(
            fee=fee,
            defaults={"reason": reason.strip(), "on": on, "waived_by_id": by, "waived_at": now},
        )
        if not created:
            raise AlreadyWaived
        charge = entry_id_for(source_key)
        paid = Money.sum(list_allocations(entry_ids=[charge]).values())
        reverse_entry(
            source_key=f"waived:{source_key}", reverses=charge, effective_date=on, posted_at=now
        )
        if paid:
            post_entry(
                source_key=f"waived:{source_key}:paid",
                kind="credit_freed",
                effective_date=on,
                postings=[
                    Posting(FEES, paid, account_id),
                    Posting(UNAPPLIED_CASH, -paid, account_id),
                ],
                posted_at=now,
            )


def set_hold(
    *,
    account_id: AccountId,
    kind: HoldKind,
    starts_on: dt.date,
    ends_on: dt.date | None,
    reason: str,
    by: PersonId,
    now: dt.datetime,
) -> HoldId:
    """Keep an account from being followed from a day on; a standing notice is stopped at once.

    Raises:
        ReasonMissing: nobody said why.
        HoldHasNoDays: it would end before it begins.

    Source: domain rules 79, 87, 91 and 92.
    """
    if not reason.strip():
        raise ReasonMissing
    if ends_on is not None and ends_on <= starts_on:
        raise HoldHasNoDays
    with transaction.atomic():
        lock_accounts(account_ids=[account_id])
        row = Hold.objects.create(
            account_id=account_id,
            kind=kind,
            starts_on=starts_on,
            ends_on=ends_on,
            reason=reason.strip(),
            set_by_id=by,
            set_at=now,
        )
        process = queries.list_open_processes(account_ids=[account_id]).get(account_id)
        if process is not None and Step.CUT not in process.steps:
            stop, amount = Step.STOPPED, process.amount
            _take(process.id, stop, on=starts_on, amount=amount, why=Why.HELD, by=by, now=now)
    return HoldId(row.pk)


def end_hold(*, hold_id: HoldId, by: PersonId, now: dt.datetime) -> None:
    """End a hold before its day; ending it again changes nothing.

    Raises:
        NotVisible: there is no such hold.
    """
    hold = Hold.objects.filter(pk=hold_id).first()
    if hold is None:
        raise NotVisible
    HoldEnd.objects.get_or_create(hold=hold, defaults={"ended_by_id": by, "ended_at": now})


def take_next_step(
    *,
    debt: DebtOfBill,
    rule: StepRule,
    on: dt.date,
    closed: Collection[dt.date],
    now: dt.datetime,
) -> ProcessView | None:
    """Write down the step that is due of an account, once; None where none is.

    To be called in the transaction that queues its message, so that no step is without one.

    Source: domain rule 82.
    """
    with transaction.atomic():
        lock_accounts(account_ids=[debt.account_id])
        debt = _again(debt)
        process = queries.list_open_processes(account_ids=[debt.account_id]).get(debt.account_id)
        to_cut_for = debt.to_cut_for(rule.threshold)
        if debt.overdue <= ZERO or debt.account_id in queries.list_holds(
            account_ids=[debt.account_id], on=on
        ):
            return None
        step = engine.next_step(
            taken=process.steps if process else {},
            due_date=process.due_date if process else debt.due_date,
            cut_on=process.cut_on if process else None,
            may_lead_to_a_cut=bool(to_cut_for),
            on=on,
            rule=rule,
            closed=closed,
        )
        if step is None:
            return None
        process_id = process.id if process else _open(debt, now)
        is_notice = step is Step.NOTICE
        _take(
            process_id,
            step,
            on=on,
            amount=Money.sum(to_cut_for.values()) if is_notice else debt.overdue,
            now=now,
            services=sorted(to_cut_for) if is_notice else (),
            cut_on=engine.cut_day(noticed_on=on, period_days=rule.notice_period_days, closed=closed)
            if is_notice
            else None,
        )
        return queries.get_process(process_id=process_id)


def stop_cleared(
    *, account_ids: Collection[AccountId], rule: StepRule, on: dt.date, now: dt.datetime
) -> int:
    """Stop each process whose debt was paid; return how many were.

    To be called in the transaction that books the money: then no moment is left in which the
    debt is gone and the disconnection still stands.

    Source: domain rule 83.
    """
    with transaction.atomic():
        lock_accounts(account_ids=account_ids)
        processes = queries.list_open_processes(account_ids=account_ids)
        standing = {key: each for key, each in processes.items() if Step.CUT not in each.steps}
        bills = [(key, each.bill_date, each.due_date) for key, each in standing.items()]
        cleared = [
            debt
            for debt in queries.list_debts(bills=bills)
            if _is_cleared(debt, standing[debt.account_id], rule)
        ]
        for debt in cleared:
            process = standing[debt.account_id]
            _take(process.id, Step.STOPPED, on=on, amount=debt.overdue, why=Why.PAID, now=now)
    return len(cleared)


def stop_by_staff(*, process_id: ProcessId, by: PersonId, on: dt.date, now: dt.datetime) -> None:
    """Stop a process by a clerk's word; stopping it again changes nothing.

    Raises:
        NotVisible: there is no such process.
    """
    process = _get(process_id)
    _take(process.id, Step.STOPPED, on=on, amount=process.amount, why=Why.STAFF, by=by, now=now)


def record_cut(
    *,
    process_id: ProcessId,
    rule: StepRule,
    by: PersonId,
    on: dt.date,
    hour: int,
    closed: Collection[dt.date],
    weather_forbids: bool,
    now: dt.datetime,
    winter_forbids: bool = False,
) -> None:
    """Write down that service was disconnected, if everything allows it at this moment.

    Raises:
        NotVisible: there is no such process.
        NotToBeCut: something forbids it; ``because`` says what.

    Source: domain rules 82 to 87.
    """
    with transaction.atomic():
        process = _get(process_id)
        lock_accounts(account_ids=[process.account_id])
        process = _get(process_id)
        because = _forbidden_by(process, on) or _forbidden_at(on, hour, closed, rule)
        if not because and weather_forbids:
            because = "weather"
        if not because and winter_forbids:
            because = "winter"
        bill = (process.account_id, process.bill_date, process.due_date)
        (debt,) = queries.list_debts(bills=[bill])
        if not because and not debt.to_cut_for(rule.threshold):
            because = "paid"
        if because:
            raise NotToBeCut(because=because)
        _take(process.id, Step.CUT, on=on, amount=debt.overdue, by=by, now=now)


def record_restored(*, process_id: ProcessId, by: PersonId, on: dt.date, now: dt.datetime) -> None:
    """Write down that service is on again.

    Raises:
        NotVisible: there is no such process.
        NotToBeCut: it was never disconnected (``no_notice``).
    """
    process = _get(process_id)
    if Step.CUT not in process.steps:
        raise NotToBeCut(because="no_notice")
    _take(process.id, Step.RESTORED, on=on, amount=process.amount, by=by, now=now)


def _again(debt: DebtOfBill) -> DebtOfBill:
    bill = (debt.account_id, debt.bill_date, debt.due_date)
    (fresh,) = queries.list_debts(bills=[bill])
    return fresh


def _is_cleared(debt: DebtOfBill, process: ProcessView, rule: StepRule) -> bool:
    """Return whether nothing is left to follow: under the threshold once a notice was sent."""
    if Step.NOTICE in process.steps:
        return not debt.to_cut_for(rule.threshold)
    return debt.overdue <= ZERO


def _forbidden_by(process: ProcessView, on: dt.date) -> str:
    """Return what about the account forbids a disconnection, or nothing."""
    if process.steps.keys() & {Step.STOPPED, Step.CUT, Step.RESTORED}:
        return "ended"
    if process.cut_on is None:
        return "no_notice"
    last_call = process.steps.get(Step.LAST_CALL)
    if on < process.cut_on or last_call is None or last_call >= on:
        return "too_early"
    holds = queries.list_holds(account_ids=[process.account_id], on=on)
    return "held" if process.account_id in holds else ""


def _forbidden_at(on: dt.date, hour: int, closed: Collection[dt.date], rule: StepRule) -> str:
    """Return what about the moment forbids a disconnection, or nothing."""
    if not engine.may_cut_on(on, closed=closed):
        return "day"
    return "hour" if hour >= rule.latest_hour else ""


def _get(process_id: ProcessId) -> ProcessView:
    process = queries.get_process(process_id=process_id)
    if process is None:
        raise NotVisible
    return process


def _open(debt: DebtOfBill, now: dt.datetime) -> ProcessId:
    known = Process.objects.filter(account=debt.account_id, due_date=debt.due_date)
    last: int = known.aggregate(last=Max("attempt"))["last"] or 0
    row = Process.objects.create(
        account_id=debt.account_id,
        bill_date=debt.bill_date,
        due_date=debt.due_date,
        attempt=last + 1,
        opened_at=now,
    )
    return ProcessId(row.pk)


def _take(
    process_id: ProcessId,
    step: Step,
    *,
    on: dt.date,
    amount: Money,
    now: dt.datetime,
    why: Why | None = None,
    by: PersonId | None = None,
    services: Sequence[str] = (),
    cut_on: dt.date | None = None,
) -> None:
    StepTaken.objects.get_or_create(
        process_id=process_id,
        step=step,
        defaults={
            "on": on,
            "amount_cents": amount.cents,
            "services": list(services),
            "cut_on": cut_on,
            "why": why or "",
            "by_id": by,
            "at": now,
        },
    )
