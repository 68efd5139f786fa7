"""The walks to pages that stand behind a proof, a code or a question asked first.

Codes are read in the demo's outbox. How much one network address may ask, and one account may be
asked for, is limited; so each walk comes from another address and asks for the next account.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_network
from itertools import cycle
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Page

from tests.cast import PASSWORD
from tests.e2e.access.people import NEWCOMERS, PEOPLE, email_of_newcomer

CODE = re.compile(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b")
WRONG = "2222-2222"
Walk = Callable[[Page], None]


_NOBODYS = cycle(map(str, range(9000, 10_000)))
_NEWCOMERS = cycle(map(str, NEWCOMERS))
_ADDRESSES = cycle(map(str, ip_network("198.18.0.0/20").hosts()))


def press(page: Page, button: str = "main form button.button") -> None:
    """Press a button and wait for the page it leads to."""
    with page.expect_navigation():
        page.locator(button).first.click()


def code_sent(page: Page, *, to: str) -> str:
    """Return the code in the newest message to an address, and come back."""
    back = page.url
    page.goto("/_outbox/")
    found = CODE.search(page.locator("article", has_text=to).first.locator("p").first.inner_text())
    assert found is not None, f"no code was sent to {to}"
    page.goto(back)
    return found[0]


def give_code(page: Page, code: str) -> None:
    """Type a code and send it."""
    page.locator("input[name=code]").fill(code)
    press(page)


def give_wrong_code(page: Page) -> None:
    """Type a code that nobody was sent."""
    give_code(page, WRONG)


def begin(page: Page, *, number: str, name: str, email: str) -> None:
    """Begin to register, at an address nobody asked from."""
    page.context.set_extra_http_headers({"X-Forwarded-For": next(_ADDRESSES)})
    page.locator("input[name=number]").fill(number)
    page.locator("input[name=name]").fill(name)
    if page.locator("input[name=email]").count():
        page.locator("input[name=email]").fill(email)
    press(page)


def begin_as_nobody(page: Page) -> None:
    """Begin with an account that nobody holds: the pages say the same of it."""
    begin(page, number=next(_NOBODYS), name="Nobody", email="new@mail.example")


def prove_with(email: str = "") -> Walk:
    """Return the walk of a newcomer past the proof, who signs in with an address or their own."""

    def prove(page: Page) -> None:
        number = next(_NEWCOMERS)
        own = email_of_newcomer(number)
        begin(page, number=f"0000-{number}", name="Lindgren", email=email or own)
        press(page, "button[value=email]")
        page.request.get("/_send-claim-code/")
        give_code(page, code_sent(page, to=own))

    return prove


def register_without_email(*, by_phone: bool) -> Walk:
    """Return the walk of a newcomer who gives a phone or nothing, to what they sign in with."""

    def register(page: Page) -> None:
        number = next(_NEWCOMERS)
        phone = f"815-555-{number}" if by_phone else ""
        begin(page, number=f"0000-{number}", name="Lindgren", email=phone)
        press(page, "button[value=email]")
        page.request.get("/_send-claim-code/")
        give_code(page, code_sent(page, to=email_of_newcomer(number)))
        if by_phone:
            give_code(page, code_sent(page, to=phone))
        page.locator("input[name=password]").fill(PASSWORD)
        press(page, "button[value=password]")

    return register


def prove_and_confirm(page: Page) -> None:
    """Prove an account, and confirm the address of somebody who has a sign-in already."""
    prove_with(PEOPLE["one"].email)(page)
    give_code(page, code_sent(page, to=PEOPLE["one"].email))


def give_password(page: Page) -> None:
    """Confirm with the password that it is them, where the library asks first, and go on."""
    if "/reauthenticate/" in page.url:
        then = parse_qs(urlsplit(page.url).query).get("next", ["/"])[0]
        page.goto(f"/accounts/reauthenticate/?{urlencode({'next': then})}")
        page.locator("input[name=password]").fill(PASSWORD)
        press(page)


def then(*walks: Walk) -> Walk:
    """Return one walk after the other."""

    def walk(page: Page) -> None:
        for each in walks:
            each(page)

    return walk


def follow(what: str) -> Walk:
    """Return what opens the first link to an address with these letters in it."""

    def open_link(page: Page) -> None:
        page.goto(page.locator(f"main a[href*='{what}']").first.get_attribute("href") or "")

    return open_link


def ask_by_email(email: str) -> Walk:
    """Return what asks for a code by e-mail."""

    def ask(page: Page) -> None:
        page.locator("main input[name=email]").first.fill(email)
        press(page)

    return ask


def give_emailed_code(page: Page) -> None:
    """Give the code that was mailed to somebody who forgot their password."""
    give_code(page, code_sent(page, to=PEOPLE["forgetful"].email))


def ask_as_nobody(page: Page) -> None:
    """Ask for a code with an address nobody has: it looks the same, and each has its limit."""
    ask_by_email(f"nobody-{next(_NOBODYS)}@mail.example")(page)


def open_invitation(page: Page) -> None:
    """Invite somebody to the account whose people are shown, and be them with the code typed."""
    guest = f"guest{next(_NOBODYS)}@mail.example"
    page.locator("input[name=name]").fill("Nora")
    page.locator("input[name=email]").fill(guest)
    press(page)
    page.goto("/_outbox/")
    words = page.locator("article", has_text=guest).first.inner_text()
    address = re.search(r"/invitations/([2-9A-Z-]{9})/", words)
    assert address is not None
    code = next(each for each in CODE.findall(words) if each != address[1])
    page.context.clear_cookies(name="sessionid")
    page.goto(address[0])
    give_code(page, code)
