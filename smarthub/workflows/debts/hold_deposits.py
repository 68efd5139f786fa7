"""Keep deposits: asked for in parts, waived with Auto Pay, interest, and back to the member.

A deposit and the notice of it are one transaction; so are a part put on the account, a waiver and
its end, and the message of each (rules 58 and 59).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from smarthub.accounts.access import list_visible_accounts, open_for_staff
from smarthub.accounts.queries import list_agreements
from smarthub.accounts.types import AccountId, VisibleAccount
from smarthub.arrears.queries import was_late_since
from smarthub.auto_pay.queries import find_plan
from smarthub.auto_pay.types import PlanState
from smarthub.cooperative.queries import get_zone, list_policies
from smarthub.deposits import operations, queries
from smarthub.deposits.engine import MONTHS_OF_A_YEAR, deposit_amount, months_later
from smarthub.deposits.types import (
    DepositEnd,
    DepositId,
    DepositPart,
    DepositRule,
    DepositTerms,
    DepositView,
    Ground,
    WaiverEnding,
)
from smarthub.kernel.errors import NotVisible, Refused
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period, local_day
from smarthub.members.operations import record_act
from smarthub.members.queries import get_person_of_user
from smarthub.workflows.messages.tell_holders import tell_holders

ONE_DAY = dt.timedelta(days=1)


class DepositNoticeTooLate(Refused):
    """What the deposit is for is too long ago, or yet to come. Value: ``days``, by policy."""

    code = "deposit_notice_too_late"


class TooManyInstalments(Refused):
    """The policy allows fewer parts. Value: ``most``."""

    code = "too_many_instalments"


@dataclass(frozen=True, slots=True)
class OwnDeposit:
    """A deposit as its member sees it, with what the policies say of it today.

    ``is_avoidable``: with Auto Pay it would not be asked for.
    """

    deposit: DepositView
    rule: DepositRule
    is_avoidable: bool

    @property
    def percent(self) -> str:
        """The interest a year, as it is read; empty without any."""
        return _say_percent(self.rule)


def ask_deposit(
    *,
    user_id: int,
    number: str,
    deposit_id: UUID,
    expected_year: Money,
    ground: Ground,
    event_on: dt.date,
    instalments: int,
    reason: str,
    now: dt.datetime,
) -> DepositView:
    """Ask an account for the deposit the policy gives, and tell its holders; once by its id.

    Where the policy waives deposits with Auto Pay and Auto Pay is on, it is kept as waived.

    Args:
        user_id: Who asks; staff.
        number: The account's.
        deposit_id: Made when the form was shown.
        expected_year: What the service is expected to cost in twelve months.
        ground: What it is asked for.
        event_on: The local day of that.
        instalments: In how many parts.
        reason: What staff write for each other.
        now: When.

    Raises:
        NotVisible: there is no such account.
        DepositNoticeTooLate: the day is longer ago than the policy's days, or yet to come.
        TooManyInstalments: the policy allows fewer parts.
        AmountNotPositive, DepositConflict: see ``deposits.operations``.

    Source: domain rules 58 and 62; 83 Ill. Adm. Code 280.40.
    """
    account = open_for_staff(user_id=user_id, number=number, now=now)
    on = local_day(now, get_zone())
    rule = DepositRule.from_policies(list_policies(on=on))
    if not event_on <= on <= event_on + dt.timedelta(days=rule.notice_days):
        raise DepositNoticeTooLate(days=rule.notice_days)
    if instalments > rule.most_instalments:
        raise TooManyInstalments(most=rule.most_instalments)
    with transaction.atomic():
        is_new = operations.ask_deposit(
            deposit_id=DepositId(deposit_id),
            account_id=account.id,
            amount=deposit_amount(
                expected_year=expected_year,
                months=rule.months,
                minimum=rule.minimum,
                most_months=rule.most_months,
            ),
            reason=reason,
            on=on,
            by=get_person_of_user(user_id=user_id).id,
            now=now,
            terms=DepositTerms(ground, event_on, expected_year, instalments, _first_due(on, rule)),
            is_waived=rule.waived_with_auto_pay and _begins_to_waive(account.id),
        )
        asked = queries.get_deposit(deposit_id=DepositId(deposit_id))
        if is_new:
            _tell("deposit_waived" if asked.is_waived else "deposit_asked", asked, rule, on, now)
            _leave(user_id, "deposit.asked", number, now, cents=asked.amount.cents)
    return asked


def end_deposit(
    *, user_id: int, number: str, deposit_id: UUID, how: DepositEnd, now: dt.datetime
) -> None:
    """Give a deposit back, set it against what is owed, or take it back unpaid.

    Raises:
        NotVisible: there is no such account, or no such deposit of it.
        DepositEnded, DepositNotPaid, DepositPaid: see ``deposits.operations``.
    """
    account = open_for_staff(user_id=user_id, number=number, now=now)
    known = {deposit.id for deposit in queries.list_deposits(account_ids=[account.id])}
    if DepositId(deposit_id) not in known or how is DepositEnd.WAIVED:
        raise NotVisible
    on = local_day(now, get_zone())
    by = get_person_of_user(user_id=user_id).id
    with transaction.atomic():
        if how is DepositEnd.TAKEN_BACK:
            operations.take_back(deposit_id=DepositId(deposit_id), on=on, by=by, now=now)
        else:
            operations.give_back(
                deposit_id=DepositId(deposit_id),
                how=how,
                percent=DepositRule.from_policies(list_policies(on=on)).interest_percent,
                on=on,
                by=by,
                now=now,
            )
        _leave(user_id, f"deposit.{how}", number, now)


def list_own_deposits(*, user_id: int, on: dt.date) -> tuple[OwnDeposit, ...]:
    """Return the deposits that stand, or are waived, on the accounts a login may pay.

    One query more than none where there is none.

    Source: domain rule 58.
    """
    visible = list_visible_accounts(user_id=user_id, on=on)
    found = queries.list_deposits(account_ids=[each.id for each in visible if each.may_pay])
    standing = [each for each in found if each.ended is None or each.is_waived]
    if not standing:
        return ()
    rule = DepositRule.from_policies(list_policies(on=on))
    return tuple(
        OwnDeposit(
            each,
            rule,
            is_avoidable=rule.waived_with_auto_pay and each.ended is None and not each.is_held,
        )
        for each in standing
    )


def waived_by_auto_pay(*, account: VisibleAccount) -> Money:
    """Return what would be asked for again if an account's Auto Pay ended."""
    found = queries.list_deposits(account_ids=[account.id])
    return Money.sum(each.amount for each in found if each.is_waived)


def waive_with_auto_pay(*, account_ids: Collection[AccountId], now: dt.datetime) -> int:
    """Waive what is not paid in full of deposits, where policy and Auto Pay allow; return how many.

    To be called in the transaction that turns Auto Pay on; the daily job makes up for what is
    missed. One query where no deposit stands.

    Source: domain rule 58.
    """
    found = queries.list_deposits(account_ids=account_ids)
    unpaid = [each for each in found if each.ended is None and not each.is_held]
    if not unpaid:
        return 0
    on = local_day(now, get_zone())
    rule = DepositRule.from_policies(list_policies(on=on))
    return sum(_waive(each, rule, on, now) for each in unpaid)


def keep_deposits(*, now: dt.datetime) -> int:
    """Do what is due of every deposit: waive, ask for parts, credit interest, give back.

    Safe to run at any time and twice; a day that was missed is made up for.

    Returns:
        How many deposits anything was done about.

    Source: domain rules 58 and 59.
    """
    on = local_day(now, get_zone())
    rule = DepositRule.from_policies(list_policies(on=on))
    done = 0
    for deposit in queries.list_open_deposits():
        if deposit.is_held:
            done += _keep(deposit, rule, on, now)
        else:
            done += _waive(deposit, rule, on, now) or _ask_parts(deposit, rule, on, now)
    return done + sum(
        _look_at_waiver(deposit, rule, on, now) for deposit in queries.list_waived_deposits()
    )


def _keep(deposit: DepositView, rule: DepositRule, on: dt.date, now: dt.datetime) -> bool:
    if deposit.paid_on is None:
        return False
    clean_since = months_later(on, -rule.clean_months)
    if deposit.paid_on <= clean_since and not was_late_since(
        account_id=deposit.account_id, day=clean_since
    ):
        operations.give_back(
            deposit_id=deposit.id,
            how=DepositEnd.REFUNDED,
            percent=rule.interest_percent,
            on=on,
            by=None,
            now=now,
        )
        return True
    year_ends = months_later(deposit.interest_until or deposit.paid_on, MONTHS_OF_A_YEAR)
    if on < year_ends:
        return False
    earned = operations.credit_interest(
        deposit_id=deposit.id, percent=rule.interest_percent, until=year_ends, now=now
    )
    return bool(earned)


def _ask_parts(deposit: DepositView, rule: DepositRule, on: dt.date, now: dt.datetime) -> bool:
    with transaction.atomic():
        asked = operations.ask_parts(deposit_id=deposit.id, on=on, now=now)
        for part in asked:
            _tell("deposit_part", deposit, rule, on, now, part=part)
    return bool(asked)


def _waive(deposit: DepositView, rule: DepositRule, on: dt.date, now: dt.datetime) -> bool:
    if not rule.waived_with_auto_pay or not _begins_to_waive(deposit.account_id):
        return False
    with transaction.atomic():
        if not operations.waive(deposit_id=deposit.id, on=on, by=None, now=now):
            return False
        _tell("deposit_waived", deposit, rule, on, now)
    return True


def _look_at_waiver(deposit: DepositView, rule: DepositRule, on: dt.date, now: dt.datetime) -> bool:
    """End a waiver that has nothing to rest on any more, or that good months have outlived."""
    assert deposit.ended_on is not None  # noqa: S101 (a waived one has ended)
    if not _is_served(deposit.account_id, on):
        return _let_rest(deposit, WaiverEnding.NO_SERVICE, on, now)
    clean_since = months_later(on, -rule.clean_months)
    is_good = not was_late_since(account_id=deposit.account_id, day=clean_since)
    if deposit.ended_on <= clean_since and is_good:
        return _let_rest(deposit, WaiverEnding.GOOD_MONTHS, on, now)
    if rule.waived_with_auto_pay and _keeps_waiving(deposit.account_id, deposit.ended_on):
        return False
    with transaction.atomic():
        again = operations.ask_again(
            deposit_id=deposit.id, first_due=_first_due(on, rule), on=on, now=now
        )
        if again is None:
            return False
        asked = queries.get_deposit(deposit_id=again)
        _tell("deposit_asked", asked, rule, on, now, again=True)
    return True


def _let_rest(deposit: DepositView, how: WaiverEnding, on: dt.date, now: dt.datetime) -> bool:
    return operations.end_waiver(deposit_id=deposit.id, how=how, on=on, now=now)


def _begins_to_waive(account_id: AccountId) -> bool:
    plan = find_plan(account_id=account_id)
    return plan is not None and plan.state is PlanState.ACTIVE


def _keeps_waiving(account_id: AccountId, since: dt.date) -> bool:
    """Return whether Auto Pay stands; a pause counts as long as nothing became late."""
    plan = find_plan(account_id=account_id)
    if plan is None or plan.state is PlanState.SUSPENDED:
        return False
    return plan.state is PlanState.ACTIVE or not was_late_since(account_id=account_id, day=since)


def _is_served(account_id: AccountId, on: dt.date) -> bool:
    return bool(list_agreements(account_ids=[account_id], period=Period(on, on + ONE_DAY)))


def _first_due(on: dt.date, rule: DepositRule) -> dt.date:
    return on + dt.timedelta(days=rule.days_to_pay)


def _tell(
    template: str,
    deposit: DepositView,
    rule: DepositRule,
    on: dt.date,
    now: dt.datetime,
    *,
    part: DepositPart | None = None,
    again: bool = False,
) -> None:
    shown = part or deposit.parts[0]
    tell_holders(
        template=template,
        about=f"{deposit.id}:{shown.number}",
        account_id=deposit.account_id,
        account_number=deposit.account_number,
        context={
            **_terms(deposit, rule),
            "part_amount": shown.amount,
            "part_due": shown.due_on or on,
            "again": again,
            "by_policy": again and not rule.waived_with_auto_pay,
        },
        on=on,
        now=now,
    )


def _terms(deposit: DepositView, rule: DepositRule) -> dict[str, Any]:
    """Return what a notice of a deposit must say (83 Ill. Adm. Code 280.40)."""
    return {
        "amount": deposit.amount,
        "ground": deposit.ground or "",
        "expected_year": deposit.expected_year or "",
        "parts": [{"day": part.due_on, "amount": part.amount} for part in deposit.parts],
        "last_due": deposit.parts[-1].due_on,
        "paid": (deposit.amount - deposit.unpaid) or "",
        "percent": _say_percent(rule),
        "clean_months": rule.clean_months,
        "is_avoidable": rule.waived_with_auto_pay,
    }


def _say_percent(rule: DepositRule) -> str:
    return f"{rule.interest_percent.normalize():f}" if rule.interest_percent else ""


def _leave(user_id: int, act: str, number: str, now: dt.datetime, **after: object) -> None:
    record_act(user_id=user_id, act=act, subject=f"account:{number}", now=now, after=after or None)
