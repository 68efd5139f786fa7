"""Tax certificates on the desk: put on file, handed out, ended, listed before they run out."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from smarthub.billing.models import TaxCertificate
from tests.cast import Cast

PAGE = "/desk/bills/accounts/1001/certificates/"
SOON = "/desk/bills/certificates/"
PDF = b"%PDF-1.7 signed and stamped"


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """Let the desk believe that it is nine in the morning of 18 November 2024."""
    with time_machine.travel(dt.datetime(2024, 11, 18, 15, tzinfo=dt.UTC)):
        yield


def send(dana: Client, copy: bytes = PDF, **changed: Any) -> tuple[int, str]:
    answer = dana.post(
        PAGE,
        {
            "reason": "government",
            "number": "IL-GOV-17",
            "taxes": "state_tax",
            "starts_on": "2024-10-01",
            "last_day": "2024-12-31",
            "proof": SimpleUploadedFile("any name.exe", copy),
            **changed,
        },
    )
    return answer.status_code, words(answer.content)


def words(content: bytes) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", content.decode()).replace("  ", " ")


def test_one_is_put_on_file_and_its_copy_handed_out(village: Cast, dana: Client) -> None:
    assert send(dana)[0] == 303

    row = TaxCertificate.objects.get()
    assert (row.taxes, row.ends_on) == (["state_tax"], dt.date(2025, 1, 1))
    page = words(dana.get(PAGE).content)
    for said in ("Government", "IL-GOV-17", "State electricity tax", "In force", "Dec 31, 2024"):
        assert said in page
    copy = dana.get(f"{PAGE}{row.pk}/copy/")
    assert (copy.content, copy.headers["Content-Type"]) == (PDF, "application/pdf")
    assert copy.headers["Content-Disposition"] == 'attachment; filename="1001-certificate.pdf"'
    assert copy.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"number": ""}, "Copy the number from the certificate."),
        ({"taxes": []}, "Choose at least one tax."),
        ({"taxes": "no_such_tax"}, "no_such_tax is not one of the available choices."),
        ({"proof": SimpleUploadedFile("empty.pdf", b"")}, "The file is empty"),
        ({"last_day": "2024-09-30"}, "This is before the first day. Choose a later day."),
        ({"proof": []}, "Choose the scan or photo of the certificate."),
    ],
)
def test_what_is_missing_is_asked_for(
    village: Cast, dana: Client, changed: dict[str, Any], said: str
) -> None:
    status, page = send(dana, **changed)

    assert (status, said in page) == (400, True), page
    assert not TaxCertificate.objects.exists()


def test_a_program_is_no_copy_whatever_it_is_called(village: Cast, dana: Client) -> None:
    status, page = send(dana, copy=b"MZ")

    assert status == 400
    assert "This is no PDF, PNG or JPEG of up to 2 MB." in page


def test_the_same_one_twice_is_told_beside_its_number(village: Cast, dana: Client) -> None:
    send(dana)

    status, page = send(dana)

    assert status == 400
    assert "This certificate is on file already" in page


def test_it_is_ended_early_on_a_day_it_holds(village: Cast, dana: Client) -> None:
    send(dana)
    end = f"{PAGE}{TaxCertificate.objects.get().pk}/end/"
    late = dana.post(end, {"last_day": "2025-02-01", "reason": "Sold"})
    assert "Choose a day while the certificate holds." in words(late.content)

    assert dana.post(end, {"last_day": "2024-11-30", "reason": "Sold"}).status_code == 303

    page = words(dana.get(PAGE).content)
    assert "Ended early: Sold" in page
    assert "Nov 30, 2024" in page
    assert "early" not in page.replace("Ended early", "")


def test_before_it_runs_out_it_stands_on_the_work_list(village: Cast, dana: Client) -> None:
    assert "None runs out soon" in words(dana.get(SOON).content)
    send(dana)

    page = words(dana.get(SOON).content)

    assert "Account 1001" in page
    assert "Holds until December 31, 2024" in page


def test_it_reads_in_spanish(village: Cast, dana: Client) -> None:
    dana.cookies["django_language"] = "es"
    send(dana)

    page = words(dana.get(PAGE).content)

    for said in ("Gobierno", "Impuesto estatal a la electricidad", "Vigente"):
        assert said in page
