"""The paper of a run at the desk: started, followed, its files taken, and started again."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.conf import LazySettings
from django.test import Client

from smarthub.billing.models import BillRun
from smarthub.jobs.billing_tasks import print_paper
from smarthub.members.models import AuditEntry
from smarthub.workflows.print_batches import ASKED, folder_of
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
    assert "The printing stopped: IsADirectoryError" in dana.get(PAGE).content.decode()
    assert not (folder / ASKED).exists()

    (folder / "bills-0001.pdf.part").rmdir()
    dana.post(f"{PAGE}start/")
    assert work() == 2
    assert "All printed" in dana.get(PAGE).content.decode()


@pytest.mark.parametrize("name", ["bills-0002.pdf", "refused.json", "asked", ".lock"])
def test_hands_out_nothing_but_finished_files(dana: Client, folder: Path, name: str) -> None:
    dana.post(f"{PAGE}start/")
    work()

    assert dana.get(f"{PAGE}{name}").status_code == 404


def test_is_not_there_for_a_run_that_is_not(dana: Client, folder: Path) -> None:
    assert dana.get("/desk/bills/runs/C1/2031-01-01/print/").status_code == 404
    assert dana.post("/desk/bills/runs/C1/2031-01-01/print/start/").status_code == 404
    assert BillRun.objects.count() == 1
