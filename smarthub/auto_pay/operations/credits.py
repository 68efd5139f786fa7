"""Writes of credits for turning Auto Pay on: programmes, earned once, posted or lapsed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from smarthub.accounts.types import ServicePointId
from smarthub.auto_pay import queries
from smarthub.auto_pay.models import CreditEnd
from smarthub.auto_pay.models import CreditProgramme as ProgrammeRecord
from smarthub.auto_pay.models import SignUpCredit as CreditRecord
from smarthub.auto_pay.types import CreditProgramme, CreditState, Plan, ProgrammeId, SignUpCredit
from smarthub.kernel.errors import Conflict, Refused
from smarthub.ledger.operations import lock_accounts
from smarthub.members.types import PersonId
from smarthub.payments.operations import Credit, post_credits

PROMOTION = "promo:auto_pay"
"""The general-ledger account that credits for signing up are an expense of."""


class ProgrammesOverlap(Refused):
    """Another credit programme holds on some of these days; end it first."""

    code = "programmes_overlap"


class ProgrammeEndsTooEarly(Refused):
    """A programme cannot end before today, nor before it starts: what was promised is kept."""

    code = "programme_ends_too_early"


class ProgrammeChangedMeanwhile(Conflict):
    """Somebody else ended this programme since the page was shown."""

    code = "programme_changed_meanwhile"


def set_programme(*, programme: CreditProgramme, by: PersonId, now: dt.datetime) -> bool:
    """Set a credit programme, once by its id; false if it was set before.

    Raises:
        ProgrammesOverlap: another holds on some of its days.
        ProgrammeEndsTooEarly: it ends before it starts.

    Source: promise R13; domain rule 69.
    """
    if programme.ends_on is not None and programme.ends_on <= programme.starts_on:
        raise ProgrammeEndsTooEarly
    with transaction.atomic():
        if ProgrammeRecord.objects.filter(pk=programme.id).exists():
            return False
        if any(_overlap(programme, each) for each in queries.list_programmes()):
            raise ProgrammesOverlap
        _insert_programme(programme, by, now)
    return True


def end_programme(
    *,
    programme: CreditProgramme,
    ends_on: dt.date,
    on: dt.date,
    new_id: ProgrammeId,
    by: PersonId,
    now: dt.datetime,
) -> None:
    """End a programme: from a local day on a sign-up earns nothing. What was earned stays.

    Raises:
        ProgrammeEndsTooEarly: the day is before today, or before it starts.
        ProgrammeChangedMeanwhile: it was ended before.
        ProgrammesOverlap: it had an end, and another holds on some of the days it would gain.
    """
    if ends_on < max(on, programme.starts_on):
        raise ProgrammeEndsTooEarly
    with transaction.atomic():
        row = ProgrammeRecord.objects.select_for_update().get(pk=programme.id)
        if ProgrammeRecord.objects.filter(supersedes=row).exists():
            raise ProgrammeChangedMeanwhile
        ended = replace(programme, id=new_id, ends_on=ends_on)
        gained = replace(ended, starts_on=programme.ends_on or ends_on)
        others = [each for each in queries.list_programmes() if each.id != programme.id]
        if any(_overlap(gained, each) for each in others):
            raise ProgrammesOverlap
        _insert_programme(ended, by, now, supersedes=row)


def earn_credits(
    *, plan: Plan, programme: CreditProgramme, points: Sequence[ServicePointId], now: dt.datetime
) -> None:
    """Let an account earn a credit for each of these services; for each once for ever.

    The key (account, service point) holds that in the database, so turning Auto Pay off and on
    again earns nothing.

    Source: promise R13; domain rule 69.
    """
    CreditRecord.objects.bulk_create(
        [
            CreditRecord(
                programme_id=programme.id,
                plan_id=plan.id,
                account_id=plan.account_id,
                service_point_id=point,
                amount_cents=programme.amount.cents,
                earned_at=now,
            )
            for point in points
        ],
        ignore_conflicts=True,
    )


def end_credits(
    *, ended: Sequence[SignUpCredit], state: CreditState, on: dt.date, now: dt.datetime
) -> int:
    """Put credits on the bill of a day, or let them lapse; each once. Return how many are news.

    A credit put on a bill is an entry of the ledger in the member's favour, before the bill is
    made, so that the bill shows it. Call it with the accounts' bills still to be made.

    Source: promise R13; domain rule 69.
    """
    with transaction.atomic():
        lock_accounts(account_ids={each.account_id for each in ended})
        waiting = set(
            CreditRecord.objects.filter(pk__in=[each.id for each in ended], end=None).values_list(
                "pk", flat=True
            )
        )
        news = [each for each in ended if each.id in waiting]
        CreditEnd.objects.bulk_create(
            [CreditEnd(credit_id=each.id, kind=state, on=on, at=now) for each in news]
        )
        if state is CreditState.POSTED:
            post_credits([_entry(each, on) for each in news], now)
    return len(news)


def _overlap(one: CreditProgramme, other: CreditProgramme) -> bool:
    ends = [each.ends_on or dt.date.max for each in (one, other)]
    return max(one.starts_on, other.starts_on) < min(ends)


def _insert_programme(
    programme: CreditProgramme,
    by: PersonId,
    now: dt.datetime,
    supersedes: ProgrammeRecord | None = None,
) -> None:
    ProgrammeRecord.objects.create(
        id=programme.id,
        amount_cents=programme.amount.cents,
        starts_on=programme.starts_on,
        ends_on=programme.ends_on,
        services=list(programme.services),
        for_migrated=programme.for_migrated,
        source_note=programme.source_note,
        set_by_id=by,
        set_at=now,
        supersedes=supersedes,
    )


def _entry(credit: SignUpCredit, on: dt.date) -> Credit:
    return Credit(
        source_key=f"auto_pay_credit:{credit.id}",
        kind="auto_pay_credit",
        account_id=credit.account_id,
        amount=credit.amount,
        clearing=PROMOTION,
        on=on,
    )
