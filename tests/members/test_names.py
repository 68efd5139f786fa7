"""Names are compared as people write them, and no other name passes."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smarthub.members.engine import is_name_of


def is_person(
    typed: str, given_name: str = "María José", family_name: str = "Nuñez-García"
) -> bool:
    return is_name_of(
        typed=typed, given_name=given_name, family_name=family_name, organisation_name=""
    )


def is_business(typed: str, name: str = "O'Dell & Sons Farms, Inc.") -> bool:
    return is_name_of(typed=typed, given_name="", family_name="", organisation_name=name)


class TestPeople:
    @pytest.mark.parametrize(
        "typed",
        [
            "Nuñez-García",
            "nunez garcia",
            "  NUÑEZ   GARCIA ",
            "NunezGarcia",
            "María José Nuñez-García",
            "Nunez-Garcia, Maria Jose",
            "Nuñez García, Maria José Jr.",
            "maria jose q. nunez garcia",
        ],
    )
    def test_are_known_by_their_last_name_however_it_is_written(self, typed: str) -> None:
        assert is_person(typed)

    @pytest.mark.parametrize(
        "typed", ["", " ", "María José", "Nuñez", "Garcia Lopez", "Smith", "!!!", "J", "Jr."]
    )
    def test_are_not_known_by_another(self, typed: str) -> None:
        assert not is_person(typed)

    @pytest.mark.parametrize(
        ("typed", "family"),
        [
            ("OBrien", "O\u2019Brien"),
            ("O'Brien", "O Brien"),
            ("St John", "St. John"),
            ("Mac Donald", "MacDonald"),
            ("Strasse", "Straße"),
            ("Li", "LI"),
            ("O", "O"),
            ("小林", "小林"),
            ("الأحمد", "الأحمد"),
            ("Jr", "Jr"),
        ],
    )
    def test_may_have_any_name(self, typed: str, family: str) -> None:
        assert is_person(typed, given_name="Ann", family_name=family)

    @given(st.text(min_size=1, max_size=120))
    @example("ǰ")
    def test_are_known_by_their_own_name_in_capitals_and_small_letters(self, name: str) -> None:
        if any(c.isalnum() for c in name.casefold()):
            assert is_person(name, given_name="", family_name=name)
        is_person(name)


class TestBusinesses:
    @pytest.mark.parametrize(
        "typed",
        [
            "O'Dell & Sons Farms, Inc.",
            "odell and sons farms",
            "ODELL & SONS FARMS LLC",
            "The O'Dell and Sons Farms Co.",
        ],
    )
    def test_are_known_whatever_their_legal_form(self, typed: str) -> None:
        assert is_business(typed)

    @pytest.mark.parametrize("typed", ["O'Dell", "Sons Farms", "Inc.", "", "O'Dell & Sons"])
    def test_are_not_known_by_a_part(self, typed: str) -> None:
        assert not is_business(typed)

    def test_may_be_called_by_a_legal_form_alone(self) -> None:
        assert is_business("the company", name="Company Inc.")
        assert not is_business("Limited", name="Company Inc.")
