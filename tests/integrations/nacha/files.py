"""Bank files for tests: a co-op at a bank, entries of any kind, and files that banks send back."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from smarthub.kernel.money import ZERO, Money
from smarthub.payments.engine import is_routing_number
from smarthub.payments.ports import (
    BankAccountKind,
    BankBatch,
    BankEntry,
    BankFile,
    EntryClass,
    EntryUse,
    Originator,
)

ODFI = "091000019"
COOP = Originator(
    odfi=ODFI,
    destination=ODFI,
    destination_name="First Bank",
    origin=ODFI,
    origin_name="Prairie Ridge Energy",
    company_name="Prairie Ridge",
    company_id="1361234567",
)
CREATED = dt.datetime(2026, 11, 25, 9, 30, tzinfo=dt.UTC)
EFFECTIVE = dt.date(2026, 11, 27)

ENTRY = BankEntry(
    use=EntryUse.DEBIT,
    routing="021000021",
    account="123456789",
    account_kind=BankAccountKind.CHECKING,
    amount=Money(132_47),
    name="Maria Alvarez",
    id_number="0010004821",
    sequence=1,
)


def routing(first_eight: int) -> str:
    """Return the routing number of a bank: its eight digits, and the one that makes them check."""
    digits = f"{first_eight:08}"
    return next(f"{digits}{last}" for last in range(10) if is_routing_number(f"{digits}{last}"))


def entries() -> st.SearchStrategy[BankEntry]:
    """Return entries of every use, with what members really write in their names."""
    return st.builds(
        _entry,
        use=st.sampled_from(EntryUse),
        routing=st.integers(1, 99_999_999).map(routing),
        account=st.integers(1_000, 10**17 - 1).map(str),
        account_kind=st.sampled_from(BankAccountKind),
        amount=st.integers(1, 10**9).map(Money),
        name=st.sampled_from(["Maria Alvarez", "José Nuñez", "O'Neil & Sons, a very long name"]),
        id_number=st.integers(0, 10**15 - 1).map(str),
        addenda=st.sampled_from(["", "Bill 0010004821-261107"]),
        is_recurring=st.booleans(),
    )


def files() -> st.SearchStrategy[BankFile]:
    """Return files of one to three batches, each of one class."""
    batches = st.lists(
        st.tuples(st.sampled_from(EntryClass), st.lists(entries(), min_size=1, max_size=5)),
        min_size=1,
        max_size=3,
    )
    return batches.map(_file)


def one(*given: BankEntry, entry_class: EntryClass = EntryClass.PPD) -> BankFile:
    """Return a file of one batch."""
    return _file([(entry_class, list(given))])


def _batch_header(entry_class: str) -> str:
    return (
        f"5200{'PRAIRIE RIDGE':16}{'':20}{'1361234567':10}{entry_class:3}"
        f"{'ELECBILL':10}{'':6}261127{'':3}1021000020000001"
    )


def _entry(*, use: EntryUse, amount: Money, **values: Any) -> BankEntry:
    moved = ZERO if use.is_prenote else amount
    return replace(ENTRY, use=use, amount=moved, **values)


def _file(batches: list[tuple[EntryClass, list[BankEntry]]]) -> BankFile:
    made, sequence = [], 0
    for entry_class, given in batches:
        numbered = []
        for entry in given:
            sequence += 1
            numbered.append(replace(entry, sequence=sequence))
        made.append(BankBatch(entry_class, "ELECBILL", EFFECTIVE, tuple(numbered)))
    return BankFile(CREATED, "A", tuple(made))


def sent_back(*given: tuple[str, str, int, str], changed: bool = False) -> bytes:
    """Return a bank's file of returns: code, original trace, cents, and what it wrote besides.

    Drawn by hand, column by column, so that the reader is not tried on its own writer.
    """
    kind = "98" if changed else "99"
    lines = [
        f"101 {ODFI} 0210000212611271000A094101{'PRAIRIE RIDGE':23}{'FIRST BANK':23}{'':8}",
        _batch_header("COR" if changed else "PPD"),
    ]
    cents_back = 0
    for number, (code, trace, cents, told) in enumerate(given, start=1):
        amount = 0 if changed else cents
        cents_back += amount
        own = f"02100002{number:07}"
        lines.append(
            f"626{ODFI}{'123456789':17}{amount:010}{'0010004821':15}{'MARIA ALVAREZ':22}  1{own}"
        )
        text = f"{told:29}{'':15}" if changed else f"{told:44}"
        lines.append(f"7{kind}{code:3}{trace:15}{'':6}02100002{text}{own}")
    count, total_hash = 2 * len(given), int(ODFI[:8]) * len(given) % 10**10
    lines.append(
        f"8200{count:06}{total_hash:010}{cents_back:012}{0:012}{'1361234567':10}{'':25}"
        f"021000020000001"
    )
    blocks = -(-(len(lines) + 1) // 10)
    lines.append(f"9{1:06}{blocks:06}{count:08}{total_hash:010}{cents_back:012}{0:012}{'':39}")
    lines += ["9" * 94] * (-len(lines) % 10)
    return "".join(f"{line}\n" for line in lines).encode()
