"""Bring over that Auto Pay was on in the old system: proposed to the member, never carried over.

A card number and a consent do not move from one system to another. What moves is that it was on,
with its limit; one tap then opens the set-up filled in, and method and consent are given anew.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from smarthub.accounts.queries import find_account_id
from smarthub.accounts.types import AccountId
from smarthub.auto_pay import operations
from smarthub.auto_pay.types import NewProposal
from smarthub.kernel.errors import Refused
from smarthub.kernel.money import Money
from smarthub.kernel.period import local_day
from smarthub.members.queries import get_person_of_user
from smarthub.payments.engine import parse_amount
from smarthub.workflows.money.pay_balance import open_to_pay

COLUMNS = ("account", "cap", "drew_on", "id")
NEEDED = frozenset({"account"})
LONGEST_METHOD, LONGEST_ID = 40, 80
CARD_DIGITS = re.compile(r"\d{6}")
"""So many digits in a row are more of a card or bank account than anybody should keep."""


class RowFault(StrEnum):
    """Why a row was not kept; told by row number."""

    NO_ACCOUNT = "no_account"
    NOT_THERE = "not_there"
    TWICE = "twice"
    BAD_CAP = "bad_cap"
    TOO_LONG = "too_long"
    CARD_NUMBER = "card_number"
    TOO_MANY = "too_many"
    """More values than the file has columns: each may stand under the wrong head."""
    NO_TEXT = "no_text"
    """A line break or another control character inside a value."""


class ColumnsMissing(Refused):
    """The file has no column ``account``, one twice, or columns nobody knows.

    Values: ``columns``.
    """

    code = "columns_missing"


@dataclass(frozen=True, slots=True)
class ProposalFile:
    """What a file came to: rows, how many are new, and each row that was not kept, with why."""

    rows: int
    kept: int
    faults: tuple[tuple[int, RowFault], ...]


def import_proposals(
    *,
    rows: Iterable[Mapping[Any, str]],
    columns: Iterable[str],
    source_system: str,
    now: dt.datetime,
    is_trial: bool = False,
) -> ProposalFile:
    """Keep the Auto Pays of the old system as proposals; the good rows, whatever the others are.

    Args:
        rows: One for each account: ``account``, ``cap`` (empty for none), ``drew_on`` (what the
            member knew the method by, such as ``Visa 4242``) and ``id`` (the old system's); under
            None what is written beyond the columns, as ``csv.DictReader`` has it.
        columns: The columns of the file.
        source_system: What the old system is called.
        now: When.
        is_trial: Whether only the faults are looked for.

    Raises:
        ColumnsMissing: the file is not of this kind.

    Source: promise R06; house rule of ``source_system`` and ``source_id``.
    """
    heads = list(columns)
    found = set(heads)
    if not NEEDED <= found <= set(COLUMNS) or len(heads) > len(found):
        raise ColumnsMissing(columns=", ".join(COLUMNS))
    good: dict[AccountId, NewProposal] = {}
    faults: list[tuple[int, RowFault]] = []
    number = 1  # the line of the heads
    for number, row in enumerate(rows, start=2):
        read = _read(row, source_system)
        if isinstance(read, RowFault):
            faults.append((number, read))
        elif read.account_id in good:
            faults.append((number, RowFault.TWICE))
        else:
            good[read.account_id] = read
    kept = 0 if is_trial else operations.keep_proposals(proposals=list(good.values()), now=now)
    return ProposalFile(number - 1, kept, tuple(faults))


def refuse_proposal(*, user_id: int, number: str, now: dt.datetime, zone: ZoneInfo) -> None:
    """Note that a member does not want Auto Pay on an account, so that it is not shown again.

    Raises:
        NotVisible, MayNotPay: the account is not theirs to pay.
        NothingToChange: nothing was proposed, or it was answered.
    """
    account = open_to_pay(user_id=user_id, number=number, on=local_day(now, zone))
    person = get_person_of_user(user_id=user_id)
    operations.refuse_proposal(account_id=account.id, person_id=person.id, now=now)


def _read(row: Mapping[Any, str], source_system: str) -> NewProposal | RowFault:
    if None in row:
        return RowFault.TOO_MANY
    values = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if not values["account"]:
        return RowFault.NO_ACCOUNT
    if (fault := _fault_of_texts(values)) is not None:
        return fault
    cap: Money | None = None
    if values["cap"]:
        try:
            cap = parse_amount(values["cap"])
        except Refused:
            return RowFault.BAD_CAP
    account_id = find_account_id(number=values["account"])
    if account_id is None:
        return RowFault.NOT_THERE
    return NewProposal(account_id, cap, values["drew_on"], source_system, values["id"])


def _fault_of_texts(values: Mapping[str, str]) -> RowFault | None:
    if len(values["drew_on"]) > LONGEST_METHOD or len(values["id"]) > LONGEST_ID:
        return RowFault.TOO_LONG
    if any(unicodedata.category(char) == "Cc" for value in values.values() for char in value):
        return RowFault.NO_TEXT
    if CARD_DIGITS.search(re.sub(r"[\W_]", "", values["drew_on"])):  # whatever stands between them
        return RowFault.CARD_NUMBER
    return None
