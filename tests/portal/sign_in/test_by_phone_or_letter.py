"""Whoever has no e-mail address gets in by phone or by letter, as safely as everybody else."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from smarthub.billing.online_code import online_code
from smarthub.members.models import Consent, Contact, User
from smarthub.notifications.models import Message
from tests.cast import NOW, Cast
from tests.portal.registration.walking import GOOD_PASSWORD, Walk
from tests.workflows.membership.newcomer import code_in, newest_message, settle_newcomer

PHONE, TYPED_PHONE, DIGITS = "815-555-0177", "(815) 555 0177", "8155550177"
UNKNOWN_PHONE, UNKNOWN_NAME = "815-555-0999", "M-2222-3333"
LOGIN, ASK_LOGIN, ASK_RESET = (
    "/accounts/login/",
    "/accounts/login/code/",
    "/accounts/password/reset/",
)
GIVE = {
    ASK_LOGIN: "/accounts/login/code/confirm/",
    ASK_RESET: "/accounts/password/reset/code/confirm/",
}
NEW_PASSWORD = "eleven blue herons wade"


@pytest.fixture(autouse=True)
def november(settings: Settings) -> object:
    settings.DEMO = True  # somebody carries texts
    with time_machine.travel(NOW, tick=False):
        yield


def register(contact: str) -> Walk:
    """Register Walter, of whom no contact is on file, from his bill with a phone or nothing."""
    walter = settle_newcomer(email="", phone="")
    walk = Walk()
    walk.ask(email=contact)
    walk.give_code(online_code(bill_number=walter.bill_number))
    if contact:
        walk.confirm_email()
    walk.set_password()
    return walk


def name_of_walter() -> str:
    return User.objects.get(person__family_name="Lindgren").login_name


def texted_code() -> str:
    return code_in(Message.objects.filter(channel="text").latest("pk"))


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def ask(address: str, contact: str) -> tuple[Client, Any]:
    client = Client()
    return client, client.post(address, {"email": contact})


class TestRegistering:
    def test_by_phone_confirms_it_and_says_how_to_sign_in(self, cast: Cast) -> None:
        walk = register(TYPED_PHONE)

        assert walk.path == "/register/paperless/"
        assert PHONE in walk.page
        user = User.objects.get(phone=DIGITS)
        assert (user.email, user.check_password(GOOD_PASSWORD)) == (None, True)
        contact = Contact.objects.get(person=user.person)
        assert (contact.kind, contact.value, contact.verified_at) == ("phone", PHONE, NOW)
        consent = Consent.objects.get(person=user.person)
        assert (consent.kind, consent.granted) == ("text_messages", True)

    def test_with_neither_gives_a_name_and_writes_it(self, cast: Cast) -> None:
        walk = register("")

        name = name_of_walter()
        assert re.fullmatch(r"M-[2-9A-Z]{4}-[2-9A-Z]{4}", name)
        assert name in walk.page
        letter = newest_message("sign_in_name")
        assert (letter.channel, name in letter.body) == ("letter", True)
        assert "7 Oak St" in letter.address or "1003" in letter.address

    def test_a_phone_somebody_signs_in_with_is_led_to_sign_in(self, cast: Cast) -> None:
        register(PHONE)
        other = settle_newcomer(email="", phone="", at=1004)
        walk = Walk()

        walk.ask(number="0000-1004", email=PHONE)
        walk.give_code(online_code(bill_number=other.bill_number))
        walk.confirm_email()

        assert walk.path == "/register/sign-in/"
        assert PHONE in walk.page

    def test_without_texts_a_phone_is_refused_with_a_reason(
        self, cast: Cast, settings: Settings
    ) -> None:
        settings.DEMO = False

        assert "We send no texts yet" in Walk().ask(email=PHONE).page


class TestSigningIn:
    @pytest.mark.parametrize("typed", [PHONE, TYPED_PHONE, "+1 815.555.0177"])
    def test_with_phone_and_password(self, cast: Cast, typed: str) -> None:
        register(PHONE)
        client = Client()

        client.post(LOGIN, {"login": typed, "password": GOOD_PASSWORD})

        assert is_in(client)

    def test_with_the_name_and_password_however_it_is_typed(self, cast: Cast) -> None:
        register("")
        client = Client()

        client.post(
            LOGIN, {"login": name_of_walter().lower().replace("-", " "), "password": GOOD_PASSWORD}
        )

        assert is_in(client)

    def test_with_a_texted_code(self, cast: Cast) -> None:
        register(PHONE)
        client, _ = ask(ASK_LOGIN, TYPED_PHONE)

        client.post(GIVE[ASK_LOGIN], {"code": f" {texted_code().lower()} "})

        assert is_in(client)

    def test_with_a_code_from_a_letter_days_later(self, cast: Cast) -> None:
        register("")
        ask(ASK_LOGIN, name_of_walter())
        code = code_in(newest_message("sign_in_letter"))

        with time_machine.travel(NOW.replace(day=NOW.day + 5), tick=False):
            client, _ = ask(ASK_LOGIN, name_of_walter())
            client.post(GIVE[ASK_LOGIN], {"code": code})
            again, _ = ask(ASK_LOGIN, name_of_walter())
            again.post(GIVE[ASK_LOGIN], {"code": code})

        assert is_in(client)
        assert not is_in(again)

    def test_a_letter_on_its_way_is_not_spoilt_by_another_or_by_guesses(self, cast: Cast) -> None:
        register("")
        for _ in range(2):
            stranger, _asked = ask(ASK_LOGIN, name_of_walter())
            for _ in range(5):
                stranger.post(GIVE[ASK_LOGIN], {"code": "2222-2222"})
        letters = Message.objects.filter(template="sign_in_letter")
        client, _ = ask(ASK_LOGIN, name_of_walter())

        client.post(GIVE[ASK_LOGIN], {"code": code_in(letters.get())})

        assert is_in(client)

    def test_what_the_session_keeps_of_a_letter_opens_nothing(self, cast: Cast) -> None:
        register("")
        client, _ = ask(ASK_LOGIN, name_of_walter())
        kept = re.search(r"letter:[0-9]+:[0-9a-f]+", str(dict(client.session)))
        assert kept is not None

        client.post(GIVE[ASK_LOGIN], {"code": kept[0]})

        assert not is_in(client)

    @pytest.mark.parametrize("contact", [PHONE, "name"])
    @pytest.mark.parametrize("address", [ASK_LOGIN, ASK_RESET])
    def test_known_and_unknown_are_answered_alike(
        self, cast: Cast, address: str, contact: str
    ) -> None:
        register(PHONE if contact == PHONE else "")
        known = PHONE if contact == PHONE else name_of_walter()
        unknown = UNKNOWN_PHONE if contact == PHONE else UNKNOWN_NAME

        pages = []
        for each in (known, unknown):
            client, asked = ask(address, each)
            page = client.get(asked["Location"])
            pages.append((asked.status_code, asked["Location"], _bare(page, each)))

        assert pages[0] == pages[1]

    def test_a_wrong_password_says_the_same_of_known_and_unknown(self, cast: Cast) -> None:
        register(PHONE)

        known, unknown = (
            _bare(Client().post(LOGIN, {"login": each, "password": "not the password"}), each)
            for each in (PHONE, UNKNOWN_PHONE)
        )

        assert known == unknown

    def test_wrong_passwords_are_counted_for_a_phone_too(self, cast: Cast) -> None:
        register(PHONE)
        for _ in range(5):
            Client().post(LOGIN, {"login": PHONE, "password": "not the password"})
        client = Client()

        client.post(LOGIN, {"login": TYPED_PHONE, "password": GOOD_PASSWORD})

        assert not is_in(client)


class TestResetting:
    def test_by_texted_code(self, cast: Cast) -> None:
        register(PHONE)
        client, asked = ask(ASK_RESET, PHONE)

        _set_anew(client, asked, texted_code())

        assert User.objects.get(phone=DIGITS).check_password(NEW_PASSWORD)
        told = newest_message("sign_in_changed")
        assert (told.channel, told.address) == ("text", PHONE)

    def test_by_letter(self, cast: Cast) -> None:
        register("")
        client, asked = ask(ASK_RESET, name_of_walter())

        _set_anew(client, asked, code_in(newest_message("sign_in_letter")))

        user = User.objects.get(login_name=name_of_walter())
        assert user.check_password(NEW_PASSWORD)
        assert newest_message("sign_in_changed").channel == "letter"


class TestWithoutEmail:
    def test_the_second_step_comes_by_letter_and_an_address_is_added_to_sign_in_with(
        self, cast: Cast
    ) -> None:
        walk = register("")
        walk.send("/accounts/confirm-it-is-you/?next=/settings/contacts/email/", contact="0")
        walk.send(
            "/accounts/confirm-it-is-you/?next=/settings/contacts/email/",
            code=code_in(newest_message("sign_in_letter")),
        )
        walk.send("/settings/contacts/email/", value="walter.now@mail.example")
        walk.send(walk.path, code=code_in(newest_message("contact_code")))
        contact = Contact.objects.get(value="walter.now@mail.example")
        assert contact.verified_at == NOW

        walk.send(f"/settings/contacts/{contact.reference}/sign-in/")

        assert User.objects.get(login_name=name_of_walter()).email == "walter.now@mail.example"
        assert newest_message("profile_changed").address == "walter.now@mail.example"

    @pytest.mark.parametrize("contact", [PHONE, ""])
    @pytest.mark.parametrize(
        "page",
        [
            *("/", "/more/", "/settings/profile/", "/settings/contacts/", "/settings/messages/"),
            *("/settings/my-data/", "/settings/close/", "/accounts/2fa/", "/accounts/devices/"),
            *(
                "/settings/contacts/email/",
                "/accounts/confirm-it-is-you/",
                "/accounts/2fa/totp/activate/",
            ),
        ],
    )
    def test_every_page_about_the_member_opens(self, cast: Cast, page: str, contact: str) -> None:
        walk = register(contact)

        assert walk.open(page).status == 200
        assert "None" not in re.sub(r"<[^>]*>", "", walk.page).replace("None yet", "").replace(
            "None here", ""
        ).replace("None:", "")

    def test_all_held_about_them_can_be_taken_away(self, cast: Cast) -> None:
        walk = register(PHONE)
        walk.send("/accounts/confirm-it-is-you/", contact=str(_first_way(walk)))
        walk.send("/accounts/confirm-it-is-you/?next=/", code=texted_code())

        taken = walk.client.get("/settings/my-data/everything.zip")

        assert b"".join(taken.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]

    def test_a_new_device_is_told_by_letter(self, cast: Cast) -> None:
        register("")

        Client().post(LOGIN, {"login": name_of_walter(), "password": GOOD_PASSWORD})

        assert newest_message("new_device").channel == "letter"


def _first_way(walk: Walk) -> int:
    found = re.search(
        r'name="contact" value="(\d+)"', walk.open("/accounts/confirm-it-is-you/").page
    )
    assert found is not None
    return int(found[1])


def _set_anew(client: Client, asked: Any, code: str) -> None:
    given = client.post(asked["Location"], {"code": code})
    client.post(given["Location"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})


def _bare(answer: Any, typed: str = "") -> str:
    """Return a page without what differs each time, and what was typed."""
    page = answer.content.decode().replace(typed, "") if typed else answer.content.decode()
    return re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]*"', "", page)
