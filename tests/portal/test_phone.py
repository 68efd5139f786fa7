"""The portal on a phone: what it is called, what it looks like, and what a device may keep."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from smarthub.cooperative.engine import brand_from
from smarthub.cooperative.operations import set_policy
from smarthub.cooperative.queries import get_policy
from smarthub.kernel.colour import Colour
from smarthub.ui.app_icon import SHAPES, draw_png, draw_svg, version_of_icons
from tests.cast import COLOUR, IDENTITY, Cast
from tests.portal.conftest import NOW, TODAY

BRAND = brand_from(Colour.from_hex(COLOUR))
PRIVATE = ("Maria", "Alvarez", "maria@", "1001", "Elm St")
"""What must never lie on a device of Maria's: name, e-mail, account, address."""


def shell_of(client: Client) -> dict[str, object]:
    """Return what the worker is told to keep."""
    script = client.get("/service-worker.js").text
    found = re.search(r"self\.shell = (\{.*?\});", script, re.DOTALL)
    assert found is not None
    shell: dict[str, object] = json.loads(found[1])
    return shell


def size_of(png: bytes) -> tuple[int, int]:
    """Return width and height as the file's own header says them."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.usefixtures("cooperative_founded")
class TestManifest:
    def test_says_who_the_coop_is_and_opens_without_a_browser_around_it(
        self, client: Client
    ) -> None:
        answer = client.get("/manifest/en/")

        app = answer.json()
        assert answer["Content-Type"] == "application/manifest+json"
        assert app["name"] == IDENTITY.name
        assert app["short_name"] == IDENTITY.short_name
        assert app["theme_color"] == BRAND.brand
        assert (app["id"], app["start_url"], app["scope"]) == ("/", "/", "/")
        assert app["display"] == "standalone"

    def test_offers_pay_usage_and_the_way_to_report_an_outage(self, client: Client) -> None:
        app = client.get("/manifest/en/").json()

        shortcuts = [(each["name"], each["url"]) for each in app["shortcuts"]]
        assert shortcuts == [
            ("Pay", "/pay/"),
            ("Usage", "/usage/"),
            ("Report outage", "/contact/#outage"),
        ]
        assert 'id="outage"' in client.get("/contact/").text

    def test_speaks_the_language_of_its_address_whatever_the_browser_prefers(
        self, client: Client
    ) -> None:
        answer = client.get("/manifest/es/", headers={"accept-language": "en"})

        assert answer.json()["lang"] == "es"
        assert answer["Content-Language"] == "es"

    def test_is_not_there_in_a_language_nobody_speaks_here(self, client: Client) -> None:
        assert client.get("/manifest/fr/").status_code == 404

    def test_names_icons_that_are_there_in_the_size_they_say(self, client: Client) -> None:
        icons = client.get("/manifest/en/").json()["icons"]

        drawn = {each["sizes"]: size_of(client.get(each["src"]).content) for each in icons}
        assert drawn == {"192x192": (192, 192), "512x512": (512, 512)}
        assert {each["purpose"] for each in icons} == {"any", "maskable"}

    def test_is_linked_in_the_language_of_the_page(self, client: Client) -> None:
        page = client.get("/contact/", headers={"accept-language": "es"}).text

        assert 'rel="manifest" href="/manifest/es/"' in page


@pytest.mark.usefixtures("cooperative_founded")
class TestIcon:
    def test_is_kept_for_good_under_the_address_of_its_version(self, client: Client) -> None:
        current = client.get(f"/icons/192.png?v={version_of_icons(BRAND)}")
        older = client.get("/icons/192.png?v=before")

        assert "immutable" in current["Cache-Control"]
        assert older["Cache-Control"] == "no-cache"
        assert older.content == current.content

    def test_of_no_known_name_is_not_there(self, client: Client) -> None:
        assert client.get("/icons/193.png").status_code == 404
        assert client.get("/icons/192").status_code == 404

    def test_follows_the_brand(self) -> None:
        blue = brand_from(Colour.from_hex("#1f3a8a"))

        assert 'fill="#1f3a8a"' in draw_svg(blue)
        assert draw_png(blue, "48") != draw_png(BRAND, "48")
        assert version_of_icons(blue) != version_of_icons(BRAND)

    @pytest.mark.parametrize("name", ["maskable-512", "apple-180"])
    def test_fills_its_corners_where_the_phone_cuts_them(self, name: str) -> None:
        assert 'rx="0"' in draw_svg(BRAND, SHAPES[name])


@pytest.mark.usefixtures("cooperative_founded")
class TestServiceWorker:
    def test_comes_from_the_root_as_script_and_is_asked_for_each_time(self, client: Client) -> None:
        answer = client.get("/service-worker.js")

        assert answer["Content-Type"].startswith("text/javascript")
        assert answer["Cache-Control"] == "no-cache"

    def test_keeps_only_files_that_are_there_and_the_same_for_everybody(
        self, client: Client
    ) -> None:
        shell = shell_of(client)

        files = shell["files"]
        assert isinstance(files, list)
        for file in files:
            if file.startswith("/static/vendor/"):
                continue  # built, not committed: the browser test fetches them
            if file.startswith("/static/"):
                assert finders.find(file.removeprefix("/static/")), file
            else:
                assert file.startswith(("/icons/", "/brand.css?v=")), file
                assert client.get(file).status_code == 200

    def test_has_a_new_version_when_the_outage_number_changes(self, client: Client) -> None:
        before = shell_of(client)["version"]

        said = {**get_policy(key="identity", on=TODAY), "outage_phone": "815-555-0199"}
        set_policy(key="identity", value=said, effective_from=TODAY, author="tests", now=NOW)

        assert shell_of(client)["version"] != before
        assert "815-555-0199" in client.get("/offline/en/").text

    def test_is_the_same_for_somebody_signed_in(self, client: Client, cast: Cast) -> None:
        stranger = client.get("/service-worker.js").content

        client.force_login(cast.maria.user)

        assert client.get("/service-worker.js").content == stranger

    def test_stays_short(self) -> None:
        source = finders.find("ui/phone/service_worker.js")

        assert isinstance(source, str)
        assert len(Path(source).read_text().splitlines()) < 80


class TestOffline:
    @pytest.mark.parametrize("language", ["en", "es"])
    def test_has_both_numbers_as_links_to_call(
        self, client: Client, cast: Cast, language: str
    ) -> None:
        page = client.get(f"/offline/{language}/").text

        assert f'<html lang="{language}">' in page
        assert f'href="tel:{IDENTITY.outage_phone}"' in page
        assert f'href="tel:{IDENTITY.gas_phone}"' in page

    def test_knows_nobody_even_while_somebody_is_signed_in(
        self, client: Client, cast: Cast
    ) -> None:
        stranger = client.get("/offline/").text

        client.force_login(cast.maria.user)
        member = client.get("/offline/", headers={"accept-language": "en"}).text

        assert member == stranger
        assert not [word for word in PRIVATE if word in member]
        assert "csrf" not in member

    def test_speaks_the_readers_language_when_none_is_named(
        self, client: Client, cast: Cast
    ) -> None:
        answer = client.get("/offline/", headers={"accept-language": "es"})

        assert answer["Content-Language"] == "es"
        assert '<html lang="es">' in answer.text


class TestInstall:
    def test_tells_anybody_how_on_every_kind_of_device(self, client: Client, cast: Cast) -> None:
        page = client.get("/install/").text

        assert "Add to Home Screen" in page
        assert "Add to Home screen" in page
        assert 'data-module="install"' in page

    def test_is_reached_from_more(self, client: Client, cast: Cast) -> None:
        client.force_login(cast.maria.user)

        assert 'href="/install/"' in client.get("/more/").text
