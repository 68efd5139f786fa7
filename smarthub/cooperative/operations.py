"""Every write of the co-op's own rows: a policy is never edited, only followed by a newer one."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

from smarthub.cooperative.engine import brand_from, nearest_brand_colour
from smarthub.cooperative.logo import check_logo
from smarthub.cooperative.models import ClosedDay, Policy
from smarthub.cooperative.queries import BRAND, LOGO
from smarthub.kernel.colour import Colour
from smarthub.kernel.errors import Refused
from smarthub.kernel.text import Text


class BrandTooPale(Refused):
    """Members could not read this colour on light pages; ``nearest`` is one they could."""

    code = "brand_too_pale"


def set_policy(
    *,
    key: str,
    value: Any,
    effective_from: dt.date,
    author: str,
    now: dt.datetime,
    source_note: str = "",
) -> None:
    """Let a policy have ``value`` from a local day on; saying the same again changes nothing.

    Args:
        key: The policy's name; docs/operating/policies.md lists them all.
        value: Anything JSON can hold.
        effective_from: The first local day it holds.
        author: Who decided it.
        now: When this is recorded.
        source_note: What it rests on: a board resolution, a tariff clause.

    Source: domain rule 140.
    """
    same_day = Policy.objects.filter(key=key, effective_from=effective_from)
    latest = same_day.order_by("-recorded_at", "-pk").first()
    if latest is None or latest.value != value:
        Policy.objects.create(
            key=key,
            value=value,
            effective_from=effective_from,
            author=author,
            source_note=source_note,
            recorded_at=now,
        )


def set_brand(*, colour: str, effective_from: dt.date, author: str, now: dt.datetime) -> None:
    """Let the co-op's colour be ``colour`` from a day on; every other tone follows from it.

    Raises:
        BrandTooPale: text in it would fail 4.5:1; carries the nearest colour that passes.
        ValueError: it is not written ``#rrggbb``.

    Source: WCAG 2.2, success criterion 1.4.3.
    """
    given = Colour.from_hex(colour)
    nearest = nearest_brand_colour(given)
    if nearest != given:
        raise BrandTooPale(given=given.hex, nearest=nearest.hex)
    set_policy(
        key=BRAND,
        value=asdict(brand_from(given)),
        effective_from=effective_from,
        author=author,
        now=now,
        source_note="contrast checked when it was set",
    )


def set_logo(*, svg: str, effective_from: dt.date, author: str, now: dt.datetime) -> None:
    """Let the header show the co-op's own drawing from a day on, in place of the built-in mark.

    Args:
        svg: The drawing, as text: shapes and gradients within a ``viewBox``, at most 20 kB.
        effective_from: The first local day it is shown.
        author: Who decided it.
        now: When this is recorded.

    Raises:
        LogoRefused: it is anything more than that; carries the ``reason``.
    """
    check_logo(svg)
    set_policy(
        key=LOGO,
        value={"svg": svg},
        effective_from=effective_from,
        author=author,
        now=now,
        source_note="drawing checked when it was set",
    )


def close_day(
    *,
    day: dt.date,
    name: Text,
    author: str,
    now: dt.datetime,
    banks_closed: bool = True,
    offices_closed: bool = True,
) -> None:
    """Put a holiday, or a day the offices are shut, on the one calendar (domain rule 139)."""
    ClosedDay.objects.update_or_create(
        day=day,
        defaults={
            "name": name.as_json(),
            "banks_closed": banks_closed,
            "offices_closed": offices_closed,
            "author": author,
            "recorded_at": now,
        },
    )
