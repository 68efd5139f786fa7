"""Every journey works without a line of JavaScript: from the sign-in to the receipt."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.cast import PASSWORD
from tests.e2e.access.browsing import SignIns, open_window
from tests.e2e.access.people import PEOPLE
from tests.e2e.access.standing import Standing
from tests.e2e.conftest import PHONE
from tests.sandbox_gateway import FORM

WANDA = PEOPLE["without_script"]
PAID = {"en": "$10.00 is paid", "es": "$10.00"}


@pytest.fixture(params=["en", "es"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(browser: Browser, standing: Standing, language: str) -> Iterator[Page]:
    """Return a page of a browser that runs no script."""
    window = open_window(
        browser,
        standing,
        SignIns(standing),
        screen=PHONE,
        language=language,
        javascript=False,
    )
    cookie = {"name": "django_language", "value": language, "url": standing.base_url}
    window.context.add_cookies([cookie])  # type: ignore[list-item]
    yield window.page
    window.context.close()


def press(page: Page, button: str = "main form button.button") -> None:
    with page.expect_navigation():
        page.locator(button).first.click()


def test_wanda_signs_in_looks_around_and_pays(page: Page, language: str) -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(WANDA.email)
    page.locator("input[name=password]").fill(PASSWORD)
    press(page)

    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("main h1")).to_contain_text("Wanda")

    page.goto("/usage/2012/E2012-0/")
    expect(page.locator("main section h2").first).to_be_visible()

    page.goto("/bills/2012/2012-241201/")
    line = page.locator("main details").first
    line.locator("summary").click()
    expect(line.locator("> :not(summary)").first).to_be_visible()

    page.goto("/pay/")
    page.locator("input[name=which_2012][value=other]").check()
    page.locator("input[name=amount_2012]").fill("10.00")
    press(page)
    if page.locator("input[name=method]").count() == 0:  # the card stays for the second language
        press(page)
        for name, value in FORM.items():
            page.locator(f"input[name={name}]").fill(value)
        press(page, "form button[type=submit], form button")
    press(page)

    expect(page.locator("main h1")).to_contain_text(PAID[language])
