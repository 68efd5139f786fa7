"""Dana gives back what a bank file drew by mistake: on a phone in Spanish, at a desk in English."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.access.browsing import SignIns, open_window
from tests.e2e.access.standing import stand
from tests.e2e.access.test_billing_walk import Desk
from tests.e2e.conftest import COMPUTER, PHONE, Screen


class Words(NamedTuple):
    """What Dana reads and presses on the way."""

    language: str
    made: str
    give_back: str
    heading: str
    reason: str
    button: str
    asked: str
    waits: str
    make: str
    went: str
    happened: str


ENGLISH = Words(
    language="en",
    made="December 10, 2024",
    give_back="Give back",
    heading="$20.00 goes back to Wolfeschlegelsteinhausenbergerdorff",
    reason="What was wrong",
    button="Give $20.00 back",
    asked="1 payment goes back with the next bank file. Make that file today.",
    waits="goes back with the next bank file",
    make="Make the file",
    went="went back",
    happened="Went back with a bank file: our mistake",
)
SPANISH = Words(
    language="es",
    made="10 de diciembre de 2024",
    give_back="Devolver",
    heading="Se devuelven $20.00 a Wolfeschlegelsteinhausenbergerdorff",
    reason="Qué estaba mal",
    button="Devolver $20.00",
    asked="1 pago se devuelve con el próximo archivo bancario. Haga ese archivo hoy.",
    waits="se devuelve con el próximo archivo bancario",
    make="Crear el archivo",
    went="devuelto",
    happened="Devuelto con un archivo bancario: error nuestro",
)


@pytest.fixture(params=[(PHONE, SPANISH), (COMPUTER, ENGLISH)], ids=["phone-es", "computer-en"])
def walk(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Desk, Words]]:
    """Stand a co-op up and let Dana in, on a phone or on a computer."""
    given: tuple[Screen, Words] = request.param
    screen, words = given
    with stand(tmp_path_factory.mktemp(f"take-back-{screen.name}")) as standing:
        sign_ins = SignIns(standing)
        window = open_window(browser, standing, sign_ins, screen=screen, language=words.language)
        address = standing.base_url
        window.context.add_cookies(
            [
                {"name": "sessionid", "value": sign_ins.session_of("clerk"), "url": address},
                {"name": "django_language", "value": words.language, "url": address},
            ]
        )
        yield Desk(window.page, standing), words
        assert window.told() == []
        window.context.close()


def test_a_payment_drawn_by_mistake_goes_back(walk: tuple[Desk, Words]) -> None:
    desk, words = walk
    desk.go("/desk/money/files/")
    desk.follow(words.made)
    row = desk.page.get_by_role("row").filter(has_text="$20.00")
    with desk.page.expect_navigation():
        row.get_by_role("link", name=words.give_back).click()
    desk.fits()

    # Nothing happens before she says what was wrong.
    expect(desk.page.get_by_role("heading", level=2)).to_have_text(words.heading)
    desk.press(words.button)
    expect(desk.page.locator(".error-summary")).to_be_visible()
    desk.page.get_by_label(words.reason).select_option("duplicate")
    desk.press(words.button)
    desk.says(words.asked)
    expect(row).to_contain_text(words.waits)
    expect(row.get_by_role("link", name=words.give_back)).to_have_count(0)

    desk.go("/desk/money/files/")
    with desk.page.expect_download():
        desk.page.get_by_role("button", name=words.make).click()
    desk.go("/desk/money/files/sent/2/")
    expect(row).to_contain_text(words.went)
    with desk.page.expect_navigation():
        row.get_by_role("cell").get_by_role("link").first.click()
    desk.says(words.happened)
