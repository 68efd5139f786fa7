"""Keep in which tax districts an account's places lie, dated; bills follow it (rule 34)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from smarthub.accounts.access import open_for_staff
from smarthub.accounts.operations import record_district as record
from smarthub.accounts.queries import list_agreements, list_premise_districts
from smarthub.accounts.types import PremiseDistricts, VisibleAccount
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.period import Period
from smarthub.kernel.text import Text
from smarthub.members.operations import record_act
from smarthub.rating.queries import get_rate_book
from smarthub.rating.types import TariffMissing

FIRST_DAY = dt.date(1900, 1, 1)
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DistrictsPage:
    """An account's places, and the districts the taxes of its rates name: code and name."""

    account: VisibleAccount
    places: tuple[PremiseDistricts, ...]
    districts: tuple[tuple[str, Text], ...]


def open_districts(
    *, user_id: int, account_number: str, on: dt.date, now: dt.datetime
) -> DistrictsPage:
    """Open an account for a clerk and return its places and the districts that matter to it.

    Raises:
        NotVisible: the login is not staff's, or there is no such account.
    """
    account = open_for_staff(user_id=user_id, number=account_number, now=now)
    places = tuple(list_premise_districts(account_id=account.id))
    return DistrictsPage(account, places, _districts(account, on))


def record_district(
    *,
    user_id: int,
    account_number: str,
    premise_number: str,
    district: str,
    inside: bool,
    effective_from: dt.date,
    now: dt.datetime,
) -> None:
    """Record that one of an account's places lies inside a district from a day on, or no longer.

    Bills made from now on follow it; a bill that was made stays, and is listed as one that would
    differ. It is in the audit trail; saying again what holds is harmless.

    Raises:
        NotVisible: the login is not staff's, there is no such account, or the place is not its.

    Source: domain rules 34 and 125.
    """
    with transaction.atomic():
        account = open_for_staff(user_id=user_id, number=account_number, now=now)
        places = {place.number for place in list_premise_districts(account_id=account.id)}
        if premise_number not in places:
            raise NotVisible(premise=premise_number)
        said = record(
            premise_number=premise_number,
            district=district,
            inside=inside,
            effective_from=effective_from,
            author=f"user:{user_id}",
            now=now,
        )
        if said:
            record_act(
                user_id=user_id,
                act="tax_district_recorded",
                subject=f"account:{account_number}",
                now=now,
                after={
                    "premise": premise_number,
                    "district": district,
                    "inside": inside,
                    "effective_from": effective_from.isoformat(),
                },
            )


def _districts(account: VisibleAccount, on: dt.date) -> tuple[tuple[str, Text], ...]:
    """Return the districts of the rates an account's agreements are or were on, each once."""
    book = get_rate_book()
    found: dict[str, Text] = {}
    ever = Period(FIRST_DAY, on + ONE_DAY)
    for agreement in list_agreements(account_ids=[account.id], period=ever):
        try:
            tariff = book.find(code=agreement.tariff_code, on=agreement.ends_on or on).tariff
        except TariffMissing:
            continue
        found |= {district.code: district.name for district in tariff.districts}
    return tuple(sorted(found.items()))
