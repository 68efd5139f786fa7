"""How the pages are visited: in eight combinations, each with a window of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_network
from itertools import product
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Browser, BrowserContext, CDPSession, ConsoleMessage, Page, Request

from tests.backoffice.second_step import unused_code
from tests.cast import PASSWORD
from tests.e2e.access.people import PEOPLE, SECRET
from tests.e2e.access.shown import Shown
from tests.e2e.access.standing import Standing
from tests.e2e.conftest import COMPUTER, PHONE, Screen

SESSION = "sessionid"
SLOWEST_SECONDS = 60
WATCH_POLICY = """
window.broken = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.broken.push(`${event.violatedDirective}: ${event.blockedURI}`);
});
"""


@dataclass(frozen=True)
class Combination:
    """Theme, language and screen."""

    theme: str
    language: str
    screen: Screen

    def __str__(self) -> str:
        return f"{self.theme}-{self.language}-{self.screen.name}"


COMBINATIONS = tuple(
    Combination(*each) for each in product(("light", "dark"), ("en", "es"), (PHONE, COMPUTER))
)


class SignIns:
    """Signs each person in once, through the form; every window then carries their session."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._sessions: dict[str, str] = {}

    def session_of(self, state: str) -> str:
        """Return the session of somebody signed in."""
        if state not in self._sessions:
            self._sessions[state] = self._sign_in(state)
        return self._sessions[state]

    def _sign_in(self, state: str) -> str:
        person = PEOPLE[state]
        with httpx.Client(
            base_url=self._standing.base_url, trust_env=False, timeout=SLOWEST_SECONDS
        ) as client:
            if person.has_password:
                _send(client, "/accounts/login/", login=person.email, password=PASSWORD)
            else:
                _sign_in_by_code(client, person.email)
            if person.has_second_step:
                code = unused_code(SECRET, person=person.email)
                _send(client, "/accounts/2fa/authenticate/", code=code)
            return client.cookies[SESSION]


@dataclass
class Window:
    """One browser window in one combination; it notes what goes wrong on a page."""

    context: BrowserContext
    page: Page
    cdp: CDPSession
    language: str
    standing: Standing
    sign_ins: SignIns
    javascript: bool = True
    complaints: list[str] = field(default_factory=list)

    def visit(self, shown: Shown, *, person: str | None = None) -> None:
        """Go where a state is shown, as the person it is shown to, and do what makes it."""
        self._be(person or shown.person)
        self.complaints.clear()
        answer = self.page.goto(shown.address.format(language=self.language))
        assert answer is not None
        if shown.do is not None:
            shown.do(self.page)
        elif answer.status != shown.status:
            self.complaints.append(f"status: {answer.status} instead of {shown.status}")
        self.page.wait_for_load_state("load")
        if self.javascript:  # what comes a moment after the page belongs to it
            self.page.wait_for_selector("[data-now]", state="detached")

    def told(self) -> list[str]:
        """Return what the page logged, which policy it broke, and whom else it asked."""
        return [*self.complaints, *(f"policy: {each}" for each in self.page.evaluate("broken"))]

    def _be(self, person: str | None) -> None:
        """Carry the session of a person, or none; messages for the last one are gone with it."""
        self.context.clear_cookies()
        cookies = {"django_language": self.language}
        if person is not None:
            cookies[SESSION] = self.sign_ins.session_of(person)
        self.context.add_cookies(
            [
                {"name": name, "value": value, "url": self.standing.base_url}
                for name, value in cookies.items()
            ]
        )


_ADDRESSES = map(str, ip_network("198.51.0.0/16").hosts())
"""Where windows come from: what one address may try is limited, and many windows are opened."""


def open_window(
    browser: Browser,
    standing: Standing,
    sign_ins: SignIns,
    *,
    screen: Screen,
    language: str,
    theme: str = "light",
    javascript: bool = True,
) -> Window:
    """Open a window that listens."""
    context = browser.new_context(
        base_url=standing.base_url,
        viewport={"width": screen.width, "height": screen.height},
        color_scheme="dark" if theme == "dark" else "light",
        locale=f"{language[:2]}-US",
        has_touch=screen is PHONE,
        reduced_motion="reduce",
        service_workers="block",  # else what a page asks for would be asked by the worker
        java_script_enabled=javascript,
        extra_http_headers={"X-Forwarded-For": next(_ADDRESSES)},
    )
    context.add_init_script(WATCH_POLICY)
    page = context.new_page()
    cdp = context.new_cdp_session(page)
    window = Window(context, page, cdp, language, standing, sign_ins, javascript)
    _listen(window)
    return window


def _listen(window: Window) -> None:
    page, note = window.page, window.complaints.append
    page.on("pageerror", lambda error: note(f"script: {error}"))
    page.on("console", lambda said: _note_console(said, page, note))
    page.on("request", lambda asked: _note_host(asked, window, note))


def _note_console(said: ConsoleMessage, page: Page, note: Callable[[str], None]) -> None:
    """Note an error, unless it says that the page itself answered what it was to answer."""
    about_page = urlsplit(said.location["url"]).path == urlsplit(page.url).path
    if said.type == "error" and not (
        about_page and said.text.startswith("Failed to load resource")
    ):
        note(f"console: {said.text}")


def _note_host(asked: Request, window: Window, note: Callable[[str], None]) -> None:
    ours = (window.standing.base_url, "data:", "blob:")
    goes_to_pay = asked.is_navigation_request() and asked.url.startswith(
        window.standing.gateway_url
    )
    if not goes_to_pay and not asked.url.startswith(ours):
        note(f"another host: {asked.url}")


def _sign_in_by_code(client: httpx.Client, email: str) -> None:
    """Ask for a code by e-mail and give the one of the newest message."""
    _send(client, "/accounts/login/code/", email=email)
    code = re.search(r"<p>[^<]*?\b([2-9A-Z]{4}-[2-9A-Z]{4})\b", client.get("/_outbox/").text)
    assert code is not None
    _send(client, "/accounts/login/code/confirm/", code=code[1])


def _send(client: httpx.Client, address: str, **fields: str) -> None:
    """Fill in a form as a browser does."""
    page = client.get(address)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None, page.text
    answer = client.post(address, data={"csrfmiddlewaretoken": token[1], **fields})
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"] != address, answer.headers
