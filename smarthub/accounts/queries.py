"""Every read of accounts, agreements and places. Rows turn into ids only here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg, JSONBAgg
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import JSONObject

from smarthub.accounts.models import (
    Account,
    AccountAlias,
    AccountRole,
    Claim,
    Invitation,
    ServiceAgreement,
    ServicePoint,
    Sweep,
    bare_number,
)
from smarthub.accounts.types import (
    AccountId,
    Agreement,
    AgreementId,
    ClaimCounts,
    ClaimView,
    FoundAccount,
    HeldRole,
    InvitationView,
    PersonOnAccount,
    Point,
    Right,
    ServicePointId,
    SharedRole,
    SweepView,
    VisibleAccount,
    bare,
)
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.period import Period
from smarthub.members.engine import is_name_of
from smarthub.members.types import PersonId, folded

RIGHTS: dict[str, frozenset[Right]] = {
    AccountRole.Role.HOLDER: frozenset(Right),
    AccountRole.Role.JOINT: frozenset(Right),
    AccountRole.Role.FULL: frozenset(Right) - {Right.SHARE},
    AccountRole.Role.PAYER: frozenset({Right.SEE, Right.PAY}),
    AccountRole.Role.VIEWER: frozenset({Right.SEE}),
    AccountRole.Role.ALERTS: frozenset({Right.ALERTS}),
}
"""What each role may do (domain rule 1)."""

STAFF_RIGHTS = frozenset({Right.SEE, Right.PAY, Right.MANAGE})


def roles_in_force(*, user_id: int, on: dt.date) -> QuerySet[AccountRole]:
    """Return the roles a login's person holds on a local day, oldest account first."""
    roles = AccountRole.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=on), person__login__pk=user_id, starts_on__lte=on
    )
    return roles.annotate(
        number=F("account__number"),
        address=Subquery(_address_of(OuterRef("account_id"))),
        services=_services(prefix="account__"),
        points=_points(prefix="account__"),
    ).order_by("account__opened_on", "account__number")


def visible_account(role: AccountRole) -> VisibleAccount:
    """Return what a role row opens; the row must come from ``roles_in_force``."""
    return VisibleAccount(
        id=AccountId(role.account_id),
        number=role.number,  # type: ignore[attr-defined]
        nickname=role.nickname,
        rights=RIGHTS[role.role],
        address=role.address or "",  # type: ignore[attr-defined]
        services=tuple(role.services or ()),  # type: ignore[attr-defined]
        points=tuple(_point(point) for point in role.points),  # type: ignore[attr-defined]
    )


def list_held_roles(*, user_id: int, on: dt.date) -> list[HeldRole]:
    """Return every role a login's person holds on a local day, those of alerts only as well."""
    return [
        HeldRole(
            reference=role.reference,
            account_id=AccountId(role.account_id),
            number=role.number,  # type: ignore[attr-defined]
            role=role.role,
            nickname=role.nickname,
            address=role.address or "",  # type: ignore[attr-defined]
            ends_on=role.ends_on,
        )
        for role in roles_in_force(user_id=user_id, on=on)
    ]


def list_people(*, account_id: AccountId, on: dt.date) -> list[PersonOnAccount]:
    """Return everybody with a role on an account on a local day or later, holders first."""
    roles = (
        AccountRole.objects.filter(Q(ends_on=None) | Q(ends_on__gt=on), account=account_id)
        .exclude(ends_on=F("starts_on"))
        .select_related("person")
    )
    people = [
        PersonOnAccount(
            reference=role.reference,
            person_id=PersonId(role.person_id),
            name=str(role.person),
            role=role.role,
            starts_on=role.starts_on,
            ends_on=role.ends_on,
        )
        for role in roles.order_by("pk")
    ]
    return sorted(people, key=lambda each: not each.is_holder)


def list_open_invitations(*, account_id: AccountId, now: dt.datetime) -> list[InvitationView]:
    """Return the invitations to an account that may still be taken, newest first."""
    rows = _invitations(now=now).filter(account=account_id)
    return [_invitation(row) for row in rows.order_by("-made_at", "-pk")]


def count_invitations(*, account_id: AccountId, since: dt.datetime) -> int:
    """Return how many invitations to an account were sent since a moment."""
    return Invitation.objects.filter(account=account_id, made_at__gt=since).count()


def find_open_invitation(*, number: str, now: dt.datetime) -> InvitationView | None:
    """Return an invitation that may still be taken, or None."""
    row = _invitations(now=now).filter(number=number).first()
    return None if row is None else _invitation(row)


def get_account_for_staff(*, number: str) -> VisibleAccount | None:
    """Return an account by its number, as staff see it, or None."""
    account = (
        Account.objects.filter(number=number)
        .annotate(
            address=Subquery(_address_of(OuterRef("pk"))),
            services=_services(prefix=""),
            points=_points(prefix=""),
        )
        .first()
    )
    if account is None:
        return None
    return VisibleAccount(
        id=AccountId(account.pk),
        number=account.number,
        nickname="",
        rights=STAFF_RIGHTS,
        address=account.address or "",
        services=tuple(account.services or ()),
        points=tuple(_point(point) for point in account.points),
    )


def list_agreements(*, account_ids: Collection[AccountId], period: Period) -> list[Agreement]:
    """Return the agreements in force on any day of ``period``, in one query, in bill order."""
    rows = (
        ServiceAgreement.objects.filter(
            Q(ends_on=None) | Q(ends_on__gt=period.start),
            account__in=account_ids,
            starts_on__lt=period.end,
        )
        .select_related("service_point__premise")
        .order_by("account_id", "service_point__premise_id", "service_point__service", "starts_on")
    )
    return [_agreement(row) for row in rows]


def list_accounts_in_cycle(*, cycle_code: str, on: dt.date) -> list[AccountId]:
    """Return the accounts of a billing cycle that were open before a local day, by number."""
    rows = Account.objects.filter(
        Q(closed_on=None) | Q(closed_on__gte=on), cycle_code=cycle_code, opened_on__lt=on
    )
    return [AccountId(pk) for pk in rows.order_by("number").values_list("pk", flat=True)]


def list_stations(*, service_point_ids: Collection[ServicePointId]) -> dict[ServicePointId, str]:
    """Return the weather station that stands for each place; places without one are left out."""
    rows = ServicePoint.objects.filter(pk__in=service_point_ids).exclude(premise__station="")
    return {ServicePointId(pk): name for pk, name in rows.values_list("pk", "premise__station")}


def list_numbers(*, account_ids: Collection[AccountId]) -> dict[AccountId, str]:
    """Return the number of each account, in one query."""
    rows = Account.objects.filter(pk__in=account_ids).values_list("pk", "number")
    return {AccountId(pk): number for pk, number in rows}


def find_account_id(*, number: str) -> AccountId | None:
    """Return the id of an account by its own number or an old one, for files and operations."""
    rows = Account.objects.filter(Q(number=number) | Q(aliases__number=number))
    pk = rows.values_list("pk", flat=True).first()
    return None if pk is None else AccountId(pk)


def list_holders(
    *, account_ids: Collection[AccountId], on: dt.date
) -> dict[AccountId, list[PersonId]]:
    """Return the holders and joint holders of each account on a local day, in one query."""
    roles = AccountRole.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=on),
        account__in=account_ids,
        role__in=[AccountRole.Role.HOLDER, AccountRole.Role.JOINT],
        starts_on__lte=on,
    ).order_by("pk")
    holders: dict[AccountId, list[PersonId]] = {}
    for account_id, person_id in roles.values_list("account_id", "person_id"):
        holders.setdefault(AccountId(account_id), []).append(PersonId(person_id))
    return holders


def find_accounts(*, term: str, limit: int = 20) -> list[FoundAccount]:
    """Return accounts by a part of their number, an old number, a name or an address.

    Names and addresses are compared without case and accents (domain rule 6 for old numbers).
    """
    words = folded(term).replace("\x00", "")
    if not words:
        return []
    alias = AccountAlias.objects.filter(account=OuterRef("pk"), number__istartswith=words)
    place = ServiceAgreement.objects.filter(
        account=OuterRef("pk"), service_point__premise__search_address__contains=words
    )
    named = AccountRole.objects.filter(
        account=OuterRef("pk"), role="holder", person__search_name__contains=words
    )
    holder = AccountRole.objects.filter(account=OuterRef("pk"), role="holder").order_by("pk")
    rows = (
        Account.objects.filter(
            Q(number__startswith=words) | Exists(alias) | Exists(place) | Exists(named)
        )
        .annotate(
            address=Subquery(_address_of(OuterRef("pk"))),
            alias=Subquery(alias.values("number")[:1]),
            given=Subquery(holder.values("person__given_name")[:1]),
            family=Subquery(holder.values("person__family_name")[:1]),
            organisation=Subquery(holder.values("person__organisation_name")[:1]),
        )
        .order_by("number")[:limit]
    )
    return [
        FoundAccount(
            number=row.number,
            holder=row.organisation or f"{row.given or ''} {row.family or ''}".strip(),
            address=row.address or "",
            alias=row.alias or "",
            closed=row.closed_on is not None,
        )
        for row in rows
    ]


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


def list_claimants(*, account_id: AccountId, name: str) -> list[PersonId]:
    """Return the holders of an account that the name points to, the first holder first."""
    roles = _holding([account_id]).values_list("person_id", *NAME_FIELDS)
    return [
        PersonId(pk)
        for pk, *names in roles
        if is_name_of(typed=name, **dict(zip(NAMES, names, strict=True)))
    ]


NAMES = ("given_name", "family_name", "organisation_name")
NAME_FIELDS = tuple(f"person__{name}" for name in NAMES)


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


def get_postal_address(*, account_id: AccountId) -> str:
    """Return where a letter reaches an account: its first place, on one line; empty for none."""
    agreements = ServiceAgreement.objects.filter(account=account_id).order_by("starts_on", "pk")
    row = agreements.select_related("service_point__premise").first()
    if row is None:
        return ""
    place = row.service_point.premise
    unit = f" {place.unit}" if place.unit else ""
    return f"{place.street}{unit}, {place.city}, {place.state} {place.postal_code}"


def list_open_sweeps() -> list[SweepView]:
    """Return the sweeps nobody of the staff has looked at, newest first."""
    return [
        SweepView(row.pk, row.ip_address or "", row.numbers, row.hits, row.raised_at)
        for row in Sweep.objects.filter(looked_at=None).order_by("-raised_at")
    ]


def count_open_sweeps() -> int:
    """Return how many sweeps wait for somebody to look."""
    return Sweep.objects.filter(looked_at=None).count()


def _invitations(*, now: dt.datetime) -> QuerySet[Invitation]:
    return (
        Invitation.objects.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=now)
        .select_related("account", "invited_by")
        .annotate(place=Subquery(_address_of(OuterRef("account_id"))))
    )


def _invitation(row: Invitation) -> InvitationView:
    return InvitationView(
        number=row.number,
        account_id=AccountId(row.account_id),
        account_number=row.account.number,
        account_address=row.place or "",  # type: ignore[attr-defined]
        invited_by=PersonId(row.invited_by_id),
        inviter=str(row.invited_by),
        name=row.name,
        channel=row.channel,
        address=row.address,
        role=SharedRole(row.role),
        role_ends_on=row.role_ends_on,
        made_at=row.made_at,
        expires_at=row.expires_at,
    )


def _address_of(account: OuterRef) -> QuerySet[ServiceAgreement, str]:
    agreements = ServiceAgreement.objects.filter(account=account).order_by("starts_on", "pk")
    return agreements.values_list("service_point__premise__street", flat=True)[:1]


def _services(*, prefix: str) -> ArrayAgg:
    point = f"{prefix}agreements__service_point__service"
    return ArrayAgg(
        point, distinct=True, filter=Q(**{f"{prefix}agreements__ends_on": None}), default=[]
    )


def _points(*, prefix: str) -> JSONBAgg:
    agreement = f"{prefix}agreements__"
    premise = f"{agreement}service_point__premise__"
    return JSONBAgg(
        JSONObject(
            id=f"{agreement}service_point_id",
            number=f"{agreement}service_point__number",
            service=f"{agreement}service_point__service",
            metered=f"{agreement}service_point__metered",
            since=f"{agreement}starts_on",
            street=f"{premise}street",
            unit=f"{premise}unit",
            city=f"{premise}city",
            station=f"{premise}station",
            tariff_code=f"{agreement}tariff_code",
        ),
        filter=Q(**{f"{prefix}agreements__isnull": False, f"{agreement}ends_on": None}),
        order_by=[f"{agreement}service_point__service", f"{agreement}service_point__number"],
        default=Value([]),
    )


def _point(source: Mapping[str, Any]) -> Point:
    """Read one element of ``_points``."""
    return Point(
        id=ServicePointId(source["id"]),
        number=source["number"],
        service=source["service"],
        metered=source["metered"],
        since=dt.date.fromisoformat(source["since"]),
        address=_address(source["street"], source["unit"], source["city"]),
        station=source["station"],
        tariff_code=source["tariff_code"],
    )


def _agreement(row: ServiceAgreement) -> Agreement:
    point = row.service_point
    premise = point.premise
    return Agreement(
        id=AgreementId(row.pk),
        number=row.number,
        account_id=AccountId(row.account_id),
        service_point_id=ServicePointId(point.pk),
        service_point_number=point.number,
        service=point.service,
        metered=point.metered,
        tariff_code=row.tariff_code,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        premise_address=_address(premise.street, premise.unit, premise.city),
        station=premise.station,
    )


def _address(street: str, unit: str, city: str) -> str:
    return f"{street}{f' {unit}' if unit else ''}, {city}"
