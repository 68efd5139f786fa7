"""Files of agencies: read exactly, and refused whole where the total is not what was paid."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthub.integrations.csv_files.agency import AgencyRows
from smarthub.kernel.money import Money
from smarthub.payments.ports import BankFileRefused
from smarthub.payments.types import AgencyItem

GOOD = """agency,LIHEAP-JO,2026-11-20,40112
paid,V-1,0010004821,Alvarez,150.00
paid,V-2,"0010004822","Quarry, Farms",80.25
file,2,230.25
"""


def test_reads_every_payment_with_its_line() -> None:
    paid = AgencyRows().read(content=GOOD.encode())

    assert (paid.agency, paid.paid_on) == ("LIHEAP-JO", dt.date(2026, 11, 20))
    assert (paid.check_number, paid.total) == ("40112", Money(230_25))
    assert paid.items == (
        AgencyItem(2, "V-1", "0010004821", "Alvarez", Money(150_00)),
        AgencyItem(3, "V-2", "0010004822", "Quarry, Farms", Money(80_25)),
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("agency,LIHEAP-JO,2026-11-20,40112\n", "", (1, "agency", "out_of_order")),
        ("file,2,230.25\n", "", (3, "file", "cut_short")),
        ("file,2,230.25", "file,2,230.26", (4, "total", "differs")),
        ("file,2,230.25", "file,1,230.25", (4, "count", "differs")),
        ("150.00", "150", (2, "amount", "not_an_amount")),
        ("150.00", "0.00", (2, "amount", "amount_zero")),
        ("2026-11-20", "20.11.2026", (1, "paid_on", "not_a_day")),
        ("V-2", "V-1", (3, "voucher", "twice")),
        ("Alvarez,", "", (2, "row", "wrong_cells")),
    ],
)
def test_what_does_not_hold_together_is_refused_with_its_line(
    old: str, new: str, told: tuple[int, str, str]
) -> None:
    with pytest.raises(BankFileRefused) as refused:
        AgencyRows().read(content=GOOD.replace(old, new).encode())

    values = refused.value.values
    assert (values["line"], values["field"], values["reason"]) == told


@given(cut=st.integers(0, GOOD.index("file,2,230.2") + len("file,2,230.2")))
def test_a_file_cut_anywhere_is_refused(cut: int) -> None:
    with pytest.raises(BankFileRefused):
        AgencyRows().read(content=GOOD[:cut].encode())
