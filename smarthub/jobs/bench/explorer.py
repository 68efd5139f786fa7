"""The usage explorer's figures in ``smarthub bench web``: a year of hours, queries, first chart."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Iterator

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Browser

from smarthub.jobs.bench.first_view import PHONE, Visitor
from smarthub.wiring.clock import now

ROUNDS = 20
SLOWED = 4
SESSION_AND_USER = 2
A_YEAR = dt.timedelta(days=365)
CHART_SEEN = """
new Promise((seen) => {
  const look = () => {
    if (!document.querySelector("svg.chart")) return requestAnimationFrame(look);
    requestAnimationFrame(() => requestAnimationFrame(() => seen(performance.now())));
  };
  look();
})
"""


def pages_of(visitor: Visitor) -> dict[str, str]:
    """Return the address of each page of use, of the service the visitor's usage page shows."""
    place = visitor.paths["usage"]
    yesterday = now().date() - dt.timedelta(days=1)
    month = f"{yesterday - dt.timedelta(days=31):%Y-%m}"
    return {
        "this month": place,
        "a month": f"{place}{month}/",
        "a day": f"{place}{yesterday - dt.timedelta(days=3)}/",
        "a year": f"{place}{yesterday.year}/",
        "a month in dollars": f"{place}{month}/dollars/",
        "a day in dollars": f"{place}{yesterday - dt.timedelta(days=3)}/dollars/",
        "what changed": f"{place}{month}/changed/",
        "the usual day": f"{place}pattern/",
    }


def year_of_hours(visitor: Visitor) -> str:
    """Return the address of a year of hours as figures."""
    last = now().date() - dt.timedelta(days=2)
    return f"{visitor.paths['usage']}{last - A_YEAR + dt.timedelta(days=1)}--{last}/hours.json"


def measure_figures(visitor: Visitor) -> tuple[float, float, int]:
    """Return what a year of hours costs: kB as sent, processor ms, and how many hours it has."""
    client, path = _client(visitor), year_of_hours(visitor)
    sent = client.get(path)
    if sent.status_code != 200 or sent.headers.get("Content-Encoding") != "gzip":  # noqa: PLR2004
        raise ValueError(f"{path} answered {sent.status_code}, {sent.headers}")
    spent = []
    for _round in range(ROUNDS):
        begun = time.process_time()
        client.get(path)
        spent.append((time.process_time() - begun) * 1000)
    plain = Client(SERVER_NAME="127.0.0.1")
    plain.cookies = client.cookies
    hours = len(plain.get(path).json()["v"])
    return len(sent.content) / 1000, statistics.median(spent), hours


def count_queries(visitor: Visitor) -> Iterator[tuple[str, int]]:
    """Yield how many queries each page of use takes, besides session and user."""
    client = _client(visitor)
    for name, path in pages_of(visitor).items():
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(path)
        if answer.status_code != 200:  # noqa: PLR2004
            raise ValueError(f"{path} answered {answer.status_code}")
        yield name, len(captured) - SESSION_AND_USER


def first_chart_ms(browser: Browser, *, visitor: Visitor) -> float:
    """Return when the first chart is painted, of a phone whose processor is slowed four times."""
    times = []
    for _round in range(5):
        context = browser.new_context(
            viewport={"width": PHONE["width"], "height": PHONE["height"]}, base_url=visitor.base_url
        )
        context.add_cookies([dict(one) for one in visitor.cookies])  # type: ignore[misc]
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
        page.goto(visitor.paths["usage"], wait_until="commit")
        times.append(float(page.evaluate(CHART_SEEN)))
        context.close()
    return statistics.median(times)


def _client(visitor: Visitor) -> Client:
    client = Client(SERVER_NAME="127.0.0.1", headers={"accept-encoding": "gzip"})
    client.cookies.load({one["name"]: one["value"] for one in visitor.cookies})
    return client
