"""The demo as the access tests' windows can visit it: its sample people sign in by name."""

from __future__ import annotations

from playwright.sync_api import Browser, Page

from tests.backoffice.second_step import unused_code
from tests.e2e.access.browsing import SESSION, SignIns
from tests.e2e.access.standing import Standing
from tests.e2e.conftest import sign_in
from tests.e2e.running_demo import RunningDemo


class SampleSignIns(SignIns):
    """Signs the sample people of the demo in, each once."""

    def __init__(self, demo: RunningDemo, browser: Browser) -> None:
        super().__init__(standing_of(demo))
        self._demo, self._browser = demo, browser

    def _sign_in(self, state: str) -> str:
        context = self._browser.new_context(base_url=self._demo.base_url)
        page = context.new_page()
        sign_in(page, demo=self._demo, name=state)
        self._take_second_step(page, state)
        session = next(each for each in context.cookies() if each["name"] == SESSION)
        context.close()
        return session["value"]

    def _take_second_step(self, page: Page, name: str) -> None:
        secret = self._demo.sign_in_of(name).get("totp_secret")
        if secret is not None:
            page.locator("input[name=code]").fill(unused_code(secret, person=name))
            page.keyboard.press("Enter")
            page.wait_for_url("**/desk/")


def standing_of(demo: RunningDemo) -> Standing:
    """Return the demo as something that stands and can be visited."""
    return Standing(demo.base_url, demo.gateway_url)
