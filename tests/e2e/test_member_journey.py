"""The first way through: sign in, see what is owed, look at use and bill, pay, see it paid."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Screen, sign_in, speak
from tests.e2e.running_demo import RunningDemo

RECEIPT_NUMBER = re.compile(r"[A-Z0-9]{5}-[A-Z0-9]{5}")
RECEIPT_PAGE = re.compile(r"/pay/[0-9a-f-]{36}/")
TEN = Decimal("10.00")
CARD = {"number": "4242 4242 4242 4242", "expiry": "08/30", "cvc": "123", "zip": "61000"}
THANKS = {"en": "Thank you", "es": "Gracias"}
MENU = {
    ("phone", "en"): ["Home", "Bill & Pay", "Usage", "Contact", "More"],
    ("phone", "es"): ["Inicio", "Factura y pago", "Consumo", "Contacto", "Más"],
    ("computer", "en"): ["Home", "Billing & Payments", "Usage", "Contact Us", "Settings"],
    ("computer", "es"): [
        "Inicio",
        "Facturación y pagos",
        "Consumo",
        "Contáctenos",
        "Configuración",
    ],
}


def amount_on(page: Page) -> Decimal:
    """Return the one amount a page shows large."""
    return Decimal(re.sub(r"[^0-9.-]", "", page.locator(".amount-due-figure").inner_text()))


def fits(page: Page) -> bool:
    """Return whether nothing stands out of the screen to the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def choose_ten_dollars(page: Page, number: str) -> None:
    """Choose one account alone, and ten dollars."""
    page.goto("/pay/")
    for box in page.locator("input[type=checkbox]").all():
        box.uncheck()
    page.locator(f"input[name=pay_{number}]").check()
    page.locator(f"input[name=amount_{number}]").fill("10.00")
    page.locator("main form button[type=submit]").click()


def give_card(page: Page, demo: RunningDemo) -> None:
    """Go to the gateway's own form, give a card there, and come back."""
    page.locator("form[action='/pay/card/'] button").click()
    page.wait_for_url(f"{demo.gateway_url}/**")
    for name, value in CARD.items():
        page.locator(f"input[name={name}]").fill(value)
    page.locator("form button").first.click()
    page.wait_for_url("**/pay/review/")


@pytest.fixture
def maria(member_page: Page, language: str) -> Page:
    """Return Maria's home in the language she has just chosen; her own is English."""
    speak(member_page, language)
    return member_page


class TestAMember:
    def test_signs_in_looks_and_pays(self, maria: Page, demo: RunningDemo, language: str) -> None:
        page, account = maria, demo.sign_in_of("maria")["accounts"][0]
        before = amount_on(page)
        assert fits(page)

        page.goto("/usage/")
        assert page.locator("svg.chart").count() == 1
        assert fits(page)

        page.goto(f"/bills/?account={account['number']}")
        page.locator("a.row-link").first.click()
        assert page.locator(".bill-total").count() == 2  # electric and gas, each with its total
        assert fits(page)
        pdf = page.request.get(page.locator("a[href$='/pdf/']").get_attribute("href") or "")
        assert pdf.body().startswith(b"%PDF-")

        choose_ten_dollars(page, account["number"])
        give_card(page, demo)
        assert fits(page)
        page.locator("button[data-busy]").click()
        page.wait_for_url(RECEIPT_PAGE)
        assert THANKS[language] in page.locator("h1").inner_text()
        facts = page.locator("dd").all_inner_texts()
        (number,) = [fact for fact in facts if RECEIPT_NUMBER.fullmatch(fact)]

        page.goto("/")
        assert amount_on(page) == before - TEN
        page.goto("/_outbox/")
        assert number in page.locator("main").inner_text()

    def test_pays_what_is_due_with_a_stored_card_in_two_taps_and_only_once(
        self, maria: Page, demo: RunningDemo
    ) -> None:
        page, account = maria, demo.sign_in_of("maria")["accounts"][0]
        choose_ten_dollars(page, account["number"])
        give_card(page, demo)
        page.goto("/")
        before = amount_on(page)

        choose_ten_dollars(page, account["number"])
        page.locator("button[data-busy]").dblclick(no_wait_after=True)
        page.wait_for_url(RECEIPT_PAGE)

        page.goto("/")
        assert amount_on(page) == before - TEN

    def test_finds_the_menu_by_the_names_of_the_house(
        self, maria: Page, screen: Screen, language: str
    ) -> None:
        names = maria.locator("nav.menu a").all_inner_texts()

        assert [" ".join(name.split()) for name in names] == MENU[screen.name, language]

    def test_changes_the_language_and_stays_where_she_is(self, maria: Page, language: str) -> None:
        maria.goto("/bills/")
        other = "en" if language == "es" else "es"

        maria.locator(f"form.language button[value={other}]").click()

        assert maria.url.endswith("/bills/")
        assert maria.locator("html").get_attribute("lang") == other


class TestWithoutScripts:
    def test_the_way_through_is_the_same(self, browser: Browser, demo: RunningDemo) -> None:
        context = browser.new_context(base_url=demo.base_url, java_script_enabled=False)
        page = context.new_page()
        sign_in(page, demo=demo, name="maria")

        choose_ten_dollars(page, demo.sign_in_of("maria")["accounts"][0]["number"])
        give_card(page, demo)
        page.locator("button[data-busy]").click()

        assert "Thank you" in page.locator("h1").inner_text()
        context.close()
