"""Writes of bank accounts the co-op draws on by its own files: kept sealed, shown by four digits.

Off unless the co-op's policy says otherwise. A number is opened only while a file is drawn, and
is never returned, logged or kept anywhere else.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import dataclass

from django.db import transaction

from smarthub.cooperative.queries import list_policies
from smarthub.kernel.errors import Refused
from smarthub.kernel.sealing import Sealer
from smarthub.members.types import PersonId
from smarthub.payments.engine import is_routing_number
from smarthub.payments.models import BankAccount
from smarthub.payments.models import StoredMethod as StoredMethodRow
from smarthub.payments.ports import BankAccountKind, EntryClass
from smarthub.payments.types import BANK_FILE, MethodId, MethodKind

OFFERED = "own_origination.offered"
NUMBER = re.compile(r"[A-Za-z0-9-]{4,17}")
SHOWN_DIGITS = 4


class OwnOriginationOff(Refused):
    """The co-op hands in no bank files of its own: bank accounts go to its gateway."""

    code = "own_origination_off"


class BankAccountRefused(Refused):
    """What was written is no bank account; ``field`` says which part."""

    code = "bank_account_refused"


@dataclass(frozen=True, slots=True, repr=False)
class NewBankAccount:
    """A bank account as its holder gave it; never shown, not even by ``repr``."""

    routing: str
    number: str
    kind: BankAccountKind
    name: str
    entry_class: EntryClass


def store_bank_account(
    *, account: NewBankAccount, person_id: PersonId, on: dt.date, sealer: Sealer, now: dt.datetime
) -> MethodId:
    """Keep a bank account as a method of a person; its number is sealed before it is written.

    Raises:
        OwnOriginationOff: the policy ``own_origination.offered`` does not hold on the day.
        BankAccountRefused: the routing number fails its check, or the number cannot be one.
        SealBroken: this installation has no key.

    Source: payments reference, section 2.3 (numbers unreadable at rest).
    """
    if not list_policies(on=on).get(OFFERED, False):
        raise OwnOriginationOff
    if not is_routing_number(account.routing):
        raise BankAccountRefused(field="routing")
    if not NUMBER.fullmatch(account.number):
        raise BankAccountRefused(field="number")
    if not account.name.strip():
        raise BankAccountRefused(field="name")
    method_id = uuid.uuid4()
    with transaction.atomic():
        method = StoredMethodRow.objects.create(
            id=method_id,
            person_id=person_id,
            gateway=BANK_FILE,
            token=f"{BANK_FILE}:{method_id}",
            kind=MethodKind.BANK,
            brand="",
            last4=account.number[-SHOWN_DIGITS:],
            expires_on=None,
            added_at=now,
        )
        BankAccount.objects.create(
            method=method,
            routing=account.routing,
            sealed_number=sealer.seal(account.number),
            kind=account.kind,
            name=account.name.strip(),
            entry_class=account.entry_class,
        )
    return MethodId(method_id)


def seal_accounts_again(*, sealer: Sealer) -> int:
    """Seal every number with the newest key; return how many. Safe to stop and to run again.

    Raises:
        SealBroken: a number was sealed with a key this installation no longer has.
    """
    sealed = 0
    for pk in BankAccount.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            row = BankAccount.objects.select_for_update().get(pk=pk)
            row.sealed_number = sealer.seal_again(row.sealed_number)
            row.save(update_fields=["sealed_number"])
            sealed += 1
    return sealed
