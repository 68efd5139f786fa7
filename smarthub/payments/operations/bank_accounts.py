"""Writes of bank accounts the co-op draws on by its own files: kept sealed, shown by four digits.

Off unless the co-op's policy says otherwise. A number is opened only while a file is drawn, and
is never returned, logged or kept anywhere else.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import uuid
from dataclasses import dataclass

from django.db import transaction

from smarthub.kernel.card_numbers import passes_luhn
from smarthub.kernel.errors import Refused
from smarthub.kernel.fault_points import reach
from smarthub.kernel.sealing import Sealer
from smarthub.members.types import PersonId
from smarthub.payments import queries
from smarthub.payments.engine import is_routing_number
from smarthub.payments.models import BankAccount
from smarthub.payments.models import StoredMethod as StoredMethodRow
from smarthub.payments.operations.paying import PaymentConflict
from smarthub.payments.ports import BankAccountKind, EntryClass
from smarthub.payments.types import BANK_FILE, MethodId, MethodKind

NUMBER = re.compile(r"(?=.*[A-Za-z0-9])[A-Za-z0-9-]{4,17}")
SHOWN_DIGITS = 4
LONG_NUMBER = re.compile(r"\d{5}")
"""More digits than may be shown, where a name is asked for: a part of the number itself."""
CARD = re.compile(r"4\d{15}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6(?:011|5\d\d)\d{12}")
"""How cards of the four networks begin, and how long they are: given here by mistake, one must
not be kept. Any account's number of so many digits would agree with its last one in ten times."""


class OwnOriginationOff(Refused):
    """The co-op hands in no bank files of its own: bank accounts go to its gateway."""

    code = "own_origination_off"


class BankAccountRefused(Refused):
    """What was written is no bank account; ``field`` says which part."""

    code = "bank_account_refused"


@dataclass(frozen=True, slots=True, repr=False)
class NewBankAccount:
    """A bank account as its holder gave it; never shown, not even by ``repr``.

    ``bank`` is what the holder calls their bank, and all that is shown beside the last digits.
    """

    routing: str
    number: str
    kind: BankAccountKind
    name: str
    entry_class: EntryClass
    bank: str = ""


def store_bank_account(
    *,
    account: NewBankAccount,
    person_id: PersonId,
    on: dt.date,
    sealer: Sealer,
    now: dt.datetime,
    method_id: uuid.UUID | None = None,
) -> tuple[MethodId, bool]:
    """Keep a bank account as a method of a person; its number is sealed before it is written.

    Args:
        account: What was given.
        person_id: Whose method it becomes.
        on: The co-op's local day.
        sealer: What seals the number.
        now: When.
        method_id: Made when the form is shown, so that a second click stores nothing more.

    Returns:
        The method, and whether this call stored it.

    Raises:
        OwnOriginationOff: the policy ``own_origination.offered`` does not hold on the day.
        BankAccountRefused: the routing number fails its check, or the number cannot be one.
        PaymentConflict: the id is another person's method.
        SealBroken: this installation has no key.

    Source: payments reference, section 2.3 (numbers unreadable at rest).
    """
    if not queries.is_own_origination_offered(on=on):
        raise OwnOriginationOff
    refuse_bank_account(account)
    method_id = method_id or uuid.uuid4()
    with transaction.atomic():
        method, is_new = StoredMethodRow.objects.get_or_create(
            id=method_id,
            defaults={
                "person_id": person_id,
                "gateway": BANK_FILE,
                "token": f"{BANK_FILE}:{method_id}",
                "kind": MethodKind.BANK,
                "brand": account.bank.strip(),
                "last4": account.number[-SHOWN_DIGITS:],
                "expires_on": None,
                "added_at": now,
            },
        )
        if (method.person_id, method.gateway) != (person_id, BANK_FILE):
            raise PaymentConflict(method_id=method_id)
        if is_new:
            BankAccount.objects.create(
                method=method,
                routing=account.routing,
                sealed_number=sealer.seal(account.number),
                kind=account.kind,
                name=account.name.strip(),
                entry_class=account.entry_class,
            )
            reach("bank_account.stored")
    return MethodId(method_id), is_new


def refuse_bank_account(account: NewBankAccount) -> None:
    """Refuse what no bank account can be.

    Raises:
        BankAccountRefused: ``field`` is ``routing``, ``number``, ``card`` for a card's number
            given as an account's, ``name`` or ``bank``.
    """
    if not is_routing_number(account.routing):
        raise BankAccountRefused(field="routing")
    if not NUMBER.fullmatch(account.number):
        raise BankAccountRefused(field="number")
    if CARD.fullmatch(account.number) and passes_luhn(account.number):
        raise BankAccountRefused(field="card")
    if not _can_be_printed(account.name) or LONG_NUMBER.search(account.name):
        raise BankAccountRefused(field="name")
    if LONG_NUMBER.search(account.bank):
        raise BankAccountRefused(field="bank")


def _can_be_printed(name: str) -> bool:
    """Whether anything of a name is left in a bank file, which knows plain letters alone."""
    return any(sign.isascii() and sign.isalnum() for sign in unicodedata.normalize("NFKD", name))


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
