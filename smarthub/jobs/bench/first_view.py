"""Look at a page as a phone does that has never been here: nothing kept, every byte counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Request, Route

PHONE = {"width": 390, "height": 844}
BROWSER_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SETTLED_MS = 400
KEPT_FOR_GOOD = {"Script", "Stylesheet", "Font"}

PAINTED = "() => performance.getEntriesByName('first-contentful-paint').length > 0"
SUM_OF_SHIFTS = """
async () => {
  let sum = 0;
  const add = (list) => list.getEntries().forEach((shift) => { sum += shift.value; });
  new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
  await document.fonts.ready;
  await new Promise((wake) => setTimeout(wake, 400));
  return sum;
}
"""


@dataclass(frozen=True)
class Answer:
    """One answer of the server: what for, how many bytes on the wire, how long it may be kept."""

    url: str
    kind: str
    kilobytes: float
    cache_control: str

    @property
    def is_kept_for_good(self) -> bool:
        """Whether a browser need never ask again."""
        return "immutable" in self.cache_control

    @property
    def is_for_charts(self) -> bool:
        """Whether only the zoom of intervals needs it."""
        return "uplot" in self.url.lower()


@dataclass(frozen=True)
class FirstView:
    """All answers one page needed, and the addresses of other hosts it asked for in vain."""

    answers: tuple[Answer, ...]
    outside: tuple[str, ...]

    @property
    def kilobytes(self) -> float:
        """What the view cost without fonts and charts."""
        counted = (one for one in self.answers if one.kind != "Font" and not one.is_for_charts)
        return sum(one.kilobytes for one in counted)

    @property
    def script_kilobytes(self) -> float:
        """What its scripts cost without those of charts."""
        return sum(one.kilobytes for one in self._of_kind("Script") if not one.is_for_charts)

    @property
    def style_kilobytes(self) -> float:
        """What its style sheets cost, the co-op's colours among them."""
        return sum(one.kilobytes for one in self._of_kind("Stylesheet"))

    @property
    def font_kilobytes(self) -> float:
        """What its fonts cost."""
        return sum(one.kilobytes for one in self._of_kind("Font"))

    @property
    def not_kept(self) -> tuple[str, ...]:
        """The fonts, scripts and sheets a browser would have to ask for again."""
        lasting = (one for one in self.answers if one.kind in KEPT_FOR_GOOD)
        return tuple(one.url for one in lasting if not one.is_kept_for_good)

    def _of_kind(self, kind: str) -> Iterator[Answer]:
        return (one for one in self.answers if one.kind == kind)


@dataclass(frozen=True)
class Visitor:
    """Who looks: where the portal is, whom else its pages may ask, and the signed-in cookies."""

    base_url: str
    gateway_url: str
    cookies: tuple[Mapping[str, Any], ...]
    paths: Mapping[str, str]

    def may_ask(self, url: str, *, page: str) -> bool:
        """Return whether a page may ask this address: its own, and on pay pages the gateway's."""
        allowed = [self.base_url, *([self.gateway_url] if page == "pay" else [])]
        return url.startswith((*(f"{origin}/" for origin in allowed), "data:", "blob:"))

    @property
    def cookie_header(self) -> str:
        """The cookies as a request carries them."""
        return "; ".join(f"{one['name']}={one['value']}" for one in self.cookies)


def sign_in(
    browser: Browser, *, base_url: str, gateway_url: str, email: str, password: str
) -> Visitor:
    """Sign a member in through the form, and find her newest bill and her usage."""
    with _phone(browser, base_url) as context:
        page = context.new_page()
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(email)
        page.locator("input[name=password]").fill(password)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url(f"{base_url}/")
        cookies = tuple(dict(one) for one in context.cookies())
        page.goto("/bills/")
        bill = str(
            page.locator("main a[href^='/bills/']:not([href*='?'])").first.get_attribute("href")
        )
        # /usage/ leads to the usage of one meter: that page is the one to measure.
        page.goto("/usage/")
        usage = page.url.removeprefix(base_url)
    paths = {
        "sign-in": "/accounts/login/",
        "home": "/",
        "usage": usage,
        "bill": bill,
        "pay": "/pay/",
    }
    return Visitor(base_url, gateway_url, cookies, paths)


def view(browser: Browser, *, visitor: Visitor, page: str) -> FirstView:
    """Open a page for the first time and count what comes over the wire.

    The service worker is kept out: what it fetches later, it fetches behind the page.
    """
    with _visit(browser, visitor, page) as (opened, outside):
        answers = _listen(opened)
        opened.goto(visitor.paths[page], wait_until="networkidle")
        return FirstView(tuple(answers.values()), tuple(outside))


def layout_shift(browser: Browser, *, visitor: Visitor, page: str) -> float:
    """Open a page whose fonts arrive after it was painted; return the sum of its shifts.

    On this machine fonts come before the first paint, and nothing could ever shift. The sum of
    all shifts is never less than CLS, which takes the worst five seconds.
    """
    with _visit(browser, visitor, page) as (opened, _outside):
        waiting: list[Route] = []
        opened.route("**/*.woff2", lambda font: waiting.append(font))  # noqa: PLW0108 (kept on it)
        opened.goto(visitor.paths[page], wait_until="domcontentloaded")
        opened.wait_for_function(PAINTED)
        opened.wait_for_timeout(SETTLED_MS)
        if not waiting:
            raise ValueError(f"{page} asked for no font: its shift cannot be measured")
        for font in waiting:
            font.continue_()
        opened.unroute("**/*.woff2")
        return float(opened.evaluate(SUM_OF_SHIFTS))


@contextmanager
def _visit(browser: Browser, visitor: Visitor, page: str) -> Iterator[tuple[Page, list[str]]]:
    """Open an empty page as the visitor; requests to other hosts are stopped and listed."""
    with _phone(browser, visitor.base_url) as context:
        if page != "sign-in":
            context.add_cookies(list(visitor.cookies))  # type: ignore[arg-type]
        outside: list[str] = []

        def stop(route: Route, request: Request) -> None:
            outside.append(request.url)
            route.abort()

        context.route(lambda url: not visitor.may_ask(url, page=page), stop)
        yield context.new_page(), outside


@contextmanager
def _phone(browser: Browser, base_url: str) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=base_url,
        viewport=PHONE,  # type: ignore[arg-type]
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
        locale="en-US",
        service_workers="block",
    )
    yield context
    context.close()


def _listen(page: Page) -> dict[str, Answer]:
    """Collect the answers to a page's requests as they arrive, by request."""
    answers: dict[str, Answer] = {}
    begun: dict[str, dict[str, Any]] = {}
    session = page.context.new_cdp_session(page)

    def begin(event: dict[str, Any]) -> None:
        begun[event["requestId"]] = event

    def finish(event: dict[str, Any]) -> None:
        first = begun.get(event["requestId"])
        if first is None or first["response"]["url"].startswith(("data:", "blob:")):
            return
        headers = {name.lower(): value for name, value in first["response"]["headers"].items()}
        answers[event["requestId"]] = Answer(
            url=first["response"]["url"],
            kind=first["type"],
            kilobytes=event["encodedDataLength"] / 1000,
            cache_control=headers.get("cache-control", ""),
        )

    session.on("Network.responseReceived", begin)
    session.on("Network.loadingFinished", finish)
    session.send("Network.enable")
    return answers
