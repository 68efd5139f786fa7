"""Before what matters, somebody signed in takes a second step: what they have, or a code."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from smarthub.config.urls import urlpatterns as served
from smarthub.members.operations import add_contact
from smarthub.notifications.models import Message
from smarthub.portal.sign_in.step_up import step_up_required
from tests.backoffice.second_step import totp_code
from tests.cast import Cast
from tests.portal.conftest import NOW, SignIn

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP_UP = "/accounts/confirm-it-is-you/?next=/_matters/"


@step_up_required
def matters(request: HttpRequest) -> HttpResponse:
    return HttpResponse("changed")


urlpatterns = [*served, path("_matters/", matters)]


@pytest.fixture(autouse=True)
def addresses(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def maria(cast: Cast, sign_in: SignIn) -> Client:
    return sign_in(cast.maria)


def _newest_code() -> str:
    found = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", Message.objects.latest("pk").body)
    assert found is not None
    return found[0]


def _send(client: Client) -> str:
    page = client.get(STEP_UP).content.decode()
    contact = re.search(r'name="contact" value="(\d+)"', page)
    assert contact is not None
    assert client.post(STEP_UP, {"contact": contact[1]}).status_code == 302
    return _newest_code()


def test_a_member_without_a_second_factor_gets_a_code_and_goes_on(maria: Client) -> None:
    led = maria.get("/_matters/")
    code = _send(maria)
    taken = maria.post(STEP_UP, {"code": f" {code.lower()} "})

    assert led["Location"] == "/accounts/confirm-it-is-you/?next=%2F_matters%2F"
    assert taken["Location"] == "/_matters/"
    assert maria.get("/_matters/").content == b"changed"


def test_it_holds_for_fifteen_minutes(maria: Client) -> None:
    maria.post(STEP_UP, {"code": _send(maria)})

    with time_machine.travel(NOW + dt.timedelta(minutes=14)):
        assert maria.get("/_matters/").status_code == 200
    with time_machine.travel(NOW + dt.timedelta(minutes=15, seconds=1)):
        assert maria.get("/_matters/").status_code == 302


def test_a_form_sent_too_late_is_told_that_nothing_is_saved(maria: Client) -> None:
    page = maria.post("/_matters/", {"iban": "secret"}, follow=True).content.decode()

    assert "Nothing is saved yet." in page
    assert "secret" not in str(dict(maria.session))


@pytest.mark.parametrize("typed", ["2222-2222", "", "not a code", "\x00", "💡" * 30])
def test_another_code_is_refused_beside_the_form(maria: Client, typed: str) -> None:
    _send(maria)

    answer = maria.post(STEP_UP, {"code": typed})

    assert answer.status_code == 400
    assert maria.get("/_matters/").status_code == 302


def test_a_contact_of_somebody_else_is_not_offered_and_gets_nothing(
    cast: Cast, maria: Client
) -> None:
    rosas = cast.rosa.person_id
    add_contact(person_id=rosas, kind="phone", value="815-555-0177", verified_at=NOW)
    page = maria.get(STEP_UP).content.decode()

    for contact in range(1, 20):
        maria.post(STEP_UP, {"contact": str(contact)})

    assert "0177" not in page
    assert set(Message.objects.values_list("address", flat=True)) <= {cast.maria.user.email}


def test_a_member_with_an_authenticator_app_is_asked_for_it(cast: Cast, maria: Client) -> None:
    TOTP.activate(cast.maria.user, SECRET)

    led = maria.get("/_matters/")
    maria.post(led["Location"], {"code": totp_code(SECRET, NOW.timestamp())})

    assert led["Location"].startswith("/accounts/2fa/reauthenticate/")
    assert maria.get("/_matters/").content == b"changed"


def test_somebody_we_cannot_reach_is_told_whom_to_call(cast: Cast, sign_in: SignIn) -> None:
    cast.ben.user.person.contacts.update(verified_at=None)

    page = sign_in(cast.ben).get(STEP_UP).content.decode()

    assert "We have no way to reach you" in page


def test_nobody_signed_in_is_asked_to_sign_in(client: Client) -> None:
    assert client.get("/_matters/")["Location"].startswith("/accounts/login/")


def test_it_leads_nowhere_else(maria: Client) -> None:
    code = _send(maria)

    taken = maria.post("/accounts/confirm-it-is-you/?next=https://evil.example/", {"code": code})

    assert taken["Location"] == "/"
