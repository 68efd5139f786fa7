"""Bills on paper: each exactly once, in its reader's language, for those who want paper."""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from smarthub.cooperative.queries import get_cooperative
from smarthub.members.models import MailingAddress, Person
from smarthub.members.operations import record_consent
from smarthub.workflows.bills.print_bills import AlreadyPrinting, Printed, print_bills
from tests.billing.reading import complaints, text_of
from tests.billing.village import FIRST_BILL, MADE
from tests.cast import Cast
from tests.workflows.closing import close


def to_print(folder: Path, **more: Any) -> Printed:
    return print_bills(
        cycle_code="C1",
        bill_date=FIRST_BILL,
        folder=folder,
        cooperative=get_cooperative(on=FIRST_BILL),
        pay_address="https://my.example/pay/",
        message_address="https://my.example/bills/messages/{number}/",
        **more,
    )


def records(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(file.read_text()) for file in sorted(folder.glob("bills-*.json"))]


def printed(folder: Path) -> list[str]:
    return [bill["bill"] for record in records(folder) for bill in record["bills"]]


def agree_to_no_paper(cast: Cast, *, granted: bool = True) -> None:
    record_consent(
        person_id=cast.rosa.person_id,
        kind="paperless",
        granted=granted,
        text="No paper.",
        text_version="1",
        language="en",
        given_at=MADE + dt.timedelta(seconds=0 if granted else 1),
        ip_address=None,
        user_agent="",
    )


@pytest.fixture
def billed_village(village: Cast) -> Cast:
    close(FIRST_BILL)
    return village


class TestFiles:
    def test_hold_each_bill_once_however_often_they_are_asked_for(
        self, billed_village: Cast, tmp_path: Path
    ) -> None:
        first, again = to_print(tmp_path), to_print(tmp_path)

        assert (first.bills, first.before) == (2, 0)
        assert (again.files, again.bills, again.before) == (0, 0, 2)
        assert printed(tmp_path) == ["1001-241101", "1002-241101"]
        assert complaints((tmp_path / "bills-0001.pdf").read_bytes(), tmp_path) == ""

    def test_are_finished_after_a_stop_between_pdf_and_record(
        self, billed_village: Cast, tmp_path: Path
    ) -> None:
        to_print(tmp_path)
        whole = (tmp_path / "bills-0001.pdf").read_bytes()
        (tmp_path / "bills-0001.json").unlink()
        (tmp_path / "bills-0001.pdf").write_bytes(whole[:100])

        to_print(tmp_path)

        assert (tmp_path / "bills-0001.pdf").read_bytes() == whole
        assert printed(tmp_path) == ["1001-241101", "1002-241101"]

    def test_are_finished_after_a_stop_between_files(
        self, billed_village: Cast, tmp_path: Path
    ) -> None:
        Person.objects.filter(pk=billed_village.rosa.person_id).update(bill_format="large_print")

        def stop(_done: int, _whole: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            to_print(tmp_path, progress=stop)
        rest = to_print(tmp_path)

        assert (rest.bills, rest.before) == (1, 1)
        assert [record["large_print"] for record in records(tmp_path)] == [False, True]
        assert sorted(printed(tmp_path)) == ["1001-241101", "1002-241101"]

    def test_name_what_a_mailing_house_needs(self, billed_village: Cast, tmp_path: Path) -> None:
        to_print(tmp_path)
        (record,) = records(tmp_path)
        pdf = (tmp_path / record["file"]).read_bytes()
        bill = record["bills"][0]

        assert record["sha256"] == hashlib.sha256(pdf).hexdigest()
        assert bill["account"] == "1001"
        assert bill["scan_line"][:10] == "0000001001"
        assert int(bill["scan_line"][10:18]) == bill["amount_cents"]
        assert bill["to"][0] == "Maria Alvarez"
        assert all(line in text_of(pdf, 1) for line in bill["to"])


class TestReaders:
    def test_who_agreed_to_no_paper_get_none_until_they_take_it_back(
        self, billed_village: Cast, tmp_path: Path
    ) -> None:
        agree_to_no_paper(billed_village)
        assert to_print(tmp_path).paperless == 1
        assert printed(tmp_path) == ["1001-241101"]

        agree_to_no_paper(billed_village, granted=False)
        to_print(tmp_path)

        assert printed(tmp_path) == ["1001-241101", "1002-241101"]

    def test_get_it_in_their_language_at_their_mailing_address(
        self, billed_village: Cast, tmp_path: Path
    ) -> None:
        Person.objects.filter(pk=billed_village.rosa.person_id).update(language="es")
        MailingAddress.objects.create(
            person_id=billed_village.rosa.person_id,
            street="PO Box 5",
            city="Elsewhere",
            state="WI",
            postal_code="53000",
            starts_at=MADE,
        )

        to_print(tmp_path)

        (record,) = records(tmp_path)
        text = text_of((tmp_path / record["file"]).read_bytes())
        assert [bill["language"] for bill in record["bills"]] == ["en", "es"]
        assert record["bills"][1]["to"][1:] == ["PO Box 5", "Elsewhere, WI 53000"]
        assert "Please pay by" in text
        assert "Pague a más tardar" in text


def test_two_processes_do_not_print_into_one_folder(billed_village: Cast, tmp_path: Path) -> None:
    with (tmp_path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        with pytest.raises(AlreadyPrinting):
            to_print(tmp_path)


def test_the_command_says_how_far_it_is(
    billed_village: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("print_bills", cycle="C1", date=FIRST_BILL, to=tmp_path)

    said = capsys.readouterr().out
    assert "2 of 2" in said
    assert (
        "2 bills in 1 files; 0 were there before, 0 go without paper, 0 cannot be printed." in said
    )
