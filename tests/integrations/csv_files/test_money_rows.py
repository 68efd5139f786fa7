"""What every file about money is read by: amounts exactly or not at all, and texts of one kind."""

from __future__ import annotations

import codecs

import pytest

from smarthub.integrations.csv_files.agency import AgencyRows
from smarthub.integrations.csv_files.cash import CashRows
from smarthub.integrations.csv_files.collection import CollectionRows
from smarthub.integrations.lockbox.format import LockboxRows
from smarthub.kernel.money import Money
from smarthub.payments.ports import BankFileRefused

Layout = LockboxRows | CashRows | AgencyRows | CollectionRows
FILES: dict[str, tuple[Layout, str]] = {
    "lockbox": (LockboxRows(), "lockbox,4711,{day}\ncheck,1,1,{sum},77,{name}\nbatch,1,1,{sum}\n"),
    "cash": (CashRows(), "cash,412007\npaid,{name},{sum},{day},R-1\n"),
    "agency": (AgencyRows(), "agency,LIHEAP,{day},40112\npaid,V-1,1001,{name},{sum}\n"),
    "collect": (CollectionRows(), "statement,COLLECT-1\npaid,S-1,{name},{day},{sum},1.00\n"),
}
COLLECTED = CollectionRows()
ENDS = {"collect": "file,1,{sum},1.00\n"}
KINDS = pytest.mark.parametrize("kind", FILES)


def text(kind: str, total: str = "12.50", *, name: str = "Alvarez", day: str = "2026-11-20") -> str:
    filled = FILES[kind][1] + ENDS.get(kind, "file,1,{sum}\n")
    return filled.format(sum=total, name=name, day=day)


def read(kind: str, content: bytes) -> Money:
    return FILES[kind][0].read(content=content).total


def refusal(kind: str, content: bytes) -> tuple[object, object]:
    with pytest.raises(BankFileRefused) as refused:
        read(kind, content)
    return refused.value.values["line"], refused.value.values["reason"]


class TestAmounts:
    @KINDS
    @pytest.mark.parametrize(
        ("written", "cents"),
        [
            ("12.50", 12_50),
            (" 12.50 ", 12_50),
            ('"12.50"', 12_50),
            ("00012.50", 12_50),
            ("0" * 5000 + "12.50", 12_50),
            ("99999999.99", 9_999_999_999),
        ],
    )
    def test_dollars_and_cents_are_read_to_the_cent(
        self, kind: str, written: str, cents: int
    ) -> None:
        assert read(kind, text(kind, written).encode()) == Money(cents)

    @KINDS
    @pytest.mark.parametrize(
        ("written", "reason"),
        [
            ("12.345", "not_an_amount"),
            ("12.5", "not_an_amount"),
            ("12", "not_an_amount"),
            (".50", "not_an_amount"),
            ("1e3", "not_an_amount"),
            ("NaN", "not_an_amount"),
            ("Infinity", "not_an_amount"),
            ('"1,000.00"', "not_an_amount"),
            ("1_0.00", "not_an_amount"),
            ("$12.50", "not_an_amount"),
            ("-5.00", "not_an_amount"),
            ("-5", "not_an_amount"),
            ("+5.00", "not_an_amount"),
            ("12 .50", "not_an_amount"),
            ("", "not_an_amount"),
            ("٣", "not_an_amount"),
            ("٣٣.٣٣", "not_an_amount"),
            ("\uff11\uff12.\uff15\uff10", "not_an_amount"),
            ("0.00", "amount_zero"),
            ("100000000.00", "amount_too_large"),
            ("9223372036854775808.00", "amount_too_large"),
            ("9" * 5000 + ".00", "amount_too_large"),
        ],
    )
    def test_anything_else_is_refused_with_its_row(
        self, kind: str, written: str, reason: str
    ) -> None:
        assert refusal(kind, text(kind, written).encode()) == (2, reason)

    @KINDS
    def test_with_a_comma_that_parts_cells_the_row_has_too_many(self, kind: str) -> None:
        assert refusal(kind, text(kind, "1,000.00").encode()) == (2, "wrong_cells")

    def test_a_commission_may_be_nothing(self) -> None:
        content = text("collect").replace("1.00", "0.00").encode()

        assert COLLECTED.read(content=content).items[0].commission == Money(0)


class TestDays:
    @KINDS
    @pytest.mark.parametrize(
        "written", ["20261120", "2026-W47-5", "2026-11-31", "26-11-20", "11/20/2026", ""]
    )
    def test_are_written_one_way(self, kind: str, written: str) -> None:
        assert refusal(kind, text(kind, day=written).encode())[1] == "not_a_day"


class TestTexts:
    @KINDS
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_utf_8_is_read_with_a_byte_order_mark_and_any_line_ends(
        self, kind: str, end: str
    ) -> None:
        written = text(kind, name="Nuñez").replace("\n", end)

        assert read(kind, codecs.BOM_UTF8 + written.encode()) == Money(12_50)

    @KINDS
    @pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "utf-32"])
    def test_any_other_writing_is_refused_as_that(self, kind: str, encoding: str) -> None:
        assert refusal(kind, text(kind, name="Nuñez").encode(encoding)) == (0, "not_utf8")

    @KINDS
    @pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
    def test_two_bytes_a_letter_without_a_mark_are_no_text(self, kind: str, encoding: str) -> None:
        assert refusal(kind, text(kind).encode(encoding)) == (0, "not_text")

    @KINDS
    @pytest.mark.parametrize("odd", ["\x00", "\x07", "\x1b", "\x7f"])
    def test_a_letter_nobody_can_print_is_no_text(self, kind: str, odd: str) -> None:
        assert refusal(kind, text(kind, name=f"a{odd}b").encode()) == (0, "not_text")

    @KINDS
    def test_a_cell_without_end_is_refused(self, kind: str) -> None:
        assert refusal(kind, text(kind, name="a" * 200_000).encode()) == (2, "wrong_cells")

    @KINDS
    @pytest.mark.parametrize("content", [b"", b"\n\n", codecs.BOM_UTF8, b",,,\n"])
    def test_nothing_is_refused(self, kind: str, content: bytes) -> None:
        assert refusal(kind, content)[1] == "out_of_order"
