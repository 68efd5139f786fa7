"""Read what an agency paid for many accounts at once: a header, payments, and their total.

    agency,LIHEAP-JO,2026-11-20,40112
    paid,V-1001,0010004821,Alvarez,150.00
    file,1,150.00

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
from smarthub.payments.ports import BankFileRefused
from smarthub.payments.types import AgencyItem, ReadAgency

WIDTHS = {"agency": 4, "paid": 5, "file": 3}


class AgencyRows:
    """The layout as the port wants it."""

    def read(self, *, content: bytes) -> ReadAgency:
        """Return what an agency paid.

        Raises:
            BankFileRefused: it says the line, the field and why.

        Source: domain rules 92 and 130; promise R28.
        """
        rows = read_rows(content, widths=WIDTHS)
        if not rows or rows[0][1][0] != "agency":
            raise BankFileRefused(line=1, field="agency", reason="out_of_order")
        line, (_, agency, paid_on, check) = rows[0]
        last, end = rows[-1]
        if end[0] != "file":
            raise BankFileRefused(line=last, field="file", reason="cut_short")
        items = tuple(_paid(row) for row in rows[1:-1])
        _refuse_twice(items)
        total = Money.sum(item.amount for item in items)
        expect(last, "count", end[1], str(len(items)))
        expect(last, "total", read_total(last, "total", end[2]), total)
        return ReadAgency(
            agency=read_word(line, "agency", agency),
            paid_on=read_day(line, "paid_on", paid_on),
            check_number=read_word(line, "check", check),
            total=total,
            items=items,
        )


def _paid(row: Row) -> AgencyItem:
    line, cells = row
    if cells[0] != "paid":
        raise BankFileRefused(line=line, field="row", reason="out_of_order", found=cells[0])
    _, voucher, account, name, dollars = cells
    return AgencyItem(
        line=line,
        voucher=read_word(line, "voucher", voucher),
        account=account[:20],
        name=name[:60],
        amount=read_amount(line, dollars),
    )


def _refuse_twice(items: tuple[AgencyItem, ...]) -> None:
    seen = set()
    for item in items:
        if item.voucher in seen:
            raise BankFileRefused(
                line=item.line, field="voucher", reason="twice", found=item.voucher
            )
        seen.add(item.voucher)
