"""Every read of accounts, agreements and places. Rows turn into ids only here."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg, JSONBAgg
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject

from smarthub.accounts.models import (
    Account,
    AccountAlias,
    AccountRole,
    Invitation,
    Premise,
    PremiseDistrict,
    ServiceAgreement,
    ServicePoint,
)
from smarthub.accounts.types import (
    AccountId,
    AccountPapers,
    Agreement,
    AgreementId,
    DistrictFact,
    DistrictRow,
    FoundAccount,
    HeldRole,
    InvitationView,
    PersonOnAccount,
    Point,
    PremiseDistricts,
    Right,
    ServicePointId,
    SharedRole,
    VisibleAccount,
)
from smarthub.cooperative.among import among
from smarthub.cooperative.written_once import Given, WrittenOnce
from smarthub.kernel.period import Period
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


class RoleInForce(NamedTuple):
    """A role with what its account opens; ``points`` is JSON, as ``_points`` writes it."""

    account_id: int
    number: str
    reference: UUID
    role: str
    nickname: str
    ends_on: dt.date | None
    address: str | None
    services: list[str]
    points: str


def _roles_in_force() -> QuerySet[AccountRole, Any]:
    on, user_id = Given("on"), Given("user_id")
    roles = AccountRole.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=on), person__login__pk=user_id, starts_on__lte=on
    )
    return (
        roles.annotate(
            number=F("account__number"),
            address=Subquery(_address_of(OuterRef("account_id"))),
            services=_services(prefix="account__"),
            points=_points(prefix="account__"),
        )
        .order_by("account__opened_on", "account__number")
        .values_list(*RoleInForce._fields)
    )


_ROLES = WrittenOnce(_roles_in_force)
_ROLES_ON_ONE = WrittenOnce(lambda: _roles_in_force().filter(account__number=Given("number")))


def list_roles_in_force(*, user_id: int, on: dt.date) -> list[RoleInForce]:
    """Return the roles a login's person holds on a local day, oldest account first: one query."""
    return [RoleInForce(*row) for row in _ROLES.ask(user_id=user_id, on=on)]


def find_role_in_force(*, user_id: int, number: str, on: dt.date) -> RoleInForce | None:
    """Return the role a login's person holds on one account on a local day, or None."""
    rows = _ROLES_ON_ONE.ask(user_id=user_id, on=on, number=number)
    return RoleInForce(*rows[0]) if rows else None


def visible_account(role: RoleInForce) -> VisibleAccount:
    """Return what a role opens."""
    return VisibleAccount(
        id=AccountId(role.account_id),
        number=role.number,
        nickname=role.nickname,
        rights=RIGHTS[role.role],
        address=role.address or "",
        services=tuple(role.services),
        points=tuple(_point(point) for point in json.loads(role.points)),
    )


def list_held_roles(*, user_id: int, on: dt.date) -> list[HeldRole]:
    """Return every role a login's person holds on a local day, those of alerts only as well."""
    return [
        HeldRole(
            reference=role.reference,
            account_id=AccountId(role.account_id),
            number=role.number,
            role=role.role,
            nickname=role.nickname,
            address=role.address or "",
            ends_on=role.ends_on,
        )
        for role in list_roles_in_force(user_id=user_id, on=on)
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


_AGREEMENT = (
    "pk", "number", "account_id", "service_point_id", "service_point__number",
    "service_point__service", "service_point__metered", "tariff_code", "starts_on", "ends_on",
    "service_point__premise__street", "service_point__premise__unit",
    "service_point__premise__city", "service_point__premise__station",
)  # fmt: skip


def list_agreements(*, account_ids: Collection[AccountId], period: Period) -> list[Agreement]:
    """Return the agreements in force on any day of ``period``, in one query, in bill order."""
    rows = (
        ServiceAgreement.objects.filter(
            Q(ends_on=None) | Q(ends_on__gt=period.start),
            among("account_id", account_ids),
            starts_on__lt=period.end,
        )
        .order_by("account_id", "service_point__premise_id", "service_point__service", "starts_on")
        .values_list(*_AGREEMENT)
    )
    return [_agreement(*row) for row in rows]


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


def list_district_facts(
    *, service_point_ids: Collection[ServicePointId]
) -> dict[ServicePointId, tuple[DistrictFact, ...]]:
    """Return what is known of the tax districts of places, oldest first, in one query (rule 34)."""
    rows = PremiseDistrict.objects.filter(among("premise__service_points__id", service_point_ids))
    found: dict[ServicePointId, list[DistrictFact]] = {}
    for point_id, district, inside, since in rows.order_by(
        "effective_from", "recorded_at", "pk"
    ).values_list("premise__service_points__id", "district", "inside", "effective_from"):
        fact = DistrictFact(district, inside, since)
        found.setdefault(ServicePointId(point_id), []).append(fact)
    return {point_id: tuple(facts) for point_id, facts in found.items()}


def list_premise_districts(*, account_id: AccountId) -> list[PremiseDistricts]:
    """Return the places an account has or had, with all that is known of their tax districts."""
    premises = Premise.objects.filter(service_points__agreements__account=account_id).distinct()
    rows: dict[int, list[DistrictRow]] = {}
    for row in PremiseDistrict.objects.filter(premise__in=premises).order_by(
        "-effective_from", "-recorded_at", "-pk"
    ):
        fact = DistrictFact(row.district, row.inside, row.effective_from)
        rows.setdefault(row.premise_id, []).append(DistrictRow(fact, row.author))
    return [
        PremiseDistricts(
            each.number,
            _address(each.street, each.unit, each.city),
            tuple(rows.get(each.pk, ())),
        )
        for each in premises.order_by("street", "number")
    ]


def list_numbers(*, account_ids: Collection[AccountId]) -> dict[AccountId, str]:
    """Return the number of each account, in one query."""
    rows = Account.objects.filter(among("id", account_ids)).values_list("pk", "number")
    return {AccountId(pk): number for pk, number in rows}


def list_account_papers(*, account_ids: Collection[AccountId]) -> dict[AccountId, AccountPapers]:
    """Return what each account's papers are filed under, in one query."""
    rows = Account.objects.filter(among("id", account_ids)).values_list(
        "pk", "number", "membership__number", "membership__board_district", "cycle_code"
    )
    return {AccountId(pk): AccountPapers(*columns) for pk, *columns in rows}


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
        among("account_id", account_ids),
        role__in=[AccountRole.Role.HOLDER, AccountRole.Role.JOINT],
        starts_on__lte=on,
    ).order_by("pk")
    holders: dict[AccountId, list[PersonId]] = {}
    for account_id, person_id in roles.values_list("account_id", "person_id"):
        holders.setdefault(AccountId(account_id), []).append(PersonId(person_id))
    return holders


def list_let_out(*, on: dt.date) -> set[tuple[AccountId, PersonId]]:
    """Return who might pay for an account they were let into and may no more: one query.

    Whoever holds it, or held it until they moved out, is not among them.
    """
    paying = [role for role, rights in RIGHTS.items() if Right.PAY in rights]
    own = Q(role__in=[AccountRole.Role.HOLDER, AccountRole.Role.JOINT])
    may_still = Q(Q(ends_on=None) | Q(ends_on__gt=on), role__in=paying)
    of_them = AccountRole.objects.filter(account=OuterRef("account"), person=OuterRef("person"))
    ended = AccountRole.objects.filter(
        ~Exists(of_them.filter(own | may_still)), ends_on__lte=on, role__in=paying
    )
    pairs = ended.values_list("account_id", "person_id")
    return {(AccountId(account_id), PersonId(person_id)) for account_id, person_id in pairs}


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


def get_postal_address(*, account_id: AccountId) -> str:
    """Return where a letter reaches an account: its first place, on one line; empty for none."""
    return ", ".join(list_postal_addresses(account_ids=[account_id]).get(account_id, ()))


def list_postal_addresses(
    *, account_ids: Collection[AccountId]
) -> dict[AccountId, tuple[str, str]]:
    """Return street and town of the first place of each account that has one, in one query."""
    rows = ServiceAgreement.objects.filter(account__in=account_ids).order_by("-starts_on", "-pk")
    places = {
        each.account_id: each.service_point.premise
        for each in rows.select_related("service_point__premise")
    }
    return {
        AccountId(pk): (f"{at.street} {at.unit}".strip(), f"{at.city}, {at.state} {at.postal_code}")
        for pk, at in places.items()
    }


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


def _agreement(*columns: Any) -> Agreement:
    """Return an agreement of its columns as ``_AGREEMENT`` names them."""
    pk, number, account, point, place, service, metered, tariff, starts, ends, *premise = columns
    street, unit, city, station = premise
    return Agreement(
        id=AgreementId(pk),
        number=number,
        account_id=AccountId(account),
        service_point_id=ServicePointId(point),
        service_point_number=place,
        service=service,
        metered=metered,
        tariff_code=tariff,
        starts_on=starts,
        ends_on=ends,
        premise_address=_address(street, unit, city),
        station=station,
    )


def _address(street: str, unit: str, city: str) -> str:
    return f"{street}{f' {unit}' if unit else ''}, {city}"
