"""The parts that move: what is due stays true, hours are read by key, a form keeps its words."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.conftest import sign_in
from tests.e2e.running_demo import RunningDemo

BEFORE, AFTER = 'data-version="', 'data-version="changed'


def hours_address(demo: RunningDemo) -> str:
    """Return the page of hours of Maria's electric meter, three days ago."""
    account = demo.sign_in_of("maria")["accounts"][0]
    (point,) = [one for one in account["service_locations"] if one["service"] == "electric"]
    day = dt.datetime.now(tz=dt.UTC).date() - dt.timedelta(days=3)  # noqa: TID251 (the demo's own)
    return f"/usage/{account['number']}/{point['number']}/{day}/"


def pay_elsewhere(route: Route) -> None:
    """Answer as the server would once another device had paid it all."""
    answer = route.fetch()
    said = answer.text().replace(BEFORE, AFTER)
    start = said.index('<p class="amount-due-figure">')
    end = said.index("</p>", start)
    route.fulfill(
        response=answer, body=f'{said[:start]}<p class="amount-due-figure">$0.00{said[end:]}'
    )


class TestWhatIsDue:
    def test_shows_a_payment_made_elsewhere_to_whoever_comes_back(self, member_page: Page) -> None:
        page = member_page
        page.clock.install()
        page.reload()
        pay = page.locator(".amount-due-actions .button")
        pay.focus()
        page.route("**/due/", pay_elsewhere)

        page.clock.fast_forward("01:30")

        expect(page.locator(".amount-due-figure").first).to_have_text("$0.00")
        expect(page.locator("#announcement")).not_to_be_empty()
        expect(pay).to_be_focused()

    def test_is_still_read_out_when_a_part_without_words_answers_after_it(
        self, member_page: Page
    ) -> None:
        page = member_page
        held: list[Route] = []
        page.clock.install()
        page.route("**/ahead/", lambda route, _: held.append(route))
        page.reload()
        page.route("**/due/", pay_elsewhere)
        page.clock.fast_forward("01:30")
        heard = page.locator("#announcement")
        expect(heard).not_to_be_empty()

        held[0].continue_()

        expect(page.locator(".ahead")).not_to_have_attribute("data-version", "")
        expect(heard).not_to_be_empty()

    def test_asks_nothing_while_nobody_looks(self, member_page: Page) -> None:
        page, asked = member_page, []
        page.clock.install()
        page.reload()
        page.on("request", lambda request: asked.append(request.url))
        page.evaluate(
            "Object.defineProperty(document, 'visibilityState', {value: 'hidden'});"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )

        page.clock.fast_forward("30:00")

        assert [url for url in asked if url.endswith("/due/")] == []

    def test_of_somebody_signed_out_says_that_it_is_old(self, member_page: Page) -> None:
        page = member_page
        page.clock.install()
        page.reload()
        page.context.clear_cookies()

        page.clock.fast_forward("01:30")

        expect(page.locator(".stale")).to_be_visible()


class TestHours:
    def test_are_read_by_the_arrow_keys(self, member_page: Page, demo: RunningDemo) -> None:
        page = member_page
        page.goto(hours_address(demo))
        chart = page.locator(".interval-plot")
        rows = page.locator("tbody tr")

        chart.press("Home")
        chart.press("ArrowRight")

        expect(chart).to_have_attribute("aria-valuenow", "1")
        hour, use = rows.nth(1).locator("th, td").all_text_contents()[:2]
        said = f"{hour.strip()} · {use.strip()} kWh"
        expect(chart).to_have_attribute("aria-valuetext", said)
        expect(page.locator(".interval-readout")).to_have_text(said)

    def test_are_read_by_pointing(self, member_page: Page, demo: RunningDemo) -> None:
        page = member_page
        page.goto(hours_address(demo))
        place = page.locator(".interval-plot .u-over").bounding_box()
        assert place is not None

        page.mouse.click(place["x"] + place["width"] - 2, place["y"] + 40)

        expect(page.locator(".interval-plot")).to_have_attribute("aria-valuenow", "23")

    def test_are_drawn_and_listed_without_a_script(
        self, browser: Browser, demo: RunningDemo
    ) -> None:
        context = browser.new_context(base_url=demo.base_url, java_script_enabled=False)
        page = context.new_page()
        sign_in(page, demo=demo, name="maria")

        page.goto(hours_address(demo))
        page.locator("figure summary").click()

        assert page.locator("svg.chart").is_visible()
        assert page.locator("tbody tr").last.is_visible()
        context.close()


class TestLanguage:
    @pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
    def test_changes_on_the_pay_page_and_keeps_the_amount(
        self, browser: Browser, demo: RunningDemo, *, scripts: bool
    ) -> None:
        context = browser.new_context(
            base_url=demo.base_url, java_script_enabled=scripts, locale="en-US"
        )
        page = context.new_page()
        sign_in(page, demo=demo, name="june")
        page.goto("/pay/")
        amount = page.locator("input[name^=amount_]").last
        amount.fill("17.05")
        switch = page.locator("button[name=switch_language]")
        other = switch.get_attribute("value")

        switch.click()

        assert page.locator("html").get_attribute("lang") == other
        assert amount.input_value() == "17.05"
        assert page.url.endswith("/pay/")
        context.close()

    def test_is_not_what_enter_presses(self, member_page: Page, language: str) -> None:
        page = member_page
        page.goto("/pay/")
        told = page.locator("html").get_attribute("lang")
        page.locator("input[name^=pay_]").first.check()
        amount = page.locator("input[name^=amount_]").first
        amount.fill("5.00")

        amount.press("Enter")

        page.wait_for_url("**/pay/review/")
        assert page.locator("html").get_attribute("lang") == told


class TestConfirming:
    def test_asks_in_a_dialog_and_gives_the_focus_back(self, member_page: Page) -> None:
        page = member_page
        page.goto("/_components/")
        link = page.locator("[data-module=confirm]")

        link.click()
        expect(page.locator("dialog.confirm")).to_be_visible()
        page.keyboard.press("Escape")

        expect(page.locator("dialog.confirm")).to_be_hidden()
        expect(link).to_be_focused()

    def test_asks_on_a_page_without_a_script(self, browser: Browser, demo: RunningDemo) -> None:
        context = browser.new_context(base_url=demo.base_url, java_script_enabled=False)
        page = context.new_page()
        page.goto("/_components/")

        page.locator("[data-module=confirm]").click()

        assert page.url.endswith("/_components/confirm/")
        assert page.locator("main form button").is_visible()
        context.close()
