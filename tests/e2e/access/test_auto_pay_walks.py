"""Auto Pay from the first look to the end, in a browser: phone and computer, English and Spanish.

Each screen and language has a member of its own, so that nothing one walk does is seen by another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.access.browsing import SignIns, Window, open_window
from tests.e2e.access.people import WALKERS
from tests.e2e.access.shown import Shown
from tests.e2e.access.standing import Standing
from tests.e2e.conftest import COMPUTER, PHONE, Screen

SCREENS = {screen.name: screen for screen in (PHONE, COMPUTER)}
TOO_LATE = {"en": "too late to stop", "es": "ya es tarde"}
TAKES = {"en": "Auto Pay takes", "es": "El pago automático cobra"}
PAUSED = {"en": "Auto Pay is paused", "es": "El pago automático está en pausa"}
OF_OLD = {"en": "on in the old system", "es": "en el sistema anterior"}


class Walker:
    """A member on their way through Auto Pay, with three accounts."""

    def __init__(self, window: Window, state: str, language: str) -> None:
        self.window, self.state, self.language = window, state, language
        self.off, self.of_old, self.on_its_way = WALKERS[state].accounts

    @property
    def page(self) -> Page:
        return self.window.page

    def go(self, address: str) -> None:
        """Go to an address; nothing may be logged, nor stand out of the screen."""
        self.window.visit(Shown("walk", self.state, address))
        self.looks_right()

    def click(self, selector: str) -> None:
        """Follow a link or send a form, and look at what comes."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        self.looks_right()

    def looks_right(self) -> None:
        assert self.window.told() == []
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert self.page.locator("html").get_attribute("lang") == self.language

    def says(self, text: str) -> bool:
        return text in self.page.locator("main").inner_text()

    def credits(self) -> list[str]:
        """Return what is earned, pending and on bills, as an account's page says it."""
        return self.page.locator("section[aria-labelledby=credits-heading] dd").all_inner_texts()

    def choose(self, last4: str, cap: str) -> None:
        """Fill in what to draw on and the limit, look it over, and agree."""
        self.page.locator("label.choice", has_text=last4).first.click()
        self.page.locator("input[name=cap]").fill(cap)
        self.click("#auto-pay-form button.button")
        assert self.page.locator("#agree-form").count() == 1
        assert self.says(last4)
        self.click("#agree-form button")

    def change(self, number: str, action: str) -> None:
        """Do something to a plan, after the question."""
        self.go(f"/pay/auto/{number}/{action}/")
        self.click("main form button")


@pytest.fixture(params=sorted(WALKERS), scope="module")
def walker(
    request: pytest.FixtureRequest, browser: Browser, standing: Standing, sign_ins: SignIns
) -> Iterator[Walker]:
    _, name, language = request.param.split("_")
    screen: Screen = SCREENS[name]
    window = open_window(browser, standing, sign_ins, screen=screen, language=language)
    yield Walker(window, request.param, language)
    window.context.close()


def test_from_setting_up_to_stopping(walker: Walker, standing: Standing) -> None:
    number = walker.off

    # Set up with an older open bill: what is due is to be paid by hand, and there is a button.
    walker.go("/pay/auto/")
    walker.click(f"a[href$='?account={number}']")
    by_hand = walker.page.locator(f"a.button[href*='account={number}']")
    assert re.search(r"\$\d+\.\d\d", by_hand.inner_text())
    assert walker.page.locator("table tbody tr").count() == 3  # the next drafts
    assert walker.says("$5.00")  # what signing up earns
    assert walker.page.locator("a[href='/pay/auto/guide/']").count() >= 1
    walker.choose("4242", "10")

    # The credit over its life: earned and pending, then on the bill.
    assert walker.page.url.endswith(f"/pay/auto/{number}/")
    assert walker.credits() == ["$5.00", "$5.00", "$0.00"]

    # Going back sends nothing again: it leads to the choice, not to what was agreed to.
    walker.page.go_back()
    walker.looks_right()
    assert walker.page.url.endswith("/pay/auto/set-up/")
    assert walker.page.locator("#auto-pay-form").count() == 1

    # A bill above the limit is asked about, and allowed with one button.
    standing.act("-m", "tests.e2e.access.bill_account", number)
    walker.go(f"/pay/auto/{number}/")
    assert walker.credits() == ["$5.00", "$0.00", "$5.00"]
    walker.click("form[action*='/drafts/'] button")
    assert walker.page.locator("form[action*='/drafts/']").count() == 0

    walker.go("/")
    assert walker.says(TAKES[walker.language])

    pause_and_take_up_again(walker, number)

    # Another method and no limit.
    walker.go(f"/pay/auto/set-up/?account={number}")
    assert walker.page.locator("input[name=cap]").input_value() == "10.00"
    walker.choose("6789", "")
    assert walker.says("6789")

    # Stop before it is sent: nothing is too late.
    walker.go(f"/pay/auto/{number}/stop/")
    assert not walker.says(TOO_LATE[walker.language])
    walker.click("main form button")
    walker.go("/pay/auto/")
    assert walker.page.locator(f"a[href$='?account={number}']").count() == 1


def pause_and_take_up_again(walker: Walker, number: str) -> None:
    """Do both; the first page says either at once."""
    walker.change(number, "pause")
    walker.go("/")
    assert walker.says(PAUSED[walker.language])
    assert not walker.says(TAKES[walker.language])
    walker.go(f"/pay/auto/{number}/")
    assert walker.page.locator("a[href$='/pause/']").count() == 0
    walker.click("a[href$='/resume/']")
    walker.click("main form button")


def test_stopping_too_late_says_so_and_ends_what_comes_after(walker: Walker) -> None:
    walker.go(f"/pay/auto/{walker.on_its_way}/stop/")

    assert walker.says(TOO_LATE[walker.language])
    walker.click("main form button")
    walker.go("/pay/auto/")
    assert walker.page.locator(f"a[href$='?account={walker.on_its_way}']").count() == 1


def test_a_migrated_member_sets_it_up_again_and_then_all_the_others(walker: Walker) -> None:
    walker.go("/")
    assert walker.says(OF_OLD[walker.language])
    walker.click(f"a.button[href$='?account={walker.of_old}']")
    assert walker.says("Visa 1881")
    assert walker.page.locator("input[name=cap]").input_value() == "250.00"
    walker.choose("4242", "250")
    walker.go("/")
    assert not walker.says(OF_OLD[walker.language])

    # For all accounts in one go: those that are off are chosen already.
    walker.go("/pay/auto/")
    walker.click("main a.button[href='/pay/auto/set-up/']")
    for box in walker.page.locator("input[name=accounts]").all():
        is_off = box.get_attribute("value") != walker.of_old
        assert box.is_checked() == is_off
    walker.choose("4242", "")
    for number in (walker.off, walker.of_old, walker.on_its_way):
        assert walker.page.locator(f"a[href='/pay/auto/{number}/']").count() == 1
