"""The page on which a member stores a bank account for own files: asked once, never echoed."""

from __future__ import annotations

import html
import io
import logging
import re
import zipfile
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from smarthub.kernel.sealing import Sealer, new_key
from smarthub.members.models import Consent
from smarthub.payments.models import BankAccount, StoredMethod
from tests.cast import Cast, Player
from tests.portal.conftest import TODAY
from tests.workflows.bank.test_bank_files import tables_that_hold
from tests.workflows.own_files import offer_own_files

PAGE = "/pay/methods/bank/own/"
NUMBER = "123456789012"
FORM = "00000000-0000-4000-8000-0000000000b1"
GIVEN = {
    "form_id": FORM,
    "bank": "Apple River Bank",
    "holder": "person",
    "name": "Maria Alvarez",
    "kind": "savings",
    "routing": "021000021",
    "number": NUMBER,
    "number_again": NUMBER,
    "agreed": "on",
}
KEY = new_key()
OneStep = Callable[[Player], Client]


@pytest.fixture
def step_up(sign_in: OneStep) -> OneStep:
    """Return what opens a browser in which somebody took the second step."""
    from tests.portal.rosa.test_everything_of_maria import stepped_up  # noqa: PLC0415

    return lambda player: stepped_up(sign_in(player))


@pytest.fixture
def offered(billed: Cast, settings: Settings) -> Cast:
    """Return the cast of a co-op that hands in bank files of its own."""
    offer_own_files(since=TODAY)
    settings.BANK_KEYS = [KEY]
    return billed


@pytest.fixture
def maria(offered: Cast, step_up: OneStep) -> Client:
    return step_up(offered.maria)


class TestWhileItIsOff:
    """As it is by default."""

    def test_nothing_is_there_and_nothing_can_be_stored(
        self, billed: Cast, step_up: OneStep
    ) -> None:
        answers = [
            client.generic(method, PAGE)
            for client in (Client(), step_up(billed.maria))
            for method in ("GET", "POST")
        ]
        sent = step_up(billed.maria).post(PAGE, GIVEN)

        assert {answer.status_code for answer in (*answers, sent)} == {404}
        assert not BankAccount.objects.exists()

    def test_a_bank_account_is_given_to_the_gateway(self, billed: Cast, sign_in: OneStep) -> None:
        page = sign_in(billed.maria).get("/pay/methods/").content.decode()

        assert 'href="/pay/methods/bank/"' in page
        assert PAGE not in page


class TestStoring:
    def test_asks_for_the_second_step_first(self, offered: Cast, sign_in: OneStep) -> None:
        answer = sign_in(offered.maria).post(PAGE, GIVEN)

        assert answer.status_code == 302
        assert "confirm-it-is-you" in answer.headers["Location"]
        assert not BankAccount.objects.exists()

    def test_keeps_the_number_sealed_and_the_words_as_they_were_shown(self, maria: Client) -> None:
        shown = html.unescape(maria.get(PAGE).content.decode())

        answer = maria.post(PAGE, GIVEN, headers={"User-Agent": "a browser"})

        assert (answer.status_code, answer.headers["Location"]) == (303, "/pay/methods/")
        kept = BankAccount.objects.get()
        assert Sealer([KEY]).open(kept.sealed_number) == NUMBER
        assert (kept.kind, kept.entry_class, kept.name) == ("savings", "WEB", "Maria Alvarez")
        consent = Consent.objects.get(kind="bank_debit")
        for paragraph in consent.text.split("\n\n")[:-1]:
            assert paragraph in shown
        assert "Prairie Ridge Energy Cooperative" in consent.text
        assert (consent.text_version, consent.user_agent) == ("2026-12", "a browser")
        assert consent.ip_address == "127.0.0.1"

    def test_of_a_business_is_kept_as_one_and_the_words_name_its_rules(
        self, offered: Cast, step_up: OneStep
    ) -> None:
        maria = step_up(offered.maria)
        shown = html.unescape(maria.get(PAGE).content.decode())

        maria.post(PAGE, GIVEN | {"holder": "business", "name": "Apple River Dairy LLC"})

        kept = BankAccount.objects.get()
        assert (kept.entry_class, kept.name) == ("CCD", "Apple River Dairy LLC")
        assert "within two banking days" in shown
        assert "savings (CCD) ending in 9012" in Consent.objects.get(kind="bank_debit").text

    def test_of_nobody_said_whose_is_refused(self, maria: Client) -> None:
        answer = maria.post(PAGE, GIVEN | {"holder": ""})

        assert answer.status_code == 400
        assert not BankAccount.objects.exists()

    def test_shows_four_digits_and_that_the_bank_is_asked_from_then_on(self, maria: Client) -> None:
        page = maria.post(PAGE, GIVEN, follow=True).content.decode()

        assert "Apple River Bank ending in 9012" in page
        assert "its bank is asked first" in page
        assert NUMBER not in page

    def test_twice_stores_one(self, maria: Client) -> None:
        first, second = maria.post(PAGE, GIVEN), maria.post(PAGE, GIVEN)

        assert (first.status_code, second.status_code) == (303, 303)
        assert StoredMethod.objects.count() == 1

    def test_is_not_offered_for_a_payment_of_today_and_says_so(self, maria: Client) -> None:
        maria.post(PAGE, GIVEN)

        page = maria.get("/pay/due/", follow=True).content.decode()

        assert "Apple River Bank ending in 9012 cannot be used for this payment yet" in page
        assert f'value="{FORM}"' not in page
        assert "Enter your card" in page

    def test_without_a_key_of_the_installation_stores_nothing(
        self, maria: Client, settings: Settings
    ) -> None:
        settings.BANK_KEYS = []

        assert maria.post(PAGE, GIVEN).status_code == 503
        assert not StoredMethod.objects.exists()


class TestWhatIsWrong:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"routing": "021000022"}, "A digit of this routing number is wrong."),
            ({"routing": "02100002"}, "A routing number has nine digits"),
            ({"routing": "000000000"}, "A digit of this routing number is wrong."),
            ({"number_again": "123456789013"}, "The two account numbers differ."),
            ({"number": "123", "number_again": "123"}, "4 to 17 digits or letters"),
            (
                {"number": "4242 4242 4242 4242", "number_again": "4242424242424242"},
                "This looks like the number of a card.",
            ),
            ({"agreed": ""}, "without your consent we store no account"),
            ({"name": "Maria 123456789"}, "Write the name on the account, in plain letters"),
            ({"name": "李"}, "Write the name on the account, in plain letters"),
        ],
    )
    def test_is_said_beside_the_field_and_no_number_is_shown_again(
        self, maria: Client, change: dict[str, str], said: str
    ) -> None:
        answer = maria.post(PAGE, GIVEN | change)
        page = answer.content.decode()

        assert answer.status_code == 400
        assert page.count(said) == 2  # summed up, and beside the field
        for field in ("number", "number_again"):
            assert re.search(rf'<input[^>]*name="{field}"[^>]*>', page)
            assert not re.search(rf'<input[^>]*name="{field}"[^>]*value=', page)
        assert NUMBER not in page
        assert not StoredMethod.objects.exists()

    def test_changing_the_language_keeps_what_was_typed_but_the_number(self, maria: Client) -> None:
        page = maria.post(PAGE, GIVEN | {"switch_language": "es"}).content.decode()

        assert 'value="Apple River Bank"' in page
        assert NUMBER not in page


class TestWhereANumberGoes:
    """The scan of the payments reference, section 1.1: nowhere but into the one sealed column."""

    def test_into_no_table_no_session_no_log_no_file_and_no_answer(
        self, offered: Cast, step_up: OneStep, caplog: pytest.LogCaptureFixture
    ) -> None:
        maria = step_up(offered.maria)
        with caplog.at_level(logging.DEBUG):
            answers = [
                maria.post(PAGE, GIVEN | {"number_again": "1"}),
                maria.post(PAGE, GIVEN, follow=True),
                maria.get(f"/pay/methods/{FORM}/"),
                maria.get("/pay/payments/"),
            ]
            packed = zipfile.ZipFile(
                io.BytesIO(b"".join(maria.get("/settings/my-data/everything.zip")))
            )

        said = b"".join(answer.content for answer in answers)
        taken = b"".join(packed.read(name) for name in packed.namelist())
        assert b"Apple River Bank" in taken
        assert NUMBER.encode() not in taken
        assert b"sealed_number" not in taken
        assert NUMBER.encode() not in said
        assert tables_that_hold(NUMBER) == []
        assert NUMBER not in caplog.text
        assert NUMBER not in str(dict(maria.session))
        assert BankAccount.objects.count() == 1

    def test_not_into_the_report_of_a_failure(
        self, maria: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fall(**_given: object) -> None:
            raise ValueError("the store fell")

        monkeypatch.setattr("smarthub.portal.views.bank_account.store_own_bank_account", fall)
        maria.raise_request_exception = False
        with caplog.at_level(logging.DEBUG):
            answer = maria.post(PAGE, GIVEN)

        assert answer.status_code == 500
        assert NUMBER not in answer.content.decode()
        assert NUMBER not in caplog.text


def test_another_persons_form_is_a_conflict_and_says_nothing_of_them(
    offered: Cast, step_up: OneStep
) -> None:
    step_up(offered.rosa).post(PAGE, GIVEN | {"form_id": FORM})

    answer = step_up(offered.maria).post(PAGE, GIVEN)

    assert answer.status_code == 409
    assert StoredMethod.objects.get().person_id == offered.rosa.person_id


def test_the_number_is_typed_into_a_field_no_browser_keeps(maria: Client) -> None:
    page = maria.get(PAGE).content.decode()

    for field in ("number", "number_again", "routing"):
        (tag,) = re.findall(rf'<input[^>]*name="{field}"[^>]*>', page)
        assert 'autocomplete="off"' in tag
