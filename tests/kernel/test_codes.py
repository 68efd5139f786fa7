"""Codes people type: no letters that look alike, read however they were pasted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthub.kernel.codes import CODE_LETTERS, derive_code, draw_code, read_code


def test_a_code_has_no_letters_that_look_alike() -> None:
    letters = "".join(draw_code() for _ in range(200)).replace("-", "")

    assert set(letters) <= set(CODE_LETTERS)
    assert not set(letters) & set("AEIOU01LSZ")


class TestReadCode:
    @pytest.mark.parametrize(
        "typed", ["7KQM-R4TX", "7kqmr4tx", " 7KQM R4TX\n", "7 K Q M - R 4 T X", "7KQM\u2013R4TX"]
    )
    def test_takes_a_code_however_it_was_pasted(self, typed: str) -> None:
        assert read_code(typed) == "7KQM-R4TX"

    @pytest.mark.parametrize("typed", ["", "7KQM-R4T", "7KQM-R4TXX", "7KQM-R4T0", "\uff17KQM-R4TX"])
    def test_reads_nothing_from_what_cannot_be_one(self, typed: str) -> None:
        assert read_code(typed) == ""

    @given(st.text())
    def test_never_fails(self, typed: str) -> None:
        read_code(typed)


class TestDeriveCode:
    @given(st.text(), st.binary(min_size=16, max_size=64))
    def test_gives_the_same_code_each_time_and_one_that_can_be_read(
        self, about: str, key: bytes
    ) -> None:
        code = derive_code(key=key, about=about)

        assert read_code(code) == code == derive_code(key=key, about=about)

    def test_differs_by_key_and_by_bill(self) -> None:
        codes = {
            derive_code(key=key, about=about)
            for key in (b"k" * 32, b"l" * 32)
            for about in ("1001-241101", "1001-241201")
        }

        assert len(codes) == 4
