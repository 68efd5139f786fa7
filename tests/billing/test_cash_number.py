"""The bar code for cash at a store: read back by another's reader, and never read wrongly."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import typst
import zxingcpp
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image

from smarthub.billing.engine.cash_number import (
    CashNumber,
    cash_number,
    in_groups,
    read_cash_number,
)
from smarthub.kernel.bar_code import code_128_svg, code_128_widths

BILLER = "412007"
ACCOUNTS = st.integers(1, 10**12 - 1).map(str)


def number_of(account_number: str) -> str:
    number = cash_number(biller=BILLER, account_number=account_number)
    assert number is not None
    return number


class TestNumber:
    def test_is_biller_account_and_two_check_digits(self) -> None:
        # 41200700000000100100 modulo 97 is 18 (bc), and 98 less that is 80.
        assert number_of("1001") == "41200700000000100180"
        assert in_groups(number_of("1001")) == "4120 0700 0000 0010 0180"

    @given(account=ACCOUNTS)
    def test_says_whose_account_it_is(self, account: str) -> None:
        read = read_cash_number(in_groups(number_of(account)))

        assert read == CashNumber(BILLER, account.zfill(12))

    @given(account=ACCOUNTS, at=st.integers(0, 19), digit=st.integers(0, 9))
    def test_finds_any_one_wrong_digit(self, account: str, at: int, digit: int) -> None:
        number = number_of(account)
        assume(number[at] != str(digit))

        assert read_cash_number(f"{number[:at]}{digit}{number[at + 1 :]}") is None

    @given(account=ACCOUNTS, at=st.integers(0, 18))
    def test_finds_two_neighbours_changed_over(self, account: str, at: int) -> None:
        number = number_of(account)
        assume(number[at] != number[at + 1])

        assert (
            read_cash_number(f"{number[:at]}{number[at + 1]}{number[at]}{number[at + 2 :]}") is None
        )

    @pytest.mark.parametrize(
        ("biller", "account"),
        [(None, "1001"), ("", "1001"), ("41200", "1001"), (BILLER, "E-1001"), (BILLER, "1" * 13)],
    )
    def test_is_none_rather_than_a_wrong_one(self, biller: str | None, account: str) -> None:
        assert cash_number(biller=biller, account_number=account) is None

    @pytest.mark.parametrize("text", ["", "412007", "x" * 20, "٤" * 20])
    def test_reads_no_other_text(self, text: str) -> None:
        assert read_cash_number(text) is None


def read_drawn(digits: str, folder: Path) -> zxingcpp.Barcode:
    """Draw a bar code on paper, and read it as a store's reader does."""
    (folder / "code.svg").write_text(code_128_svg(digits))
    (folder / "page.typ").write_text(
        '#set page(width: 120mm, height: 40mm, margin: 5mm)\n#image("code.svg", width: 110mm)'
    )
    drawn = typst.compile(str(folder / "page.typ"), format="png", ppi=200)
    with Image.open(io.BytesIO(drawn)) as seen:
        (found,) = zxingcpp.read_barcodes(seen.convert("L"))
    return found


class TestBarCode:
    @pytest.mark.parametrize("account", ["1001", "999999999999", "4821"])
    def test_is_read_by_another_reader_as_it_is_drawn(self, account: str, tmp_path: Path) -> None:
        found = read_drawn(number_of(account), tmp_path)

        assert (found.text, found.format) == (number_of(account), zxingcpp.BarcodeFormat.Code128)

    @pytest.mark.parametrize("tens", range(0, 100, 20))
    def test_has_every_pair_as_the_standard_has_it(self, tens: int, tmp_path: Path) -> None:
        pairs = "".join(f"{pair:02d}" for pair in range(tens, tens + 20))

        assert read_drawn(pairs, tmp_path).text == pairs

    def test_is_of_thirty_five_modules_and_eleven_a_pair(self) -> None:
        # Start 11, a pair 11 each, check 11, stop 13.
        assert sum(code_128_widths("1234")) == 35 + 2 * 11

    @pytest.mark.parametrize("digits", ["123", "12a4", "١٢"])
    def test_refuses_what_has_no_pairs_of_digits(self, digits: str) -> None:
        with pytest.raises(ValueError, match="pairs"):
            code_128_widths(digits)
