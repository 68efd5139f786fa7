"""Every write of payment arrangements: made, offered and not taken, kept, broken or cancelled.

While an arrangement is kept, a hold keeps its account from being followed; broken, the way to a
disconnection begins anew with a notice (rule 79). Nothing is posted: what was owed is owed still.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from smarthub.accounts.types import AccountId
from smarthub.arrears import engine
from smarthub.arrears.models import (
    Arrangement,
    ArrangementEnd,
    ArrangementOffer,
    HoldEnd,
    Instalment,
    LowIncome,
    LowIncomeEnd,
)
from smarthub.arrears.operations import HoldHasNoDays, ReasonMissing, set_hold
from smarthub.arrears.queries import arrangements, back_billing
from smarthub.arrears.types import (
    ArrangementEnding,
    ArrangementId,
    ArrangementRule,
    ArrangementView,
    HoldId,
    HoldKind,
    LowIncomeRule,
)
from smarthub.kernel.card_numbers import holds_card_number
from smarthub.kernel.errors import Conflict, NotVisible, Refused
from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.operations import lock_accounts
from smarthub.members.types import PersonId
from smarthub.payments.operations import CardNumberWritten
from smarthub.payments.queries import had_taken_back_since
from smarthub.payments.types import DAYS_TO_PAY_AGAIN


class ArrangementNotAllowed(Refused):
    """It may not be agreed on so.

    ``because`` is one of ``engine.terms_refused``, or where one stands already, of
    ``engine.amending_refused``.
    """

    code = "arrangement_not_allowed"


class ArrangementEnded(Conflict):
    """It was kept, broken or cancelled before."""

    code = "arrangement_ended"


def make_arrangement(
    *,
    arrangement_id: ArrangementId,
    account_id: AccountId,
    down: Money,
    months: int,
    first_due: dt.date,
    rule: ArrangementRule,
    by: PersonId,
    on: dt.date,
    now: dt.datetime,
    low_income: LowIncomeRule | None = None,
) -> ArrangementView:
    """Let an account pay what is late of its services in instalments, once by the form's id.

    A standing notice is stopped with it. One on the terms for low incomes may be amended once.

    Args:
        arrangement_id: Made when the form was shown; sent again, it is the same arrangement.
        account_id: Whose debt.
        down: What is to be paid today.
        months: How many monthly instalments follow.
        first_due: The local day of the first of them.
        rule: By the policies of the day.
        by: Who agreed to it for the co-op.
        on: The local day.
        now: When.
        low_income: The terms for low incomes; used where the account has a mark that day.

    Raises:
        ArrangementNotAllowed: ``because`` says why.

    Source: domain rules 62, 78 and 79.
    """
    with transaction.atomic():
        lock_accounts(account_ids=[account_id])
        if Arrangement.objects.filter(pk=arrangement_id).exists():
            return arrangements.get_arrangement(arrangement_id=arrangement_id)
        low = _low_terms(account_id, low_income, on)
        standing = arrangements.find_standing(account_id=account_id)
        debt = arrangements.find_debt(account_id=account_id, before=on)
        total = debt.overdue if debt else ZERO
        because = engine.terms_refused(
            total=total,
            down=down,
            months=months,
            first_due=first_due,
            agreed_on=on,
            made_before=_made_before(account_id, on) if standing is None else 0,
            rule=rule,
            low=low,
        )
        if standing is not None:
            because = engine.amending_refused(standing=standing, low=low) or because
        if because or debt is None:
            raise ArrangementNotAllowed(because=because or "nothing_owed")
        if standing is not None:
            _end(standing, ArrangementEnding.AMENDED, on=on, by=by, now=now)
        hold_id = _hold(account_id, by, on, now)
        row = Arrangement.objects.create(
            pk=arrangement_id,
            account_id=account_id,
            hold_id=hold_id,
            bill_date=debt.bill_date,
            due_date=debt.due_date,
            total_cents=total.cents,
            low_income=low is not None,
            amends_id=standing.id if standing else None,
            agreed_on=on,
            agreed_by_id=by,
            agreed_at=now,
        )
        _write_parts(row, down=down, months=months, first_due=first_due)
        return arrangements.get_arrangement(arrangement_id=arrangement_id)


def mark_low_income(
    *,
    account_id: AccountId,
    last_day: dt.date,
    how: str,
    by: PersonId,
    on: dt.date,
    now: dt.datetime,
) -> None:
    """Write down that proof of a household's low income was seen today, and how long it counts.

    Raises:
        ReasonMissing: nobody said what was seen.
        HoldHasNoDays: the last day is over.
        CardNumberWritten: it holds a card number, which is kept nowhere.

    Source: domain rule 78.
    """
    if not how.strip():
        raise ReasonMissing
    if holds_card_number(how):
        raise CardNumberWritten
    if last_day < on:
        raise HoldHasNoDays
    LowIncome.objects.create(
        account_id=account_id,
        verified_on=on,
        last_day=last_day,
        how=how.strip(),
        set_by_id=by,
        set_at=now,
    )


def end_low_income(*, account_id: AccountId, by: PersonId, on: dt.date, now: dt.datetime) -> None:
    """Take the marks that count today off an account; what was agreed on by them stands.

    Raises:
        NotVisible: there is none.
    """
    with transaction.atomic():
        lock_accounts(account_ids=[account_id])
        if arrangements.find_income_mark(account_id=account_id, on=on) is None:
            raise NotVisible
        for mark in LowIncome.objects.filter(account=account_id, last_day__gte=on, end=None):
            LowIncomeEnd.objects.create(mark=mark, ended_by_id=by, ended_at=now)


def record_offer(
    *, account_id: AccountId, what_was_said: str, by: PersonId, on: dt.date, now: dt.datetime
) -> None:
    """Write down that an arrangement was offered and not taken.

    Raises:
        ReasonMissing: nobody said what the member answered.

    Source: domain rule 86.
    """
    if not what_was_said.strip():
        raise ReasonMissing
    ArrangementOffer.objects.create(
        account_id=account_id,
        on=on,
        what_was_said=what_was_said.strip(),
        offered_by_id=by,
        offered_at=now,
    )


def look_at_arrangement(
    *,
    arrangement_id: ArrangementId,
    rule: ArrangementRule,
    closed: Collection[dt.date],
    on: dt.date,
    now: dt.datetime,
) -> ArrangementEnding | None:
    """End an arrangement that was paid off, or of which something is late; say which, if either.

    A new bill that is late breaks it as an instalment does. What is on its way counts as paid. Of
    what was billed back the time stands still while it is disputed (rule 45). Nothing breaks it
    while whoever got a payment back by our mistake has time to pay it again.

    Source: domain rules 78 and 79.
    """
    with transaction.atomic():
        view = arrangements.get_arrangement(arrangement_id=arrangement_id)
        lock_accounts(account_ids=[view.account_id])
        view = arrangements.get_arrangement(arrangement_id=arrangement_id)
        if view.ended is not None:
            return None
        if view.left <= ZERO:
            how = ArrangementEnding.KEPT
        elif not _has_time_again(view, on) and _is_late(view, rule, closed, on):
            how = ArrangementEnding.BROKEN
        else:
            return None
        _end(view, how, on=on, by=None, now=now)
    return how


def cancel_arrangement(
    *, arrangement_id: ArrangementId, by: PersonId, on: dt.date, now: dt.datetime
) -> None:
    """End an arrangement by a clerk's word; the whole debt is late again.

    Raises:
        NotVisible: there is none.
        ArrangementEnded: it ended before.
    """
    with transaction.atomic():
        view = arrangements.get_arrangement(arrangement_id=arrangement_id)
        lock_accounts(account_ids=[view.account_id])
        if arrangements.get_arrangement(arrangement_id=arrangement_id).ended is not None:
            raise ArrangementEnded
        _end(view, ArrangementEnding.CANCELLED, on=on, by=by, now=now)


def _low_terms(
    account_id: AccountId, rule: LowIncomeRule | None, on: dt.date
) -> LowIncomeRule | None:
    """Return the terms for low incomes where they are given that day and the account has a mark."""
    if rule is None or not engine.has_low_income_terms(on, rule=rule):
        return None
    mark = arrangements.find_income_mark(account_id=account_id, on=on)
    return rule if mark is not None else None


def _hold(account_id: AccountId, by: PersonId, on: dt.date, now: dt.datetime) -> HoldId:
    return set_hold(
        account_id=account_id,
        kind=HoldKind.ARRANGEMENT,
        starts_on=on,
        ends_on=None,
        reason="arrangement",
        by=by,
        now=now,
    )


def _made_before(account_id: AccountId, on: dt.date) -> int:
    since = engine.month_later(on, -12)
    return arrangements.count_arrangements(account_id=account_id, since=since)


def _write_parts(row: Arrangement, *, down: Money, months: int, first_due: dt.date) -> None:
    parts = engine.instalments_of(
        total=Money(row.total_cents),
        down=down,
        months=months,
        agreed_on=row.agreed_on,
        first_due=first_due,
    )
    Instalment.objects.bulk_create(
        Instalment(arrangement=row, due_on=part.due_on, amount_cents=part.amount.cents)
        for part in parts
    )


def _is_late(
    view: ArrangementView, rule: ArrangementRule, closed: Collection[dt.date], on: dt.date
) -> bool:
    def in_time_until(day: dt.date) -> dt.date:
        return engine.last_day_in_time(due_date=day, grace_days=rule.grace_days, closed=closed)

    counted = on
    if view.back_billed:
        counted -= back_billing.stood_still(arrangement=view, until=on)
    allowed = engine.may_be_unpaid(
        arrangement=view.instalments, total=view.total, in_time_until=in_time_until, on=counted
    )
    debt = arrangements.find_debt(
        account_id=view.account_id, before=on, is_late=lambda due: in_time_until(due) < on
    )
    if view.back_billed and in_time_until(view.instalments[0].due_on) < counted:
        debt = back_billing.debt_with(arrangement=view, debt=debt)
    return debt is not None and debt.overdue > allowed


def _has_time_again(view: ArrangementView, on: dt.date) -> bool:
    ours_since = on - dt.timedelta(days=DAYS_TO_PAY_AGAIN)
    return had_taken_back_since(account_id=view.account_id, day=ours_since)


def _end(
    view: ArrangementView,
    how: ArrangementEnding,
    *,
    on: dt.date,
    by: PersonId | None,
    now: dt.datetime,
) -> None:
    row = Arrangement.objects.get(pk=view.id)
    ArrangementEnd.objects.create(arrangement=row, how=how, on=on, ended_by_id=by, ended_at=now)
    HoldEnd.objects.get_or_create(
        hold_id=row.hold_id, defaults={"ended_by_id": by, "ended_at": now}
    )
