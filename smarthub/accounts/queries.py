"""Every read of accounts, agreements and places. Rows turn into ids only here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.contrib.postgres.aggregates import ArrayAgg, JSONBAgg
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject

from smarthub.accounts.models import Account, AccountAlias, AccountRole, ServiceAgreement
from smarthub.accounts.types import (
    AccountId,
    Agreement,
    AgreementId,
    FoundAccount,
    Point,
    Right,
    ServicePointId,
    VisibleAccount,
)
from smarthub.kernel.period import Period
from smarthub.members.types import PersonId, folded

RIGHTS: dict[str, frozenset[Right]] = {
    AccountRole.Role.HOLDER: frozenset(Right),
    AccountRole.Role.JOINT: frozenset(Right),
    AccountRole.Role.FULL: frozenset(Right),
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
        points=tuple(_point(**point) for point in role.points),  # type: ignore[attr-defined]
    )


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
        points=tuple(_point(**point) for point in account.points),
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
    return JSONBAgg(
        JSONObject(
            id=f"{agreement}service_point_id",
            number=f"{agreement}service_point__number",
            service=f"{agreement}service_point__service",
            metered=f"{agreement}service_point__metered",
            since=f"{agreement}starts_on",
        ),
        filter=Q(**{f"{prefix}agreements__isnull": False, f"{agreement}ends_on": None}),
        order_by=[f"{agreement}service_point__service", f"{agreement}service_point__number"],
        default=Value([]),
    )


def _point(*, id: int, number: str, service: str, metered: bool, since: str) -> Point:  # noqa: A002
    """Read one element of ``_points``."""
    return Point(ServicePointId(id), number, service, metered, dt.date.fromisoformat(since))


def _agreement(row: ServiceAgreement) -> Agreement:
    point = row.service_point
    premise = point.premise
    unit = f" {premise.unit}" if premise.unit else ""
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
        premise_address=f"{premise.street}{unit}, {premise.city}",
        station=premise.station,
    )
