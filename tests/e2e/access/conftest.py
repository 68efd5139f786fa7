"""The standing co-op and its windows: made once, used by every test of this package."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Browser

from tests.e2e.access.browsing import Combination, SignIns, Window, open_window
from tests.e2e.access.people import PEOPLE
from tests.e2e.access.standing import Standing, stand

Windows = Callable[[Combination], Window]


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """Stand the co-op up; somebody has asked for a link to choose a new password."""
    with stand(tmp_path_factory.mktemp("access")) as made:
        _ask_for_link(made)
        yield made


@pytest.fixture(scope="session")
def sign_ins(standing: Standing) -> SignIns:
    """Return who signs people in."""
    return SignIns(standing)


@pytest.fixture(scope="session")
def windows(browser: Browser, standing: Standing, sign_ins: SignIns) -> Iterator[Windows]:
    """Return what gives a combination its window, the same one each time."""
    opened: dict[Combination, Window] = {}

    def window_of(combination: Combination) -> Window:
        if combination not in opened:
            opened[combination] = open_window(
                browser,
                standing,
                sign_ins,
                screen=combination.screen,
                language=combination.language,
                theme=combination.theme,
            )
        return opened[combination]

    yield window_of
    for window in opened.values():
        window.context.close()


def _ask_for_link(standing: Standing) -> None:
    address = f"{standing.base_url}/accounts/password/reset/"
    with httpx.Client(trust_env=False) as client:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(address).text)
        assert token is not None
        fields = {"csrfmiddlewaretoken": token[1], "email": PEOPLE["forgetful"].email}
        assert client.post(address, data=fields).status_code == 302
