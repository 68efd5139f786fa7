"""The paper of a run at the desk: started, followed, its files taken, and started again."""

from __future__ import annotations

import datetime as dt
import errno
import fcntl
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client

from smarthub.billing.models import BillRun
from smarthub.jobs.billing_tasks import find_lost_prints, print_paper
from smarthub.members.models import AuditEntry
from smarthub.workflows.bills.print_batches import (
    ASKED,
    STOPPED,
    end_print,
    folder_of,
    why_stopped,
)
from tests.billing.village import FIRST_BILL
from tests.cast import Cast
from tests.workflows.closing import close

PAGE = f"/desk/bills/runs/C1/{FIRST_BILL}/print/"


@pytest.fixture
def folder(settings: LazySettings, tmp_path: Path, village: Cast, dana: Client) -> Path:
    settings.STATE_DIR = tmp_path
    close(FIRST_BILL)
    return folder_of(state_dir=tmp_path, cycle_code="C1", bill_date=FIRST_BILL)


def work(day: dt.date = FIRST_BILL) -> int:
    return int(print_paper(cycle_code="C1", bill_date=day.isoformat()))


def test_is_asked_for_once_followed_and_handed_out(dana: Client, folder: Path) -> None:
    assert "Start printing" in dana.get(PAGE).content.decode()

    assert dana.post(f"{PAGE}start/").status_code == 303
    assert "Being printed" in dana.get(f"{PAGE}progress/").content.decode()
    assert work() == 2

    page = dana.get(PAGE).content.decode()
    assert "2 of 2 paper bills are in files." in page
    assert "All printed" in page
    assert "Start printing" not in page
    assert dana.get(f"{PAGE}bills-0001.pdf").content.startswith(b"%PDF")
    data = json.loads(dana.get(f"{PAGE}bills-0001.json").content)
    told = ElementTree.fromstring(dana.get(f"{PAGE}bills-0001.xml").content)  # noqa: S314 (ours)
    assert [each["bill"] for each in data["bills"]] == [each.get("bill") for each in told]
    acts = AuditEntry.objects.filter(subject=f"bill_run:C1:{FIRST_BILL}").order_by("pk")
    assert [entry.act for entry in acts] == ["bills_print_asked", *["print_file_taken"] * 3]


def test_asked_for_again_prints_nothing_twice(dana: Client, folder: Path) -> None:
    for _time in range(2):
        dana.post(f"{PAGE}start/")
        work()

    assert [file.name for file in sorted(folder.glob("bills-*.pdf"))] == ["bills-0001.pdf"]


def test_says_why_it_stopped_and_goes_on(dana: Client, folder: Path) -> None:
    dana.post(f"{PAGE}start/")
    (folder / "bills-0001.pdf.part").mkdir()  # a disk that does not take the file

    with pytest.raises(IsADirectoryError):
        work()
    page = dana.get(PAGE).content.decode()
    assert "The server could not write into the folder of this run." in page
    assert "IsADirectoryError" not in page
    assert not (folder / ASKED).exists()

    (folder / "bills-0001.pdf.part").rmdir()
    dana.post(f"{PAGE}start/")
    assert work() == 2
    assert "All printed" in dana.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("error", "said", "dicho"),
    [
        (OSError(errno.ENOSPC, "full"), "The server&#x27;s disk is full.", "está lleno"),
        (PermissionError(errno.EACCES, "no"), "could not write into", "no pudo escribir"),
        (RuntimeError("a letter nobody can draw"), "could not draw one", "no pudo dibujar"),
    ],
)
def test_says_in_words_what_to_do_next(
    dana: Client, folder: Path, error: Exception, said: str, dicho: str
) -> None:
    folder.mkdir(parents=True)
    end_print(folder=folder, stopped=why_stopped(error))

    page = dana.get(PAGE).content.decode()
    assert said in page
    assert "Print what is left" in page
    dana.cookies["django_language"] = "es"
    assert dicho in dana.get(PAGE).content.decode()


def test_takes_the_mark_of_an_earlier_version_for_an_error(dana: Client, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / STOPPED).write_text("IsADirectoryError")

    assert "could not draw one of the bills" in dana.get(PAGE).content.decode()


class TestABatchNobodyPrints:
    @pytest.mark.parametrize(
        ("status", "attempts", "stopped"),
        [("todo", 0, 0), ("doing", 2, 0), ("doing", 3, 1), ("failed", 1, 1)],
    )
    def test_is_said_to_have_stopped(
        self, dana: Client, folder: Path, status: str, attempts: int, stopped: int
    ) -> None:
        dana.post(f"{PAGE}start/")
        leave_job(status=status, attempts=attempts)

        assert find_lost_prints() == stopped
        assert find_lost_prints() == 0
        said = "The printing was cut off" if stopped else "Being printed"
        assert said in dana.get(PAGE).content.decode()

    def test_goes_on_when_it_is_asked_for_again(self, dana: Client, folder: Path) -> None:
        dana.post(f"{PAGE}start/")
        leave_job(status="failed", attempts=3)
        find_lost_prints()

        dana.post(f"{PAGE}start/")
        assert work() == 2
        page = dana.get(PAGE).content.decode()
        assert "All printed" in page
        assert "cut off" not in page

    def test_is_left_alone_while_a_process_prints(self, dana: Client, folder: Path) -> None:
        dana.post(f"{PAGE}start/")
        leave_job(status="failed", attempts=3)

        with (folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            assert find_lost_prints() == 0
        assert find_lost_prints() == 1

    def test_is_through_where_all_of_it_is_in_files(self, dana: Client, folder: Path) -> None:
        dana.post(f"{PAGE}start/")
        work()
        (folder / ASKED).touch()  # a worker killed between its last file and its last word
        leave_job(status="failed", attempts=3)

        assert find_lost_prints() == 1
        assert "All printed" in dana.get(PAGE).content.decode()


def leave_job(*, status: str, attempts: int) -> None:
    """Leave the job of the batch as a worker that died has left it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status, attempts = %s "
            "WHERE task_name = 'print_bills'",
            [status, attempts],
        )


@pytest.mark.parametrize("name", ["bills-0002.pdf", "refused.json", "asked", ".lock"])
def test_hands_out_nothing_but_finished_files(dana: Client, folder: Path, name: str) -> None:
    dana.post(f"{PAGE}start/")
    work()

    assert dana.get(f"{PAGE}{name}").status_code == 404


def test_is_not_there_for_a_run_that_is_not(dana: Client, folder: Path) -> None:
    assert dana.get("/desk/bills/runs/C1/2031-01-01/print/").status_code == 404
    assert dana.post("/desk/bills/runs/C1/2031-01-01/print/start/").status_code == 404
    assert BillRun.objects.count() == 1
