"""Files of cash at stores: read exactly, and refused whole where the total is not what was paid."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthub.integrations.csv_files.cash import CashRows
from smarthub.kernel.money import Money
from smarthub.payments.ports import BankFileRefused, CashItem

GOOD = """cash,412007
paid,41200700000000100180,60.00,2026-11-20,R-7781
paid,4120,5.25,2026-11-21,R-7782
file,2,65.25
"""


def test_reads_every_payment_with_its_line() -> None:
    cash = CashRows().read(content=GOOD.encode())

    assert (cash.biller, cash.total) == ("412007", Money(65_25))
    assert cash.items == (
        CashItem(2, "41200700000000100180", Money(60_00), dt.date(2026, 11, 20), "R-7781"),
        CashItem(3, "4120", Money(5_25), dt.date(2026, 11, 21), "R-7782"),
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("cash,412007\n", "", (1, "cash", "out_of_order")),
        ("file,2,65.25\n", "", (3, "file", "cut_short")),
        ("file,2,65.25", "file,2,65.26", (4, "total", "differs")),
        ("file,2,65.25", "file,1,65.25", (4, "count", "differs")),
        ("60.00", "60", (2, "amount", "not_an_amount")),
        ("2026-11-21", "21.11.2026", (3, "paid_on", "not_a_day")),
        ("R-7782", "R-7781", (3, "receipt", "twice")),
        ("5.25,", "", (3, "row", "wrong_cells")),
    ],
)
def test_what_does_not_hold_together_is_refused_with_its_line(
    old: str, new: str, told: tuple[int, str, str]
) -> None:
    with pytest.raises(BankFileRefused) as refused:
        CashRows().read(content=GOOD.replace(old, new).encode())

    values = refused.value.values
    assert (values["line"], values["field"], values["reason"]) == told


@given(cut=st.integers(0, GOOD.index("file,2,65.2") + len("file,2,65.2")))
def test_a_file_cut_anywhere_is_refused(cut: int) -> None:
    with pytest.raises(BankFileRefused):
        CashRows().read(content=GOOD[:cut].encode())
