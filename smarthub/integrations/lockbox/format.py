"""Read a lockbox file of comma-separated rows: a header, checks, batch totals and a file total.

    lockbox,4711,2026-11-20
    check,1,1,132.47,2041,0010004821 00013946 261228 4
    batch,1,1,132.47
    file,1,132.47

Totals are the bank's word of what it put into the co-op's account. Where one differs from the
checks above it, nothing of the file is booked.
"""

from __future__ import annotations

from collections.abc import Sequence

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
from smarthub.payments.ports import BankFileRefused, LockboxItem, ReadLockbox

WIDTHS = {"lockbox": 3, "check": 6, "batch": 4, "file": 3}


class LockboxRows:
    """The layout as the port wants it."""

    def read(self, *, content: bytes) -> ReadLockbox:
        """Return the day's checks.

        Raises:
            BankFileRefused: it says the line, the field and why.

        Source: domain rule 130.
        """
        rows = read_rows(content, widths=WIDTHS)
        if not rows or rows[0][1][0] != "lockbox":
            raise BankFileRefused(line=1, field="lockbox", reason="out_of_order")
        line, (_, lockbox, day) = rows[0]
        items: list[LockboxItem] = []
        batch: list[LockboxItem] = []
        for line, row in rows[1:-1]:
            match row[0]:
                case "check":
                    batch.append(_check(line, row))
                case "batch":
                    _close_batch(line, row, batch)
                    items += batch
                    batch = []
                case _:
                    raise BankFileRefused(
                        line=line, field="row", reason="out_of_order", found=row[0]
                    )
        total = _close_file(rows[-1], batch, items)
        _refuse_twice(items)
        return ReadLockbox(
            read_word(rows[0][0], "lockbox", lockbox),
            read_day(1, "deposited_on", day),
            total,
            tuple(items),
        )


def _check(line: int, row: Sequence[str]) -> LockboxItem:
    _, batch, item, amount, number, scan_line = row
    return LockboxItem(
        line=line,
        batch=read_word(line, "batch", batch),
        item=read_word(line, "item", item),
        amount=read_amount(line, amount),
        check_number=read_word(line, "check_number", number),
        scan_line=scan_line[:40],
    )


def _close_batch(line: int, row: Sequence[str], batch: Sequence[LockboxItem]) -> None:
    _, number, count, total = row
    for item in batch:
        expect(line, "batch", item.batch, number)
    expect(line, "count", count, str(len(batch)))
    expect(
        line, "total", read_total(line, "total", total), Money.sum(item.amount for item in batch)
    )


def _close_file(row: Row, batch: Sequence[LockboxItem], items: Sequence[LockboxItem]) -> Money:
    line, cells = row
    if cells[0] != "file":
        raise BankFileRefused(line=line, field="file", reason="cut_short")
    if batch:
        raise BankFileRefused(line=line, field="batch", reason="cut_short")
    _, count, total = cells
    expect(line, "count", count, str(len(items)))
    came_to = Money.sum(item.amount for item in items)
    expect(line, "total", read_total(line, "total", total), came_to)
    return came_to


def _refuse_twice(items: Sequence[LockboxItem]) -> None:
    seen = set()
    for item in items:
        if (item.batch, item.item) in seen:
            raise BankFileRefused(line=item.line, field="item", reason="twice", found=item.item)
        seen.add((item.batch, item.item))
