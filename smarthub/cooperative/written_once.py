"""Reads that the object mapper writes out once a process and that are only filled in afterwards.

Writing a query with joins and subqueries takes the mapper one to three milliseconds, asking it once
written a tenth of that. Pages that every member sees ask the same few questions with other values.
What a question means is still a queryset; only its text is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Expression, Field, QuerySet


class Given(Expression):
    """The place of a value that is given each time the question is asked."""

    def __init__(self, name: str, output_field: Field[Any, Any] | None = None) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, *_written_for: Any) -> tuple[str, tuple[Any, ...]]:
        """Return a parameter that is the place itself."""
        return "%s", (self,)


class WrittenOnce:
    """One question: a queryset with places in it, written when it is first asked."""

    def __init__(self, queryset: Callable[[], QuerySet[Any, Any]]) -> None:
        self._queryset = queryset

    def ask(self, **given: Any) -> list[tuple[Any, ...]]:
        """Return the rows for these values, as the database sends them: JSON comes as text.

        Raises:
            KeyError: a place has no value.
        """
        sql, parameters = self._written
        values = [given[each.name] if isinstance(each, Given) else each for each in parameters]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    @cached_property
    def _written(self) -> tuple[str, tuple[Any, ...]]:
        return self._queryset().query.sql_with_params()


def union(rows: Iterable[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    """Return the rows of all questions as those of one; each tells in a column what it is."""
    first, *others = rows
    return first.union(*others, all=True)
