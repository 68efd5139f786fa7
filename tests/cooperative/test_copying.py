"""Rows as COPY reads them: what PostgreSQL gives back is what was written."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from smarthub.cooperative.copying import copy_lines
from smarthub.kernel.copy_text import value_text

WRITABLE = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)


def through_postgres(columns: str, row: tuple[object, ...]) -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE copied ({columns}) ON COMMIT DROP")
        with cursor.copy("COPY copied FROM STDIN") as copy:
            copy.write("\t".join(value_text(value) for value in row) + "\n")
        cursor.execute("SELECT * FROM copied")
        found: tuple[object, ...] = cursor.fetchone()
        cursor.execute("DROP TABLE copied")
    return found


@pytest.mark.django_db
class TestValueText:
    @settings(max_examples=30, deadline=None)
    @given(text=WRITABLE)
    def test_any_text_comes_back_as_it_was(self, text: str) -> None:
        assert through_postgres("a text, b text", (text, None)) == (text, None)

    def test_numbers_days_moments_and_ids_come_back_as_they_were(self) -> None:
        moment = dt.datetime(2026, 11, 1, 5, 30, tzinfo=dt.UTC)
        row = (7, Decimal("-15.08"), dt.date(2026, 11, 1), moment, uuid.UUID(int=5), True)

        found = through_postgres("a int, b numeric, c date, d timestamptz, e uuid, f bool", row)

        assert found == row


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, 1, 100, 101, 250])
def test_every_row_arrives_once_and_in_order_however_many_blocks_they_are(count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE copied (number int, said text) ON COMMIT DROP")
        copy_lines("COPY copied FROM STDIN", (f"{n}\trow {n}" for n in range(count)))
        cursor.execute("SELECT number, said FROM copied ORDER BY number")

        assert cursor.fetchall() == [(n, f"row {n}") for n in range(count)]
