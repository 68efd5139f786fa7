"""Record tax certificates and end them: appended, never edited (rule 35)."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from smarthub.accounts.types import AccountId
from smarthub.billing.models import TaxCertificate, TaxCertificateEnd
from smarthub.billing.types import NewCertificate
from smarthub.kernel.errors import Conflict, NotVisible, Refused

LARGEST_PROOF = 2_000_000
"""Bytes; a scanned page or two."""
SIGNS = {".pdf": b"%PDF-", ".png": b"\x89PNG\r\n\x1a\n", ".jpg": b"\xff\xd8\xff"}
"""How a file of each kind begins, whatever it is called."""


class CertificateHasNoDays(Refused):
    """A certificate ends before it begins, or is ended on a day it does not hold."""

    code = "certificate_has_no_days"


class CertificateNamesNoTax(Refused):
    """A certificate says no tax that it is against."""

    code = "certificate_names_no_tax"


class ProofNotReadable(Refused):
    """The copy is no PDF, PNG or JPEG, is empty, or is larger than ``LARGEST_PROOF``."""

    code = "proof_not_readable"


class CertificateKnown(Conflict):
    """The account has a certificate of this number from this day, or it was ended already."""

    code = "certificate_known"


def record_certificate(
    *, account_id: AccountId, certificate: NewCertificate, author: str, now: dt.datetime
) -> int:
    """Record a certificate with its proof; return its row's number.

    Bills made from now on leave its taxes off on the days it holds; a bill that was made stays,
    and is listed as one that would differ.

    Raises:
        CertificateHasNoDays: it ends before it begins.
        CertificateNamesNoTax: it names no tax.
        ProofNotReadable: there is no proof that can be kept.
        CertificateKnown: the account has one of this number from this day.

    Source: domain rule 35.
    """
    if certificate.ends_on <= certificate.starts_on:
        raise CertificateHasNoDays(starts_on=certificate.starts_on.isoformat())
    if not certificate.taxes:
        raise CertificateNamesNoTax(number=certificate.number)
    row = TaxCertificate(
        account_id=account_id,
        reason=certificate.reason,
        number=certificate.number,
        taxes=sorted(set(certificate.taxes)),
        starts_on=certificate.starts_on,
        ends_on=certificate.ends_on,
        proof=certificate.proof,
        proof_name=f"certificate{kind_of(proof=certificate.proof)}",
        author=author,
        recorded_at=now,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise CertificateKnown(number=certificate.number) from error
    return row.pk


def end_certificate(
    *, number: int, account_id: AccountId, ends_on: dt.date, reason: str, author: str,
    now: dt.datetime,
) -> None:  # fmt: skip
    """End a certificate before its time: ``ends_on`` is the first day it no longer holds.

    Raises:
        NotVisible: the account has no such certificate.
        CertificateHasNoDays: the day is before it begins or after it ends.
        CertificateKnown: it was ended already.
    """
    row = TaxCertificate.objects.filter(pk=number, account=account_id).defer("proof").first()
    if row is None:
        raise NotVisible(certificate=number)
    if not row.starts_on <= ends_on < row.ends_on:
        raise CertificateHasNoDays(ends_on=ends_on.isoformat())
    end = TaxCertificateEnd(
        certificate=row, ends_on=ends_on, reason=reason, author=author, recorded_at=now
    )
    try:
        with transaction.atomic():
            end.save()
    except IntegrityError as error:
        raise CertificateKnown(number=row.number) from error


def kind_of(*, proof: bytes) -> str:
    """Return the suffix of a copy, by how it begins.

    Raises:
        ProofNotReadable: it is of no kind that is kept, or too large.
    """
    if len(proof) <= LARGEST_PROOF:
        for suffix, sign in SIGNS.items():
            if proof.startswith(sign):
                return suffix
    raise ProofNotReadable(bytes=len(proof))
