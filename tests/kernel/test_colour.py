"""Contrast as WCAG counts it, and tones that pass it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthub.kernel.colour import (
    TEXT_CONTRAST,
    Colour,
    contrast,
    dark_twin,
    mixed,
    nearest_passing,
)

WHITE, BLACK = Colour.from_hex("#ffffff"), Colour.from_hex("#000000")
DARK_CARD = Colour.from_hex("#1d2425")
HEX = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


class TestContrast:
    @pytest.mark.parametrize(
        ("one", "other", "ratio"),
        [
            ("#ffffff", "#000000", 21.0),
            ("#777777", "#ffffff", 4.48),  # the well-known grey that just fails
            ("#767676", "#ffffff", 4.54),  # and the one that just passes
            ("#1b2a2c", "#f7f4ee", 13.5),  # ink on paper, as the look says
        ],
    )
    def test_is_the_ratio_wcag_defines(self, one: str, other: str, ratio: float) -> None:
        found = contrast(Colour.from_hex(one), Colour.from_hex(other))

        assert found == pytest.approx(ratio, abs=0.05)

    @given(HEX, HEX)
    def test_is_the_same_both_ways_round(self, one: str, other: str) -> None:
        a, b = Colour.from_hex(one), Colour.from_hex(other)

        assert contrast(a, b) == contrast(b, a) >= 1


class TestTones:
    def test_leave_a_colour_that_passes_alone(self) -> None:
        green = Colour.from_hex("#14532d")

        assert nearest_passing(green, against=(WHITE,), least=TEXT_CONTRAST) is green

    def test_darken_a_yellow_no_further_than_needed(self) -> None:
        found = nearest_passing(Colour.from_hex("#ffcc00"), against=(WHITE,), least=TEXT_CONTRAST)

        assert 4.5 <= contrast(found, WHITE) < 4.7
        assert found.red > found.green > found.blue  # still a yellow

    def test_say_when_nothing_passes(self) -> None:
        with pytest.raises(ValueError, match="no tone"):
            nearest_passing(WHITE, against=(WHITE, BLACK), least=7)

    @given(HEX)
    def test_for_the_dark_are_always_legible(self, text: str) -> None:
        twin = dark_twin(Colour.from_hex(text), against=(DARK_CARD,))

        assert contrast(twin, DARK_CARD) >= TEXT_CONTRAST

    def test_mix_from_one_end_to_the_other(self) -> None:
        assert mixed(WHITE, BLACK, 1).hex == "#ffffff"
        assert mixed(WHITE, BLACK, 0).hex == "#000000"

    @pytest.mark.parametrize("text", ["", "#fff", "red", "#12345g", "#1234567"])
    def test_are_read_only_as_six_digits(self, text: str) -> None:
        with pytest.raises(ValueError, match="#rrggbb"):
            Colour.from_hex(text)
