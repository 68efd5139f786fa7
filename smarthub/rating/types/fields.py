"""Read the fields of a definition: each returns a checked value, or raises with its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from smarthub.kernel.quantity import Unit
from smarthub.kernel.text import Text
from smarthub.rating.types.errors import (
    FieldUnknown,
    SpanishMissing,
    TariffHasGap,
    TierEndMissing,
    TiersHaveGap,
    TiersOverlap,
)
from smarthub.rating.types.lined import located

MONTHS = 12
TIER_FIELDS = ("rate", "upto", "from")


@dataclass(frozen=True, slots=True)
class Tier:
    """A block: so many dollars for each unit up to a bound; the last block has none."""

    rate: Decimal
    upto: Decimal | None = None


def word(source: Mapping[str, Any], field: str) -> str:
    """Return a text that is not empty."""
    value = source.get(field)
    if not isinstance(value, str) or not value.strip():
        raise TariffHasGap(where=field, **located(source, field))
    return value


def one_of(source: Mapping[str, Any], field: str, choices: Iterable[str], default: str) -> str:
    """Return one of ``choices``; the default where the field is absent."""
    value = source.get(field, default)
    if value not in choices:
        raise TariffHasGap(where=field, **located(source, field))
    return str(value)


def flag(source: Mapping[str, Any], field: str) -> bool:
    """Return yes or no; absent is no."""
    value = source.get(field, False)
    if not isinstance(value, bool):
        raise TariffHasGap(where=field, **located(source, field))
    return value


def number(source: Mapping[str, Any], field: str) -> Decimal:
    """Return a finite number, exactly as it is written."""
    value = source.get(field)
    if value is None or isinstance(value, bool):
        raise TariffHasGap(where=field, **located(source, field))
    try:
        read = Decimal(str(value))
    except InvalidOperation:
        raise TariffHasGap(where=field, **located(source, field)) from None
    if not read.is_finite():
        raise TariffHasGap(where=field, **located(source, field))
    return read


def number_or(source: Mapping[str, Any], field: str, default: str) -> Decimal:
    """Return a number, or the default where the field is absent."""
    return number(source, field) if field in source else Decimal(default)


def month(source: Mapping[str, Any], field: str) -> int | None:
    """Return a month of the year, 1 to 12; None where the field is absent."""
    if field not in source:
        return None
    value = number(source, field)
    if value not in range(1, MONTHS + 1):
        raise TariffHasGap(where=field, **located(source, field))
    return int(value)


def months(source: Mapping[str, Any], field: str) -> tuple[int, ...]:
    """Return months of the year; none where the field is absent."""
    values = source.get(field, ())
    if not isinstance(values, list | tuple) or any(v not in range(1, MONTHS + 1) for v in values):
        raise TariffHasGap(where=field, **located(source, field))
    return tuple(values)


def words(source: Mapping[str, Any], field: str) -> tuple[str, ...]:
    """Return a list of texts; none where the field is absent."""
    values = source.get(field, ())
    if not isinstance(values, list | tuple) or not all(isinstance(v, str) for v in values):
        raise TariffHasGap(where=field, **located(source, field))
    return tuple(values)


def date(source: Mapping[str, Any], field: str) -> dt.date:
    """Return a date."""
    value = source.get(field)
    if isinstance(value, dt.date):  # YAML reads a bare date as one
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise TariffHasGap(where=field, **located(source, field)) from None


def unit(source: Mapping[str, Any], field: str) -> Unit:
    """Return a unit the house knows."""
    try:
        return Unit(source.get(field, ""))
    except ValueError:
        raise TariffHasGap(where=field, **located(source, field)) from None


def text(source: Mapping[str, Any], field: str, where: str) -> Text:
    """Return a text in both languages (domain rule 116)."""
    value = source.get(field)
    if not isinstance(value, Mapping):
        raise SpanishMissing(where=where, **located(source, field))
    try:
        return Text.from_json(value)
    except ValueError:
        raise SpanishMissing(where=where, **located(source, field)) from None


def tiers(value: object, where: str, holder: object) -> tuple[Tier, ...]:
    """Return blocks that follow each other without gap or overlap; one rate is one block.

    Raises:
        TierEndMissing: a block that another follows has no ``upto``.
        TiersHaveGap: the last block ends, or a block begins after the one before it ends.
        TiersOverlap: a block begins or ends before the one before it ends.
    """
    if not isinstance(value, list | tuple):
        return (
            (Tier(number({"rate": value}, "rate")),) if _is_rate(value) else _no_rate(where, holder)
        )
    if not value:
        return _no_rate(where, holder)
    read: list[Tier] = []
    start = Decimal(0)
    for place, each in enumerate(value, start=1):
        tier = _tier(each, where, start, is_last=place == len(value))
        read.append(tier)
        start = tier.upto or start
    return tuple(read)


def known_fields(source: Mapping[str, Any], allowed: Iterable[str], where: str) -> None:
    """Refuse fields that mean nothing there, for a misspelt field would be silently lost."""
    for field in source:
        if field not in allowed:
            raise FieldUnknown(where=where, field=field, **located(source, field))


def _is_rate(value: object) -> bool:
    try:
        return value is not None and Decimal(str(value)).is_finite()
    except InvalidOperation:
        return False


def _no_rate(where: str, holder: object) -> tuple[Tier, ...]:
    raise TariffHasGap(where=where, **located(holder, where))


def _tier(value: object, where: str, start: Decimal, *, is_last: bool) -> Tier:
    if not isinstance(value, Mapping):
        raise TariffHasGap(where=where)
    known_fields(value, TIER_FIELDS, where)
    begins = number_or(value, "from", str(start))
    if begins > start:
        raise TiersHaveGap(where=where, at=str(start), **located(value, "from"))
    upto = number(value, "upto") if value.get("upto") is not None else None
    if begins < start or (upto is not None and upto <= start):
        raise TiersOverlap(where=where, at=str(start), **located(value, "upto"))
    if upto is None and not is_last:
        raise TierEndMissing(where=where, at=str(start), **located(value))
    if upto is not None and is_last:
        raise TiersHaveGap(where=where, at=str(upto), **located(value, "upto"))
    return Tier(number(value, "rate"), upto)
