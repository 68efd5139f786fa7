"""Maria invites somebody on the pages; they take it with the sign-in they have, or make one."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from smarthub.accounts.access import list_visible_accounts
from smarthub.accounts.models import AccountRole, Invitation
from smarthub.members.models import User
from smarthub.notifications.models import Message
from tests.cast import Cast, Player
from tests.portal.conftest import TODAY, SignIn
from tests.portal.settings.conftest import newest_code

StepUp = Callable[[Player], Client]
INVITE = {
    "name": "Ana",
    "role": "viewer",
    "last_day": "",
    "channel": "email",
    "email": "ana@ridge.example",
    "lines": "",
    "language": "en",
}
PASSWORD = "correct horse battery staple"


def invite(maria: Client, **more: str) -> tuple[str, str]:
    """Send an invitation and return its page and its code."""
    answer = maria.post("/settings/users/1001/invite/", {**INVITE, **more})
    assert answer.status_code == 302, answer.text
    body = Message.objects.filter(template="invitation").latest("pk").body
    number = re.findall(r"/invitations/([^/]+)/", body)[0]
    code = re.findall(r"type this code: ([\w-]{9})", body)[0]
    return f"/invitations/{number}/", code


ANA = {"given_name": "Ana", "family_name": "Ruiz", "password": PASSWORD}


def opened_by_letter(maria: Client, client: Client) -> str:
    """Invite by letter, type the letter's code, and return the invitation's page."""
    page, code = invite(maria, channel="letter", email="", lines="PO Box 9\nWillow Bend, IL 61000")
    client.post(page, {"code": code})
    return page


class TestSomebodyInvited:
    def test_makes_a_sign_in_of_their_own_and_sees_the_account(
        self, cast: Cast, step_up: StepUp, client: Client
    ) -> None:
        page, code = invite(step_up(cast.maria))

        client.post(page, {"code": code})
        offer = client.get(page).text
        made = client.post(
            f"{page}sign-in/",
            {"given_name": "Ana", "family_name": "Ruiz", "password": PASSWORD},
        )

        assert "Maria Alvarez shares an account with you." in " ".join(offer.split())
        assert made.headers["Location"] == "/settings/accounts/"
        assert "1001" in client.get("/settings/accounts/").text
        ana = User.objects.get(email="ana@ridge.example")
        (seen,) = list_visible_accounts(user_id=ana.pk, on=TODAY)
        assert (seen.number, seen.may_pay) == ("1001", False)

    def test_makes_one_with_a_passkey_instead_of_a_password(
        self, cast: Cast, step_up: StepUp, client: Client
    ) -> None:
        page, code = invite(step_up(cast.maria))
        client.post(page, {"code": code})

        made = client.post(
            f"{page}sign-in/", {"given_name": "Ana", "family_name": "Ruiz", "how": "passkey"}
        )

        assert made.headers["Location"] == "/accounts/2fa/webauthn/add/"
        assert client.get("/accounts/2fa/webauthn/add/").status_code == 200
        assert not User.objects.get(email="ana@ridge.example").has_usable_password()

    @pytest.mark.parametrize(
        ("password", "said"),
        [
            ("", "15 letters too short"),
            ("ana.ruiz@ridge.example", "made of your name"),
            ("passwordpassword", "Many people use this password"),
        ],
    )
    def test_is_refused_a_password_somebody_would_guess(
        self, cast: Cast, step_up: StepUp, client: Client, password: str, said: str
    ) -> None:
        page, code = invite(step_up(cast.maria))
        client.post(page, {"code": code})

        answer = client.post(
            f"{page}sign-in/",
            {"given_name": "Ana", "family_name": "Ruiz", "password": password, "how": "password"},
        )

        assert (answer.status_code, said in answer.text) == (400, True)
        assert not User.objects.filter(email="ana@ridge.example").exists()

    def test_is_told_of_no_new_device_when_they_sign_in_there_again(
        self, cast: Cast, step_up: StepUp, client: Client
    ) -> None:
        page, code = invite(step_up(cast.maria))
        client.post(page, {"code": code})
        client.post(
            f"{page}sign-in/",
            {"given_name": "Ana", "family_name": "Ruiz", "password": PASSWORD},
        )
        client.post("/accounts/logout/")

        client.post("/accounts/login/", {"login": "ana@ridge.example", "password": PASSWORD})

        assert "_auth_user_id" in client.session
        assert not Message.objects.filter(template="new_device").exists()

    def test_by_letter_confirms_an_address_first(
        self, cast: Cast, step_up: StepUp, client: Client
    ) -> None:
        page = opened_by_letter(step_up(cast.maria), client)

        client.post(f"{page}sign-in/", {"contact": "ana@ridge.example"})
        wrong = client.post(f"{page}sign-in/", {**ANA, "code": "2222-2222"})
        right = client.post(f"{page}sign-in/", {**ANA, "code": newest_code("contact_code")})

        assert wrong.status_code == 400
        assert right.status_code == 302
        assert User.objects.filter(email="ana@ridge.example").exists()

    def test_by_letter_may_sign_in_by_phone_with_consent_kept(
        self, cast: Cast, step_up: StepUp, client: Client, settings: object
    ) -> None:
        settings.DEMO = True  # type: ignore[attr-defined]  # somebody carries texts
        page = opened_by_letter(step_up(cast.maria), client)

        client.post(f"{page}sign-in/", {"contact": "(815) 555-0177"})
        asked = client.get(f"{page}sign-in/").text
        sent = Message.objects.filter(template="contact_code").latest("pk")
        client.post(f"{page}sign-in/", {**ANA, "code": newest_code("contact_code")})

        ana = User.objects.get(phone="8155550177")
        assert "By typing the code you agree that we send texts" in asked
        assert (sent.channel, sent.address) == ("text", "815-555-0177")
        assert ana.person.consents.get().kind == "text_messages"
        assert list_visible_accounts(user_id=ana.pk, on=TODAY)[0].number == "1001"

    @pytest.mark.parametrize("how", ["password", "passkey"])
    def test_by_letter_may_sign_in_with_neither_and_is_told_the_name(
        self, cast: Cast, step_up: StepUp, client: Client, how: str
    ) -> None:
        page = opened_by_letter(step_up(cast.maria), client)

        client.post(f"{page}sign-in/", {"contact": ""})
        asked = client.get(f"{page}sign-in/").text
        told = client.post(f"{page}sign-in/", {**ANA, "how": how}, follow=True).text

        ana = User.objects.get(person__given_name="Ana")
        letter = Message.objects.get(template="sign_in_name")
        assert 'name="code"' not in asked
        assert ana.signs_in_with.startswith("M-")
        assert ana.signs_in_with in told
        assert "Your bills come on paper." not in told
        assert ("/accounts/2fa/webauthn/add/" in told) is (how == "passkey")
        assert (letter.channel, letter.address) == ("letter", "PO Box 9\nWillow Bend, IL 61000")
        assert list_visible_accounts(user_id=ana.pk, on=TODAY)[0].number == "1001"

    def test_by_letter_comes_back_by_a_code_by_letter(
        self, cast: Cast, step_up: StepUp, client: Client
    ) -> None:
        page = opened_by_letter(step_up(cast.maria), client)
        client.post(f"{page}sign-in/", {"contact": ""})
        client.post(f"{page}sign-in/", ANA)
        name = User.objects.get(person__given_name="Ana").signs_in_with

        Client().post("/accounts/login/code/", {"email": name})

        letter = Message.objects.filter(template="sign_in_letter").latest("pk")
        assert letter.address == "PO Box 9\nWillow Bend, IL 61000"

    def test_by_letter_may_change_what_was_written(
        self, cast: Cast, step_up: StepUp, client: Client
    ) -> None:
        page = opened_by_letter(step_up(cast.maria), client)
        client.post(f"{page}sign-in/", {"contact": "typo@ridge.example"})

        again = client.get(f"{page}sign-in/?other=1").text

        assert 'name="contact"' in again

    def test_by_letter_to_no_full_address_needs_a_contact(
        self, cast: Cast, step_up: StepUp, client: Client
    ) -> None:
        page = opened_by_letter(step_up(cast.maria), client)
        Invitation.objects.update(address="PO Box 9")

        answer = client.post(f"{page}sign-in/", {"contact": ""})

        assert answer.status_code == 400
        assert "Write an e-mail address or a phone." in answer.text

    @pytest.mark.parametrize("lines", ["PO Box 9", "Willow Bend, IL 61000", "PO Box 9\nsomewhere"])
    def test_by_letter_is_sent_to_a_full_address_only(
        self, cast: Cast, step_up: StepUp, lines: str
    ) -> None:
        answer = step_up(cast.maria).post(
            "/settings/users/1001/invite/",
            {**INVITE, "channel": "letter", "email": "", "lines": lines},
        )

        assert answer.status_code == 400
        assert "the last with town, state and ZIP" in answer.text

    def test_with_a_sign_in_accepts_with_it(
        self, cast: Cast, step_up: StepUp, sign_in: SignIn
    ) -> None:
        page, code = invite(step_up(cast.maria), email="rosa@prairieridge.example", role="payer")
        rosa = sign_in(cast.rosa)

        rosa.post(page, {"code": code})
        rosa.post(f"{page}accept/")

        accounts = list_visible_accounts(user_id=cast.rosa.user.pk, on=TODAY)
        assert {account.number for account in accounts} == {"1001", "1002"}

    def test_whose_address_signs_in_already_is_told_to_sign_in(
        self, cast: Cast, step_up: StepUp, client: Client
    ) -> None:
        page, code = invite(step_up(cast.maria), email="rosa@prairieridge.example")
        client.post(page, {"code": code})

        answer = client.post(
            f"{page}sign-in/", {"given_name": "R", "family_name": "N", "password": PASSWORD}
        )

        assert answer.status_code == 400
        assert "Sign in to accept." in answer.text

    @pytest.mark.parametrize("password", ["short", "password12345678"[:8], ""])
    def test_needs_a_good_password(
        self, cast: Cast, step_up: StepUp, client: Client, password: str
    ) -> None:
        page, code = invite(step_up(cast.maria))
        client.post(page, {"code": code})

        answer = client.post(
            f"{page}sign-in/", {"given_name": "A", "family_name": "R", "password": password}
        )

        assert answer.status_code == 400
        assert not User.objects.filter(email="ana@ridge.example").exists()

    def test_without_the_code_learns_nothing(
        self, cast: Cast, step_up: StepUp, client: Client
    ) -> None:
        page, _ = invite(step_up(cast.maria))

        real = client.post(page, {"code": "2222-2222"}).text
        none = client.post("/invitations/3333-3333/", {"code": "2222-2222"}).text

        assert "This code does not fit, or the invitation is over." in real
        assert "1001" not in real
        tidy = [
            re.sub(r'(csrfmiddlewaretoken" value=")\w+|/invitations/[\w-]+/', "", text)
            for text in (real, none)
        ]
        assert tidy[0] == tidy[1]
        assert client.get(f"{page}sign-in/").status_code == 404


class TestInviting:
    @pytest.mark.parametrize(
        ("field", "value"),
        [("email", "ana"), ("name", ""), ("last_day", "2020-01-01"), ("role", "holder")],
    )
    def test_is_refused_with_a_reason(
        self, cast: Cast, step_up: StepUp, field: str, value: str
    ) -> None:
        answer = step_up(cast.maria).post("/settings/users/1001/invite/", {**INVITE, field: value})

        assert answer.status_code == 400
        assert f'href="#id_{field}"' in answer.text

    def test_asks_for_the_second_step(self, cast: Cast, sign_in: SignIn) -> None:
        answer = sign_in(cast.maria).post("/settings/users/1001/invite/", INVITE)

        assert answer.headers["Location"].startswith("/accounts/confirm-it-is-you/")


class TestLettingOut:
    def test_asks_first_and_then_is_at_once(self, cast: Cast, sign_in: SignIn) -> None:
        maria, ben = sign_in(cast.maria), sign_in(cast.ben)
        role = AccountRole.objects.get(person=cast.ben.person_id)
        page = f"/settings/users/1001/{role.reference}/"
        before = ben.get("/bills/?account=1001").status_code

        question = maria.get(page).text
        maria.post(page)

        assert "Let Ben Okafor out?" in question
        assert before == 200
        assert ben.get("/bills/?account=1001").status_code == 404
