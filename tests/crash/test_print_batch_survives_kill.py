"""Killed while the paper of a run is printed: no half file is handed out, no bill printed twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from tests.billing.village import FIRST_BILL
from tests.crash.installation import Installation, wait_until
from tests.crash.test_given_files_survive_kill import RETRIED_SECONDS

pytestmark = [pytest.mark.crash, pytest.mark.allow_hosts(["127.0.0.1"])]

ACT = ("-m", "tests.crash.print_batch")
PDF_WRITTEN, FILE_WRITTEN = "print.pdf_written", "print.file_written"
BILLS = ["1001-241101", "1002-241101"]


@pytest.fixture(scope="module")
def billed(installation: Installation) -> Installation:
    assert "2 True" in installation.run(*ACT, "prepare")
    return installation


@pytest.fixture
def asked(billed: Installation) -> Iterator[Installation]:
    """Ask for the batch anew, without what another test has printed or waits for."""
    billed.ask("DELETE FROM procrastinate_jobs WHERE task_name = 'print_bills'")
    for file in folder_of(billed).glob("*"):
        file.unlink()
    billed.run(*ACT, "ask")
    yield billed
    for actor in billed.actors:
        actor.kill()


def folder_of(installation: Installation) -> Path:
    return installation.state_dir / "print" / f"C1-{FIRST_BILL}"


def seen(installation: Installation) -> dict[str, Any]:
    told = installation.run(*ACT, "see").rpartition("said: ")[2]
    return dict(json.loads(told))


def kill_at(installation: Installation, point: str) -> None:
    first = installation.start(*ACT, "print", stop_at=point)
    first.wait_until_stopped_at_its_point()
    first.kill()


def check_complete(installation: Installation) -> None:
    """Look at every file: each bill in one of them, each as its record says, and nothing else."""
    folder = folder_of(installation)
    records = [json.loads(file.read_text()) for file in sorted(folder.glob("bills-*.json"))]
    printed = [bill["bill"] for record in records for bill in record["bills"]]

    assert sorted(printed) == BILLS
    assert [record["large_print"] for record in records] == [False, True]
    for record in records:
        pdf = (folder / record["file"]).read_bytes()
        assert hashlib.sha256(pdf).hexdigest() == record["sha256"]
        with pikepdf.open(folder / record["file"]) as opened:
            assert len(opened.pages) >= 2
    endings = ("json", "pdf", "xml")
    whole = {f"bills-{nth:04}.{ending}" for nth in (1, 2) for ending in endings}
    assert {file.name for file in folder.glob("bills-*")} == whole
    assert seen(installation) == {
        "works": False,
        "printed": 2,
        "left": 0,
        "files": ["bills-0001", "bills-0002"],
        "can_take": [1, 2],
    }


def test_killed_at_each_step_hands_out_whole_files_alone_and_prints_each_bill_once(
    asked: Installation,
) -> None:
    pdf = folder_of(asked) / "bills-0001.pdf"

    kill_at(asked, PDF_WRITTEN)
    assert pdf.exists()  # but its record does not, so it is not handed out, and is drawn anew
    _check_seen(asked, printed=0, files=[], can_take=[])

    kill_at(asked, FILE_WRITTEN)
    _check_seen(asked, printed=1, files=["bills-0001"], can_take=[1])
    written = pdf.stat().st_mtime_ns

    kill_at(asked, PDF_WRITTEN)
    assert (folder_of(asked) / "bills-0002.pdf").exists()
    _check_seen(asked, printed=1, files=["bills-0001"], can_take=[1])

    assert asked.run(*ACT, "print").endswith("said: 1\n")
    check_complete(asked)
    assert pdf.stat().st_mtime_ns == written


def _check_seen(
    installation: Installation, *, printed: int, files: list[str], can_take: list[int]
) -> None:
    assert seen(installation) == {
        "works": True,
        "printed": printed,
        "left": 2 - printed,
        "files": files,
        "can_take": can_take,
    }


def test_a_killed_worker_is_followed_by_another_that_ends_the_batch(asked: Installation) -> None:
    worker = asked.start_worker(stop_at=PDF_WRITTEN)
    worker.wait_until_stopped_at_its_point()
    worker.kill()
    assert seen(asked)["works"]

    asked.start_worker()
    wait_until(lambda: not (folder_of(asked) / "asked").exists(), seconds=RETRIED_SECONDS)
    check_complete(asked)
