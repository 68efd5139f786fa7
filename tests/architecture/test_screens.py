"""The pictures of the pages: five looks of every state, all listed, small enough to keep."""

from __future__ import annotations

import re
from collections import defaultdict
from fnmatch import fnmatch

from smarthub.config.environment import ROOT
from tests.e2e.screens.listing import KEPT, LOOKS, PAPER, PRINTED, list_left_over, list_missing

SCREENS = ROOT / "docs" / "screens"
MOST_BYTES = 48_000_000
IGNORED = [
    line.removeprefix("/docs/screens/")
    for line in (ROOT / ".gitignore").read_text().splitlines()
    if line.startswith("/docs/screens/")
]


def kept_files() -> set[str]:
    """Return the pictures that git keeps, whatever else was taken here."""
    names = {file.name for file in SCREENS.glob("*.webp") if not file.name.startswith("first-")}
    return {name for name in names if not any(fnmatch(name, each) for each in IGNORED)}


class TestScreens:
    def test_git_keeps_five_looks_of_twelve(self) -> None:
        kept = [look for look in LOOKS if not any(fnmatch(f"a-b-{look}.webp", p) for p in IGNORED)]

        assert sorted(kept) == sorted(KEPT)

    def test_the_index_and_the_list_name_every_kept_picture_and_no_other(self) -> None:
        for name in ("index.html", "README.md"):
            listed = set(re.findall(r"[\w-]+\.webp", (SCREENS / name).read_text()))
            assert listed == kept_files()

    def test_each_state_is_kept_in_all_five(self) -> None:
        looks: dict[tuple[str, str], set[str]] = defaultdict(set)
        for name in kept_files():
            page, state, look = name.removesuffix(".webp").split("-", 2)
            looks[page, state].add(look)

        for (page, state), taken in looks.items():
            whole = PAPER if page == PRINTED[0] else KEPT
            assert taken == set(map(str, whole)), f"{page} {state}: {taken}"

    def test_every_state_of_every_page_has_its_picture(self) -> None:
        assert [picture.file for picture in list_missing(SCREENS)] == []

    def test_no_picture_is_of_a_page_or_state_that_is_no_more(self) -> None:
        assert [file.name for file in list_left_over(SCREENS)] == []

    def test_they_stay_small(self) -> None:
        assert sum((SCREENS / name).stat().st_size for name in kept_files()) < MOST_BYTES
