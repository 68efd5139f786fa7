"""docs/security.md claims nothing it cannot point to, and leaves out no line of its chapters."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

PAGE = ROOT / "docs" / "security.md"
ASKED = Path(__file__).parent / "reference" / "asvs_l2.csv"
ROW = re.compile(
    r"^\| (V\d+\.\d+\.\d+) \| (.*?) \| (met|not applicable|open) \| (.*) \|$", re.MULTILINE
)
POINTER = re.compile(r"`([\w./-]+\.(?:py|html|css|js|toml))(::|:)([^`]+)`")
SECTION = re.compile(r"\]\(#([\w-]+)\)")


def lines() -> dict[str, tuple[str, str]]:
    """Return the state and the reason of each line on the page."""
    found = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert len(found) == len({number for number, *_ in found}), "a line stands there twice"
    return {number: (state, reason) for number, _, state, reason in found}


def find_faults(reason: str, *, root: Path = ROOT) -> list[str]:
    """Return the pointers of a reason that point nowhere."""
    faults = []
    for path, kind, name in POINTER.findall(reason):
        file = root / path
        words = file.read_text(encoding="utf-8") if file.is_file() else ""
        wanted = rf"^\s*(?:def|class) {re.escape(name)}\b" if kind == "::" else re.escape(name)
        if not re.search(wanted, words, re.MULTILINE):
            faults.append(f"{path}{kind}{name}")
    headings = re.findall(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    slugs = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
    return faults + [section for section in SECTION.findall(reason) if section not in slugs]


class TestEachLine:
    def test_of_the_chapters_is_on_the_page(self) -> None:
        with ASKED.open(encoding="utf-8") as file:
            asked = {row["id"] for row in csv.DictReader(file)}

        assert set(lines()) == asked

    def test_that_is_met_says_by_what(self) -> None:
        silent = [
            number
            for number, (state, reason) in lines().items()
            if state == "met" and not (POINTER.search(reason) or SECTION.search(reason))
        ]

        assert silent == []

    def test_that_is_not_met_says_why(self) -> None:
        short = [n for n, (state, reason) in lines().items() if state != "met" and len(reason) < 20]

        assert short == []

    @pytest.mark.parametrize("number", sorted(lines()))
    def test_points_somewhere(self, number: str) -> None:
        assert find_faults(lines()[number][1]) == []


def test_a_pointer_to_nothing_is_seen() -> None:
    faults = find_faults(
        "`tests/nowhere.py::test_x`; `tests/cast.py::test_no_such`; `docs/x.py:y`; [z](#no-such)"
    )

    assert faults == [
        "tests/nowhere.py::test_x",
        "tests/cast.py::test_no_such",
        "docs/x.py:y",
        "no-such",
    ]
