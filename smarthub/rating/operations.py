"""Publishing tariffs and riders: checked, dated, signed, and never edited (rule 24)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from smarthub.kernel.errors import Conflict
from smarthub.rating.models import RiderValue, TariffVersion
from smarthub.rating.types import Tariff


class TariffDiffers(Conflict):
    """Another definition was published under the same code and date; publish a later one."""

    code = "tariff_differs"


class RiderDiffers(Conflict):
    """Another rate was published for the same rider and date; publish a later one."""

    code = "rider_differs"


def publish_tariff(
    *, definition: Mapping[str, Any], author: str, published_at: dt.datetime
) -> Tariff:
    """Check a definition and publish it as a version, once.

    Publishing the same again returns the version already there.

    Raises:
        TariffDiffers: the code has other charges from the same date.
        Refused: the definition is not sound; ``Tariff.from_json`` names the errors.

    Source: domain rules 24 and 116.
    """
    tariff = Tariff.from_json(definition)
    stored = {**definition, "effective_from": tariff.effective_from.isoformat()}
    version, _created = TariffVersion.objects.get_or_create(
        code=tariff.code,
        effective_from=tariff.effective_from,
        defaults={"definition": stored, "author": author, "published_at": published_at},
    )
    if Tariff.from_json(version.definition) != tariff:
        raise TariffDiffers(tariff=tariff.code, on=tariff.effective_from.isoformat())
    return tariff


def publish_rider(
    *, code: str, effective_from: dt.date, rate: Decimal, author: str, published_at: dt.datetime
) -> None:
    """Publish what a rider is worth, in dollars a unit, from a date on; once.

    Raises:
        RiderDiffers: the rider has another rate from the same date.

    Source: domain rule 25.
    """
    value, _created = RiderValue.objects.get_or_create(
        code=code,
        effective_from=effective_from,
        defaults={"rate": rate, "author": author, "published_at": published_at},
    )
    if value.rate != rate:
        raise RiderDiffers(rider=code, on=effective_from.isoformat())
