"""Files for a collection agency, and its statements; columns that stay as they are.

    place,COLLECT-1,2027-03-01
    debt,P000001,0010004821,Maria Alvarez,"12 Oak St, Elizabeth, IL 61028",120.00,2027-02-22
    file,1,120.00

A recall begins with ``recall``. A statement says what was collected and what the agency kept:

    statement,COLLECT-1
    paid,S-1,P000001,2027-04-12,100.00,25.00
    file,1,100.00,25.00
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence

from smarthub.arrears.ports import DebtRow, Statement, StatementItem
from smarthub.integrations.csv_files.money_rows import (
    Row,
    expect,
    read_amount,
    read_day,
    read_rows,
    read_total,
    read_word,
)
from smarthub.kernel.money import Money
from smarthub.payments.ports import BankFileRefused

WIDTHS = {"statement": 2, "paid": 6, "file": 4}
FORMULA = ("=", "+", "-", "@", "\t")
"""What a table program would take for a formula, at the beginning of a cell."""


class CollectionRows:
    """The layout as the port wants it."""

    def write(self, *, agency: str, on: dt.date, rows: Sequence[DebtRow], is_recall: bool) -> bytes:
        """Return the file that hands debts over, or calls them back, with its count and total."""
        written = io.StringIO()
        cells = csv.writer(written, lineterminator="\r\n")
        cells.writerow(["recall" if is_recall else "place", agency, on.isoformat()])
        for row in rows:
            cells.writerow(
                [
                    "debt",
                    row.code,
                    row.account_number,
                    _plain(row.holder),
                    _plain(row.address),
                    row.amount.dollars,
                    row.written_off_on.isoformat(),
                ]
            )
        total = Money.sum(row.amount for row in rows)
        cells.writerow(["file", len(rows), total.dollars])
        return written.getvalue().encode()

    def read(self, *, content: bytes) -> Statement:
        """Return what a statement holds.

        Raises:
            BankFileRefused: it says the line, the field and why.

        Source: domain rules 60 and 130.
        """
        rows = read_rows(content, widths=WIDTHS)
        if not rows or rows[0][1][0] != "statement":
            raise BankFileRefused(line=1, field="statement", reason="out_of_order")
        line, (_, agency) = rows[0]
        last, end = rows[-1]
        if end[0] != "file":
            raise BankFileRefused(line=last, field="file", reason="cut_short")
        items = tuple(_paid(row) for row in rows[1:-1])
        _refuse_twice(items)
        total = Money.sum(item.gross for item in items)
        kept = Money.sum(item.commission for item in items)
        expect(last, "count", end[1], str(len(items)))
        expect(last, "total", read_total(last, "total", end[2]), total)
        expect(last, "commission", read_total(last, "commission", end[3]), kept)
        return Statement(read_word(line, "agency", agency), total, items)


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _paid(row: Row) -> StatementItem:
    line, cells = row
    if cells[0] != "paid":
        raise BankFileRefused(line=line, field="row", reason="out_of_order", found=cells[0])
    _, reference, placement, paid_on, gross, commission = cells
    item = StatementItem(
        line=line,
        reference=read_word(line, "reference", reference),
        placement=placement[:20],
        paid_on=read_day(line, "paid_on", paid_on),
        gross=read_amount(line, gross),
        commission=read_total(line, "commission", commission),
    )
    if item.commission > item.gross:
        raise BankFileRefused(
            line=line, field="commission", reason="amount_too_large", found=commission
        )
    return item


def _refuse_twice(items: tuple[StatementItem, ...]) -> None:
    seen = set()
    for item in items:
        if item.reference in seen:
            raise BankFileRefused(
                line=item.line, field="reference", reason="twice", found=item.reference
            )
        seen.add(item.reference)
