"""Read tax certificates: for bills, for the desk, and those that run out soon."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import DateField, F, QuerySet
from django.db.models.functions import Coalesce, Least

from smarthub.accounts.types import AccountId
from smarthub.billing.models import TaxCertificate as Row
from smarthub.billing.types import CertificateRow, TaxCertificate
from smarthub.cooperative.among import among
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.period import Period


def certificates_of(
    *, account_ids: Collection[AccountId]
) -> dict[AccountId, tuple[TaxCertificate, ...]]:
    """Return the certificates of these accounts, those that are over too: one query."""
    found: dict[AccountId, list[TaxCertificate]] = defaultdict(list)
    rows = _standing().filter(among("account_id", account_ids)).order_by("pk")
    for account_id, taxes, starts_on, until in rows.values_list(
        "account_id", "taxes", "starts_on", "until"
    ):
        held = TaxCertificate(frozenset(taxes), starts_on, until)
        found[AccountId(account_id)].append(held)
    return {account_id: tuple(held) for account_id, held in found.items()}


def list_certificates(*, account_id: AccountId) -> list[CertificateRow]:
    """Return an account's certificates for staff, the newest first."""
    return [_shown(row) for row in _told().filter(account=account_id).order_by("-starts_on", "-pk")]


def get_certificate(*, account_id: AccountId, number: int) -> CertificateRow:
    """Return one certificate of an account by the row's number.

    Raises:
        NotVisible: the account has none of that number.
    """
    return _shown(_found(account_id, number))


def get_proof(*, account_id: AccountId, number: int) -> tuple[str, bytes]:
    """Return the name and the bytes of the copy that is on file.

    Raises:
        NotVisible: the account has no certificate of that number.
    """
    row = _found(account_id, number)
    return row.proof_name, bytes(row.proof)


def list_expiring_certificates(*, period: Period) -> list[CertificateRow]:
    """Return certificates whose last day is in a period and that nobody ended, soonest first."""
    day = dt.timedelta(days=1)
    rows = _told().filter(ended=None, ends_on__gt=period.start, ends_on__lt=period.end + day)
    return [_shown(row) for row in rows.order_by("ends_on", "pk")]


def _standing() -> QuerySet[Any]:
    """Return rows with ``until``, which no model has: the first day each no longer holds."""
    ended = Coalesce("ended__ends_on", F("ends_on"), output_field=DateField())
    return Row.objects.annotate(until=Least(F("ends_on"), ended))


def _told() -> QuerySet[Any]:
    return _standing().select_related("account", "ended").defer("proof")


def _found(account_id: AccountId, number: int) -> Any:
    row = _told().filter(account=account_id, pk=number).first()
    if row is None:
        raise NotVisible(certificate=number)
    return row


def _shown(row: Any) -> CertificateRow:
    ended = getattr(row, "ended", None)
    return CertificateRow(
        id=row.pk,
        account_number=row.account.number,
        reason=row.reason,
        number=row.number,
        taxes=tuple(row.taxes),
        starts_on=row.starts_on,
        ends_on=row.until,
        proof_name=row.proof_name,
        author=row.author,
        ended_because=ended.reason if ended else "",
    )
