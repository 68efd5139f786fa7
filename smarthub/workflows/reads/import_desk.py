"""Files of reads given at the desk: kept, tried, confirmed, taken in by a job, and followed.

The file waits on the disk that web and worker share; the row says what is to become of it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction
from procrastinate.contrib.django import app

from smarthub.kernel.errors import NotVisible
from smarthub.members.operations import record_act
from smarthub.members.queries import is_staff
from smarthub.metering import operations, queries
from smarthub.metering.ports import ReadFormat
from smarthub.metering.types import GivenFile, ImportReport, OnError
from smarthub.workflows.reads.import_reads import Order, Preview, import_file, try_file

JOB = "import_reads_file"
FOLDER = "given-reads"
SHOWN_PROBLEMS = 200
NEWEST = 50
MOST_TIMES_BEGUN = 3
"""A file whose work was cut off so often is taken to be what cuts it off."""


class WhyStopped(StrEnum):
    """Why a file's work stopped; the page has the words."""

    ERROR = "error"
    NO_PROFILE = "no_profile"
    CUT_OFF = "cut_off"


def list_given_files(*, user_id: int) -> tuple[GivenFile, ...]:
    """Return the newest files given at the desk.

    Raises:
        NotVisible: the login is not staff's.
    """
    _refuse_others(user_id)
    return queries.list_given_files(limit=NEWEST)


def open_given_file(*, user_id: int, key: uuid.UUID, state_dir: Path) -> GivenFile:
    """Return one, with how far it is while it is being read.

    Raises:
        NotVisible: the login is not staff's, or there is no such file.
    """
    _refuse_others(user_id)
    given = queries.find_given_file(key=key)
    if given is None:
        raise NotVisible(key=str(key))
    done = 0
    with contextlib.suppress(OSError, ValueError):
        done = int(_progress_of(state_dir, key).read_text())
    return given.reached(done) if given.works else given


def give_file(
    *,
    user_id: int,
    key: uuid.UUID,
    name: str,
    chunks: Iterable[bytes],
    profile: str,
    refuse_flawed: bool,
    state_dir: Path,
    now: dt.datetime,
) -> None:
    """Keep a file and have it tried; the same form sent twice is one file.

    Raises:
        NotVisible: the login is not staff's.
    """
    _refuse_others(user_id)
    path = state_dir / FOLDER / str(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    if queries.find_given_file(key=key):
        return
    with path.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)
    with transaction.atomic():
        operations.give_file(
            key=key,
            name=name,
            path=str(path),
            profile=profile,
            on_error=OnError.REFUSE_FILE if refuse_flawed else OnError.KEEP_GOOD,
            given_by=f"user:{user_id}",
            size=path.stat().st_size,
            now=now,
        )
        record_act(user_id=user_id, act="reads.give", subject=f"file:{key}", now=now)
        app.configure_task(JOB).defer(key=str(key))


def confirm_file(*, user_id: int, key: uuid.UUID, now: dt.datetime) -> None:
    """Have a tried file taken in; again is harmless.

    Raises:
        NotVisible: the login is not staff's, or there is no such file.
    """
    _refuse_others(user_id)
    with transaction.atomic():
        if operations.move_given_file(key=key, before="preview", after="waiting"):
            record_act(user_id=user_id, act="reads.import", subject=f"file:{key}", now=now)
            app.configure_task(JOB).defer(key=str(key))


def drop_file(*, user_id: int, key: uuid.UUID, now: dt.datetime) -> None:
    """Put a tried file away without taking it in; its bytes go, its row stays.

    Raises:
        NotVisible: the login is not staff's.
    """
    _refuse_others(user_id)
    given = queries.find_given_file(key=key)
    with transaction.atomic():
        if operations.move_given_file(key=key, before="preview", after="dropped", now=now):
            record_act(user_id=user_id, act="reads.drop", subject=f"file:{key}", now=now)
    if given is not None:
        Path(given.path).unlink(missing_ok=True)


def work_on_file(
    *,
    given: GivenFile,
    layout: ReadFormat,
    station: str,
    zone: ZoneInfo,
    state_dir: Path,
    now: dt.datetime,
) -> None:
    """Try a new file, or take in a confirmed one; a killed job is simply done again."""
    key = given.key
    order = Order(Path(given.path), layout, OnError(given.on_error), now, zone, station)
    progress_file = _progress_of(state_dir, key)

    def progress(done: int, _total: int) -> None:
        progress_file.write_text(str(done))

    if given.is_trial:
        preview = try_file(order=order, progress=progress)
        report, shown = preview.report, _report(preview.report, preview)
        if report.kept or report.already_known:
            operations.end_given_file(key=key, state="preview", report=shown, now=None)
        else:  # there is nothing to confirm
            operations.end_given_file(key=key, state="refused", report=shown, now=now)
            Path(given.path).unlink(missing_ok=True)
    else:
        report = import_file(order=order, progress=progress)
        kept = report.stored or report.already_known
        operations.end_given_file(
            key=key, state="done" if kept else "refused", report=_report(report), now=now
        )
        Path(given.path).unlink(missing_ok=True)
    progress_file.unlink(missing_ok=True)


def stop_file(*, given: GivenFile, why: WhyStopped, state_dir: Path, now: dt.datetime) -> bool:
    """Say on the desk that the work on a file has stopped; its bytes go, its row stays.

    Had it been taken in before, giving it again would say so, and change nothing.
    """
    stopped = operations.fail_given_file(key=given.key, before=given.state, why=why, now=now)
    if stopped:
        Path(given.path).unlink(missing_ok=True)
        _progress_of(state_dir, given.key).unlink(missing_ok=True)
    return stopped


def stop_lost_files(*, times_begun: Mapping[str, int], state_dir: Path, now: dt.datetime) -> int:
    """Find the files that nothing works on any more, and say so; return how many there were.

    Args:
        times_begun: For the key of each file that a job has or waits for, how often that job was
            begun and cut off.
        state_dir: Where the files wait.
        now: When this is found.
    """
    return sum(
        stop_file(given=given, why=WhyStopped.CUT_OFF, state_dir=state_dir, now=now)
        for given in queries.list_working_files()
        if times_begun.get(str(given.key), MOST_TIMES_BEGUN) >= MOST_TIMES_BEGUN
    )


def _progress_of(state_dir: Path, key: uuid.UUID) -> Path:
    return state_dir / FOLDER / f"{key}.progress"


def _report(report: ImportReport, preview: Preview | None = None) -> dict[str, object]:
    """Return the report as the row keeps it: counts, the first problems, and the preview."""
    shown: dict[str, object] = {
        "rows": report.rows,
        "kept": report.kept,
        "already_known": report.already_known,
        "problem_count": len(report.problems),
        "problems": [
            {"row": each.row, "code": str(each.code), "values": dict(each.values)}
            for each in report.problems[:SHOWN_PROBLEMS]
        ],
    }
    if preview is not None:
        shown["totals"] = [
            {
                "flow": each.flow,
                "unit": each.unit,
                "meters": each.meters,
                "days": each.days,
                "total": f"{each.total:f}",
            }
            for each in preview.totals
        ]
        shown["first"] = [
            {
                "meter": each.meter_serial,
                "flow": each.flow,
                "starts_at": each.starts_at.isoformat(),
                "value": f"{each.value:f}",
                "unit": each.unit,
            }
            for each in preview.first
        ]
    return shown


def _refuse_others(user_id: int) -> None:
    if not is_staff(user_id=user_id):
        raise NotVisible
