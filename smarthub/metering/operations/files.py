"""A file of reads is taken in whole, once, or not at all (domain rule 129)."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from smarthub.kernel import fault_points
from smarthub.metering.models import ReadFile, ReadProblem
from smarthub.metering.ports import FileUnreadable
from smarthub.metering.queries import find_report
from smarthub.metering.types import FileFacts, Findings, ImportReport, OnError

LONGEST_NAME = 200
"""Characters of a file's name that are kept, from its end."""


class _FileRefused(Exception):
    """Undoes everything a file with bad rows has written."""


def take_in(
    *,
    file: FileFacts,
    on_error: OnError,
    findings: Findings,
    read: Callable[[], None],
    write: Callable[[ReadFile], None],
) -> ImportReport:
    """Read a file and write what it says in one transaction, unless it is known.

    One file at a time: two that correct the same day must not both believe they are first.
    """
    stored = False
    try:
        with transaction.atomic():
            _wait_for_other_imports()
            known = find_report(sha256=file.sha256)
            if known:
                return known
            with _collector_paused():
                read()
            _refuse_flawed(findings, on_error)
            file_row = _record_file(file, findings)
            write(file_row)
            fault_points.reach("reads.days_written")
        stored = True
    except _FileRefused:
        pass
    except FileUnreadable as error:
        findings.refuse(error.row, error.problem, **error.details)
    return ImportReport(
        file_name=file.name,
        sha256=file.sha256,
        rows=findings.rows,
        kept=findings.kept if stored else 0,
        already_known=False,
        problems=tuple(sorted(findings.problems, key=lambda problem: problem.row)),
        stored=stored,
    )


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Let Python look for no cycles while a file is read.

    A night has a million small objects that are in none and die by themselves; each look passes
    over all of them, which was a quarter of the time.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _refuse_flawed(findings: Findings, on_error: OnError) -> None:
    if findings.problems and on_error is OnError.REFUSE_FILE:
        raise _FileRefused


def _wait_for_other_imports() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('metering.imports'))")


def _record_file(file: FileFacts, findings: Findings) -> ReadFile:
    row = ReadFile.objects.create(
        sha256=file.sha256,
        name=file.name[-LONGEST_NAME:],
        profile=file.profile,
        received_at=file.received_at,
        rows=findings.rows,
        rows_kept=findings.kept,
    )
    ReadProblem.objects.bulk_create(
        ReadProblem(file=row, row=p.row, code=p.code, kept=False, values=dict(p.values))
        for p in findings.problems
    )
    return row
