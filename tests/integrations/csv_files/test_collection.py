"""Files for collection agencies: columns that stay, no formulas, and statements read exactly."""

from __future__ import annotations

import csv
import datetime as dt

import pytest

from smarthub.arrears.ports import DebtRow, StatementItem
from smarthub.integrations.csv_files.collection import CollectionRows
from smarthub.kernel.money import Money
from smarthub.payments.ports import BankFileRefused

DAY = dt.date(2027, 3, 1)
GOOD = """statement,COLLECT-1
paid,S-1,P000001,2027-04-12,100.00,25.00
paid,S-2,P000002,2027-04-13,10.00,0.00
file,2,110.00,25.00
"""


def written(name: str) -> list[list[str]]:
    row = DebtRow("P000001", "1001", name, "12 Oak St, Elizabeth", Money(1_200_05), DAY)
    content = CollectionRows().write(agency="COLLECT-1", on=DAY, rows=[row], is_recall=False)
    return list(csv.reader(content.decode().splitlines()))


def test_a_file_has_these_columns_and_a_total() -> None:
    assert written("Maria Alvarez") == [
        ["place", "COLLECT-1", "2027-03-01"],
        [
            "debt",
            "P000001",
            "1001",
            "Maria Alvarez",
            "12 Oak St, Elizabeth",
            "1200.05",
            "2027-03-01",
        ],
        ["file", "1", "1200.05"],
    ]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])
def test_a_name_is_no_formula(name: str) -> None:
    assert written(name)[1][3] == f"'{name}"


def test_a_statement_is_read_with_its_lines() -> None:
    statement = CollectionRows().read(content=GOOD.encode())

    assert (statement.agency, statement.total) == ("COLLECT-1", Money(110_00))
    assert statement.items[1] == StatementItem(
        3, "S-2", "P000002", dt.date(2027, 4, 13), Money(10_00), Money(0)
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("statement,COLLECT-1\n", "", (1, "statement", "out_of_order")),
        ("file,2,110.00,25.00\n", "", (3, "file", "cut_short")),
        ("file,2,110.00", "file,2,110.01", (4, "total", "differs")),
        ("110.00,25.00", "110.00,24.00", (4, "commission", "differs")),
        ("file,2", "file,3", (4, "count", "differs")),
        ("100.00,25.00\n", "100.00,100.01\n", (2, "commission", "amount_too_large")),
        ("10.00,0.00", "0.00,0.00", (3, "amount", "amount_zero")),
        ("S-2", "S-1", (3, "reference", "twice")),
        ("2027-04-12", "12.4.2027", (2, "paid_on", "not_a_day")),
    ],
)
def test_what_does_not_hold_together_is_refused_with_its_line(
    old: str, new: str, told: tuple[int, str, str]
) -> None:
    with pytest.raises(BankFileRefused) as refused:
        CollectionRows().read(content=GOOD.replace(old, new).encode())

    values = refused.value.values
    assert (values["line"], values["field"], values["reason"]) == told
