"""Shared solar arrays: what a block made in a month, and who holds how many blocks (rule 39).

What a block made stands in the rider book under the array's code, from the first of its month;
how many blocks an agreement holds is one of its dated facts. Bills follow both.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from smarthub.accounts.access import open_for_staff
from smarthub.accounts.queries import list_agreements
from smarthub.accounts.types import Agreement
from smarthub.billing.operations import record_contract_fact
from smarthub.kernel.errors import NotVisible, Refused
from smarthub.kernel.period import Period
from smarthub.members.operations import record_act
from smarthub.members.queries import is_staff
from smarthub.rating.operations import publish_rider
from smarthub.rating.queries import get_rate_book, list_values_of
from smarthub.rating.types import RateBook, TariffMissing

MOST_BLOCKS = 999
ONE_DAY = dt.timedelta(days=1)


class NoSharedSolar(Refused):
    """No agreement of the account is on a rate with blocks of an array, or there is no array."""

    code = "no_shared_solar"


@dataclass(frozen=True, slots=True)
class ArrayMonth:
    """What one block of an array made in a month."""

    array: str
    month: dt.date
    kwh_per_block: Decimal


@dataclass(frozen=True, slots=True)
class SharedSolarPage:
    """The arrays the rates of a day name, and the months recorded of them, the newest first."""

    arrays: tuple[str, ...]
    months: tuple[ArrayMonth, ...]


def open_shared_solar(*, user_id: int, on: dt.date) -> SharedSolarPage:
    """Return the arrays and what was recorded of them, for a clerk.

    Raises:
        NotVisible: the login is not staff's.
    """
    if not is_staff(user_id=user_id):
        raise NotVisible
    arrays = tuple(sorted(_arrays(get_rate_book(), on)))
    months = tuple(ArrayMonth(*each) for each in list_values_of(codes=arrays))
    return SharedSolarPage(arrays, months)


def record_month(
    *, user_id: int, array: str, month: dt.date, kwh_per_block: Decimal, now: dt.datetime
) -> None:
    """Record what a block of an array made in the month of a day, once.

    Raises:
        NotVisible: the login is not staff's.
        NoSharedSolar: no rate names such an array.
        RiderDiffers: another figure stands for the month; bills may rest on it.

    Source: domain rules 39 and 125.
    """
    first = month.replace(day=1)
    if not is_staff(user_id=user_id):
        raise NotVisible
    if array not in _arrays(get_rate_book(), first):
        raise NoSharedSolar(array=array)
    with transaction.atomic():
        publish_rider(
            code=array,
            effective_from=first,
            rate=kwh_per_block,
            author=f"user:{user_id}",
            published_at=now,
        )
        record_act(
            user_id=user_id,
            act="shared_solar.month",
            subject=f"array:{array}",
            now=now,
            after={"month": first.isoformat(), "kwh_per_block": str(kwh_per_block)},
        )


def hold_blocks(
    *,
    user_id: int,
    account_number: str,
    blocks: int,
    effective_from: dt.date,
    now: dt.datetime,
) -> None:
    """Record how many blocks an account holds from a day on; none ends it from the next bill.

    Raises:
        NotVisible: the login is not staff's, or there is no such account.
        NoSharedSolar: no agreement of it is on a rate with blocks of an array that day.

    Source: domain rules 39, 125 and 144.
    """
    with transaction.atomic():
        account = open_for_staff(user_id=user_id, number=account_number, now=now)
        day = Period(effective_from, effective_from + ONE_DAY)
        book = get_rate_book()
        found = next(
            (
                each
                for each in list_agreements(account_ids=[account.id], period=day)
                if _has_array(book, each, effective_from)
            ),
            None,
        )
        if found is None:
            raise NoSharedSolar(account=account_number)
        record_contract_fact(
            agreement_id=found.id,
            name="solar_blocks",
            value=Decimal(blocks),
            effective_from=effective_from,
            author=f"user:{user_id}",
            now=now,
        )
        record_act(
            user_id=user_id,
            act="shared_solar.blocks",
            subject=f"account:{account_number}",
            now=now,
            after={"blocks": blocks, "effective_from": effective_from.isoformat()},
        )


def _has_array(book: RateBook, agreement: Agreement, on: dt.date) -> bool:
    try:
        return bool(book.find(code=agreement.tariff_code, on=on).tariff.shared_arrays)
    except TariffMissing:
        return False


def _arrays(book: RateBook, on: dt.date) -> set[str]:
    found: set[str] = set()
    for code in book.codes:
        try:
            found |= set(book.find(code=code, on=on).tariff.shared_arrays)
        except TariffMissing:
            continue
    return found
