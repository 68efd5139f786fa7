"""Dana bills a cycle, corrects a bill, publishes a rate and keeps a certificate: in a real browser.

Each screen has a co-op of its own, for what is done here stays done.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.access.browsing import SignIns, open_window
from tests.e2e.access.standing import Standing, stand
from tests.e2e.conftest import COMPUTER, PHONE, Screen

RUN = "/desk/bills/runs/C2/2024-12-01/"
PATIENCE_MS = 20_000
"""A part that follows its job asks every three seconds."""
NEW_YEAR = "2025-01-01"
PLANT = """
import copy, django
django.setup()
import yaml
from smarthub.billing.models import Bill, BillDifference
from smarthub.members.models import User
from smarthub.workflows.rates.draft_tariff import save
from tests.e2e.access.people import PEOPLE, VISITED_AT
from tests.rating.rate_book import E_R1
definition = copy.deepcopy(E_R1)
definition["charges"][3]["rate"] = "0.0800"
text = yaml.safe_dump(definition, allow_unicode=True, sort_keys=False)
colleague = User.objects.get(email=PEOPLE["new_clerk"].email)
assert save(
    draft_id=None, text=text, user_id=colleague.pk, seen_digest="", now=VISITED_AT
) == 3
bill = Bill.objects.get(number="2005-241101")
BillDifference.objects.create(
    bill=bill, code="late_reads", found_at=VISITED_AT, billed_cents=bill.charges_cents,
    would_be_cents=bill.charges_cents + 100, digest="1" * 64,
)
"""
"""A colleague's draft of a rate, for whoever wrote one does not publish it; a bill that differs."""


class Desk:
    """Dana's window on a co-op of its own."""

    def __init__(self, page: Page, standing: Standing) -> None:
        self.page, self.standing = page, standing

    def go(self, address: str) -> None:
        """Open a page, which must fit its screen."""
        self.page.goto(address)
        self.fits()

    def fits(self) -> None:
        """Refuse a page that is wider than its screen."""
        wider = "document.documentElement.scrollWidth - window.innerWidth"
        assert self.page.evaluate(wider) <= 0, self.page.url

    def press(self, name: str) -> None:
        """Press a button and wait for the page it leads to."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).first.click()
        self.fits()

    def follow(self, name: str) -> None:
        """Follow a link of the page."""
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("link", name=name).first.click()
        self.fits()

    def says(self, text: str) -> None:
        """Wait until the page says something."""
        said = self.page.locator("main").get_by_text(text).first
        expect(said).to_be_visible(timeout=PATIENCE_MS)

    def figure(self, name: str, value: str) -> None:
        """Wait until a figure of the run has a value."""
        row = self.page.locator("dl.facts > div").filter(has_text=name).first
        expect(row.locator("dd")).to_have_text(value)

    def in_spanish(self, address: str, text: str) -> None:
        """Look at a page in Spanish, and come back to English."""
        self._speak("es")
        try:
            self.go(address)
            self.says(text)
        finally:
            self._speak("en")

    def _speak(self, language: str) -> None:
        address = self.standing.base_url
        self.page.context.add_cookies(
            [{"name": "django_language", "value": language, "url": address}]
        )


@pytest.fixture(scope="module", params=[PHONE, COMPUTER], ids=lambda screen: screen.name)
def desk(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """Stand a co-op up and let Dana in, on a phone or on a computer."""
    screen: Screen = request.param
    with stand(tmp_path_factory.mktemp(f"billing-{screen.name}")) as standing:
        standing.act("-c", PLANT)
        sign_ins = SignIns(standing)
        window = open_window(browser, standing, sign_ins, screen=screen, language="en")
        session = sign_ins.session_of("clerk")
        window.context.add_cookies(
            [{"name": "sessionid", "value": session, "url": standing.base_url}]
        )
        yield Desk(window.page, standing)
        assert window.told() == []
        window.context.close()


def test_a_run_is_drafted_looked_at_held_and_written(desk: Desk) -> None:
    # What is there was drafted before; it is thrown away and drafted anew.
    desk.go(RUN)
    desk.follow("Throw this run away")
    desk.press("Throw it away")
    desk.go("/desk/bills/runs/")
    desk.press("Draft Second")
    desk.says("Being drafted")

    desk.standing.run_jobs()
    desk.says("To be looked at")
    desk.figure("Drafts", "1")
    desk.figure("Bills written", "0")

    desk.go(f"{RUN}accounts/2004/")
    desk.page.get_by_label("Why is it held?").fill("The meter was exchanged, ask first")
    desk.press("Hold this bill")
    desk.says("Held. It is billed once somebody releases it.")
    desk.says("The meter was exchanged, ask first")

    desk.go(RUN)
    desk.follow("Write the bills")
    desk.press("Write the bills")
    desk.standing.run_jobs()
    desk.says("Print the paper bills")
    desk.figure("Bills written", "0")
    desk.figure("Held", "1")

    desk.go(f"{RUN}accounts/2004/")
    desk.press("Release it")
    desk.figure("Bills written", "1")
    desk.go("/desk/bills/2004-241201/")
    desk.says("Facility charge")
    desk.in_spanish(RUN, "Emitida")


def test_a_bill_that_differs_is_corrected_and_another_left(desk: Desk) -> None:
    desk.go("/desk/bills/differences/")
    desk.follow("Correct 2001-241101")
    desk.page.get_by_label("Why is it corrected?").select_option("reads")
    desk.press("Go on")
    desk.press("Take it back")

    # The pair is linked both ways, and nothing of the old bill is gone.
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Bill 2001-241101-2")
    desk.says("A correction, by")
    desk.follow("In place of bill 2001-241101")
    desk.says("Taken back on")
    desk.says("A read was wrong or came late")
    expect(desk.page.get_by_role("link", name="Correct this bill")).to_have_count(0)

    desk.go("/desk/bills/differences/")
    expect(desk.page.get_by_role("link", name="Correct 2001-241101", exact=True)).to_have_count(0)
    row = desk.page.get_by_role("listitem").filter(has_text="2005-241101")
    with desk.page.expect_navigation():
        row.get_by_role("button", name="Leave it as it is").click()
    expect(desk.page.get_by_role("link", name="Correct 2005-241101")).to_have_count(0)


def test_a_colleagues_draft_of_a_rate_is_previewed_and_published(desk: Desk) -> None:
    desk.go("/desk/rates/3/")
    desk.page.get_by_label("Bills of which rate").select_option("E-R1")
    desk.press("Preview")
    desk.standing.run_jobs()
    desk.says("Services priced")
    desk.says("Go up most")

    # The form of a preview that has just come is on the page only when it is opened again.
    desk.go("/desk/rates/3/")
    desk.page.locator("[name=effective_from]").fill(NEW_YEAR)
    desk.page.locator("[name=looked]").check()
    desk.press("Publish this version")
    desk.says("Jan 1, 2025")
    desk.in_spanish("/desk/rates/", "Publicadas")


def test_a_certificate_is_put_on_file_and_takes_the_tax_off(desk: Desk) -> None:
    desk.go("/desk/accounts/2006/")
    desk.follow("Tax certificates")
    desk.press("Put it on file")
    expect(desk.page.get_by_role("alert")).to_contain_text("Choose at least one tax.")
    desk.page.get_by_label("Number on the certificate").fill("IL-GOV-17")
    desk.page.get_by_label("State electricity tax").check()
    desk.page.get_by_label("First day").fill("2024-10-01")
    desk.page.get_by_label("Last day").fill("2025-12-31")
    desk.page.get_by_label("Copy of the certificate").set_input_files(
        {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    )
    desk.press("Put it on file")

    desk.says("The certificate is on file. Bills follow it.")
    desk.says("In force")
    with desk.page.expect_download() as got:
        desk.page.get_by_role("link", name="Copy of IL-GOV-17").click()
    assert got.value.suggested_filename == "2006-certificate.pdf"
    desk.in_spanish("/desk/bills/accounts/2006/certificates/", "Vigente")
