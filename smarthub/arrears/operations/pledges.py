"""Every write of agencies and of what they promise: made, come in, over, or taken back.

A pledge posts nothing and pays nothing: it holds the account, for so long as the policy allows.
Its money comes as a payment like any other, and says of which pledges it is.
"""

from __future__ import annotations

import datetime as dt
import re

from django.db import transaction

from smarthub.accounts.types import AccountId
from smarthub.arrears.models import (
    Agency,
    AgencyEnd,
    HoldEnd,
    Pledge,
    PledgeEnd,
    PledgePart,
)
from smarthub.arrears.operations import set_hold
from smarthub.arrears.queries.pledges import get_pledge, list_open_pledges
from smarthub.arrears.types import (
    AgencyKind,
    HoldKind,
    PledgeEnding,
    PledgeId,
    PledgeView,
)
from smarthub.kernel.card_numbers import holds_card_number
from smarthub.kernel.errors import Conflict, NotVisible, Refused
from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.operations import lock_accounts
from smarthub.members.types import PersonId
from smarthub.payments.operations import CardNumberWritten
from smarthub.payments.types import PaymentId

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,19}")
ONE_DAY = dt.timedelta(days=1)


class AgencyRefused(Refused):
    """An agency may not be written so; ``because`` is ``code`` or ``name``."""

    code = "agency_refused"


class AgencyKnown(Conflict):
    """Another agency has this code."""

    code = "agency_known"


class PledgeNotAllowed(Refused):
    """A pledge may not be written down so; ``because`` is ``agency``, ``amount`` or ``last_day``.

    Value besides: ``latest``, the last day the policy allows.
    """

    code = "pledge_not_allowed"


class PledgeEnded(Conflict):
    """It came in, lapsed or was taken back before."""

    code = "pledge_ended"


def add_agency(*, code: str, kind: AgencyKind, name: str, by: PersonId, now: dt.datetime) -> None:
    """Put an agency on the list, once by its code.

    Args:
        code: What its files call it: capital letters, digits and hyphens, 2 to 20 of them.
        kind: What it does.
        name: As members read it.
        by: Who added it.
        now: When.

    Raises:
        AgencyRefused: ``because`` says what is wrong.
        AgencyKnown: the code is another's.
    """
    code, name = code.strip().upper(), name.strip()
    if CODE.fullmatch(code) is None or holds_card_number(code):
        raise AgencyRefused(because="code")
    if not name or holds_card_number(name):
        raise AgencyRefused(because="name")
    row, _ = Agency.objects.get_or_create(
        code=code, defaults={"kind": kind, "name": name, "added_by_id": by, "added_at": now}
    )
    if (row.kind, row.name) != (kind, name):
        raise AgencyKnown


def end_agency(*, code: str, by: PersonId, now: dt.datetime) -> None:
    """Take an agency off the list; ending it again changes nothing.

    What it promised still holds, and its files are still read.

    Raises:
        NotVisible: there is none of this code.
    """
    row = Agency.objects.filter(code=code).first()
    if row is None:
        raise NotVisible
    AgencyEnd.objects.get_or_create(agency=row, defaults={"ended_by_id": by, "ended_at": now})


def record_pledge(
    *,
    pledge_id: PledgeId,
    account_id: AccountId,
    agency_code: str,
    amount: Money,
    last_day: dt.date | None,
    hold_days: int,
    reference: str,
    by: PersonId,
    on: dt.date,
    now: dt.datetime,
) -> PledgeView:
    """Write down what an agency promised, once by the form's id; a standing notice is stopped.

    Args:
        pledge_id: Made when the form was shown; sent again, it is the same pledge.
        account_id: For which account.
        agency_code: Who promised.
        amount: How much.
        last_day: The last local day it is waited for; nothing for as long as the policy allows.
        hold_days: By policy, days after today it may hold at most.
        reference: The agency's own number for it, if it gave one.
        by: Who was told.
        on: The local day.
        now: When.

    Raises:
        PledgeNotAllowed: ``because`` says why.
        CardNumberWritten: the reference holds a card number, which is kept nowhere.

    Source: domain rules 79 and 92.
    """
    if holds_card_number(reference):
        raise CardNumberWritten
    latest = on + hold_days * ONE_DAY
    last = latest if last_day is None else last_day
    with transaction.atomic():
        lock_accounts(account_ids=[account_id])
        if Pledge.objects.filter(pk=pledge_id).exists():
            return get_pledge(pledge_id=pledge_id)
        agency = Agency.objects.filter(
            code=agency_code, kind=AgencyKind.ASSISTANCE, end=None
        ).first()
        because = "" if on <= last <= latest else "last_day"
        if amount <= ZERO:
            because = "amount"
        if agency is None:
            because = "agency"
        if because or agency is None:
            raise PledgeNotAllowed(because=because, latest=latest)
        hold_id = set_hold(
            account_id=account_id,
            kind=HoldKind.PLEDGE,
            starts_on=on,
            ends_on=last + ONE_DAY,
            reason="pledge",
            by=by,
            now=now,
        )
        Pledge.objects.create(
            pk=pledge_id,
            account_id=account_id,
            agency=agency,
            hold_id=hold_id,
            amount_cents=amount.cents,
            pledged_on=on,
            last_day=last,
            reference=reference.strip(),
            recorded_by_id=by,
            recorded_at=now,
        )
        return get_pledge(pledge_id=pledge_id)


def fulfil_pledges(
    *,
    payment_id: PaymentId,
    account_id: AccountId,
    amount: Money,
    agency_code: str,
    on: dt.date,
    now: dt.datetime,
) -> Money:
    """Count a payment of an agency against its open pledges, the oldest first; return how much.

    To be called in the transaction that books the payment. Without a code only where all that is
    open was promised by one agency: whose money it is, is never guessed. A pledge that is
    wholly in ends, and its hold with it; called again for a payment, it changes nothing.

    Source: domain rule 92; promise R28.
    """
    with transaction.atomic():
        lock_accounts(account_ids=[account_id])
        if PledgePart.objects.filter(payment=payment_id, pledge__account=account_id).exists():
            return ZERO
        found = list_open_pledges(account_id=account_id)
        agencies = {agency_code} if agency_code else {each.agency_code for each in found}
        if len(agencies) != 1:
            return ZERO
        rest = amount
        for pledge in found:
            part = min(rest, pledge.left)
            if pledge.agency_code not in agencies or not part:
                continue
            PledgePart.objects.create(
                pledge_id=pledge.id, payment_id=payment_id, amount_cents=part.cents, at=now
            )
            rest -= part
            if part == pledge.left:
                _end(pledge.id, PledgeEnding.FULFILLED, on=on, by=None, now=now)
    return amount - rest


def withdraw_pledge(*, pledge_id: PledgeId, by: PersonId, on: dt.date, now: dt.datetime) -> None:
    """End a pledge by a clerk's word: the agency will not pay, or it was written by mistake.

    Raises:
        NotVisible: there is none.
        PledgeEnded: it ended before.
    """
    with transaction.atomic():
        lock_accounts(account_ids=[get_pledge(pledge_id=pledge_id).account_id])
        if get_pledge(pledge_id=pledge_id).ended is not None:
            raise PledgeEnded
        _end(pledge_id, PledgeEnding.WITHDRAWN, on=on, by=by, now=now)


def lapse_pledge(*, pledge_id: PledgeId, on: dt.date, now: dt.datetime) -> bool:
    """End a pledge whose last day has passed without all of its money; say whether it was.

    Its hold ended with that day by itself, so a job that did not run holds nobody longer.

    Source: domain rule 92.
    """
    with transaction.atomic():
        lock_accounts(account_ids=[get_pledge(pledge_id=pledge_id).account_id])
        pledge = get_pledge(pledge_id=pledge_id)
        if pledge.ended is not None or on <= pledge.last_day:
            return False
        _end(pledge_id, PledgeEnding.LAPSED, on=on, by=None, now=now)
    return True


def _end(
    pledge_id: PledgeId, how: PledgeEnding, *, on: dt.date, by: PersonId | None, now: dt.datetime
) -> None:
    PledgeEnd.objects.create(pledge_id=pledge_id, how=how, on=on, ended_by_id=by, ended_at=now)
    HoldEnd.objects.get_or_create(
        hold=Pledge.objects.get(pk=pledge_id).hold, defaults={"ended_by_id": by, "ended_at": now}
    )
