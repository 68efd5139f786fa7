"""Days of intervals: staged by COPY beside the store, then merged into it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import connection

from smarthub.metering.engine.merging import MergedDay, StoredDay, merge_days
from smarthub.metering.engine.packing import COPY_HEADER, COPY_TRAILER, encode_days
from smarthub.metering.models import IntervalRevision, ReadFile
from smarthub.metering.operations.files import take_in
from smarthub.metering.ports import refuse_too_many
from smarthub.metering.types import (
    DayBlock,
    FileFacts,
    Findings,
    ImportReport,
    OnError,
    Problem,
)

CHANGES_AT_ONCE = 5000
"""Corrected days held in memory together."""


def store_days(
    *,
    file: FileFacts,
    on_error: OnError,
    findings: Findings,
    blocks: Iterable[DayBlock],
    by_hand: bool = False,
) -> ImportReport:
    """Store a file's checked days; new values win, gaps erase nothing, the old is kept beside.

    Args:
        file: What is known of the file.
        on_error: What to do if it has bad rows.
        findings: Filled by whoever yields ``blocks``, while they are yielded.
        blocks: The days, a batch at a time.
        by_hand: A person wrote them, so they stand as they are.

    Source: domain rules 129 and 135.
    """

    def stage() -> None:
        _stage_days(blocks, findings)
        _settle_repeats(findings)

    return take_in(
        file=file,
        on_error=on_error,
        findings=findings,
        read=stage,
        write=lambda row: _merge_staged_days(row, by_hand=by_hand),
    )


def _stage_days(blocks: Iterable[DayBlock], findings: Findings) -> None:
    """Lay days, and what failed of them, in temporary tables: memory stays flat."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.staged_day")
        cursor.execute("""
            CREATE TEMPORARY TABLE staged_day (
              channel_id bigint, day date, total bigint, peak integer, v bytea, q bytea,
              row_number integer
            ) ON COMMIT DROP
        """)
        cursor.execute("DROP TABLE IF EXISTS pg_temp.staged_failure")
        cursor.execute("""
            CREATE TEMPORARY TABLE staged_failure (
              channel_id bigint, day date, code text, said jsonb
            ) ON COMMIT DROP
        """)
        for block in blocks:
            with cursor.copy("COPY staged_day FROM STDIN (FORMAT BINARY)") as copy:
                copy.write(COPY_HEADER + encode_days(block) + COPY_TRAILER)
            _stage_failures(findings)
        cursor.execute("ANALYZE staged_day")


def _stage_failures(findings: Findings) -> None:
    """Lay what failed so far aside; a file may fail as many checks as it has days."""
    if not findings.failures:
        return
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY staged_failure FROM STDIN") as copy,
    ):
        for failure in findings.failures:
            said = json.dumps(dict(failure.values))
            copy.write_row((failure.channel_id, failure.day, str(failure.code), said))
    findings.failures.clear()


def _keep_failures(file: ReadFile) -> None:
    """Keep what failed a check; the same of a day twice is once."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO metering_failedcheck (channel_id, day, code, values, file_id, found_at)
            SELECT channel_id, day, code, said, %s, %s FROM staged_failure
             ORDER BY day, channel_id, code
                ON CONFLICT DO NOTHING
            """,
            [file.pk, file.received_at],
        )


def _settle_repeats(findings: Findings) -> None:
    """Keep one of equal rows for a day, and none of different ones."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT array_agg(row_number ORDER BY row_number), count(DISTINCT v) = 1
              FROM staged_day GROUP BY channel_id, day HAVING count(*) > 1
        """)
        for rows, agree in cursor.fetchall():
            problem = Problem.REPEATED_TIME if agree else Problem.CONFLICTING_TIME
            for row in rows[agree:]:
                findings.refuse(row, problem, first_row=rows[0])
            refuse_too_many(findings)
            cursor.execute("DELETE FROM staged_day WHERE row_number = ANY(%s)", [rows[agree:]])


def _merge_staged_days(file: ReadFile, *, by_hand: bool) -> None:
    _keep_failures(file)
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(day), max(day) FROM staged_day")
        first, last = cursor.fetchone()
        if first is None:
            return
        cursor.execute("""
            SELECT make_interval_partition(month)
              FROM (SELECT DISTINCT date_trunc('month', day)::date AS month FROM staged_day) m
        """)
        _correct_days(file, first, last, by_hand=by_hand)
        cursor.execute("SET LOCAL work_mem = '128MB'")  # a night is sorted without temporary files
        cursor.execute(
            """
            INSERT INTO metering_interval_day (channel_id, day, total, peak, v, q, file_id)
            SELECT channel_id, day, total, peak, v, q, %s FROM staged_day ORDER BY day, channel_id
                ON CONFLICT (channel_id, day) DO NOTHING
            """,
            [file.pk],
        )


def _correct_days(file: ReadFile, first: dt.date, last: dt.date, *, by_hand: bool) -> None:
    """Change the stored days a file says something else of, keeping what they said."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            """
            SELECT d.channel_id, d.day, c.wide, d.v, d.q, d.file_id, s.v, s.q
              FROM staged_day s
              JOIN metering_interval_day d ON d.channel_id = s.channel_id AND d.day = s.day
              JOIN metering_channel c ON c.id = d.channel_id
             WHERE d.day BETWEEN %s AND %s AND (d.v <> s.v OR d.q IS DISTINCT FROM s.q)
            """,
            [first, last],
        )
        while rows := cursor.fetchmany(CHANGES_AT_ONCE):
            changes = [
                (day, merged)
                for day in map(_ChangedDay._make, rows)
                if (merged := merge_days(old=day.old, new=day.new, wide=day.wide, by_hand=by_hand))
            ]
            _change_days(file, changes)


def _change_days(file: ReadFile, changes: Sequence[tuple[_ChangedDay, MergedDay]]) -> None:
    IntervalRevision.objects.bulk_create(_revision(day, file) for day, _ in changes)
    days = [day.day for day, _ in changes]
    if not days:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE metering_interval_day d
               SET v = n.v, q = n.q, total = n.total, peak = n.peak, file_id = %s
              FROM unnest(%s::bigint[], %s::date[], %s::bytea[], %s::bytea[], %s::bigint[],
                          %s::integer[]) AS n (channel_id, day, v, q, total, peak)
             WHERE d.channel_id = n.channel_id AND d.day = n.day AND d.day BETWEEN %s AND %s
            """,
            [
                file.pk,
                [day.channel_id for day, _ in changes],
                days,
                [merged.v for _, merged in changes],
                [merged.q for _, merged in changes],
                [merged.total for _, merged in changes],
                [merged.peak for _, merged in changes],
                min(days),
                max(days),
            ],
        )


class _ChangedDay(NamedTuple):
    """A stored day beside what a file says of it."""

    channel_id: int
    day: dt.date
    wide: bool
    old_v: bytes
    old_q: bytes | None
    old_file_id: int
    new_v: bytes
    new_q: bytes | None

    @property
    def old(self) -> StoredDay:
        return StoredDay(self.old_v, self.old_q)

    @property
    def new(self) -> StoredDay:
        return StoredDay(self.new_v, self.new_q)


def _revision(day: _ChangedDay, file: ReadFile) -> IntervalRevision:
    return IntervalRevision(
        channel_id=day.channel_id,
        day=day.day,
        old_v=day.old_v,
        old_q=day.old_q,
        old_file_id=day.old_file_id,
        new_file=file,
        recorded_at=file.received_at,
    )
