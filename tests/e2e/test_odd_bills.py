"""Odd bills on a phone: forty services, a long name, a million, a credit, a first bill, long news.

Each stands on the page whole, nothing stands out to the side, and what is shown is what is stored.
"""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from smarthub.billing.models import Bill, BillLine, BillSegment
from smarthub.billing.operations.messages import write_message
from smarthub.billing.types import NewMessage
from smarthub.kernel.text import Text
from smarthub.ui.stylesheet import join_stylesheets
from tests.billing.village import FIRST_BILL, MADE, read_october, settle_cast
from tests.cast import Cast
from tests.e2e.conftest import COMPUTER, PHONE, Screen
from tests.e2e.test_bills import cents
from tests.e2e.test_member_journey import fits
from tests.workflows.closing import close

LONG_NAME = ("Wolfeschlegelsteinhausenbergerdorff-" * 4)[:120]
LONG_NEWS = ("The board met and talked. " * 120)[:3000]
NOTICIAS = ("La junta se reunió y habló. " * 120)[:3000]


@dataclass(frozen=True)
class Odd:
    """What is odd about a bill; ``asked_cents`` is reached by its previous balance."""

    services: int = 2
    holder: str = "Maria Alvarez"
    asked_cents: int | None = None
    has_history: bool = True
    has_news: bool = False


ODD = {
    "forty": Odd(services=40),
    "name": Odd(holder=LONG_NAME),
    "million": Odd(asked_cents=123_456_789),
    "credit": Odd(asked_cents=-123_456_789),
    "first": Odd(has_history=False),
    "news": Odd(has_news=True),
    "everything": Odd(
        services=40, holder=LONG_NAME, asked_cents=123_456_789, has_news=True, has_history=False
    ),
}


@pytest.fixture(scope="module")
def numbers() -> dict[str, str]:
    return {
        name: f"1001-{FIRST_BILL + dt.timedelta(days=n):%y%m%d}" for n, name in enumerate(ODD, 1)
    }


@pytest.fixture
def served(committing_cast: Cast, numbers: dict[str, str]) -> Iterator[tuple[LiveServer, str]]:
    """Serve a co-op in which Maria has one bill of each kind; give her session, too."""
    join_stylesheets()
    settle_cast(committing_cast)
    read_october()
    close(FIRST_BILL)
    made = Bill.objects.get(number="1001-241101")
    for name, odd in ODD.items():
        write_odd_bill(made, odd, number=numbers[name])
    client = Client()
    client.force_login(committing_cast.maria.user)
    server = LiveServer("127.0.0.1")
    yield server, client.cookies[settings.SESSION_COOKIE_NAME].value
    server.stop()


def write_odd_bill(made: Bill, odd: Odd, *, number: str) -> None:
    """Write a bill like one that was made, with what is odd about it."""
    segments = list(made.segments.order_by("position"))
    kept = [segments[n % len(segments)] for n in range(odd.services)]
    facts = copy.deepcopy(made.facts)
    facts["holder"] = odd.holder
    facts["segments"] = [_facts_of(made, segment, n, odd) for n, segment in enumerate(kept)]
    if odd.has_news:
        facts["messages"] = [_write_news(number)]
    charges = sum(segment.total_cents for segment in kept)
    asked = charges if odd.asked_cents is None else odd.asked_cents
    bill = Bill.objects.create(
        number=number,
        account=made.account,
        bill_date=dt.date.fromisoformat(f"20{number[-6:]}"),
        due_date=made.due_date,
        previous_cents=asked - charges,
        payments_cents=0,
        adjustments_cents=0,
        charges_cents=charges,
        asked_cents=asked,
        template_version=made.template_version,
        facts=facts,
        created_at=MADE,
    )
    _write_segments(bill, kept)


def _facts_of(made: Bill, segment: BillSegment, nth: int, odd: Odd) -> dict[str, object]:
    told = copy.deepcopy(made.facts["segments"][segment.position])
    if odd.services > 2:
        told["address"] = f"{nth + 1} County Road, Willow Bend"
    told["history"] = told["history"][-1:] if not odd.has_history else told["history"]
    return dict(told)


def _write_news(number: str) -> int:
    message = NewMessage(
        title=Text("A long story", "Una historia larga"),
        text=Text(LONG_NEWS, NOTICIAS),
        more=None,
        audience="list",
        values=(number,),
        starts_on=FIRST_BILL,
        ends_on=FIRST_BILL + dt.timedelta(days=30),
    )
    return write_message(message=message, author="tests", now=MADE)


def _write_segments(bill: Bill, kept: Sequence[BillSegment]) -> None:
    for position, old in enumerate(kept):
        lines = list(old.lines.order_by("position"))
        segment = copy.copy(old)
        segment.pk, segment.bill, segment.position = None, bill, position
        segment.save(force_insert=True)
        for line in lines:
            line.pk, line.segment = None, segment
        BillLine.objects.bulk_create(lines)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("screen", [PHONE, COMPUTER], ids=lambda screen: screen.name)
def test_odd_bills_fit_and_show_what_is_stored(
    served: tuple[LiveServer, str],
    browser: Browser,
    numbers: dict[str, str],
    screen: Screen,
    language: str,
) -> None:
    server, session = served
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": screen.width, "height": screen.height},
        locale=f"{language}-US",
    )
    context.add_cookies(
        [
            {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server.url},
            {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": server.url},
        ]
    )
    page = context.new_page()

    for name, odd in ODD.items():
        page.goto(f"/bills/1001/{numbers[name]}/")
        assert page.locator("html").get_attribute("lang") == language, name
        check(page, Bill.objects.get(number=numbers[name]), odd, name)
        page.goto(f"/bills/1001/{numbers[name]}/changed/")
        assert fits(page), name
        page.goto(f"/bills/1001/beside/?first=1001-241101&second={numbers[name]}")
        assert fits(page), name
    page.goto("/bills/?account=1001")
    assert fits(page)
    context.close()


def check(page: Page, stored: Bill, odd: Odd, name: str) -> None:
    """Look at the page of one bill with every line open."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert fits(page), name
    assert cut_off(page) == [], name
    rows = page.locator("section[aria-labelledby=sum-heading] dl > div")
    said = [cents(row.locator("dd").inner_text()) for row in rows.all()]
    shown = rows.evaluate_all("all => all.findIndex((row) => row.classList.contains('total'))")
    assert sum(said[:shown]) == said[shown] == stored.asked_cents, name
    totals = [cents(each) for each in page.locator(".bill-total .row-amount").all_inner_texts()]
    assert len(totals) == odd.services, name
    assert sum(totals) == stored.charges_cents, name
    listed = page.locator("section[aria-labelledby=services-heading] dl > div:not(.total)")
    assert listed.count() == (odd.services if odd.services > 3 else 0), name
    text = re.sub(r"\s+", " ", page.locator("main").inner_text())
    assert odd.holder in text, name
    if odd.has_news:
        news = LONG_NEWS if page.locator("html").get_attribute("lang") == "en" else NOTICIAS
        assert news.strip() in text, name


def cut_off(page: Page) -> list[str]:
    """Return the pieces of text whose box is narrower than their words, or off the screen."""
    found = page.evaluate(
        """() => [...document.querySelectorAll("main :is(dt, dd, h1, h2, h3, p, td, th)")]
          .filter((one) => one.checkVisibility() && getComputedStyle(one).display !== "inline")
          .filter((one) => one.scrollWidth > one.clientWidth + 1
            || one.getBoundingClientRect().right > innerWidth)
          .map((one) => one.textContent.trim().slice(0, 60))"""
    )
    return list(found)
