"""The standing co-op and its windows: made once, used by every test of this package."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.access.browsing import Combination, SignIns, Window, open_window
from tests.e2e.access.standing import Standing, stand

Windows = Callable[[Combination], Window]


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """Stand the co-op up."""
    with stand(tmp_path_factory.mktemp("access")) as made:
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
