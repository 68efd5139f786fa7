"""An answer asked for under the old name of a session never undoes a sign-in that came meanwhile.

Two browsers stand for one: ``here`` shows the page, ``behind`` asks for what a page asks for by
itself. Its answer is laid down in the cookies of ``here`` after the sign-in's, as a late one is.
"""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.http import HttpResponseBase
from django.test import Client

from tests.cast import PASSWORD, Cast
from tests.portal.conftest import NOW

MARIA = "maria@prairieridge.example"
BY_ITSELF = ("/due/", "/service-worker.js", "/offline/en/", "/brand.css", "/manifest/en/")
NEW_PASSWORD = "nine quiet herons wade"


def begin() -> tuple[Client, Client]:
    """Return a browser that had a session before it signed in, twice."""
    here, behind = Client(), Client()
    session = here.session
    session["kept"] = "from before"
    session.save()
    here.cookies["sessionid"] = behind.cookies["sessionid"] = str(session.session_key)
    return here, behind


def give_password(client: Client) -> None:
    client.post("/accounts/login/", {"login": MARIA, "password": PASSWORD})


def come_late(client: Client, answer: HttpResponseBase) -> None:
    """Take an answer's cookies, as a browser does with one that arrives last."""
    for name, morsel in answer.cookies.items():
        client.cookies[name] = morsel.value


@pytest.mark.usefixtures("cast")
class TestALateAnswer:
    @pytest.mark.parametrize("address", BY_ITSELF)
    def test_to_what_a_page_asks_for_by_itself_leaves_the_sign_in(self, address: str) -> None:
        here, behind = begin()
        give_password(here)

        come_late(here, behind.get(address))

        assert here.get("/more/").status_code == 200

    def test_to_a_form_sent_under_the_old_name_leaves_the_sign_in(self) -> None:
        here, behind = begin()
        give_password(here)

        come_late(here, behind.post("/language/", {"language": "es", "next": "/"}))

        assert here.get("/more/").status_code == 200

    def test_asked_for_before_a_new_password_leaves_the_sign_in(self) -> None:
        here, behind = Client(), Client()
        give_password(here)
        behind.cookies["sessionid"] = here.cookies["sessionid"].value
        with time_machine.travel(NOW + dt.timedelta(minutes=6)):
            late = behind.get("/service-worker.js")
            here.post(
                "/accounts/password/change/",
                {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
            )
            assert here.cookies["sessionid"].value != behind.cookies["sessionid"].value

            come_late(here, late)

            assert here.get("/more/").status_code == 200

    def test_asked_for_after_a_new_password_leaves_the_sign_in(self) -> None:
        here, behind = Client(), Client()
        give_password(here)
        give_password(behind)
        session = behind.session
        session["_auth_user_hash"] = "of the password before"
        session.save()

        late = behind.get("/due/")

        assert late.status_code == 302
        assert "sessionid" not in late.cookies


class TestTheCookie:
    def test_is_not_the_old_one_after_signing_out(self, cast: Cast) -> None:
        here = Client()
        here.force_login(cast.maria.user)
        before = here.cookies["sessionid"].value

        answer = here.post("/accounts/logout/")

        assert answer.cookies["sessionid"].value != before
        assert here.get("/more/").status_code == 302

    def test_that_opens_nothing_is_written_over_by_the_next_sign_in(self, cast: Cast) -> None:
        here = Client()
        here.cookies["sessionid"] = "a" * 32
        assert here.get("/more/").status_code == 302

        give_password(here)

        assert here.get("/more/").status_code == 200
