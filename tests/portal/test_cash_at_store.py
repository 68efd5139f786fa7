"""The bar code by which a store takes cash: read from the page as a store reads it."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path

import pytest
import typst
import zxingcpp
from django.test import Client
from PIL import Image

from smarthub.billing.engine.cash_number import BILLER
from smarthub.cooperative.operations import set_policy
from tests.cast import NOW, Cast
from tests.workflows.wallet import bill

ADDRESS = "/cash/1001/"


@pytest.fixture
def network(cast: Cast) -> None:
    set_policy(
        key=BILLER, value="412007", effective_from=dt.date(2020, 1, 1), author="test", now=NOW
    )


def text_of(client: Client, address: str) -> str:
    page = client.get(address).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.usefixtures("network")
def test_the_page_holds_the_bar_code_a_store_reads(
    cast: Cast, client: Client, tmp_path: Path
) -> None:
    client.force_login(cast.maria.user)

    page = client.get(ADDRESS).content.decode()

    (drawn,) = re.findall(r'<svg[^>]*shape-rendering="crispEdges".*?</svg>', page, re.DOTALL)
    (tmp_path / "code.svg").write_text(drawn)
    (tmp_path / "page.typ").write_text(
        '#set page(width: 80mm, height: 40mm, margin: 5mm)\n#image("code.svg", width: 70mm)'
    )
    with Image.open(
        io.BytesIO(typst.compile(str(tmp_path / "page.typ"), format="png", ppi=200))
    ) as seen:
        (found,) = zxingcpp.read_barcodes(seen.convert("L"))
    assert found.text == "41200700000000100180"
    assert "4120 0700 0000 0010 0180" in text_of(client, ADDRESS)


@pytest.mark.usefixtures("network")
def test_it_says_what_is_due_and_leads_there_from_the_other_ways(
    cast: Cast, client: Client
) -> None:
    bill(cast.account_1001, 60_00)
    client.force_login(cast.maria.user)

    assert "$60.00 is due." in text_of(client, ADDRESS)
    assert ADDRESS in client.get("/other-ways-to-pay/").content.decode()


@pytest.mark.usefixtures("network")
def test_nobody_else_sees_it(cast: Cast, client: Client) -> None:
    client.force_login(cast.rosa.user)

    assert client.get(ADDRESS).status_code == 404
    assert ADDRESS not in client.get("/other-ways-to-pay/").content.decode()


@pytest.mark.usefixtures("network")
def test_who_is_not_signed_in_is_asked_to(cast: Cast, client: Client) -> None:
    assert "Sign in to see the bar code" in text_of(client, "/other-ways-to-pay/")
    assert client.get(ADDRESS).status_code == 302


def test_without_a_network_there_is_none(cast: Cast, client: Client) -> None:
    client.force_login(cast.maria.user)

    assert client.get(ADDRESS).status_code == 404
    assert "At a store" not in text_of(client, "/other-ways-to-pay/")
