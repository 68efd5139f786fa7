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
)
from smarthub.arrears.operations import ReasonMissing, set_hold
from smarthub.arrears.queries import arrangements, back_billing
from smarthub.arrears.types import (
    ArrangementEnding,
    ArrangementId,
    ArrangementRule,
    ArrangementView,
    HoldKind,
)
from smarthub.kernel.errors import Conflict, Refused
from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.operations import lock_accounts
from smarthub.members.types import PersonId


class ArrangementNotAllowed(Refused):
    """It may not be agreed on so; ``because`` is one of ``engine.terms_refused``, or ``standing``.

    ``standing``: another one stands on the account.
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
) -> ArrangementView:
    """Let an account pay what is late of its services in instalments, once by the form's id.

    A standing notice of disconnection is stopped in the same transaction.

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

    Raises:
        ArrangementNotAllowed: ``because`` says why.

    Source: domain rules 62, 78 and 79.
    """
    with transaction.atomic():
        lock_accounts(account_ids=[account_id])
        if Arrangement.objects.filter(pk=arrangement_id).exists():
            return arrangements.get_arrangement(arrangement_id=arrangement_id)
        debt = arrangements.find_debt(account_id=account_id, before=on)
        total = debt.overdue if debt else ZERO
        because = engine.terms_refused(
            total=total,
            down=down,
            months=months,
            first_due=first_due,
            agreed_on=on,
            made_before=arrangements.count_arrangements(
                account_id=account_id, since=engine.month_later(on, -12)
            ),
            rule=rule,
        )
        if arrangements.find_standing(account_id=account_id) is not None:
            because = "standing"
        if because or debt is None:
            raise ArrangementNotAllowed(because=because or "nothing_owed")
        hold_id = set_hold(
            account_id=account_id,
            kind=HoldKind.ARRANGEMENT,
            starts_on=on,
            ends_on=None,
            reason="arrangement",
            by=by,
            now=now,
        )
        row = Arrangement.objects.create(
            pk=arrangement_id,
            account_id=account_id,
            hold_id=hold_id,
            bill_date=debt.bill_date,
            due_date=debt.due_date,
            total_cents=total.cents,
            agreed_on=on,
            agreed_by_id=by,
            agreed_at=now,
        )
        _write_parts(row, down=down, months=months, first_due=first_due)
        return arrangements.get_arrangement(arrangement_id=arrangement_id)


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
    what was billed back the time stands still while it is disputed (rule 45).

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
        elif _is_late(view, rule, closed, on):
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
