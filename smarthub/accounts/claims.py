"""Reads of the claims somebody makes on an account when registering, and of sweeps of numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from smarthub.accounts.models import (
    Account,
    AccountAlias,
    AccountRole,
    Claim,
    Sweep,
    bare_number,
)
from smarthub.accounts.types import AccountId, ClaimCounts, ClaimView, SweepView, bare
from smarthub.kernel.errors import NotVisible
from smarthub.members.engine import is_name_of
from smarthub.members.types import PersonId

NAMES = ("given_name", "family_name", "organisation_name")
NAME_FIELDS = tuple(f"person__{name}" for name in NAMES)


def find_claimed(*, number: str, name: str) -> AccountId | None:
    """Return the account that a number, new or old, and a holder's name both point to, or None.

    In three queries whatever comes of them, so that the time says nothing either (rule 119).
    """
    wanted = bare(number)
    own = Account.objects.annotate(bare=bare_number()).filter(bare=wanted).values_list("pk")
    old = AccountAlias.objects.annotate(bare=bare_number()).filter(bare=wanted)
    ids = [*(pk for (pk,) in own), *(pk for (pk,) in old.values_list("account_id"))]
    for account_id, person in _holders_now(ids or [0]):
        if is_name_of(typed=name, **person):
            return account_id
    return None


def find_typed(*, number: str) -> str:
    """Return the number of the account that somebody typed a number of, new or old, or nothing.

    Blanks and hyphens count for nothing, as in ``find_claimed``, but a number written as it is
    goes before one that only reads alike. An account's own number goes before an old one of
    another; an old one that several accounts had names none.
    """
    written = number.strip()
    if Account.objects.filter(number=written).exists():
        return written
    wanted = bare(number)
    own = Account.objects.annotate(bare=bare_number()).filter(bare=wanted)
    old = AccountAlias.objects.annotate(bare=bare_number()).filter(bare=wanted)
    found = set(own.values_list("number", flat=True)) or set(
        old.values_list("account__number", flat=True)
    )
    return found.pop() if len(found) == 1 else ""


def list_claimants(*, account_id: AccountId, name: str) -> list[PersonId]:
    """Return the holders of an account that the name points to, the first holder first."""
    roles = _holding([account_id]).values_list("person_id", *NAME_FIELDS)
    return [
        PersonId(pk)
        for pk, *names in roles
        if is_name_of(typed=name, **dict(zip(NAMES, names, strict=True)))
    ]


def _holding(account_ids: Collection[int]) -> QuerySet[AccountRole]:
    """Roles that are not over of those an account belongs to; a closed account keeps its holder."""
    held = [AccountRole.Role.HOLDER, AccountRole.Role.JOINT]
    return AccountRole.objects.filter(
        account__in=account_ids, role__in=held, ends_on=None
    ).order_by("role", "pk")


def _holders_now(account_ids: Collection[int]) -> list[tuple[AccountId, dict[str, str]]]:
    rows = _holding(account_ids).values_list("account_id", *NAME_FIELDS)
    return [(AccountId(pk), dict(zip(NAMES, names, strict=True))) for pk, *names in rows]


def get_claim(*, claim_id: UUID) -> ClaimView:
    """Return one claim.

    Raises:
        NotVisible: there is none.
    """
    row = Claim.objects.select_related("account").filter(pk=claim_id).first()
    if row is None:
        raise NotVisible
    return ClaimView(
        id=row.pk,
        number_asked=row.number_asked,
        name_asked=row.name_asked,
        email=row.email,
        language=row.language,
        account_id=None if row.account_id is None else AccountId(row.account_id),
        account_number="" if row.account is None else row.account.number,
        user_id=row.user_id,
        ip_address=row.ip_address,
        asked_at=row.asked_at,
        proof=row.proof,
        is_proved=row.proved_at is not None,
        is_email_confirmed=row.email_confirmed_at is not None,
        is_finished=row.finished_at is not None,
    )


def count_claims(
    *, number: str, ip_address: str, since: dt.datetime, tried_since: dt.datetime
) -> ClaimCounts:
    """Return what was asked since one moment and tried since another, in one query."""
    here, this = Q(ip_address=ip_address), Q(number_asked=bare(number))
    tried = this & Q(tried_at__gt=tried_since)
    found = Claim.objects.filter(asked_at__gt=since).aggregate(
        asked_by_address=Count("pk", filter=here),
        asked_for_number=Count("pk", filter=this),
        asked_in_all=Count("pk"),
        tries_by_address=Sum("tries", filter=here & tried, default=0),
        tries_for_number=Sum("tries", filter=tried, default=0),
    )
    return ClaimCounts(**found)


def count_numbers_asked(*, ip_address: str | None, since: dt.datetime) -> tuple[int, int]:
    """Return how many account numbers one address, or all, asked for, and how many were hits."""
    claims = Claim.objects.filter(asked_at__gt=since, user=None)
    if ip_address is not None:
        claims = claims.filter(ip_address=ip_address)
    found = claims.aggregate(
        numbers=Count("number_asked", distinct=True),
        hits=Count("account", distinct=True),
    )
    return found["numbers"], found["hits"]


def list_open_sweeps() -> list[SweepView]:
    """Return the sweeps nobody of the staff has looked at, newest first."""
    return [
        SweepView(row.pk, row.ip_address or "", row.numbers, row.hits, row.raised_at)
        for row in Sweep.objects.filter(looked_at=None).order_by("-raised_at")
    ]


def count_open_sweeps() -> int:
    """Return how many sweeps wait for somebody to look."""
    return Sweep.objects.filter(looked_at=None).count()
