"""Keep an account's tax certificates: record one with its proof, end one, warn before it runs out.

A certificate keeps its taxes off bills made from then on, on the days it holds (rule 35).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from smarthub.accounts.access import open_for_staff
from smarthub.accounts.queries import get_account_for_staff, list_agreements, list_holders
from smarthub.accounts.types import VisibleAccount
from smarthub.billing.operations import certificates as operations
from smarthub.billing.queries import certificates as queries
from smarthub.billing.types import CertificateRow, NewCertificate
from smarthub.cooperative.queries import get_zone, list_policies
from smarthub.kernel.period import Period, local_day
from smarthub.kernel.text import Text
from smarthub.members.operations import record_act
from smarthub.rating.queries import get_rate_book
from smarthub.rating.types import TAXES, TariffMissing
from smarthub.workflows.messages.tell_person import tell_person

WARN_DAYS = 45
"""Before a certificate runs out, unless ``tax.certificate_warning_days`` says otherwise."""
FIRST_DAY = dt.date(1900, 1, 1)
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CertificatesPage:
    """An account's certificates, and the taxes its rates charge: code and name."""

    account: VisibleAccount
    certificates: tuple[CertificateRow, ...]
    taxes: tuple[tuple[str, Text], ...]


def open_certificates(
    *, user_id: int, account_number: str, on: dt.date, now: dt.datetime
) -> CertificatesPage:
    """Open an account for a clerk and return its certificates and the taxes it may owe.

    Raises:
        NotVisible: the login is not staff's, or there is no such account.
    """
    account = open_for_staff(user_id=user_id, number=account_number, now=now)
    rows = tuple(queries.list_certificates(account_id=account.id))
    return CertificatesPage(account, rows, _taxes(account, on))


def record_certificate(
    *, user_id: int, account_number: str, certificate: NewCertificate, now: dt.datetime
) -> int:
    """Record a certificate with its proof and say so in the audit trail; return its number.

    Raises:
        NotVisible: the login is not staff's, or there is no such account.
        CertificateHasNoDays, CertificateNamesNoTax, ProofNotReadable, CertificateKnown: see
            ``billing.operations.certificates``; then nothing is written.

    Source: domain rules 35 and 125.
    """
    with transaction.atomic():
        account = open_for_staff(user_id=user_id, number=account_number, now=now)
        number = operations.record_certificate(
            account_id=account.id, certificate=certificate, author=f"user:{user_id}", now=now
        )
        record_act(
            user_id=user_id,
            act="tax_certificate_recorded",
            subject=f"account:{account_number}",
            now=now,
            after={
                "certificate": certificate.number,
                "taxes": sorted(certificate.taxes),
                "starts_on": certificate.starts_on.isoformat(),
                "ends_on": certificate.ends_on.isoformat(),
            },
        )
    return number


def get_certificate(
    *, user_id: int, account_number: str, number: int, now: dt.datetime
) -> CertificateRow:
    """Return one certificate of an account, for a clerk.

    Raises:
        NotVisible: the login is not staff's, or the account has none of that number.
    """
    account = open_for_staff(user_id=user_id, number=account_number, now=now)
    return queries.get_certificate(account_id=account.id, number=number)


def read_proof(
    *, user_id: int, account_number: str, number: int, now: dt.datetime
) -> tuple[str, bytes]:
    """Return the name and the bytes of a certificate's copy, for a clerk.

    Raises:
        NotVisible: the login is not staff's, or the account has none of that number.
    """
    account = open_for_staff(user_id=user_id, number=account_number, now=now)
    return queries.get_proof(account_id=account.id, number=number)


def end_certificate(
    *,
    user_id: int,
    account_number: str,
    number: int,
    last_day: dt.date,
    reason: str,
    now: dt.datetime,
) -> None:
    """End a certificate after a local day, before its time; the tax comes back after it.

    Raises:
        NotVisible: the login is not staff's, or the account has none of that number.
        CertificateHasNoDays: it does not hold so long, or begins later.
        CertificateKnown: it was ended already.

    Source: domain rules 35 and 125.
    """
    with transaction.atomic():
        account = open_for_staff(user_id=user_id, number=account_number, now=now)
        operations.end_certificate(
            number=number,
            account_id=account.id,
            ends_on=last_day + ONE_DAY,
            reason=reason,
            author=f"user:{user_id}",
            now=now,
        )
        record_act(
            user_id=user_id,
            act="tax_certificate_ended",
            subject=f"account:{account_number}",
            now=now,
            after={"certificate": number, "last_day": last_day.isoformat(), "reason": reason},
        )


def list_running_out(*, on: dt.date) -> list[CertificateRow]:
    """Return certificates that run out soon, soonest first."""
    days = int(list_policies(on=on).get("tax.certificate_warning_days", WARN_DAYS))
    return queries.list_expiring_certificates(period=Period(on, on + dt.timedelta(days=days + 1)))


def warn_of_expiring_certificates(*, now: dt.datetime) -> int:
    """Tell the holders that a certificate runs out soon, once each; return how many certificates.

    One that another of the same taxes follows without a day between is not told of.

    Source: domain rule 35: expiry restores the tax and is notified before.
    """
    on = local_day(now, get_zone())
    told = [row for row in list_running_out(on=on) if not _is_followed(row)]
    for row in told:
        account = get_account_for_staff(number=row.account_number)
        if account is None:  # pragma: no cover - accounts outlive their certificates
            continue
        for person_id in list_holders(account_ids=[account.id], on=on).get(account.id, ()):
            tell_person(
                person_id=person_id,
                template="certificate_expires",
                context={"certificate": row.number, "last_day": row.last_day},
                about=f"{row.id}:{row.ends_on}",
                account_number=row.account_number,
                now=now,
            )
    return len(told)


def _is_followed(row: CertificateRow) -> bool:
    account = get_account_for_staff(number=row.account_number)
    others = queries.list_certificates(account_id=account.id) if account else []
    named = {
        tax
        for each in others
        if each.id != row.id and each.starts_on <= row.ends_on < each.ends_on
        for tax in each.taxes
    }
    return set(row.taxes) <= named


def _taxes(account: VisibleAccount, on: dt.date) -> tuple[tuple[str, Text], ...]:
    """Return the taxes of the rates an account's agreements are or were on, each once."""
    book = get_rate_book()
    ever = Period(FIRST_DAY, on + ONE_DAY)
    found: dict[str, Text] = {}
    for agreement in list_agreements(account_ids=[account.id], period=ever):
        try:
            tariff = book.find(code=agreement.tariff_code, on=on).tariff
        except TariffMissing:
            continue
        for charge in tariff.charges:
            if isinstance(charge, TAXES):
                found.setdefault(charge.code, charge.name)
    return tuple(found.items())
