"""At 200 percent nothing is lost: half the room for the same page (WCAG 1.4.4)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.access.browsing import SignIns, Window, open_window
from tests.e2e.access.checks import READERS, keyboard_faults
from tests.e2e.access.routes import FIVE, ORDINARY, STATE_OF_FIVE
from tests.e2e.access.shown import Route
from tests.e2e.access.standing import Standing
from tests.e2e.conftest import COMPUTER, PHONE, Screen


@pytest.fixture(scope="module", params=[COMPUTER, PHONE], ids=lambda screen: screen.name)
def halved(
    request: pytest.FixtureRequest, browser: Browser, standing: Standing, sign_ins: SignIns
) -> Iterator[Window]:
    """Return a window with half the width and height of a screen, as zooming to 200 % makes it."""
    given: Screen = request.param
    screen = Screen(given.name, given.width // 2, given.height // 2)
    window = open_window(browser, standing, sign_ins, screen=screen, language="es")
    yield window
    window.context.close()


@pytest.mark.parametrize("route", FIVE, ids=lambda route: route.name)
def test_nothing_is_cut_and_all_is_reached_at_200_percent(halved: Window, route: Route) -> None:
    state = STATE_OF_FIVE.get(route.name, ORDINARY)

    halved.visit(next(each for each in route.shown if each.state == state))

    halved.page.evaluate(READERS)
    assert halved.page.evaluate("accessFacts.overflowing()") == []
    assert list(keyboard_faults(halved.page)) == []
