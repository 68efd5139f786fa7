"""A member gets in from the bill in her hand: each way, on both screens, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import sign_in
from tests.e2e.newcomers import InHand, settle_in
from tests.e2e.running_demo import RunningDemo

PASSWORD = "seven wet umbrellas hum"
HOME = re.compile(r"/$")
GOES_HOME = {"en": "Yes, no paper", "es": "Sí, sin papel"}
PASSKEY_ADDED = {"en": "A passkey was added", "es": "Se agregó una llave de acceso"}
NEW_NUMBER = {"en": "Its number is now", "es": "Ahora su número es"}
COME_BACK = {"en": "is your code to sign in", "es": "es su código para entrar"}
HAVE_ONE = {"en": "You have a sign-in already", "es": "Usted ya tiene un acceso"}


@pytest.fixture(scope="module")
def people(demo: RunningDemo) -> Iterator[InHand]:
    """Return people who have no sign-in, one after the other."""
    return iter(settle_in(demo, count=44))


@pytest.fixture
def newcomer(people: Iterator[InHand]) -> InHand:
    return next(people)


def go_on(page: Page, button: str = "#registration-form button.button") -> None:
    """Press a button and wait for the page it leads to."""
    with page.expect_navigation():
        page.locator(button).first.click()


def ask(page: Page, person: InHand, *, number: str = "", email: str = "") -> None:
    """Begin at the sign-in page, as somebody does who has none, and say who it is."""
    page.goto("/accounts/login/")
    with page.expect_navigation():
        page.locator("main a[href='/register/']").click()
    page.locator("input[name=number]").fill(number or person.number)
    page.locator("input[name=name]").fill(person.name)
    page.locator("input[name=email]").fill(email or person.email)
    go_on(page)
    page.wait_for_url("**/register/code/")


def give_code(page: Page, code: str) -> None:
    page.locator("input[name=code]").fill(code)
    go_on(page)


def newest_code(page: Page, *, words: str) -> str:
    """Read in the demo's outbox, beside the page, the code of the newest message of a kind."""
    beside = page.context.new_page()
    try:
        for _ in range(40):
            beside.goto("/_outbox/")
            for message in beside.locator("article").all():
                found = re.search(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b", message.inner_text())
                if words in message.inner_text() and found:
                    return found[0]
            beside.wait_for_timeout(500)
    finally:
        beside.close()
    raise AssertionError(f"no message about {words} came")


def newest_words(page: Page, *, to: str) -> str:
    """Return the first words of the newest message to an address."""
    beside = page.context.new_page()
    try:
        beside.goto("/_outbox/")
        message = beside.locator("article", has_text=to).first
        return message.locator("p").first.inner_text().strip()
    finally:
        beside.close()


def confirm_email(page: Page, email: str) -> None:
    """Give the code that came to the address; the outbox tells to whom each message went."""
    give_code(page, newest_code(page, words=email))


def choose_password(page: Page, language: str) -> None:
    """Choose a password and go home without paper."""
    page.locator("input[name=password]").fill(PASSWORD)
    go_on(page, "button[value=password]")
    page.wait_for_url("**/register/paperless/")
    with page.expect_navigation():
        page.get_by_role("button", name=GOES_HOME[language]).click()
    page.wait_for_url(HOME)


def register_with_bill(page: Page, person: InHand, language: str) -> str:
    """Register from the bill to the home page, and return the address used: one not on file.

    The address on file gets news of it, whose own code would be taken for the one that counts.
    """
    email = f"own.{person.email}"
    ask(page, person, email=email)
    give_code(page, person.bill_code)
    confirm_email(page, email)
    choose_password(page, language)
    return email


def fits(page: Page) -> bool:
    """Return whether nothing stands out of the screen to the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


class TestSomebodyRegisters:
    def test_with_the_code_on_the_bill(self, page: Page, newcomer: InHand, language: str) -> None:
        ask(page, newcomer, email=f"bill.{newcomer.email}")
        assert fits(page)
        give_code(page, f" {newcomer.bill_code.lower().replace('-', ' ')} ")
        assert fits(page)
        confirm_email(page, f"bill.{newcomer.email}")
        assert fits(page)
        choose_password(page, language)

        assert newcomer.street in page.locator("main").inner_text()

    def test_with_a_code_by_email(self, page: Page, newcomer: InHand, language: str) -> None:
        ask(page, newcomer)
        with page.expect_navigation():
            page.locator("button[value=email]").click()
        assert page.locator("[role=status].notice").is_visible()

        give_code(page, newest_code(page, words=newcomer.email))
        choose_password(page, language)

        assert newcomer.street in page.locator("main").inner_text()

    def test_with_the_old_number_and_is_told_the_new_one(
        self, page: Page, newcomer: InHand, language: str
    ) -> None:
        ask(page, newcomer, number=newcomer.old_number, email=f"old.{newcomer.email}")

        give_code(page, newcomer.bill_code)

        told = page.locator("main").inner_text()
        assert NEW_NUMBER[language] in told
        assert newcomer.number.replace("-", "") in told
        confirm_email(page, f"old.{newcomer.email}")
        choose_password(page, language)

    def test_who_is_registered_already_and_is_led_to_the_sign_in(
        self, page: Page, people: Iterator[InHand], language: str
    ) -> None:
        first, second = next(people), next(people)
        email = register_with_bill(page, first, language)
        page.context.clear_cookies()
        page.goto(f"/accounts/login/?language={language}")
        ask(page, second, email=email)
        give_code(page, second.bill_code)
        give_code(page, newest_code(page, words=email))

        assert HAVE_ONE[language] in page.locator("h1").inner_text()
        go_on(page)
        assert page.locator("input[name=login]").input_value() == email
        page.locator("input[name=password]").fill(PASSWORD)
        go_on(page, "#sign-in-form button[type=submit]")
        go_on(page)

        page.wait_for_url(HOME)
        both = page.locator("main").inner_text()
        assert first.street in both
        assert second.street in both

    def test_and_adds_a_second_account_by_the_same_proof(
        self, page: Page, people: Iterator[InHand], language: str
    ) -> None:
        first, second = next(people), next(people)
        register_with_bill(page, first, language)

        page.goto("/more/")
        with page.expect_navigation():
            page.locator("main a[href='/register/']").click()
        assert page.locator("input[name=email]").count() == 0
        page.locator("input[name=number]").fill(second.number)
        page.locator("input[name=name]").fill(second.name)
        go_on(page)
        give_code(page, second.bill_code)
        go_on(page)

        page.wait_for_url(HOME)
        both = page.locator("main").inner_text()
        assert first.street in both
        assert second.street in both

    def test_as_a_viewer_by_invitation(
        self, page: Page, demo: RunningDemo, newcomer: InHand, language: str
    ) -> None:
        guest = f"guest.{newcomer.email}"
        sign_in(page, demo=demo, name="maria")
        number = demo.sign_in_of("maria")["accounts"][0]["number"]
        page.goto(f"/settings/users/{number}/invite/")
        if "confirm-it-is-you" in page.url:
            go_on(page, "main form button.button")
            page.locator("input[name=code]").fill(
                newest_code(page, words=demo.sign_in_of("maria")["email"])
            )
            go_on(page, "main form button.button")
        page.locator("input[name=name]").fill("Luis")
        page.locator("input[name=email]").fill(guest)
        go_on(page, "main form button.button")
        address, code = invitation_to(page, guest)
        page.context.clear_cookies()

        page.goto(address)
        page.locator("input[name=code]").fill(code)
        go_on(page, "main form button.button")
        with page.expect_navigation():
            page.locator("main a[href$='/sign-in/']").click()
        page.locator("input[name=given_name]").fill("Luis")
        page.locator("input[name=family_name]").fill("Alvarez")
        page.locator("input[name=password]").fill(PASSWORD)
        go_on(page, "button[value=password]")

        page.goto("/bills/")
        assert number in page.content()


def invitation_to(page: Page, guest: str) -> tuple[str, str]:
    """Read in the outbox the address and the code of an invitation."""
    beside = page.context.new_page()
    try:
        for _ in range(40):
            beside.goto("/_outbox/")
            for message in beside.locator("article").all():
                text = message.inner_text()
                address = re.search(r"/invitations/([2-9A-Z]{4}-[2-9A-Z]{4})/", text)
                if guest in text and address:
                    codes = re.findall(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b", text)
                    code = next(each for each in codes if each != address[1])
                    return address[0], code
            beside.wait_for_timeout(500)
    finally:
        beside.close()
    raise AssertionError(f"no invitation to {guest} came")


class TestSomebodyWithoutEmail:
    """Registers, is told with what to sign in, signs out, and comes back by code or password."""

    def test_registers_by_phone_and_comes_back_by_a_texted_code(
        self, page: Page, newcomer: InHand, language: str
    ) -> None:
        phone = f"815-555-{newcomer.number[-4:]}"
        ask(page, newcomer, email=f"({phone[:3]}) {phone[4:]}")
        give_code(page, newcomer.bill_code)
        assert fits(page)
        give_code(page, newest_code(page, words=phone))
        page.locator("input[name=password]").fill(PASSWORD)
        go_on(page, "button[value=password]")
        assert phone in page.locator("main").inner_text()
        assert fits(page)
        go_on(page, "#go-on")
        page.wait_for_url(HOME)

        page.context.clear_cookies()
        page.goto(f"/accounts/login/code/?language={language}")
        page.locator("input[name=email]").fill(phone)
        go_on(page, "#code-form button")
        assert fits(page)
        give_code_to_sign_in(page, newest_code(page, words=COME_BACK[language]))

        page.wait_for_url(HOME)
        assert newcomer.street in page.locator("main").inner_text()

    def test_registers_with_neither_and_comes_back_with_the_name(
        self, page: Page, newcomer: InHand, language: str
    ) -> None:
        page.goto("/register/")
        page.locator("input[name=number]").fill(newcomer.number)
        page.locator("input[name=name]").fill(newcomer.name)
        go_on(page)
        give_code(page, newcomer.bill_code)
        page.locator("input[name=password]").fill(PASSWORD)
        go_on(page, "button[value=password]")
        found = re.search(r"\bM-[2-9A-Z]{4}-[2-9A-Z]{4}\b", page.locator("main").inner_text())
        assert found is not None
        assert fits(page)
        go_on(page, "#go-on")
        page.wait_for_url(HOME)

        page.context.clear_cookies()
        page.goto(f"/accounts/login/?language={language}")
        page.locator("input[name=login]").fill(found[0].lower().replace("-", " "))
        page.locator("input[name=password]").fill(PASSWORD)
        go_on(page, "#sign-in-form button[type=submit]")

        page.wait_for_url(HOME)
        assert newcomer.street in page.locator("main").inner_text()


def give_code_to_sign_in(page: Page, code: str) -> None:
    page.locator("input[name=code]").fill(code)
    go_on(page, "main form.card button[type=submit]")


class TestAPasskey:
    def test_is_made_while_registering_and_signs_in_alone(
        self, page: Page, demo: RunningDemo, newcomer: InHand, language: str
    ) -> None:
        """A passkey belongs to a name, so the demo is opened by its own: localhost."""
        page.goto(demo.named_url + "/register/")
        devices = page.context.new_cdp_session(page)
        devices.send("WebAuthn.enable")
        devices.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )
        home = page.url.removesuffix("/register/")
        email = f"key.{newcomer.email}"
        page.locator("input[name=number]").fill(newcomer.number)
        page.locator("input[name=name]").fill(newcomer.name)
        page.locator("input[name=email]").fill(email)
        go_on(page)
        give_code(page, newcomer.bill_code)
        give_code(page, newest_code(page, words=email))
        go_on(page, "button[value=passkey]")
        go_on(page, "button[value=paper]")
        page.wait_for_url("**/webauthn/add/")
        go_on(page, "form[data-module=passkey] button")
        page.wait_for_url("**/recovery-codes/")
        assert newest_words(page, to=email).startswith(PASSKEY_ADDED[language])

        page.context.clear_cookies()
        page.goto(f"{home}/accounts/login/")
        go_on(page, "[data-passkey-form] button")

        page.wait_for_url(f"{home}/")
        assert newcomer.street in page.locator("main").inner_text()
