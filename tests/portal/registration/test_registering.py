"""A member gets in with the bill in her hand; whoever is no member learns nothing."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from smarthub.billing.online_code import online_code
from smarthub.members.models import Consent, User
from smarthub.members.operations import open_login
from smarthub.notifications.models import Message
from tests.cast import NOW, PASSWORD, Cast
from tests.portal.registration.walking import Walk
from tests.workflows.membership.newcomer import EMAIL, Newcomer, settle_newcomer

OTHER = "w+smarthub@other.example"


@pytest.fixture(autouse=True)
def november() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def walter(cast: Cast) -> Newcomer:
    return settle_newcomer()


@pytest.fixture
def bill_code(walter: Newcomer) -> str:
    return online_code(bill_number=walter.bill_number)


class TestRegistering:
    def test_with_the_code_on_the_bill_leads_home_in_five_forms(self, bill_code: str) -> None:
        walk = Walk()

        paths = [
            walk.ask(email=OTHER).path,
            walk.give_code(bill_code.replace("-", "   ").lower()).path,
            walk.confirm_email().path,
            walk.set_password().path,
            walk.send("/register/paperless/", choice="paperless").path,
        ]

        assert paths == [
            "/register/code/",
            "/register/email/",
            "/register/your-sign-in/",
            "/register/paperless/",
            "/",
        ]
        assert User.objects.get(email=OTHER).check_password("seven wet umbrellas hum")
        assert "7 Oak St" in walk.page
        consent = Consent.objects.get()
        assert (consent.kind, consent.granted, consent.ip_address) == (
            "paperless",
            True,
            "127.0.0.1",
        )
        assert "We send you an e-mail the day a bill is ready, and no paper." in consent.text

    @pytest.mark.usefixtures("walter")
    def test_with_a_code_by_email_needs_no_second_code(self) -> None:
        walk = Walk().ask()

        assert walk.give_code(walk.want_code("email")).path == "/register/your-sign-in/"
        assert not Message.objects.filter(template="confirm_address").exists()

    @pytest.mark.parametrize("channel", ["text", "letter"])
    @pytest.mark.usefixtures("walter")
    def test_with_a_code_by_text_or_letter(self, channel: str) -> None:
        walk = Walk().ask(email=OTHER)

        assert walk.give_code(walk.want_code(channel)).path == "/register/email/"

    def test_with_the_old_number_is_told_the_new_one_after_the_proof(self, bill_code: str) -> None:
        walk = Walk().ask(number="88-1003-b")
        before = walk.page

        after = walk.give_code(bill_code).page

        assert "00001003" not in before
        assert "Its number is now 00001003" in after

    def test_without_paperless_keeps_paper(self, bill_code: str) -> None:
        walk = Walk().ask(email=OTHER).give_code(bill_code).confirm_email().set_password()

        assert walk.send("/register/paperless/", choice="paper").path == "/"
        assert not Consent.objects.exists()

    def test_with_a_passkey_first_makes_it_at_the_end(self, bill_code: str) -> None:
        walk = Walk().ask(email=OTHER).give_code(bill_code).confirm_email()
        walk.send("/register/your-sign-in/", language="es", how="passkey")

        walk.send("/register/paperless/?then=passkey", choice="paper")

        user = User.objects.get(email=OTHER)
        assert walk.path == "/accounts/2fa/webauthn/add/"
        assert (user.has_usable_password(), user.person.language) == (False, "es")

    def test_is_no_new_device_and_tells_of_none(self, bill_code: str) -> None:
        walk = Walk().ask(email=OTHER).give_code(bill_code).confirm_email()

        walk.set_password()

        assert not Message.objects.filter(template="new_device").exists()


class TestSomebodyWithASignIn:
    def test_is_led_to_it_and_finds_the_account_there(self, cast: Cast, bill_code: str) -> None:
        maria = str(cast.maria.user.email)
        walk = Walk().ask(email=maria).give_code(bill_code).confirm_email()
        told = walk.page

        walk.send("/register/sign-in/")
        kept = walk.page
        walk.send(
            "/accounts/login/?next=/register/add/",
            login=maria,
            password=PASSWORD,
            next="/register/add/",
        )
        walk.send("/register/add/")

        assert "You have a sign-in already" in told
        assert f'value="{maria}"' in kept
        assert "Account 00001003 is now with your others." in walk.page
        assert "7 Oak St" in walk.page
        assert "412 Elm St" in walk.page

    def test_of_ones_own_is_told_only_so_much_of_the_address(
        self, walter: Newcomer, bill_code: str
    ) -> None:
        open_login(person_id=walter.person_id, email="walter.secret@mail.example", now=NOW)

        walk = Walk().ask(email=OTHER).give_code(bill_code).confirm_email()

        assert "w•••@mail.example" in walk.page
        assert "walter.secret" not in walk.page

    def test_adds_an_account_by_the_same_proof(self, cast: Cast, bill_code: str) -> None:
        walk = Walk()
        walk.client.force_login(cast.maria.user)
        first = walk.open("/register/").page
        walk.send("/register/", number="00001003", name="Lindgren")

        walk.give_code(bill_code)
        walk.send("/register/add/")

        assert "E-mail" not in first
        assert "Account 00001003 is now with your others." in walk.page

    def test_cannot_add_an_account_somebody_else_signs_in_to(
        self, cast: Cast, walter: Newcomer, bill_code: str
    ) -> None:
        open_login(person_id=walter.person_id, email=EMAIL, now=NOW)
        walk = Walk()
        walk.client.force_login(cast.rosa.user)
        walk.client.cookies["django_language"] = "en"
        walk.send("/register/", number="00001003", name="Lindgren")
        walk.give_code(bill_code)

        walk.send("/register/add/")

        assert walk.status == 400
        assert "Ask them to share it with you" in walk.page


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("field", "typed", "words"),
        [
            ("number", "", "Write the account number"),
            ("number", "-- --", "Write the account number"),
            ("number", "1" * 41, "An account number is shorter"),
            ("number", "10\x0003", "Null characters are not allowed"),
            ("name", "", "Write the name that stands on the bill"),
            ("name", "x" * 121, "at most 120 letters"),
            ("email", "maria", "Write an e-mail address such as"),
            ("email", "a b@mail.example", "Write an e-mail address such as"),
            ("email", "josé@mail.example", "Write an e-mail address such as"),
            ("email", "815-555-01", "or a phone number of ten digits"),
            ("email", f"{'x' * 250}@mail.example", "This "),
        ],
    )
    @pytest.mark.usefixtures("walter")
    def test_is_said_beside_the_field_and_kept_as_typed(
        self, field: str, typed: str, words: str
    ) -> None:
        walk = Walk().ask(**{field: typed})

        assert (walk.status, walk.path) == (400, "/register/")
        assert words in walk.page

    @pytest.mark.parametrize(
        "email",
        [
            "a+b@mail.example",
            '"odd..name"@mail.example',
            "o'hara@mail.example",
            "x@bücher.example",
            "user@münchen.example",
        ],
    )
    def test_is_no_address_that_is_one(self, bill_code: str, email: str) -> None:
        walk = Walk().ask(email=email).give_code(bill_code)

        assert walk.path == "/register/email/"
        assert walk.confirm_email().path == "/register/your-sign-in/"

    @pytest.mark.parametrize(
        "name",
        [
            "O",
            "x" * 120,
            "محمد الأحمد",
            "<script>alert(1)</script>",
            "' OR 1=1 --",
            "💡",
            "{{7*7}}",
        ],
    )
    @pytest.mark.usefixtures("walter")
    def test_is_no_name_however_odd(self, name: str) -> None:
        walk = Walk().ask(name=name)

        assert walk.path == "/register/code/"
        assert name not in walk.page or name == "O"

    @pytest.mark.parametrize("code", ["", "123", "x" * 61, "\x00", "7KQM R4T0", "<b>"])
    @pytest.mark.usefixtures("walter")
    def test_what_cannot_be_a_code_costs_no_try(self, code: str) -> None:
        walk = Walk().ask()
        for _ in range(6):
            walk.give_code(code)

        assert walk.status == 400
        assert "Tries left: 4" in walk.give_code("2222-2222").page

    def test_a_code_after_five_wrong_ones(self, bill_code: str) -> None:
        walk = Walk().ask()
        for _ in range(5):
            walk.give_code("2222-2222")

        assert "Please wait 15 minutes" in walk.give_code(bill_code).page

    @pytest.mark.usefixtures("walter")
    def test_an_expired_code(self) -> None:
        walk = Walk().ask()
        code = walk.want_code("email")

        with time_machine.travel(NOW + dt.timedelta(minutes=11), tick=False):
            assert "This is not the code" in walk.give_code(code).page

    @pytest.mark.parametrize(
        ("password", "words"),
        [
            ("", "too short"),
            ("fourteen chars", "This is 1 letter too short"),
            ("passwordpassword", "Many people use this password"),
            ("aaaaaaaaaaaaaaaaaaaa", "Many people use this password"),
            ("Prairie Ridge 1003", "the co-op&#x27;s name"),
            ("walter.lindgren!!", "the co-op&#x27;s name"),
            ("x1" * 501, "at most 1,000 letters"),
        ],
    )
    def test_a_password_that_is_easily_guessed(
        self, bill_code: str, password: str, words: str
    ) -> None:
        walk = Walk().ask(email=OTHER).give_code(bill_code).confirm_email()

        walk.set_password(password)

        assert walk.status == 400
        assert words in walk.page
        assert not User.objects.filter(email=OTHER).exists()

    @pytest.mark.parametrize(
        "password",
        [
            "fifteen letters",
            "ノートと鉛筆と消しゴムと定規をもつ",
            " spaces at both ends ",
            "é" * 3 + "x!yz" * 40,
        ],
    )
    def test_no_password_for_its_letters(self, bill_code: str, password: str) -> None:
        Walk().ask(email=OTHER).give_code(bill_code).confirm_email().set_password(password)

        assert User.objects.get(email=OTHER).check_password(password)


@pytest.mark.usefixtures("cast")
class TestOutOfTurn:
    @pytest.mark.parametrize("page", ["code", "email", "sign-in", "your-sign-in"])
    def test_no_page_opens_without_a_beginning(self, page: str) -> None:
        assert Walk().open(f"/register/{page}/").status == 404

    @pytest.mark.parametrize("page", ["email", "sign-in", "your-sign-in"])
    def test_a_page_too_far_leads_to_the_next_step(self, walter: Newcomer, page: str) -> None:
        del walter

        assert Walk().ask().open(f"/register/{page}/").path == "/register/code/"

    def test_too_late_begins_again(self, walter: Newcomer) -> None:
        del walter
        walk = Walk().ask()

        with time_machine.travel(NOW + dt.timedelta(minutes=61), tick=False):
            assert walk.open("/register/code/").path == "/register/"
        assert "Please begin again" in walk.page

    def test_too_often_is_told_to_wait(self, walter: Newcomer) -> None:
        del walter
        walk = Walk()
        for _ in range(10):
            walk.ask()

        assert "Please wait an hour" in walk.ask().page
