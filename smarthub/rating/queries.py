"""Reads of tariffs and riders: the version that holds on a date (rule 24)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection
from decimal import Decimal

from django.db import connection

from smarthub.kernel.errors import Unavailable
from smarthub.rating.models import RiderValue, TariffVersion
from smarthub.rating.types import (
    Prices,
    PublishedTariff,
    RateBook,
    RiderBook,
    Tariff,
    TariffMissing,
)


class RiderMissing(Unavailable):
    """The rider has no rate on that date."""

    code = "rate_missing"


def get_rate_book() -> RateBook:
    """Return every tariff version in ONE query; there are hundreds, never many."""
    rows = TariffVersion.objects.only("id", "definition")
    return RateBook([PublishedTariff(row.pk, Tariff.from_json(row.definition)) for row in rows])


def get_rider_book() -> RiderBook:
    """Return what every rider is worth from which day on, in ONE query."""
    return RiderBook(RiderValue.objects.values_list("code", "effective_from", "rate"))


def get_tariff(*, code: str, on: dt.date) -> Tariff:
    """Return the version of a tariff that holds on a date.

    Raises:
        TariffMissing: there is none.
    """
    row = (
        TariffVersion.objects.filter(code=code, effective_from__lte=on)
        .order_by("-effective_from")
        .first()
    )
    if row is None:
        raise TariffMissing(tariff=code, on=on.isoformat())
    return Tariff.from_json(row.definition)


def get_rider_rate(*, code: str, on: dt.date) -> Decimal:
    """Return dollars a unit of a rider on a date; negative is a credit (rule 25).

    Raises:
        RiderMissing: the rider has no rate on that date.
    """
    rates = get_rider_rates(on=on)
    if code not in rates:
        raise RiderMissing(rider=code, on=on.isoformat())
    return rates[code]


def get_rider_rates(*, on: dt.date) -> dict[str, Decimal]:
    """Return dollars a unit of every rider that has a rate on a date, in ONE query."""
    rows = (
        RiderValue.objects.filter(effective_from__lte=on)
        .order_by("code", "-effective_from")
        .distinct("code")
    )
    return {row.code: row.rate for row in rows}


def list_rider_values() -> dict[str, list[tuple[dt.date, Decimal]]]:
    """Return what every rider was worth and from which day on, oldest first, in ONE query."""
    found: dict[str, list[tuple[dt.date, Decimal]]] = {}
    rows = RiderValue.objects.order_by("code", "effective_from")
    for code, start, rate in rows.values_list("code", "effective_from", "rate"):
        found.setdefault(code, []).append((start, rate))
    return found


_PRICES = """
    SELECT id, code, effective_from, definition, NULL::numeric FROM rating_tariffversion
     WHERE code = ANY(%(codes)s) OR id = ANY(%(versions)s)
    UNION ALL
    SELECT NULL, code, effective_from, NULL, rate FROM rating_ridervalue
     ORDER BY 3
"""


def get_prices(*, codes: Collection[str], version_ids: Collection[int] = ()) -> Prices:
    """Return every version of some tariffs, and all that riders ever came to: ONE query."""
    versions: list[PublishedTariff] = []
    riders: list[tuple[str, dt.date, Decimal]] = []
    with connection.cursor() as cursor:
        cursor.execute(_PRICES, {"codes": list(codes), "versions": list(version_ids)})
        for version_id, code, effective_from, definition, rate in cursor.fetchall():
            if version_id is None:
                riders.append((code, effective_from, rate))
            else:
                tariff = Tariff.from_json(json.loads(definition))
                versions.append(PublishedTariff(version_id, tariff))
    return Prices(RateBook(versions), {v.version_id: v.tariff for v in versions}, RiderBook(riders))
