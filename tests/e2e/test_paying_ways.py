"""Every way to pay, in a browser: by two taps, for a day, as a guest; and what is kept of it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import Browser, Page, Request

from smarthub.config.private_postgres.location import OWNER, read_location
from tests.e2e.conftest import AFTERNOON, sign_in, sign_in_at_desk, speak
from tests.e2e.running_demo import RunningDemo
from tests.e2e.test_member_journey import CARD, RECEIPT_PAGE, amount_on, fits

DECLINED = "4000 0000 0000 0002"
BANK = {"routing": "110000000", "account": "000123456789"}
IN_A_WEEK = (AFTERNOON + dt.timedelta(days=7)).date().isoformat()


def give(page: Page, demo: RunningDemo, number: str = CARD["number"]) -> None:
    """Give a card on the gateway's own form, which is open."""
    page.wait_for_url(f"{demo.gateway_url}/**")
    for name, value in {**CARD, "number": number}.items():
        page.locator(f"input[name={name}]").fill(value)
    page.locator("form button").first.click()
    page.wait_for_url(f"{demo.base_url}/**")


def store_card(page: Page, demo: RunningDemo) -> None:
    page.goto("/pay/methods/")
    page.locator("form[action='/pay/card/'] button").click()
    give(page, demo)


def choose(page: Page, numbers: list[str], dollars: str, *, on: str = "") -> None:
    """Choose accounts and an amount for each, now or for a day."""
    page.goto("/pay/")
    for box in page.locator("input[type=checkbox]").all():
        box.uncheck()
    for number in numbers:
        page.locator(f"input[name=pay_{number}]").check()
        other = page.locator(f"input[name=which_{number}][value=other]")
        if other.count():
            other.check()
        page.locator(f"input[name=amount_{number}]").fill(dollars)
    if on:
        page.locator("input[name=when][value=later]").check()
        page.locator("input[name=pay_on]").fill(on)
    assert fits(page)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url("**/pay/review/")
    assert fits(page)


@pytest.fixture
def numbers(demo: RunningDemo) -> list[str]:
    """Return the numbers of Maria's accounts."""
    return [account["number"] for account in demo.sign_in_of("maria")["accounts"]]


@pytest.fixture
def maria(member_page: Page, demo: RunningDemo, language: str) -> Page:
    """Return a page on which Maria has a card, and reads the language."""
    store_card(member_page, demo)
    speak(member_page, language)
    return member_page


class TestAMember:
    def test_pays_from_home_by_two_taps_and_all_accounts_in_one_go(
        self, maria: Page, numbers: list[str]
    ) -> None:
        choose(maria, numbers, "1.00")
        maria.goto("/")
        before = amount_on(maria)

        choose(maria, numbers, "1.00")
        maria.locator("button[data-busy]").click()
        maria.wait_for_url(RECEIPT_PAGE)
        maria.goto("/")

        assert amount_on(maria) == before - len(numbers)
        maria.locator(".amount-due-actions a.button").click()  # the first tap
        maria.wait_for_url("**/pay/review/")
        assert maria.locator("button[data-busy]").count() == 1  # the second would pay

    def test_schedules_changes_and_cancels(self, maria: Page, numbers: list[str]) -> None:
        choose(maria, numbers[:1], "5.00", on=IN_A_WEEK)
        maria.locator("button[data-busy]").click()
        maria.wait_for_url("**/pay/payments/")
        assert fits(maria)
        waiting = maria.locator("a[href$='/cancel/']")
        count = waiting.count()
        assert "$5.00" in maria.locator("main").inner_text()

        maria.locator("a[href$='/change/']").last.click()
        maria.locator(f"input[name=amount_{numbers[0]}]").fill("6.00")
        maria.locator("main form button[type=submit]").last.click()
        maria.locator("button[data-busy]").click()
        maria.wait_for_url("**/pay/payments/")
        assert waiting.count() == count
        assert "$6.00" in maria.locator("main").inner_text()

        waiting.last.click()
        maria.locator("main form button[type=submit]").click()
        maria.wait_for_url("**/pay/payments/")
        assert waiting.count() == count - 1

    def test_names_a_card_and_takes_it_away(self, maria: Page) -> None:
        maria.goto("/pay/methods/")
        cards = maria.locator("main a[href$='/remove/']")
        count = cards.count()
        maria.locator("main .row-foot a.button-text").first.click()
        maria.locator("input[name=name]").fill("Azul")
        maria.locator("main form button").click()
        maria.wait_for_url("**/pay/methods/")
        assert "Azul" in maria.locator("main").inner_text()

        cards.first.click()
        maria.locator("main form button[type=submit]").click()
        maria.wait_for_url("**/pay/methods/")

        assert cards.count() == count - 1

    def test_pays_with_another_card_after_one_was_declined(
        self, maria: Page, demo: RunningDemo, numbers: list[str]
    ) -> None:
        maria = maria.context.new_page()  # a refusal is a 400: a page listened to would complain
        choose(maria, numbers[:1], "1.00")
        good = maria.locator("input[name=method]").first.get_attribute("value")
        maria.locator("form[action='/pay/card/'] button").click()
        give(maria, demo, DECLINED)
        maria.locator("label.choice", has_text="0002").first.click()
        maria.locator("button[data-busy]").click()

        refused = maria.locator(".error-summary")
        refused.wait_for()
        assert fits(maria)
        assert maria.locator("label.choice:has(input[name=method]:checked)").count() == 1
        maria.locator(f"input[name=method][value='{good}']").check()
        maria.locator("button[data-busy]").click()
        maria.wait_for_url(RECEIPT_PAGE)

        assert "$1.00" in maria.locator("h1").inner_text()
        maria.goto("/pay/methods/")
        maria.locator("main li, main .row").filter(has_text="0002").locator(
            "a[href$='/remove/']"
        ).first.click()
        maria.locator("main form button[type=submit]").click()
        maria.wait_for_url("**/pay/methods/")


@pytest.fixture(scope="module")
def desk(browser: Browser, demo: RunningDemo) -> Iterator[Page]:
    """Return a page on which Dana signed in with both steps."""
    context = browser.new_context(base_url=demo.base_url, locale="en-US")
    opened = context.new_page()
    sign_in_at_desk(opened, demo=demo)
    yield opened
    context.close()


@pytest.fixture
def one_look(browser: Browser, demo: RunningDemo) -> Iterator[Page]:
    """Return a page in one look: a member gets five codes an hour, and other walks need some."""
    context = browser.new_context(base_url=demo.base_url, locale="en-US")
    yield context.new_page()
    context.close()


class TestWithoutASignIn:
    def test_a_link_that_staff_made_pays_once(
        self, page: Page, desk: Page, demo: RunningDemo, numbers: list[str], language: str
    ) -> None:
        desk.goto(f"/desk/accounts/{numbers[0]}/pay-link/")
        desk.locator("button[value=show]").click()
        link = desk.locator("main code").inner_text()
        page.goto(link)
        speak(page, language)
        before = amount_on(page)
        shown = page.locator("main").inner_text()
        assert "Maria" not in shown
        assert "Alvarez" not in shown
        assert fits(page)

        page.locator("input[name=amount]").fill("1.00")
        page.locator("main form button").click()
        give(page, demo)
        page.locator("button[data-busy]").click()
        page.wait_for_url(re.compile(r"/pay/link/[^/]+/$"))

        page.goto(link)
        assert page.locator("input[name=amount]").count() == 0  # the link has paid
        assert f"{before - 1:,.2f}" in page.locator("main").inner_text()
        assert fits(page)

    def test_a_guest_pays_what_is_due_after_a_card_was_declined(
        self, page: Page, demo: RunningDemo, numbers: list[str], language: str
    ) -> None:
        page.goto("/pay/guest/")
        speak(page, language)
        assert fits(page)
        page.locator("input[name=number]").fill(numbers[0])
        page.locator("input[name=name]").fill("Alvarez")
        page.locator("main form button").click()
        page.wait_for_url("**/pay/link/**")
        before = amount_on(page)
        shown = page.locator("main").inner_text()
        assert "Maria" not in shown
        assert "Alvarez" not in shown
        assert fits(page)

        for number in (DECLINED, CARD["number"]):
            page.locator("input[name=amount]").fill("1.00")
            page.locator("main form button").click()
            give(page, demo, number)
            assert fits(page)
            page.locator("button[data-busy]").click()
            page.wait_for_url(re.compile(r"/pay/link/[^/]+/$"))

        assert "$1.00" in page.locator("h1").inner_text()
        page.reload()
        assert page.locator("input[name=amount]").count() == 0  # the link has paid
        assert f"{before - 1:,.2f}" in page.locator("main").inner_text()


class TestNumbers:
    def test_of_cards_reach_neither_our_server_nor_its_logs_nor_any_column(
        self, page: Page, demo: RunningDemo, numbers: list[str]
    ) -> None:
        sent = requests_to(page, demo)
        sign_in(page, demo=demo, name="maria")
        store_card(page, demo)
        choose(page, numbers[:1], "1.00")
        page.locator("button[data-busy]").click()
        page.wait_for_url(RECEIPT_PAGE)

        assert_none_kept(demo, sent, CARD["number"])

    def test_of_bank_accounts_neither(
        self, one_look: Page, demo: RunningDemo, numbers: list[str]
    ) -> None:
        page = one_look
        sent = requests_to(page, demo)
        sign_in(page, demo=demo, name="maria")
        store_bank(page, demo)
        choose(page, numbers[:1], "1.00")
        page.locator("label.choice", has_text=BANK["account"][-4:]).first.click()
        page.locator("button[data-busy]").click()
        page.wait_for_url(RECEIPT_PAGE)

        assert_none_kept(demo, sent, BANK["account"])


def requests_to(page: Page, demo: RunningDemo) -> list[str]:
    """Return a list to which everything is added that the page sends to our server."""
    sent: list[str] = []

    def keep(request: Request) -> None:
        if request.url.startswith((demo.base_url, demo.named_url)):
            sent.append(f"{request.url} {request.post_data or ''}")

    page.on("request", keep)
    return sent


def store_bank(page: Page, demo: RunningDemo) -> None:
    """Prove by a code that it is oneself, and give a bank account on the gateway's form."""
    page.goto("/pay/methods/bank/")
    page.locator("input[name=contact]").first.check()
    page.locator("main form button").first.click()
    page.locator("input[name=code]").wait_for()
    asked = page.url
    page.goto("/_outbox/")
    code = re.search(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b", page.locator("article").first.inner_text())
    assert code is not None
    page.goto(asked)
    page.locator("input[name=code]").fill(code[0])
    page.locator("form:has(input[name=code]) button").click()
    page.wait_for_url("**/pay/methods/bank/")
    page.locator("main form button").first.click()
    page.wait_for_url(f"{demo.gateway_url}/**")
    for name, value in BANK.items():
        page.locator(f"input[name={name}]").fill(value)
    page.locator("input[name=agree]").check()
    page.locator("form button").first.click()
    page.wait_for_url(f"{demo.base_url}/**")


def assert_none_kept(demo: RunningDemo, sent: list[str], number: str) -> None:
    """Assert that a number went to nobody but the gateway, and is nowhere in what is ours."""
    assert len(sent) > 5
    assert leaks("\n".join(sent), number) == []
    assert leaks(logs_of(demo), number) == []
    rows = every_row(demo, number[-4:])
    assert rows  # the last four are kept: the scan does read
    assert leaks("\n".join(rows), number) == []


def leaks(text: str, number: str) -> list[str]:
    """Return where a number stands, however it is spaced."""
    return re.findall("[ +%20-]*".join(number.replace(" ", "")), text)


def logs_of(demo: RunningDemo) -> str:
    said = demo.state_dir.parent / f"{demo.state_dir.name}.log"
    return said.read_text(errors="replace")


def every_row(demo: RunningDemo, ending: str) -> list[str]:
    """Return each row of each table in which these digits stand, as text."""
    with psycopg.connect(database_of(demo)) as connection:
        tables = connection.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        query = "SELECT t::text FROM {} t WHERE t::text LIKE %s"  # of the catalogue's names
        return [
            str(row)
            for (table,) in tables
            for (row,) in connection.execute(query.format(table).encode(), [f"%{ending}%"])
        ]


def database_of(demo: RunningDemo) -> str:
    """Return the address of the demo's database: on the tests' server, or on one of its own."""
    own = read_location(demo.state_dir)
    return own.url(OWNER) if own else demo.environment["DATABASE_URL"]
