"""Many ids as one array: the same rows as by naming each, and one parameter in the statement."""

from __future__ import annotations

import datetime as dt

import pytest

from smarthub.cooperative.among import among
from smarthub.cooperative.models import Policy

HELD = {"a", "b", "c", 'c"', "a,\\ {", "NULL"}
"""Among them what an array would part, end or take for nothing."""


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", [[], ["a"], ["a", "c"], ["z"], ['c"', "a,\\ {"], ["", "NULL"]])
def test_finds_what_naming_each_value_finds(wanted: list[str]) -> None:
    Policy.objects.bulk_create(
        Policy(
            key=key,
            effective_from=dt.date(2026, 1, 1),
            value=1,
            author="board",
            recorded_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        )
        for key in HELD
    )

    found = Policy.objects.filter(among("key", wanted))

    assert set(found.values_list("key", flat=True)) == HELD.intersection(wanted)
    assert len(found.query.sql_with_params()[1]) == 1
