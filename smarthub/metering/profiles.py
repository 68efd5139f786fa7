"""Mapping profiles: how the files of one sender are to be read, saved under a name.

A profile is the value of a dated policy, ``read.profile.<name>``, so it has an author, a source and
a day from which it holds; docs/operating/importing-reads.md explains each field. Plain Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from smarthub.kernel.errors import Refused

POLICY_PREFIX = "read.profile."
UNIT_FACTORS = {
    "kWh": ("kWh", Decimal(1)),
    "Wh": ("kWh", Decimal("0.001")),
    "MWh": ("kWh", Decimal(1000)),
    "kW": ("kW", Decimal(1)),
    "W": ("kW", Decimal("0.001")),
    "ccf": ("ccf", Decimal(1)),
    "ft3": ("ccf", Decimal("0.01")),
    "mcf": ("ccf", Decimal(10)),
    "therm": ("therm", Decimal(1)),
    "gal": ("gal", Decimal(1)),
    "kgal": ("gal", Decimal(1000)),
}
"""Units a file may use: the unit kept, and how many of it one of theirs is."""
FLOWS = ("delivered", "received", "demand")
STEPS = (300, 900, 1800, 3600)
QUALITIES = ("good", "estimated", "edited", "interpolated", "questionable", "mixed")


class ProfileRefused(Refused):
    """A mapping profile says something that cannot be; ``field`` and ``reason`` say what."""

    code = "read_profile_refused"


@dataclass(frozen=True, slots=True)
class MappingProfile:
    """One sender's files.

    Attributes:
        name: What it is called; stored with every file taken in by it.
        time_columns: One column, or date and time apart.
        value_columns: One column of a long file; those of a day, in order, of a wide one; or one
            name that ends with ``*``, which stands for all columns that begin so.
        wide: Whether a row holds a day.
        meter_column: Where the serial stands; or ``meter``, if the file is of one meter.
        step_seconds: How long an interval is.
        unit: A key of ``UNIT_FACTORS``.
        multiplier: Values are multiplied by it: a current transformer's ratio not yet applied.
        multiplier_column: Where each row says such a ratio of its own, besides; empty is 1.
        zone: Of local times; the co-op's where empty.
        interval_ending: Times name the end of an interval, as most head ends write them.
        time_format: For ``strptime``; ISO 8601 where empty.
        dst_column: Tells the two hours of autumn apart, by ``dst_daylight`` and ``dst_standard``.
        in_order: Without such a column: rows of a meter are in order, so the second is the later.
        negate: Signs are the other way round.
        negative_is_received: A value below zero went to the co-op.
        rounded: Round to what is kept; otherwise more decimals are refused.
    """

    name: str
    time_columns: tuple[str, ...]
    value_columns: tuple[str, ...]
    step_seconds: int
    unit: str
    wide: bool = False
    meter_column: str = ""
    meter: str = ""
    multiplier: Decimal = Decimal(1)
    multiplier_column: str = ""
    zone: str = ""
    interval_ending: bool = False
    time_format: str = ""
    dst_column: str = ""
    dst_daylight: str = ""
    dst_standard: str = ""
    in_order: bool = False
    flow: str = "delivered"
    flow_column: str = ""
    flows: Mapping[str, str] = field(default_factory=dict)
    quality_column: str = ""
    qualities: Mapping[str, str] = field(default_factory=dict)
    negate: bool = False
    negative_is_received: bool = False
    rounded: bool = False
    delimiter: str = ","
    decimal_comma: bool = False
    skip_lines: int = 0

    def columns_used(self) -> set[str]:
        """Return the columns a file must have, by their whole names."""
        named = {*self.time_columns, *(c for c in self.value_columns if not c.endswith("*"))}
        asked = {self.meter_column, self.dst_column, self.flow_column, self.quality_column}
        asked.add(self.multiplier_column)
        return named | (asked - {""})

    def is_value_column(self, name: str) -> bool:
        """Say whether a column holds values."""
        return any(
            name == column or (column.endswith("*") and name.startswith(column[:-1]))
            for column in self.value_columns
        )


def profile_from_policy(*, name: str, value: Mapping[str, Any]) -> MappingProfile:
    """Return the profile a policy states.

    Raises:
        ProfileRefused: a field is unknown, missing or cannot be.
    """
    known = {each.name for each in fields(MappingProfile)} - {"name"}
    for given in value:
        if given not in known:
            raise ProfileRefused(field=given, reason="unknown")
    for needed in ("time_columns", "value_columns", "step_seconds", "unit"):
        if not value.get(needed):
            raise ProfileRefused(field=needed, reason="missing")
    changed: dict[str, Any] = {
        "time_columns": tuple(value["time_columns"]),
        "value_columns": tuple(value["value_columns"]),
        "multiplier": _multiplier(value.get("multiplier", 1)),
    }
    profile = MappingProfile(name=name, **{**value, **changed})
    _refuse_unknown_words(profile)
    return profile


def _multiplier(value: Any) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ProfileRefused(field="multiplier", reason="not a number") from None
    if not number.is_finite() or number <= 0:
        raise ProfileRefused(field="multiplier", reason="must be above zero")
    return number


def _refuse_unknown_words(profile: MappingProfile) -> None:
    choices: tuple[tuple[str, object, tuple[object, ...]], ...] = (
        ("unit", profile.unit, tuple(UNIT_FACTORS)),
        ("step_seconds", profile.step_seconds, STEPS),
        ("flow", profile.flow, FLOWS),
        *(("flows", flow, FLOWS) for flow in profile.flows.values()),
        *(("qualities", quality, QUALITIES) for quality in profile.qualities.values()),
    )
    for name, given, allowed in choices:
        if given not in allowed:
            raise ProfileRefused(
                field=name, reason=f"must be one of {', '.join(map(str, allowed))}"
            )
    if bool(profile.meter_column) == bool(profile.meter):
        raise ProfileRefused(field="meter_column", reason="name a column, or one meter")
    if profile.zone:
        try:
            ZoneInfo(profile.zone)
        except (ValueError, OSError, KeyError):
            raise ProfileRefused(field="zone", reason="unknown") from None
