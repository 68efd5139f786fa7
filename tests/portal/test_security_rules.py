"""What docs/security.md promises of sessions, caches and errors, and no other test holds."""

from __future__ import annotations

import datetime as dt
import logging
from pathlib import Path

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from smarthub.config.urls import urlpatterns as served
from tests.cast import PASSWORD, Cast
from tests.portal.conftest import NOW, SignIn
from tests.portal.rosa.tables import list_asked, list_own, make_things
from tests.portal.rosa.test_everything_of_maria import stepped_up

HOUSE = Path(__file__).parents[2] / "smarthub"
SECRET_IN_FAULT = "maria's balance is 284.67"


def break_down(request: HttpRequest) -> HttpResponse:
    """Fail as no page should."""
    del request
    raise RuntimeError(SECRET_IN_FAULT)


urlpatterns = [*served, path("broken/", break_down)]


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
