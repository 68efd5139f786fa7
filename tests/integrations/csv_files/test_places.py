"""A network address is at the place the co-op's own file says, and at none otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from smarthub.integrations.csv_files.places import FilePlaces, NoPlaces

ROWS = """\
203.0.113.0,203.0.113.127,Willow Bend
198.51.100.0,198.51.100.255, Maple Hill
2001:db8::,2001:db8::ffff,"River Fork, office"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "places.csv"


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.0", "Willow Bend"),
        ("203.0.113.127", "Willow Bend"),
        ("203.0.113.128", ""),
        ("203.0.112.255", ""),
        ("198.51.100.9", "Maple Hill"),
        ("2001:db8::7", "River Fork, office"),
        ("2001:db8::1:0", ""),
        ("1.1.1.1", ""),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_an_address_is_at_the_place_of_its_row(file: Path, address: str, place: str) -> None:
    file.write_text(ROWS)

    assert FilePlaces(file).place_of(address) == place


@pytest.mark.parametrize(
    "row", ["203.0.113.0,Willow Bend", "here,there,Willow Bend", "1.1.1.1,1.1.1.2,a,b", ""]
)
def test_a_wrong_row_is_named_with_what_it_should_be(file: Path, row: str) -> None:
    file.write_text(f"203.0.113.0,203.0.113.127,Willow Bend\n{row}\n")

    with pytest.raises(ValueError, match=r"places\.csv, row 2: give first address, last address"):
        FilePlaces(file)


def test_without_a_file_no_address_is_anywhere() -> None:
    assert NoPlaces().place_of("203.0.113.1") == ""
