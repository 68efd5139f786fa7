"""The print batch of a run at the desk: ask for it, see how far it is, hand out its files.

The files are written by ``print_bills`` in a job, into one folder for each run; this reads that
folder. Asking again is harmless, for a bill that is in a file is never printed a second time.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from procrastinate.contrib.django import app

from smarthub.billing.queries.desk import find_run, get_run
from smarthub.billing.types import RunRow, RunState
from smarthub.kernel.errors import Conflict, NotVisible
from smarthub.members.operations import record_act
from smarthub.workflows.print_bills import (
    PrintFile,
    Refusal,
    count_to_print,
    list_files,
    list_refusals,
)

JOB = "print_bills"
"""Name of the job; docs/architecture.md lists it."""
FILE_NAME = re.compile(r"bills-[0-9]{4}\.(pdf|json|xml)")
ASKED, STOPPED = "asked", "stopped"
"""Marks in the folder: a job is to print, and a job could not go on, with why."""


class NothingToPrint(Conflict):
    """The bills of the run are not written yet."""

    code = "nothing_to_print"


@dataclass(frozen=True, slots=True)
class PrintBatch:
    """How far a run's paper is: bills that go out on paper, those in files, and what went wrong.

    ``stopped`` names what a job could not get over; empty where none stopped.
    """

    run: RunRow
    wanted: int
    paperless: int
    files: tuple[PrintFile, ...]
    refusals: tuple[Refusal, ...]
    works: bool
    stopped: str

    @property
    def printed(self) -> int:
        """How many bills are in files."""
        return sum(file.bills for file in self.files)

    @property
    def left(self) -> int:
        """How many bills wait for a file."""
        return max(self.wanted - self.printed - len(self.refusals), 0)

    @property
    def may_start(self) -> bool:
        """Whether there is something to ask for."""
        return not self.works and bool(self.left or self.refusals)


def folder_of(*, state_dir: Path, cycle_code: str, bill_date: dt.date) -> Path:
    """Return the folder of a run's print batch; not made here."""
    return state_dir / "print" / f"{cycle_code}-{bill_date.isoformat()}"


def open_print_batch(*, cycle_code: str, bill_date: dt.date, state_dir: Path) -> PrintBatch:
    """Return how far the paper of a run is.

    Raises:
        NotVisible: no such run.
    """
    run = get_run(run_id=find_run(cycle_code=cycle_code, bill_date=bill_date))
    folder = folder_of(state_dir=state_dir, cycle_code=cycle_code, bill_date=bill_date)
    wanted, paperless = count_to_print(cycle_code=cycle_code, bill_date=bill_date)
    stopped = folder / STOPPED
    return PrintBatch(
        run=run,
        wanted=wanted,
        paperless=paperless,
        files=list_files(folder=folder),
        refusals=list_refusals(folder=folder),
        works=(folder / ASKED).exists(),
        stopped=stopped.read_text(encoding="utf-8") if stopped.exists() else "",
    )


def ask_for_print(
    *, user_id: int, cycle_code: str, bill_date: dt.date, state_dir: Path, now: dt.datetime
) -> None:
    """Have the bills of a run printed that are in no file yet; again is harmless.

    Raises:
        NotVisible: no such run.
        NothingToPrint: its bills are not written yet.
    """
    run = get_run(run_id=find_run(cycle_code=cycle_code, bill_date=bill_date))
    if run.state is not RunState.DONE:
        raise NothingToPrint(cycle=cycle_code)
    folder = folder_of(state_dir=state_dir, cycle_code=cycle_code, bill_date=bill_date)
    folder.mkdir(parents=True, exist_ok=True)
    with transaction.atomic():
        _record(user_id, "bills_print_asked", (cycle_code, bill_date), now)
        app.configure_task(JOB).defer(cycle_code=cycle_code, bill_date=bill_date.isoformat())
    (folder / STOPPED).unlink(missing_ok=True)
    (folder / ASKED).touch()


def end_print(*, folder: Path, stopped: str = "") -> None:
    """Note that a job is through with a folder; ``stopped`` names what it could not get over."""
    if stopped:
        (folder / STOPPED).write_text(stopped, encoding="utf-8")
    (folder / ASKED).unlink(missing_ok=True)


def read_print_file(
    *,
    user_id: int,
    cycle_code: str,
    bill_date: dt.date,
    name: str,
    state_dir: Path,
    now: dt.datetime,
) -> bytes:
    """Return a file of a run's print batch, and leave in the audit trail who took it.

    Raises:
        NotVisible: no such run or file, or the file is not whole yet.
    """
    find_run(cycle_code=cycle_code, bill_date=bill_date)
    folder = folder_of(state_dir=state_dir, cycle_code=cycle_code, bill_date=bill_date)
    whole = FILE_NAME.fullmatch(name) and (folder / name).with_suffix(".json").exists()
    if not whole or not (folder / name).exists():
        raise NotVisible(file=name)
    _record(user_id, "print_file_taken", (cycle_code, bill_date), now, after={"file": name})
    return (folder / name).read_bytes()


def _record(
    user_id: int,
    act: str,
    run: tuple[str, dt.date],
    now: dt.datetime,
    after: dict[str, object] | None = None,
) -> None:
    subject = f"bill_run:{run[0]}:{run[1]}"
    record_act(user_id=user_id, act=act, subject=subject, now=now, after=after)
