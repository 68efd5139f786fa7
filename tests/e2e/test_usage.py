"""The usage explorer in a hand and on a desk: touch a bar, look closer, see dollars, pin a note."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Position, expect

from tests.e2e.conftest import PHONE, Screen, sign_in, speak
from tests.e2e.running_demo import RunningDemo
from tests.e2e.test_member_journey import fits

DAY = re.compile(r"/\d{4}-\d{2}-\d{2}/$")
WORDS = {
    "en": {"month": "Month", "year": "Year", "day": "Day", "dollars": "Show as dollars"},
    "es": {"month": "Mes", "year": "Año", "day": "Día", "dollars": "Mostrar en dólares"},
}
WRITE_DOWN_LETTERS = """() => {
  window.drawn = [];
  const fillText = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    window.drawn.push(text);
    return fillText.call(this, text, ...rest);
  };
}"""
THIS_BEFORE_AND_LAST_YEAR = 3
WEEK_THE_CLOCK_GOES_BACK = 7 * 24 + 1
LEAST_TARGET = 43
"""A pixel less than a finger's 44, for a browser rounds."""


@pytest.fixture
def usage(member_page: Page, language: str) -> Page:
    """Return Maria's page of use, in the language of the browser."""
    speak(member_page, language)
    member_page.goto("/usage/")
    return member_page


class TestExplorer:
    def test_a_bar_says_its_value_and_leads_closer(self, usage: Page, screen: Screen) -> None:
        chart = usage.locator(".interval-drawn")
        box = chart.bounding_box()
        assert box is not None
        place = Position(x=box["width"] * 0.4, y=box["height"] * 0.6)

        if screen is PHONE:
            chart.tap(position=place)
        else:
            chart.click(position=place)

        readout = usage.locator(".interval-readout").first
        expect(readout).to_contain_text("kWh")
        leads = readout.locator("a")
        target = leads.bounding_box()
        assert target is not None
        assert min(target["width"], target["height"]) >= LEAST_TARGET
        leads.click()
        expect(usage).to_have_url(DAY)
        assert fits(usage)

    def test_arrow_keys_move_along_the_bars_and_enter_leads_closer(self, usage: Page) -> None:
        chart = usage.locator(".interval-drawn")

        chart.press("Home")
        first = chart.get_attribute("aria-valuetext")
        chart.press("ArrowRight")

        expect(chart).to_have_attribute("aria-valuenow", "1")
        assert chart.get_attribute("aria-valuetext") != first
        chart.press("Enter")
        expect(usage).to_have_url(DAY)

    def test_day_month_and_year_are_one_tap_apart_and_fit(self, usage: Page, language: str) -> None:
        for span in ("year", "day", "month"):
            usage.get_by_role("link", name=WORDS[language][span], exact=True).click()

            expect(usage.locator("svg.chart:visible, .interval-plot:visible").first).to_be_visible()
            assert fits(usage)
            usage.locator("figure details summary").first.click()
            assert fits(usage), "the table stands out"

    def test_dollars_are_one_tap_away_and_back(self, usage: Page, language: str) -> None:
        usage.get_by_role("link", name=WORDS[language]["dollars"]).click()

        expect(usage.locator(".chart-headline").first).to_contain_text("$")
        assert fits(usage)
        usage.get_by_role("link", name="kWh").click()
        expect(usage.locator(".chart-headline").first).to_contain_text("kWh")

    def test_every_hour_comes_when_it_is_asked_for(self, usage: Page) -> None:
        asked: list[str] = []
        usage.on("request", lambda request: asked.append(request.url))
        zoom = usage.locator("[data-module=hour-zoom]")

        zoom.locator("summary").click()

        expect(zoom.locator(".u-over")).to_be_visible()
        assert any(url.endswith("hours.json") for url in asked)
        zoom.locator("button[data-scale='0.5']").click()
        zoom.locator("button[data-move='0.5']").click()
        over = zoom.locator(".u-over").bounding_box()
        assert over is not None
        usage.mouse.move(over["x"] + over["width"] / 2, over["y"] + over["height"] / 2)
        expect(zoom.locator(".interval-readout")).to_contain_text("kWh")
        assert fits(usage)

    def test_a_note_is_pinned_seen_and_taken_off(self, usage: Page) -> None:
        form = usage.locator("details:has(input[name=text])")
        form.locator("summary").click()
        form.locator("input[name=text]").fill("Freezer")
        form.locator("button.button").click()

        expect(usage.locator(".chart-flag")).to_have_count(1)
        expect(usage.locator(".usage-pins")).to_contain_text("Freezer")
        assert fits(usage)
        zoom = usage.locator("[data-module=hour-zoom]")
        usage.evaluate(WRITE_DOWN_LETTERS)
        zoom.locator("summary").click()
        expect(zoom.locator(".u-over")).to_be_visible()
        usage.wait_for_function("window.drawn.includes('A')")  # on every hour too

        usage.locator("form[action*='/notes/'] button.button-text").click()
        expect(usage.locator(".chart-flag")).to_have_count(0)

    def test_it_stands_beside_the_days_before_and_the_year_before(self, usage: Page) -> None:
        usage.locator("a[rel=prev]").first.click()  # a month that is over

        amounts = usage.locator("section[aria-labelledby=compared-heading] strong")
        expect(amounts).to_have_count(THIS_BEFORE_AND_LAST_YEAR)
        for amount in amounts.all():
            expect(amount).to_contain_text("kWh")
        assert fits(usage)

    def test_days_are_taken_along_as_a_spreadsheet_and_as_green_button(self, usage: Page) -> None:
        card = usage.locator("section[aria-labelledby=download-heading]")
        card.locator("summary").click()
        assert fits(usage)
        card.locator("input[name=first]").fill("2026-11-01")
        card.locator("input[name=last]").fill("2026-11-07")

        taken = {}
        for file in ("csv", "green_button"):
            card.locator("select[name=file]").select_option(file)
            with usage.expect_download() as waiting:
                card.locator("button").click()
            taken[file] = waiting.value.path().read_text()

        assert len(taken["csv"].splitlines()) == 1 + WEEK_THE_CLOCK_GOES_BACK
        assert taken["green_button"].count("<IntervalReading>") == WEEK_THE_CLOCK_GOES_BACK

    def test_what_stands_behind_it_fits_too(self, usage: Page) -> None:
        place = usage.url

        for rest in ("pattern/", "../together/"):
            usage.goto(place + rest)
            expect(usage.locator("svg.chart").first).to_be_visible()
            assert fits(usage)
        usage.goto(place)
        usage.locator("a[href$='/changed/']").click()
        expect(usage.locator("dl.facts .total").first).to_be_visible()
        assert fits(usage)


class TestWithoutAScript:
    def test_months_and_days_are_drawn_and_listed(
        self, browser: Browser, demo: RunningDemo, screen: Screen, language: str
    ) -> None:
        context = browser.new_context(
            base_url=demo.base_url,
            java_script_enabled=False,
            viewport={"width": screen.width, "height": screen.height},
            has_touch=screen is PHONE,
        )
        page = context.new_page()
        sign_in(page, demo=demo, name="maria")
        speak(page, language)
        page.goto("/usage/")

        expect(page.locator("svg.chart")).to_be_visible()
        page.locator("figure details summary").click()
        assert page.locator("figure table").bounding_box() is not None
        page.locator("tbody th a").first.click()

        expect(page).to_have_url(DAY)
        expect(page.locator("svg.chart")).to_be_visible()
        expect(page.locator("[data-module=hour-zoom]")).to_be_hidden()
        page.get_by_role("link", name=WORDS[language]["year"], exact=True).click()
        expect(page.locator("svg.chart")).to_be_visible()
        page.get_by_role("link", name=WORDS[language]["dollars"]).click()
        expect(page.locator(".chart-headline").first).to_contain_text("$")
        speak(page, "en")
        context.close()
