"""Bills in a hand and on a desk: find one, open its lines, ask why, compare two, take all away."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Download, Page, expect

from tests.e2e.conftest import sign_in, speak
from tests.e2e.running_demo import RunningDemo
from tests.e2e.test_member_journey import fits

WORDS = {
    "en": {
        "why": "Why is it different?",
        "beside": "Two bills side by side",
        "show": "Show these two",
        "zip": "Printed bills (zip)",
        "csv": "Every line (CSV)",
        "formula": "What you used, times the price of one unit.",
        "amount": "Amount",
        "energy": "Distribution",
    },
    "es": {
        "why": "¿Por qué es distinta?",
        "beside": "Dos facturas lado a lado",
        "show": "Mostrar estas dos",
        "zip": "Facturas impresas (zip)",
        "csv": "Todas las líneas (CSV)",
        "formula": "Lo que usted consumió por el precio de una unidad.",
        "amount": "Monto",
        "energy": "Distribución",
    },
}
# A word joiner keeps a minus beside its amount when a line breaks.
AMOUNT = re.compile(r"([+−-]?)\u2060?\$([\d,]+\.\d\d)")  # noqa: RUF001 (as the page writes a minus)


def cents(said: str) -> int:
    """Return the amount in a piece of a page: ``+$3.71`` is 371."""
    found = AMOUNT.search(said)
    assert found is not None, said
    size = int(found[2].replace(",", "").replace(".", ""))
    return size if found[1] in ("", "+") else -size


@pytest.fixture
def bills(member_page: Page, demo: RunningDemo, language: str) -> Page:
    """Return the bills of Maria's home in the language of the browser."""
    speak(member_page, language)
    number = demo.sign_in_of("maria")["accounts"][0]["number"]
    member_page.goto(f"/bills/?account={number}")
    return member_page


def open_newest(page: Page) -> None:
    page.locator(".rows a.row-link").first.click()
    page.wait_for_url(re.compile(r"/bills/\d+/[\d-]+/$"))


class TestBills:
    def test_a_year_is_one_tap_away(self, bills: Page) -> None:
        assert fits(bills)

        bills.get_by_role("link", name="2025", exact=True).click()

        expect(bills.locator(".rows a.row-link")).to_have_count(12)
        assert fits(bills)

    def test_every_line_opens_and_fits(self, bills: Page, language: str) -> None:
        open_newest(bills)
        line = bills.locator("details.bill-line", has_text=WORDS[language]["energy"])

        line.locator("summary").click()

        expect(line).to_contain_text(WORDS[language]["formula"])
        expect(line.locator(".bill-formula")).to_contain_text(" = ")
        closed = bills.locator("details.bill-line:not([open]) > summary")
        while closed.count():
            closed.first.click()
        assert fits(bills)

    def test_why_it_is_different_adds_up(self, bills: Page, language: str) -> None:
        open_newest(bills)

        bills.get_by_role("link", name=WORDS[language]["why"]).click()

        parts = bills.locator(".bill-why")
        assert parts.count() > 1
        for part in parts.all():
            said = [cents(dd.inner_text()) for dd in part.locator("dd:not(.change-bar)").all()]
            before, *steps, now = said
            assert before + sum(steps) == now
        assert fits(bills)

    def test_two_bills_stand_side_by_side(self, bills: Page, language: str) -> None:
        bills.get_by_role("link", name=WORDS[language]["beside"]).click()
        second = bills.locator("select[name=second]")
        second.select_option(index=2)
        chosen = second.input_value()

        bills.get_by_role("button", name=WORDS[language]["show"]).click()

        expect(bills.locator("select[name=second]")).to_have_value(chosen)
        assert bills.locator(".table-beside").count() > 1
        assert fits(bills)

    def test_all_of_them_come_as_files(self, bills: Page, language: str) -> None:
        words = WORDS[language]
        bills.get_by_role("link", name="2025", exact=True).click()

        with bills.expect_download() as packed:
            bills.get_by_role("link", name=words["zip"]).click()
        with bills.expect_download() as listed:
            bills.get_by_role("link", name=words["csv"]).click()

        assert self._pdfs(packed.value) == 12
        rows = list(csv.DictReader(io.StringIO(_text(listed.value))))
        amounts = [Decimal(row[words["amount"]]) for row in rows]
        assert len(amounts) > 100
        assert sum(amounts) > 0

    def _pdfs(self, download: Download) -> int:
        with zipfile.ZipFile(Path(download.path())) as packed:
            assert packed.testzip() is None
            return sum(packed.read(name).startswith(b"%PDF-") for name in packed.namelist())


def _text(download: Download) -> str:
    return Path(download.path()).read_text(encoding="utf-8-sig")


class TestWithoutAScript:
    def test_lines_open_all_the_same(self, browser: Browser, demo: RunningDemo) -> None:
        context = browser.new_context(base_url=demo.base_url, java_script_enabled=False)
        page = context.new_page()
        sign_in(page, demo=demo, name="maria")
        page.goto("/bills/")
        open_newest(page)

        page.locator("details.bill-line > summary").first.click()

        expect(page.locator(".bill-formula").first).to_be_visible()
        context.close()
