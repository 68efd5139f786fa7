"""Every write of places, accounts, agreements and roles; each once by its number."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from smarthub.accounts.models import (
    Account,
    AccountAlias,
    AccountRole,
    Claim,
    Invitation,
    Premise,
    PremiseDistrict,
    ServiceAgreement,
    ServicePoint,
    Sweep,
)
from smarthub.accounts.queries import find_open_invitation, list_holders
from smarthub.accounts.types import (
    AccountId,
    AgreementId,
    InvitationView,
    PremiseId,
    ServicePointId,
    SharedRole,
    bare,
)
from smarthub.kernel.codes import draw_code
from smarthub.kernel.errors import Conflict, NotVisible, Refused
from smarthub.members.types import MembershipId, PersonId, folded


class PointAlreadyServed(Conflict):
    """Another agreement holds the service point on one of these days (domain rule 4)."""

    code = "point_already_served"


class HolderStays(Refused):
    """Whoever holds an account cannot be let out of it on a page: the office does that."""

    code = "holder_stays"


class InvitationOver(Refused):
    """The invitation was taken, taken back or left too long."""

    code = "invitation_over"


class AlreadyHolder(Refused):
    """Whoever wants to take the invitation holds the account already."""

    code = "already_holder"


def add_premise(
    *,
    number: str,
    street: str,
    city: str,
    state: str,
    postal_code: str,
    unit: str = "",
    station: str = "",
    source_system: str = "smarthub",
    source_id: str = "",
) -> PremiseId:
    """Add a place; one with this number is returned as it stands (domain rule 3).

    ``station`` is the weather station whose temperatures stand for the place.
    """
    premise, _ = Premise.objects.get_or_create(
        number=number,
        defaults={
            "street": street,
            "unit": unit,
            "city": city,
            "state": state,
            "postal_code": postal_code,
            "station": station,
            "search_address": folded(f"{street} {unit} {city}"),
            "source_system": source_system,
            "source_id": source_id,
        },
    )
    return PremiseId(premise.pk)


def record_district(
    *,
    premise_number: str,
    district: str,
    inside: bool,
    effective_from: dt.date,
    author: str,
    now: dt.datetime,
) -> bool:
    """Record that a place lies inside a tax district from a local day on, or no longer does.

    Nothing recorded is changed; of two facts of one day the later holds. Saying what holds again
    is harmless. Return whether something new was said.

    Raises:
        NotVisible: there is no such place.

    Source: domain rule 34.
    """
    premise = Premise.objects.filter(number=premise_number).first()
    if premise is None:
        raise NotVisible(premise=premise_number)
    said = PremiseDistrict.objects.filter(
        premise=premise, district=district, effective_from=effective_from
    )
    latest = said.order_by("recorded_at", "pk").last()
    if latest is not None and latest.inside == inside:
        return False
    PremiseDistrict.objects.create(
        premise=premise,
        district=district,
        inside=inside,
        effective_from=effective_from,
        author=author,
        recorded_at=now,
    )
    return True


def add_service_point(
    *, number: str, premise_id: PremiseId, service: str, metered: bool
) -> ServicePointId:
    """Add a point where a service is delivered, metered or not; once by its number."""
    point, _ = ServicePoint.objects.get_or_create(
        number=number,
        defaults={"premise_id": premise_id, "service": service, "metered": metered},
    )
    return ServicePointId(point.pk)


def open_account(
    *,
    number: str,
    membership_id: MembershipId,
    cycle_code: str,
    opened_on: dt.date,
    source_system: str = "smarthub",
    source_id: str = "",
) -> AccountId:
    """Open an account under a membership; once by its number."""
    account, _ = Account.objects.get_or_create(
        number=number,
        defaults={
            "membership_id": membership_id,
            "cycle_code": cycle_code,
            "opened_on": opened_on,
            "source_system": source_system,
            "source_id": source_id,
        },
    )
    return AccountId(account.pk)


def add_alias(*, account_id: AccountId, number: str, source_system: str) -> None:
    """Keep a number the account had in another system searchable (domain rule 6)."""
    AccountAlias.objects.get_or_create(
        source_system=source_system, number=number, defaults={"account_id": account_id}
    )


def grant_role(
    *,
    account_id: AccountId,
    person_id: PersonId,
    role: str,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    nickname: str = "",
) -> None:
    """Let a person do with an account what the role allows, from a local day on (rule 1).

    A person has one role at a time on an account; granting another ends the one before, and
    keeps the name the person has for the account.
    """
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account_id)
        held = AccountRole.objects.filter(
            Q(ends_on=None) | Q(ends_on__gt=starts_on), account=account_id, person=person_id
        )
        for current in held:
            if (current.role, current.ends_on) == (role, ends_on):
                return
            nickname = nickname or current.nickname
            _end(current, on=starts_on)
        AccountRole.objects.create(
            account_id=account_id,
            person_id=person_id,
            role=role,
            nickname=nickname,
            starts_on=starts_on,
            ends_on=ends_on,
        )


def end_role(*, account_id: AccountId, reference: UUID, on: dt.date) -> PersonId:
    """Let somebody out of an account at once: from this local day on they may do nothing there.

    Raises:
        NotVisible: there is no such role on the account any more.
        HolderStays: the account is theirs.
    """
    with transaction.atomic():
        in_force = Q(ends_on=None) | Q(ends_on__gt=on)
        rows = AccountRole.objects.select_for_update().filter(in_force, account=account_id)
        role = rows.filter(reference=reference).first()
        if role is None:
            raise NotVisible
        if role.role in {AccountRole.Role.HOLDER, AccountRole.Role.JOINT}:
            raise HolderStays
        _end(role, on=on)
    return PersonId(role.person_id)


def end_shared_roles(*, person_id: PersonId, on: dt.date) -> list[AccountId]:
    """Let a person out of every account that is not their own, and return which those were."""
    shared = AccountRole.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=on), person=person_id, role__in=list(SharedRole)
    )
    accounts = [AccountId(role.account_id) for role in shared]
    for role in shared:
        _end(role, on=on)
    return accounts


def _end(role: AccountRole, *, on: dt.date) -> None:
    role.ends_on = max(on, role.starts_on)
    role.save(update_fields=["ends_on"])


def name_account(*, user_id: int, account_id: AccountId, nickname: str, on: dt.date) -> None:
    """Call an account what its reader calls it; nobody else sees the name."""
    roles = AccountRole.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=on), account=account_id, person__login__pk=user_id
    )
    roles.exclude(nickname=nickname).update(nickname=nickname)


def invite(
    *,
    account_id: AccountId,
    invited_by: PersonId,
    name: str,
    channel: str,
    address: str,
    role: SharedRole,
    role_ends_on: dt.date | None,
    now: dt.datetime,
    expires_at: dt.datetime,
) -> str:
    """Offer somebody a role on an account, and return the invitation's number.

    An open one to the same address is withdrawn: the newest is the only one that counts.
    """
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account_id)
        before = Invitation.objects.filter(
            account=account_id, address__iexact=address, accepted_at=None, withdrawn_at=None
        )
        before.update(withdrawn_at=now)
        invitation = Invitation.objects.create(
            number=draw_code(),
            account_id=account_id,
            invited_by_id=invited_by,
            name=name,
            channel=channel,
            address=address,
            role=role,
            role_ends_on=role_ends_on,
            made_at=now,
            expires_at=expires_at,
        )
    return invitation.number


def withdraw_invitation(*, account_id: AccountId, number: str, now: dt.datetime) -> None:
    """Take an invitation back before it is taken; one taken back already stays so.

    Raises:
        NotVisible: the account has no such invitation, or it was taken.
    """
    known = Invitation.objects.filter(account=account_id, number=number, accepted_at=None)
    if not known.exists():
        raise NotVisible
    known.filter(withdrawn_at=None).update(withdrawn_at=now)


def take_invitation(
    *, number: str, person_id: PersonId, on: dt.date, now: dt.datetime
) -> InvitationView:
    """Give a person the role an invitation offers, once. Somebody's own account stays their own.

    Raises:
        InvitationOver: it was taken, taken back or left too long, or its role has ended.
        AlreadyHolder: the account is theirs already.
    """
    with transaction.atomic():
        row = Invitation.objects.select_for_update().filter(number=number).first()
        view = find_open_invitation(number=number, now=now)
        if row is None or view is None or (row.role_ends_on and row.role_ends_on <= on):
            raise InvitationOver
        if person_id in list_holders(account_ids=[view.account_id], on=on)[view.account_id]:
            raise AlreadyHolder
        row.accepted_at, row.accepted_by_id = now, person_id
        row.save(update_fields=["accepted_at", "accepted_by"])
        grant_role(
            account_id=view.account_id,
            person_id=person_id,
            role=row.role,
            starts_on=on,
            ends_on=row.role_ends_on,
        )
    return view


def start_agreement(
    *,
    number: str,
    account_id: AccountId,
    service_point_id: ServicePointId,
    tariff_code: str,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
) -> AgreementId:
    """Start service at a point under a tariff, from a local day on; once by its number.

    Raises:
        PointAlreadyServed: another agreement holds the point on one of these days.

    Source: domain rules 3 and 4.
    """
    known = ServiceAgreement.objects.filter(number=number).first()
    if known is not None:
        return AgreementId(known.pk)
    try:
        with transaction.atomic():
            agreement = ServiceAgreement.objects.create(
                number=number,
                account_id=account_id,
                service_point_id=service_point_id,
                tariff_code=tariff_code,
                starts_on=starts_on,
                ends_on=ends_on,
            )
    except IntegrityError as error:
        if "service_agreement_no_overlap" in str(error):
            raise PointAlreadyServed(number=number) from error
        raise
    return AgreementId(agreement.pk)


def open_claim(
    *,
    number: str,
    name: str,
    email: str,
    language: str,
    account_id: AccountId | None,
    user_id: int | None,
    ip_address: str,
    now: dt.datetime,
) -> UUID:
    """Write down that somebody says an account is theirs, whether there is one or not."""
    claim = Claim.objects.create(
        number_asked=bare(number),
        name_asked=name,
        email=email,
        language=language,
        account_id=account_id,
        user_id=user_id,
        ip_address=ip_address,
        asked_at=now,
    )
    return claim.pk


def count_code_asked(*, claim_id: UUID, most: int) -> bool:
    """Count one more code asked for; false, and not counted, when there were enough."""
    open_claims = Claim.objects.filter(pk=claim_id, proved_at=None, codes_asked__lt=most)
    return bool(open_claims.update(codes_asked=F("codes_asked") + 1))


def count_claim_try(*, claim_id: UUID, most: int, now: dt.datetime) -> bool:
    """Count one more try at proving; false, and not counted, when there were enough."""
    open_claims = Claim.objects.filter(pk=claim_id, proved_at=None, tries__lt=most)
    return bool(open_claims.update(tries=F("tries") + 1, tried_at=now))


def prove_claim(*, claim_id: UUID, proof: str, now: dt.datetime) -> None:
    """Note that the right code was given, and of which kind it was; the first time counts."""
    Claim.objects.filter(pk=claim_id, proved_at=None).update(proof=proof, proved_at=now)


def change_claim_email(*, claim_id: UUID, email: str) -> None:
    """Let the one who claims use another e-mail address or phone, as long as none is confirmed."""
    Claim.objects.filter(pk=claim_id, email_confirmed_at=None).update(email=email)


def confirm_claim_email(*, claim_id: UUID, now: dt.datetime) -> None:
    """Note that the e-mail address or phone is the claimant's own."""
    Claim.objects.filter(pk=claim_id, email_confirmed_at=None).update(email_confirmed_at=now)


def finish_claim(*, claim_id: UUID, user_id: int, now: dt.datetime) -> bool:
    """Close a proved claim with the login it led to, once; false when it was closed before."""
    open_claims = Claim.objects.filter(pk=claim_id, finished_at=None).exclude(proved_at=None)
    return bool(open_claims.update(finished_at=now, user_id=user_id))


def raise_sweep(
    *, ip_address: str | None, numbers: int, hits: int, since: dt.datetime, now: dt.datetime
) -> bool:
    """Raise an alarm for staff, or bring the one raised since a moment up to date.

    Returns:
        Whether it is a new one.
    """
    known = Sweep.objects.filter(ip_address=ip_address, raised_at__gt=since)
    if known.update(numbers=numbers, hits=hits):
        return False
    Sweep.objects.create(ip_address=ip_address, numbers=numbers, hits=hits, raised_at=now)
    return True


def settle_sweep(*, sweep_id: int, user_id: int, now: dt.datetime) -> bool:
    """Note that somebody of the staff looked at a sweep; false when somebody had."""
    open_sweeps = Sweep.objects.filter(pk=sweep_id, looked_at=None)
    return bool(open_sweeps.update(looked_at=now, looked_at_by_id=user_id))
