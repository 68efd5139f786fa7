"""The co-op's colour reaches every page, in light and in dark, and changes its address."""

from __future__ import annotations

import pytest
from django.test import Client

from smarthub.cooperative.operations import set_brand
from tests.cast import COLOUR, NOW, TODAY

pytestmark = pytest.mark.usefixtures("cooperative_founded")


def sheet_address(client: Client) -> str:
    page = client.get("/contact/").content.decode()
    return page.split('rel="stylesheet" href="/brand.css')[1].split('"')[0]


class TestBrandSheet:
    def test_is_linked_by_its_version_and_kept_for_good(self, client: Client) -> None:
        answer = client.get(f"/brand.css{sheet_address(client)}")

        assert answer.headers["Content-Type"] == "text/css"
        assert "immutable" in answer.headers["Cache-Control"]
        assert f"--brand: {COLOUR};" in answer.content.decode()

    def test_has_a_new_address_when_the_colour_changes(self, client: Client) -> None:
        before = sheet_address(client)

        set_brand(colour="#1e3a8a", effective_from=TODAY, author="board", now=NOW)

        after = sheet_address(client)
        assert after != before
        assert "--brand: #1e3a8a;" in client.get(f"/brand.css{after}").content.decode()
        old = client.get(f"/brand.css{before}")
        assert old.headers["Cache-Control"] == "no-cache"
