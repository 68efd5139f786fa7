"""Lockbox files: read exactly, and refused whole where any total is not what the checks come to."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthub.integrations.lockbox.format import LockboxRows
from smarthub.kernel.money import Money
from smarthub.payments.ports import BankFileRefused

GOOD = """lockbox,4711,2026-11-20
check,1,1,132.47,2041,0010004821 00013946 261228 4
check,1,2,20.00,77,
batch,1,2,152.47
check,2,1,5.00,100,0010004821 00013946 261228 5
batch,2,1,5.00
file,3,157.47
"""
BOX = LockboxRows()


def reason(text: str) -> tuple[int, str, str]:
    with pytest.raises(BankFileRefused) as refused:
        BOX.read(content=text.encode())
    values = refused.value.values
    return values["line"], values["field"], values["reason"]


def test_reads_every_check_with_its_line() -> None:
    box = BOX.read(content=GOOD.encode())

    assert (box.lockbox, box.deposited_on, box.total) == (
        "4711",
        dt.date(2026, 11, 20),
        Money(157_47),
    )
    assert [(i.line, i.batch, i.item, i.amount.cents, i.check_number) for i in box.items] == [
        (2, "1", "1", 132_47, "2041"),
        (3, "1", "2", 20_00, "77"),
        (5, "2", "1", 5_00, "100"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("batch,1,2,152.47", "batch,1,2,152.48", (4, "total", "differs")),
        ("batch,1,2,152.47", "batch,1,3,152.47", (4, "count", "differs")),
        ("batch,1,2,", "batch,9,2,", (4, "batch", "differs")),
        ("file,3,157.47", "file,3,157.48", (7, "total", "differs")),
        ("file,3,157.47", "file,2,157.47", (7, "count", "differs")),
        ("file,3,157.47\n", "", (6, "file", "cut_short")),
        ("batch,2,1,5.00\n", "", (6, "batch", "cut_short")),
        ("lockbox,4711,2026-11-20\n", "", (1, "lockbox", "out_of_order")),
        ("2026-11-20", "20 Nov", (1, "deposited_on", "not_a_day")),
        ("132.47,2041", "132,2041", (2, "amount", "not_an_amount")),
        ("132.47,2041", "-132.47,2041", (2, "amount", "not_an_amount")),
        ("check,1,2,20.00,77,", "check,1,2,20.00,77", (3, "row", "wrong_cells")),
        ("check,1,2,", "check,1,1,", (3, "item", "twice")),
        ("batch,2,1,5.00", "total,2,1,5.00", (6, "row", "wrong_cells")),
    ],
)
def test_what_does_not_hold_together_is_refused_with_its_line(
    old: str, new: str, told: tuple[int, str, str]
) -> None:
    assert reason(GOOD.replace(old, new)) == told


@pytest.mark.parametrize("text", ["", "\n\n", "a,b\n"])
def test_no_lockbox_file_is_refused(text: str) -> None:
    with pytest.raises(BankFileRefused):
        BOX.read(content=text.encode())


@given(cut=st.integers(0, len(GOOD) - len("file,3,157.47\n")))
def test_a_file_cut_anywhere_before_its_last_row_is_refused(cut: int) -> None:
    with pytest.raises(BankFileRefused):
        BOX.read(content=GOOD[:cut].encode())
