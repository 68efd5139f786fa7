"""Ask for rows of many ids by one array, however many they are.

``id__in`` writes a parameter for each id: the mapper prepares and PostgreSQL parses every one of
them, which for the accounts of a chunk took longer than finding their rows.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import BooleanField, F, Func, Value

from smarthub.kernel.array_text import array_text


def among(column: str, values: Collection[object]) -> Func:
    """Return the condition that a column holds one of the values: ``column = ANY(array)``."""
    return Func(
        F(column),
        Value(array_text(values)),
        template="%(expressions)s)",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )
