"""The pictures of the pages: all listed, all there, and small enough to be kept."""

from __future__ import annotations

import re

from smarthub.config.environment import ROOT

SCREENS = ROOT / "docs" / "screens"
MOST_BYTES = 45_000_000


class TestScreens:
    def test_the_index_and_the_list_name_every_picture_and_no_other(self) -> None:
        there = {file.name for file in SCREENS.glob("*.webp")}

        for name in ("index.html", "README.md"):
            listed = set(re.findall(r"[\w-]+\.webp", (SCREENS / name).read_text()))
            assert listed == {each for each in there if not each.startswith("first-")}

    def test_each_is_taken_on_every_size_in_both_themes_and_languages(self) -> None:
        looks: dict[str, int] = {}
        for file in SCREENS.glob("*-*-*-*-*.webp"):
            page = "-".join(file.stem.split("-")[:2])
            looks[page] = looks.get(page, 0) + 1

        assert {page for page, count in looks.items() if count != 12} <= {
            "printed_bill-page_1",
            "printed_bill-page_2",
        }

    def test_they_stay_small(self) -> None:
        assert sum(file.stat().st_size for file in SCREENS.iterdir()) < MOST_BYTES
