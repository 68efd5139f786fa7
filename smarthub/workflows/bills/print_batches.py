"""The print batch of a run at the desk: ask for it, see how far it is, hand out its files.

The files are written by ``print_bills`` in a job, into one folder for each run; this reads that
folder. Asking again is harmless, for a bill that is in a file is never printed a second time.
"""

from __future__ import annotations

import datetime as dt
import errno
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from django.db import transaction
from procrastinate.contrib.django import app

from smarthub.billing.queries.desk import find_run, get_run
from smarthub.billing.types import RunRow, RunState
from smarthub.kernel.errors import Conflict, NotVisible
from smarthub.members.operations import record_act
from smarthub.workflows.bills.print_bills import (
    PrintFile,
    Refusal,
    count_to_print,
    is_printing,
    list_files,
    list_refusals,
)

JOB = "print_bills"
"""Name of the job; docs/architecture.md lists it."""
FILE_NAME = re.compile(r"bills-[0-9]{4}\.(pdf|json|xml)")
ASKED, STOPPED = "asked", "stopped"
"""Marks in the folder: a job is to print, and a job could not go on, with why."""
PRINTS = "print"
"""The folder in the state folder that has one for each run."""
MOST_TIMES_BEGUN = 3
"""A batch whose work was cut off so often is taken to be what cuts it off."""


class WhyPrintStopped(StrEnum):
    """Why a batch stopped; the page has the words.

    ``DISK_FULL`` and ``NOT_WRITTEN``: the files could not be kept. ``CUT_OFF``: the worker was
    killed over it time after time. ``ERROR``: anything else; the worker's log has it.
    """

    ERROR = "error"
    DISK_FULL = "disk_full"
    NOT_WRITTEN = "not_written"
    CUT_OFF = "cut_off"

    @classmethod
    def _missing_(cls, _value: object) -> WhyPrintStopped:
        """Take what an earlier version wrote, the bare name of an error, for an error."""
        return cls.ERROR


class NothingToPrint(Conflict):
    """The bills of the run are not written yet."""

    code = "nothing_to_print"


@dataclass(frozen=True, slots=True)
class PrintBatch:
    """How far a run's paper is: bills that go out on paper, those in files, and what went wrong.

    ``stopped`` says why a job could not go on; None where none stopped.
    """

    run: RunRow
    wanted: int
    paperless: int
    files: tuple[PrintFile, ...]
    refusals: tuple[Refusal, ...]
    works: bool
    stopped: WhyPrintStopped | None

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
    return state_dir / PRINTS / f"{cycle_code}-{bill_date.isoformat()}"


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
        stopped=WhyPrintStopped(stopped.read_text(encoding="utf-8")) if stopped.exists() else None,
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
        # Marked before a worker can see the job, which may end before this function does.
        (folder / STOPPED).unlink(missing_ok=True)
        (folder / ASKED).touch()


def end_print(*, folder: Path, stopped: WhyPrintStopped | None = None) -> None:
    """Note that a job is through with a folder; ``stopped`` says why it could not go on."""
    if stopped is None:
        (folder / STOPPED).unlink(missing_ok=True)
    else:
        (folder / STOPPED).write_text(stopped, encoding="utf-8")
    (folder / ASKED).unlink(missing_ok=True)


def why_stopped(error: Exception) -> WhyPrintStopped:
    """Return how an error a job could not get over is told to a clerk."""
    if not isinstance(error, OSError):
        return WhyPrintStopped.ERROR
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return WhyPrintStopped.DISK_FULL
    return WhyPrintStopped.NOT_WRITTEN


def stop_lost_prints(*, times_begun: Mapping[tuple[str, str], int], state_dir: Path) -> int:
    """Find the batches that nothing prints any more, and say so; return how many there were.

    Args:
        times_begun: For the cycle and bill date of each batch that a job has or waits for, how
            often that job was begun and cut off.
        state_dir: Where the folders of the batches are.
    """
    found = 0
    for mark in sorted((state_dir / PRINTS).glob(f"*/{ASKED}")):
        folder = mark.parent
        cycle_code, bill_date = folder.name[:-11], folder.name[-10:]
        begun = times_begun.get((cycle_code, bill_date), MOST_TIMES_BEGUN)
        if begun < MOST_TIMES_BEGUN or is_printing(folder=folder):
            continue
        batch = open_print_batch(
            cycle_code=cycle_code,
            bill_date=dt.date.fromisoformat(bill_date),
            state_dir=state_dir,
        )
        end_print(folder=folder, stopped=WhyPrintStopped.CUT_OFF if batch.left else None)
        found += 1
    return found


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
