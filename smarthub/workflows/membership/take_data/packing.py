"""Write everything of a person into one zip while it is sent: each table as JSON and as CSV."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q, QuerySet

from smarthub.accounts.queries import list_held_roles
from smarthub.kernel.zip_stream import ZipSink, zip_entry
from smarthub.members.queries import get_person_of_user
from smarthub.workflows.membership.take_data.tables import EXPORTED, HIDDEN_COLUMNS, Found
from smarthub.workflows.messages.contact_log import SECRET

ROWS_AT_ONCE = 500
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet begins a formula; words that begin so are given a quotation mark."""


def pack_everything(
    *,
    user_id: int,
    on: dt.date,
    now: dt.datetime,
    read_me: str,
    more_files: Iterable[tuple[str, Iterable[str]]] = (),
) -> Iterator[bytes]:
    """Yield a zip of every row the co-op holds about a login's person, piece by piece.

    Args:
        user_id: Whose data it is.
        on: The co-op's local day: accounts they hold on it are theirs.
        now: When it is made.
        read_me: What stands in its ``README.txt``, in the reader's language.
        more_files: Names and texts of files put beside the tables, such as meter readings.

    Source: reference, section 6.4 (access and participation).
    """
    sink = ZipSink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(zip_entry("README.txt", now), read_me)
        for label, rows in list_rows(user_id=user_id, on=on):
            columns = _columns(rows)
            for suffix, write in (("json", _as_json), ("csv", _as_csv)):
                name = f"{suffix}/{label.lower()}.{suffix}"
                with packed.open(zip_entry(name, now), "w") as file:
                    for piece in write(columns, _values(label, rows, columns)):
                        file.write(piece.encode())
                        yield sink.take()
        for name, texts in more_files:
            with packed.open(zip_entry(name, now), "w") as file:
                for text in texts:
                    file.write(text.encode())
                    yield sink.take()
    yield sink.take()


def list_rows(*, user_id: int, on: dt.date) -> Iterator[tuple[str, QuerySet[Any]]]:
    """Yield each table that goes into the file with the rows that are this person's."""
    person = get_person_of_user(user_id=user_id)
    held = [
        role for role in list_held_roles(user_id=user_id, on=on) if role.role in {"holder", "joint"}
    ]
    values: dict[str, list[Any]] = {
        "person": [person.id],
        "account": [role.account_id for role in held],
        "number": [role.number for role in held],
        "user": [user_id],
    }
    for label, found in EXPORTED.items():
        rows = apps.get_model(label)._default_manager.filter(_any_of(found, values))  # noqa: SLF001
        yield label, (rows.distinct() if found.once else rows).order_by("pk")


def _any_of(found: Found, values: dict[str, list[Any]]) -> Q:
    lookups = [
        Q(**{f"{path}__in": values[kind]}) for kind in values for path in getattr(found, kind)
    ]
    return reduce(or_, lookups)


def _columns(rows: QuerySet[Any]) -> list[str]:
    fields = rows.model._meta.concrete_fields  # noqa: SLF001
    return [field.attname for field in fields if field.attname not in HIDDEN_COLUMNS]


def _values(label: str, rows: QuerySet[Any], columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Yield the values of each row; the words of a message that opens something are left out."""
    for row in rows.values_list(*columns).iterator(chunk_size=ROWS_AT_ONCE):
        named = dict(zip(columns, row, strict=True))
        if label == "notifications.Message" and named["template"] in SECRET:
            named["body"] = ""
        yield tuple(named.values())


def _as_json(columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    before = "[\n"
    for row in rows:
        record = dict(zip(columns, row, strict=True))
        yield before + json.dumps(record, cls=DjangoJSONEncoder, ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _as_csv(columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    line = io.StringIO()
    writer = csv.writer(line)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()
    yield line.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value
