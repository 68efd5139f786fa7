"""Every read of the co-op's own rows."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from smarthub.cooperative.models import ClosedDay, Policy
from smarthub.cooperative.types import Brand, Cooperative, Identity, Office, PolicyRow
from smarthub.cooperative.written_once import Given, WrittenOnce
from smarthub.kernel.errors import Unavailable
from smarthub.kernel.text import Text

IDENTITY, BRAND, LOGO = "identity", "brand", "logo"


class PolicyMissing(Unavailable):
    """No value of this policy is in force on the day: the co-op is not set up that far."""

    code = "policy_missing"


def get_cooperative(*, on: dt.date) -> Cooperative:
    """Return the co-op as it is on a local day, in one query.

    Raises:
        PolicyMissing: its identity or brand was never set.
    """
    policies = list_policies(on=on)
    return Cooperative(
        identity=_identity(_in_force(policies, IDENTITY)),
        brand=Brand(**_in_force(policies, BRAND)),
        policies=policies,
    )


def list_policies(*, on: dt.date) -> dict[str, Any]:
    """Return the value in force of every policy on a local day, by key, in one query."""
    return {key: json.loads(value) for key, value in _IN_FORCE.ask(on=on)}


def _policies_in_force() -> QuerySet[Policy, Any]:
    return (
        Policy.objects.filter(effective_from__lte=Given("on"))
        .order_by("key", "-effective_from", "-recorded_at", "-pk")
        .distinct("key")
        .values_list("key", "value")
    )


_IN_FORCE = WrittenOnce(_policies_in_force)


def get_policy(*, key: str, on: dt.date) -> Any:
    """Return the value of one policy in force on a local day (domain rule 140).

    Raises:
        PolicyMissing: no value holds on that day.
    """
    rows = Policy.objects.filter(key=key, effective_from__lte=on)
    value = rows.order_by("-effective_from", "-recorded_at", "-pk").values_list("value").first()
    if value is None:
        raise PolicyMissing(key=key, on=on)
    return value[0]


def list_policy_rows(*, keys: Collection[str]) -> dict[str, list[PolicyRow]]:
    """Return every value these policies have or had or will have, the newest first, in one query.

    By the day each begins to hold; of two for one day the later written one holds.
    """
    rows = Policy.objects.filter(key__in=keys).order_by("-effective_from", "-recorded_at", "-pk")
    found: dict[str, list[PolicyRow]] = defaultdict(list)
    for row in rows:
        found[row.key].append(
            PolicyRow(row.value, row.effective_from, row.author, row.source_note, row.recorded_at)
        )
    return found


def get_identity(*, on: dt.date) -> Identity:
    """Return who the co-op is on a local day.

    Raises:
        PolicyMissing: the co-op was never founded.
    """
    return _identity(get_policy(key=IDENTITY, on=on))


def get_zone() -> ZoneInfo:
    """Return the zone of the co-op's service days. A co-op has one zone for ever.

    Raises:
        PolicyMissing: the co-op was never founded.
    """
    return ZoneInfo(get_policy(key=IDENTITY, on=dt.date.max)["zone"])


def list_closed_days(*, start: dt.date, end: dt.date) -> frozenset[dt.date]:
    """Return the days in ``[start, end)`` on which banks or offices are closed (rule 139)."""
    days = ClosedDay.objects.filter(day__gte=start, day__lt=end)
    return frozenset(days.values_list("day", flat=True))


def list_bank_closings(*, start: dt.date, end: dt.date) -> frozenset[dt.date]:
    """Return the days in ``[start, end)`` the calendar names on which banks are closed (rule 139).

    ``kernel.banking_days`` knows the holidays of every year by itself; these are days the co-op
    put on its calendar besides, whether its offices are closed on them or not.
    """
    days = ClosedDay.objects.filter(day__gte=start, day__lt=end, banks_closed=True)
    return frozenset(days.values_list("day", flat=True))


def _in_force(policies: Mapping[str, Any], key: str) -> Any:
    if key not in policies:
        raise PolicyMissing(key=key)
    return policies[key]


def _identity(value: Mapping[str, Any]) -> Identity:
    offices = (
        Office(o["name"], o["address"], Text.from_json(o["hours"])) for o in value["offices"]
    )
    lists: dict[str, Any] = {key: tuple(v) for key, v in value.items() if isinstance(v, list)}
    return Identity(**{**value, **lists, "offices": tuple(offices)})
