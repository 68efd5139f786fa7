"""What docs/security.md promises of sessions, caches and errors, and no other test holds."""

from __future__ import annotations

import datetime as dt
import logging
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from smarthub.config.urls import urlpatterns as served
from tests.cast import PASSWORD, Cast
from tests.portal.conftest import NOW, SignIn
from tests.portal.rosa.tables import list_asked, list_own, make_things
from tests.portal.rosa.test_everything_of_maria import clients as owners
from tests.portal.rosa.test_everything_of_maria import stepped_up

clients = owners
"""The fixture, used here too."""

HOUSE = Path(__file__).parents[2] / "smarthub"
SIGN_OUT = '<form method="post" action="/accounts/logout/">'
SECRET_IN_FAULT = "maria's balance is 284.67"


def break_down(request: HttpRequest) -> HttpResponse:
    """Fail as no page should."""
    del request
    raise RuntimeError(SECRET_IN_FAULT)


urlpatterns = [*served, path("broken/", break_down)]


def is_page(answer: Any) -> bool:
    """Whether an answer is a whole page: no file, no part of one, no way on."""
    is_html = answer.headers.get("Content-Type", "").startswith("text/html")
    return answer.status_code == 200 and is_html and "<html" in answer.text


class TestSession:
    def test_gets_a_new_name_when_somebody_signs_in(self, cast: Cast, client: Client) -> None:
        client.get("/accounts/login/")
        session = client.session
        session["kept"] = "from before"
        session.save()
        client.cookies["sessionid"] = str(session.session_key)
        before = session.session_key

        client.post(
            "/accounts/login/", {"login": "maria@prairieridge.example", "password": PASSWORD}
        )

        assert client.cookies["sessionid"].value not in {"", before}

    def test_ends_two_weeks_after_it_began(self, cast: Cast, sign_in: SignIn) -> None:
        maria = sign_in(cast.maria)
        answers = []
        for days in (0, 13, 15):
            with time_machine.travel(NOW + dt.timedelta(days=days)):
                answers.append(maria.get("/more/").status_code)

        assert answers == [200, 200, 302]

    def test_is_ended_on_the_server_by_signing_out(self, cast: Cast, sign_in: SignIn) -> None:
        maria = sign_in(cast.maria)
        stolen = maria.cookies["sessionid"].value

        answer = maria.post("/accounts/logout/")

        thief = Client()
        thief.cookies["sessionid"] = stolen
        assert thief.get("/more/").status_code == 302
        assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


class TestPages:
    def test_of_a_member_forbid_every_cache_to_keep_them(
        self, billed: Cast, sign_in: SignIn
    ) -> None:
        things, _ = make_things(billed)
        maria = stepped_up(sign_in(billed.maria))
        asked = [
            ask.address(things)
            for asks in list_asked().values()
            for ask in asks
            if ask.method == "GET" and ask.owner == "maria"
        ]
        own = [f"/{route}" for route in list_own() if not route.startswith("accounts/")]

        kept = {
            address: maria.get(address).headers.get("Cache-Control") for address in [*asked, *own]
        }

        assert len(kept) > 20
        assert {a: rule for a, rule in kept.items() if "no-store" not in str(rule)} == {}

    @pytest.mark.ignore_template_errors
    def test_of_whoever_is_signed_in_offer_to_sign_out(
        self, billed: Cast, clients: dict[str, Client]
    ) -> None:
        things, _ = make_things(billed)
        asked = {
            (ask.owner, ask.address(things))
            for asks in list_asked().values()
            for ask in asks
            if ask.method == "GET" and ask.owner
        }
        asked |= {("maria", f"/{route}") for route in list_own()}
        asked = {each for each in asked if "webauthn" not in each[1]}  # her passkey is only a row

        pages = {
            (owner, address): answer.text
            for owner, address in sorted(asked)
            if is_page(answer := clients[owner].get(address))
        }

        assert len(pages) > 60
        assert {where for where, page in pages.items() if SIGN_OUT not in page} == set()

    def test_let_a_password_be_pasted_and_kept_by_a_manager(
        self, cast: Cast, client: Client
    ) -> None:
        scripts = "".join(file.read_text() for file in HOUSE.glob("*/static/**/*.js"))
        page = client.get("/accounts/login/").text

        assert '"paste"' not in scripts
        assert 'autocomplete="current-password"' in page


class TestAFault:
    def test_is_logged_and_shows_nothing_of_itself(
        self, cast: Cast, settings: object, caplog: pytest.LogCaptureFixture
    ) -> None:
        settings.ROOT_URLCONF = __name__  # type: ignore[attr-defined]
        client = Client(raise_request_exception=False)

        with caplog.at_level(logging.ERROR):
            answer = client.get("/broken/")

        assert answer.status_code == 500
        assert "284.67" not in answer.text
        assert any(SECRET_IN_FAULT in str(record.exc_info) for record in caplog.records)
