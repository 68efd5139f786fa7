"""Every route of the house, asked by Rosa for Maria's real rows, answers as if there were none."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from smarthub.config.urls import urlpatterns as served
from smarthub.portal.sign_in.step_up import SENT_CODE
from tests.backoffice.conftest import SECRET
from tests.backoffice.second_step import totp_code
from tests.cast import Cast
from tests.portal.conftest import SignIn
from tests.portal.rosa.checking import (
    HOW_TO,
    compare_with_missing,
    find_traces,
    name_unlisted,
    reach_as_owner,
    send,
    try_other_methods,
)
from tests.portal.rosa.public import PUBLIC
from tests.portal.rosa.tables import (
    Ask,
    Tables,
    Things,
    list_asked,
    list_own,
    list_routes,
    make_things,
)

TRACES = ("Maria", "Alvarez", "1001", "412 Elm", "1001-241101", "284.67", "E1001")
"""What Rosa would recognise Maria by."""


def leak(request: HttpRequest, number: str) -> HttpResponse:
    """Show an account to whoever asks: the planted fault."""
    del request
    status = 200 if number == "1001" else 404
    return HttpResponse(f"account {number} of Maria", status=status)


def look_at(route: str) -> Ask:
    """Return the request for a page that takes nothing in its address."""
    return Ask("GET", lambda _: f"/{route}")


urlpatterns = [*served, path("leak/<str:number>/", leak, name="leak")]
"""The addresses with one route that nobody checked and that checks nothing."""


@pytest.fixture
def things(billed: Cast) -> tuple[Things, Things]:
    """Return Maria's real things, and the same of things that are not there."""
    return make_things(billed)


@pytest.fixture
def clients(billed: Cast, sign_in: SignIn) -> dict[str, Client]:
    """Return a browser for each owner: Maria, and Dana with her second step."""
    TOTP.activate(billed.dana.user, SECRET)
    dana = sign_in(billed.dana)
    code = totp_code(SECRET, time.time())
    dana.post("/accounts/2fa/reauthenticate/?next=/desk/", {"code": code})
    return {
        "maria": stepped_up(sign_in(billed.maria)),
        "ben": stepped_up(sign_in(billed.ben)),
        "dana": dana,
    }


def stepped_up(client: Client) -> Client:
    """Let a browser have taken the second step, so that it is not what stands in the way."""
    session = client.session
    session["account_authentication_methods"] = [{"method": SENT_CODE, "at": time.time()}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    return client


class TestEveryRoute:
    def test_stands_in_one_table(self) -> None:
        complaints = name_unlisted(list_routes(), list_asked(), list_own(), PUBLIC)

        assert not complaints, "\n".join([*complaints, HOW_TO])

    def test_left_out_says_why(self) -> None:
        assert all(len(reason) > 10 for reason in [*PUBLIC.values(), *list_own().values()])

    def test_new_and_unchecked_is_named(self, settings: object) -> None:
        settings.ROOT_URLCONF = __name__  # type: ignore[attr-defined]

        complaints = name_unlisted(list_routes(), list_asked(), list_own(), PUBLIC)

        assert "'leak/<str:number>/' (named 'leak') is in 0 of ASKED, OWN and PUBLIC" in complaints


class TestAskedByRosa:
    def test_what_is_marias_is_like_what_is_not_there(
        self, billed: Cast, sign_in: SignIn, things: tuple[Things, Things]
    ) -> None:
        complaints = compare_with_missing(stepped_up(sign_in(billed.rosa)), list_asked(), *things)

        assert not complaints, "\n".join(complaints)

    def test_what_is_marias_is_really_there(
        self, clients: dict[str, Client], things: tuple[Things, Things]
    ) -> None:
        complaints = reach_as_owner(clients, list_asked(), things[0])

        assert not complaints, "\n".join(complaints)

    def test_no_method_was_left_out(
        self, clients: dict[str, Client], things: tuple[Things, Things]
    ) -> None:
        complaints = try_other_methods(clients, list_asked(), things[0])

        assert not complaints, "\n".join(complaints)

    @pytest.mark.ignore_template_errors
    def test_a_page_of_her_own_shows_nothing_of_marias(
        self, billed: Cast, sign_in: SignIn, things: tuple[Things, Things]
    ) -> None:
        rosa, maria = stepped_up(sign_in(billed.rosa)), sign_in(billed.maria)

        shown = {
            route: find_traces(send(rosa, look_at(route), things[0])[1], TRACES)
            for route in list_own()
        }

        assert {route: traces for route, traces in shown.items() if traces} == {}
        assert find_traces(maria.get("/").text, TRACES) >= ["Maria"]

    def test_a_leak_is_seen(
        self,
        billed: Cast,
        sign_in: SignIn,
        clients: dict[str, Client],
        things: tuple[Things, Things],
        settings: object,
    ) -> None:
        settings.ROOT_URLCONF = __name__  # type: ignore[attr-defined]
        asked: Tables = {"leak/<str:number>/": (Ask("GET", lambda t: f"/leak/{t['account']}/"),)}

        told = compare_with_missing(sign_in(billed.rosa), asked, *things)
        methods = try_other_methods(clients, asked, things[0])

        assert told == ["GET 'leak/<str:number>/': Rosa got 200, not 404"]
        assert len(methods) == 4


def open_to_all(asked: str) -> set[int]:
    """Return what a stranger may be answered besides: the form for a code is for everybody."""
    return {200, 400} if "invitations/<str:number>/" in asked else set()


class TestAskedByAStranger:
    def test_is_asked_to_sign_in_or_finds_nothing(
        self, client: Client, things: tuple[Things, Things]
    ) -> None:
        answers = {
            f"{ask.method} {route}": send(client, ask, things[0])
            for route, asks in list_asked().items()
            for ask in asks
        }

        wrong = {
            route: status
            for route, (status, body) in answers.items()
            if status not in {302, 401, 404, *open_to_all(route)} or find_traces(body, TRACES)
        }
        assert wrong == {}
