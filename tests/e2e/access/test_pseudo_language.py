"""In a language nobody speaks every word of ours is marked, and a third longer still fits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import astuple
from typing import Any

import pytest
from babel.dates import get_day_names, get_month_names
from playwright.sync_api import Browser

from smarthub.ui.formats import UNIT_NAMES
from tests.cast import IDENTITY
from tests.e2e.access.browsing import SignIns, Window, open_window
from tests.e2e.access.checks import READERS
from tests.e2e.access.people import PEOPLE
from tests.e2e.access.pseudo import CLOSE, OPEN, PSEUDO, pseudo_text
from tests.e2e.access.routes import ROUTES
from tests.e2e.access.shown import Shown
from tests.e2e.access.standing import Standing
from tests.e2e.conftest import PHONE
from tests.rating.rate_book import CITY_TAX, E_R1, F_250, G_R1, SHARED_SOLAR

STATES_READ = {"empty", "one", "past due", "credit", "pending", "error", "estimated"}
NOT_OURS = {"outbox", "components", "components_confirm"}
"""Letters to members in their own language, and examples with invented data."""
UNITS = {"kWh", "ccf", "therm", "AM", "PM", "FAQ"}
NAMES = {"English", "Español", "Visa", "Elm", "St", "IL", "KTEST", "PDF", "wide", "long", "csv"}
NAMES |= {"Wolfeschlegelsteinhausenbergerdorff"}

CODE = r"\b[A-Z0-9]{2,}(?:-[A-Z0-9]+)+\b"
"""A meter's number, a receipt's, or a message's code."""


def words_in(value: Any) -> Iterator[str]:
    """Give every word of what the co-op wrote itself: names, addresses, rates."""
    if isinstance(value, str):
        yield from re.findall(r"[^\W\d_]+", value)
    elif isinstance(value, dict):
        for each in value.values():
            yield from words_in(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from words_in(each)


def words_of_data() -> set[str]:
    months = [get_month_names(width, locale="en_US") for width in ("wide", "abbreviated")]
    days = [get_day_names(width, locale="en_US") for width in ("wide", "abbreviated")]
    known = [
        astuple(IDENTITY),
        CITY_TAX,
        SHARED_SOLAR,
        E_R1,
        G_R1,
        F_250,
        *(astuple(each) for each in PEOPLE.values()),
    ]
    known += [list(each.values()) for each in (*months, *days)]
    known += [UNIT_NAMES]  # two languages, written out and in no catalogue
    emails = [each.email for each in PEOPLE.values()]
    return {*UNITS, *NAMES, *words_in(known), *words_in(emails)}


DATA = words_of_data()


def untranslated(texts: list[str]) -> list[str]:
    """Return the texts with a word that is neither marked nor data; one letter is no word."""
    marked = re.compile(rf"{OPEN}[^{CLOSE}]*{CLOSE}|{CODE}")
    return [
        text
        for text in texts
        if {word for word in words_in(marked.sub(" ", text)) if len(word) > 1} - DATA
    ]


@pytest.fixture(scope="module")
def window(browser: Browser, standing: Standing, sign_ins: SignIns) -> Iterator[Window]:
    """Return a phone that reads the pseudo-language."""
    opened = open_window(browser, standing, sign_ins, screen=PHONE, language=PSEUDO)
    yield opened
    opened.context.close()


def pages() -> list[tuple[str, Shown]]:
    return [
        (route.name, shown)
        for route in ROUTES
        for shown in route.shown
        if shown.state in STATES_READ and route.name not in NOT_OURS
    ]


@pytest.mark.parametrize(("name", "shown"), pages(), ids=lambda part: getattr(part, "state", part))
def test_every_word_is_translatable_and_fits(window: Window, name: str, shown: Shown) -> None:
    window.visit(shown)

    window.page.evaluate(READERS)
    texts = window.page.evaluate("marks => accessFacts.unmarked(...marks)", [OPEN, CLOSE])
    assert untranslated(texts) == [], name
    assert window.page.evaluate("accessFacts.overflowing()") == [], name


def test_the_pseudo_language_is_longer_and_keeps_what_is_no_text() -> None:
    said = pseudo_text("Pay %(amount)s by <b>Friday</b>")
    plain = pseudo_text("Please call us before that day")

    assert said.startswith(OPEN)
    assert said.endswith(CLOSE)
    assert "%(amount)s" in said
    assert "<b>" in said
    assert len(plain) > 1.3 * len("Please call us before that day")
