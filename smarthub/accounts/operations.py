"""Every write of places, accounts, agreements and roles; each once by its number."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from smarthub.accounts.models import (
    Account,
    AccountAlias,
    AccountRole,
    Claim,
    Premise,
    ServiceAgreement,
    ServicePoint,
    Sweep,
)
from smarthub.accounts.types import AccountId, AgreementId, PremiseId, ServicePointId, bare
from smarthub.kernel.errors import Conflict
from smarthub.members.types import MembershipId, PersonId, folded


class PointAlreadyServed(Conflict):
    """Another agreement holds the service point on one of these days (domain rule 4)."""

    code = "point_already_served"


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

    A person has one role at a time on an account; granting another ends the one before.
    """
    with transaction.atomic():
        held = AccountRole.objects.filter(account=account_id, person=person_id, ends_on=None)
        current = held.select_for_update().first()
        if current is not None and current.role == role:
            return
        if current is not None and current.starts_on < starts_on:
            current.ends_on = starts_on
            current.save(update_fields=["ends_on"])
        elif current is not None:
            current.delete()
        AccountRole.objects.create(
            account_id=account_id,
            person_id=person_id,
            role=role,
            nickname=nickname,
            starts_on=starts_on,
            ends_on=ends_on,
        )


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
    """Let the one who claims use another e-mail address, as long as none is confirmed."""
    Claim.objects.filter(pk=claim_id, email_confirmed_at=None).update(email=email)


def confirm_claim_email(*, claim_id: UUID, now: dt.datetime) -> None:
    """Note that the e-mail address is the claimant's own."""
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
