"""A stranger locks out only the stranger; a new device is told; sessions can be ended."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from smarthub.integrations.csv_files.places import FilePlaces
from smarthub.notifications.models import Message
from smarthub.portal.sign_in import sessions
from tests.cast import PASSWORD, Cast

CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


def browser(address: str) -> Client:
    return Client(REMOTE_ADDR=address, HTTP_USER_AGENT=CHROME)


def sign_in(client: Client, cast: Cast, password: str = PASSWORD, **more: str) -> int:
    typed = {"login": cast.maria.user.email, "password": password, **more}
    return client.post("/accounts/login/", typed).status_code


def test_a_stranger_with_wrong_passwords_does_not_lock_the_member_out(cast: Cast) -> None:
    maria, stranger, elsewhere = (browser(f"203.0.113.{n}") for n in (1, 2, 3))
    assert sign_in(maria, cast) == 302
    maria.post("/accounts/logout/")
    for _ in range(8):
        sign_in(stranger, cast, "wrong")

    assert sign_in(stranger, cast) == 200
    assert sign_in(maria, cast) == 302
    assert sign_in(elsewhere, cast) == 302


def test_a_device_never_seen_before_is_told_once(cast: Cast) -> None:
    maria = browser("203.0.113.1")
    for _ in range(2):
        sign_in(maria, cast)
        maria.post("/accounts/logout/")

    told = Message.objects.get(template="new_device")
    assert told.address == cast.maria.user.email
    assert "Chrome, Windows" in told.body
    assert "203.0.113.1" in told.body


@pytest.mark.parametrize(("typed", "ends"), [({}, True), ({"remember": "on"}, False)])
def test_staying_signed_in_is_a_choice(cast: Cast, typed: dict[str, str], *, ends: bool) -> None:
    maria = browser("203.0.113.1")

    sign_in(maria, cast, **typed)

    assert maria.session.get_expire_at_browser_close() is ends


def test_a_place_stands_beside_the_address_where_the_co_op_supplied_a_file(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "places.csv"
    file.write_text("203.0.113.0,203.0.113.127,Willow <Bend>\n")
    near, far = browser("203.0.113.1"), browser("203.0.113.200")
    for each in (near, far):
        sign_in(each, cast)
    without = near.get("/accounts/devices/").text
    monkeypatch.setattr(sessions, "network_places", lambda: FilePlaces(file))

    page = " ".join(near.get("/accounts/devices/").text.split())

    assert "Willow" not in without
    assert "network address 203.0.113.1 (Willow &lt;Bend&gt;)" in page
    assert re.search(r"network address 203\.0\.113\.200 ?</p>", page)


def test_sessions_are_listed_and_ended_one_or_all(cast: Cast) -> None:
    here, there, third = (browser(f"203.0.113.{n}") for n in (1, 2, 3))
    for each in (here, there, third):
        sign_in(each, cast)
    page = here.get("/accounts/devices/").content.decode()

    here.post("/accounts/devices/", {"end": str(UserSession.objects.get(ip="203.0.113.2").pk)})
    after_one = [each.get("/more/").status_code for each in (here, there, third)]
    here.post("/accounts/devices/", {"everywhere": "1"})
    after_all = [each.get("/more/").status_code for each in (here, there, third)]

    assert "203.0.113.3" in page
    assert after_one == [200, 302, 200]
    assert after_all == [302, 302, 302]
