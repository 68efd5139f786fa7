"""Ask for rows of many ids by one array, however many they are.

``id__in`` writes a parameter for each id: the mapper prepares and PostgreSQL parses every one of
them, which for the accounts of a chunk took longer than finding their rows.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import BooleanField, F, Func, Value

from smarthub.cooperative.written_once import Given
from smarthub.kernel.array_text import array_text


def among(column: str, values: Collection[object] | Given) -> Func:
    """Return the condition that a column holds one of the values: ``column = ANY(array)``.

    The array of a question that is written once is given as ``array_text`` writes it.
    """
    return Func(
        F(column),
        values if isinstance(values, Given) else Value(array_text(values)),
        template="%(expressions)s)",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )
