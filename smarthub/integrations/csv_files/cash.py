"""Read a file of cash that stores took: a header, payments, and the total the network pays out.

    cash,412007
    paid,41200700000000100180,60.00,2026-11-20,R-7781
    file,1,60.00

Where the count or the total differs from the payments, nothing of the file is booked.
"""

from __future__ import annotations

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
from smarthub.payments.ports import BankFileRefused, CashItem, ReadCash

WIDTHS = {"cash": 2, "paid": 5, "file": 3}


class CashRows:
    """The layout as the port wants it."""

    def read(self, *, content: bytes) -> ReadCash:
        """Return what stores took.

        Raises:
            BankFileRefused: it says the line, the field and why.

        Source: domain rule 130.
        """
        rows = read_rows(content, widths=WIDTHS)
        if not rows or rows[0][1][0] != "cash":
            raise BankFileRefused(line=1, field="cash", reason="out_of_order")
        line, (_, biller) = rows[0]
        last, end = rows[-1]
        if end[0] != "file":
            raise BankFileRefused(line=last, field="file", reason="cut_short")
        items = tuple(_paid(row) for row in rows[1:-1])
        _refuse_twice(items)
        total = Money.sum(item.amount for item in items)
        expect(last, "count", end[1], str(len(items)))
        expect(last, "total", read_total(last, "total", end[2]), total)
        return ReadCash(read_word(line, "biller", biller), total, items)


def _paid(row: Row) -> CashItem:
    line, cells = row
    if cells[0] != "paid":
        raise BankFileRefused(line=line, field="row", reason="out_of_order", found=cells[0])
    _, number, amount, paid_on, receipt = cells
    return CashItem(
        line=line,
        number=number[:40],
        amount=read_amount(line, amount),
        paid_on=read_day(line, "paid_on", paid_on),
        receipt=read_word(line, "receipt", receipt),
    )


def _refuse_twice(items: tuple[CashItem, ...]) -> None:
    seen = set()
    for item in items:
        if item.receipt in seen:
            raise BankFileRefused(
                line=item.line, field="receipt", reason="twice", found=item.receipt
            )
        seen.add(item.receipt)
