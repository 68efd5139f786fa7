"""The co-op's own logo stands in the header once it is set; until then, the built-in mark."""

from __future__ import annotations

import pytest
from django.test import Client

from smarthub.cooperative.operations import set_logo
from tests.cast import NOW, TODAY

pytestmark = pytest.mark.usefixtures("cooperative_founded")

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4"/></svg>'
MARK = '<svg class="mark"'


def keep(svg: str) -> None:
    set_logo(svg=svg, effective_from=TODAY, author="board", now=NOW)


def header(client: Client) -> str:
    return client.get("/contact/").text.split("<header>")[1].split("</header>")[0]


def logo_address(client: Client) -> str:
    return header(client).split('<img class="mark" src="')[1].split('"')[0]


class TestLogo:
    def test_is_the_built_in_mark_until_one_is_set(self, client: Client) -> None:
        assert MARK in header(client)
        assert "<img" not in header(client)
        assert client.get("/logo.svg").status_code == 404

    def test_takes_the_place_of_the_mark_beside_the_name(self, client: Client) -> None:
        keep(LOGO)

        assert MARK not in header(client)
        assert 'alt="" width="34" height="34"' in header(client)

    def test_is_kept_for_good_and_may_fetch_nothing(self, client: Client) -> None:
        keep(LOGO)

        answer = client.get(logo_address(client))

        assert answer.text == LOGO
        assert answer["Content-Type"] == "image/svg+xml"
        assert "immutable" in answer["Cache-Control"]
        assert answer["Content-Security-Policy"] == "default-src 'none'"
        assert answer["X-Content-Type-Options"] == "nosniff"

    def test_has_a_new_address_when_the_drawing_changes(self, client: Client) -> None:
        keep(LOGO)
        before = logo_address(client)

        keep(LOGO.replace("4", "3"))

        assert logo_address(client) != before
        assert 'r="3"' in client.get(logo_address(client)).text
        assert client.get(before)["Cache-Control"] == "no-cache"
