"""Read a file: lenient in what does not matter, exact in everything that moves money.

Line ends of any kind or none, missing rows of nines, blank lines at the end and a byte order mark
are all passed over. A record that is not 94 columns, a count, a hash or a total that is not what
the entries come to, or a file without its end refuse the whole file: whatever was changed or cut
on the way, nothing of it is used.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from smarthub.integrations.nacha import records
from smarthub.integrations.nacha.records import take
from smarthub.kernel.money import ZERO, Money
from smarthub.payments.engine import is_routing_number
from smarthub.payments.ports import (
    BankFileRefused,
    EntryUse,
    ReadBankFile,
    ReadEntry,
    ReturnedEntry,
)

RETURN_TYPE, CHANGE_TYPE = "99", "98"
USES = {
    "2": EntryUse.CREDIT,
    "3": EntryUse.CREDIT_PRENOTE,
    "7": EntryUse.DEBIT,
    "8": EntryUse.DEBIT_PRENOTE,
}
BACK = {"1": EntryUse.CREDIT, "6": EntryUse.DEBIT}
"""The second digit of a transaction code of what came back, and what had been sent."""
KINDS = {"2", "3"}
LAST_DIGITS_SHOWN = 4

Record = tuple[int, str]
"""A record, and the line it stands in."""


@dataclass(slots=True)
class _Sums:
    """What has been seen so far, to be held against a control record."""

    count: int = 0
    debits: int = 0
    credits: int = 0
    routings: list[str] = field(default_factory=list)

    def add(self, other: _Sums) -> None:
        self.count += other.count
        self.debits += other.debits
        self.credits += other.credits
        self.routings += other.routings

    def check(self, said: dict[str, str], line: int) -> None:
        """Hold the sums against a control record.

        Raises:
            BankFileRefused: one of them differs.
        """
        counted = {
            "count": self.count,
            "hash": records.hash_of(self.routings),
            "debits": self.debits,
            "credits": self.credits,
        }
        for name, value in counted.items():
            _expect(line, name, int(said[name]), value)


class _Reader:
    """Goes through the records once, in the only order they may stand in."""

    def __init__(self, found: list[Record]) -> None:
        self.records = found
        self.at = 0
        self.entries: list[ReadEntry] = []
        self.returned: list[ReturnedEntry] = []
        self.sums = _Sums()

    def read(self) -> ReadBankFile:
        line, record = self._next("1", "file_header")
        header = take(records.FILE_HEADER, record, line)
        batches = 0
        while self._peek() == "5":
            batches += 1
            self._read_batch()
        line, record = self._next("9", "file_control")
        control = take(records.FILE_CONTROL, record, line)
        self.sums.check(control, line)
        _expect(line, "batches", int(control["batches"]), batches)
        _expect(line, "blocks", int(control["blocks"]), -(-self.at // records.BLOCK))
        if self.at < len(self.records):
            raise BankFileRefused(
                line=self.records[self.at][0], field="record", reason="after_the_end"
            )
        return ReadBankFile(
            origin=header["origin"],
            destination=header["destination"],
            created=header["created_on"],
            debits=Money(self.sums.debits),
            credits=Money(self.sums.credits),
            entries=tuple(self.entries),
            returned=tuple(self.returned),
        )

    def _read_batch(self) -> None:
        line, record = self._next("5", "batch_header")
        header = take(records.BATCH_HEADER, record, line)
        sums, known = _Sums(), len(self.returned)
        while self._peek() == "6":
            self._read_entry(header, sums)
        if back := self.returned[known:]:
            day = _day(header["effective"], line)
            company = header["company_id"]
            self.returned[known:] = [
                replace(each, settles_on=day, company_id=company) for each in back
            ]
        line, record = self._next("8", "batch_control")
        control = take(records.BATCH_CONTROL, record, line)
        sums.check(control, line)
        for name in ("service_class", "company_id", "number", "odfi"):
            if control[name] != header[name]:
                raise BankFileRefused(
                    line=line,
                    field=name,
                    reason="differs",
                    found=control[name],
                    expected=header[name],
                )
        self.sums.add(sums)

    def _read_entry(self, header: dict[str, str], sums: _Sums) -> None:
        line, record = self._next("6", "entry")
        entry = take(records.ENTRY, record, line)
        use = _use(entry["transaction"], line)
        if not is_routing_number(entry["routing"]):
            raise BankFileRefused(line=line, field="routing", reason="routing_check")
        cents = int(entry["amount"])
        sums.count += 1
        sums.routings.append(entry["routing"])
        if use in {EntryUse.CREDIT, EntryUse.CREDIT_PRENOTE}:
            sums.credits += cents
        else:
            sums.debits += cents
        addenda = self._read_addenda(entry, line)
        sums.count += len(addenda)
        back = [each for each in addenda if isinstance(each, ReturnedEntry)]
        self.returned += back
        if not back:
            self.entries.append(
                ReadEntry(
                    line=line,
                    entry_class=header["entry_class"],
                    use=use,
                    amount=Money(cents),
                    trace=entry["trace"],
                    effective=header["effective"],
                    name=entry["name"],
                    account_last4=entry["account"][-LAST_DIGITS_SHOWN:],
                    addenda=" ".join(str(each) for each in addenda),
                )
            )

    def _read_addenda(self, entry: dict[str, str], at: int) -> list[ReturnedEntry | str]:
        found: list[ReturnedEntry | str] = []
        while self._peek() == "7":
            line, record = self._next("7", "addenda")
            kind = record[1:3]
            if kind in {RETURN_TYPE, CHANGE_TYPE}:
                found.append(_returned(kind, record, line, Money(int(entry["amount"]))))
            else:
                found.append(take(records.ADDENDA, record, line)["text"])
        if bool(found) != (entry["has_addenda"] == "1"):
            raise BankFileRefused(
                line=at, field="has_addenda", reason="differs", found=entry["has_addenda"]
            )
        return found

    def _peek(self) -> str:
        return self.records[self.at][1][0] if self.at < len(self.records) else ""

    def _next(self, kind: str, name: str) -> Record:
        if self.at == len(self.records):
            last = self.records[-1][0] if self.records else 0
            raise BankFileRefused(line=last, field=name, reason="cut_short")
        line, record = self.records[self.at]
        if record[0] != kind:
            raise BankFileRefused(
                line=line, field=name, reason="out_of_order", found=record[0], expected=kind
            )
        self.at += 1
        return line, record


def read_file(*, content: bytes) -> ReadBankFile:
    """Return what a file holds: entries, returns and notices of change.

    Raises:
        BankFileRefused: it is cut short, changed on the way, or no such file; says where.

    Source: Nacha operating rules, appendix three; domain rule 132.
    """
    return _Reader(list(_records(content))).read()


def _records(content: bytes) -> Iterator[Record]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BankFileRefused(line=0, field="file", reason="not_text") from None
    lines = text.splitlines()
    if len(lines) == 1 and len(text) > records.WIDTH:  # one long row, as some banks send it
        row = lines[0]
        lines = [row[at : at + records.WIDTH] for at in range(0, len(row), records.WIDTH)]
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.strip() == records.FILLER:
            continue
        if len(line) != records.WIDTH:
            raise BankFileRefused(
                line=number,
                field="record",
                reason="not_94_columns",
                found=len(line),
                expected=records.WIDTH,
            )
        if not line.isascii():
            raise BankFileRefused(line=number, field="record", reason="not_text")
        yield number, line


def _use(transaction: str, line: int) -> EntryUse:
    kind, last = transaction[:1], transaction[1:]
    use = {**USES, **BACK}.get(last)
    if kind not in KINDS or use is None:
        raise BankFileRefused(
            line=line, field="transaction", reason="unknown_transaction", found=transaction
        )
    return use


def _day(text: str, line: int) -> dt.date | None:
    """Return the day of a batch; none where blanks or zeros leave it open, as some banks do."""
    if not text.strip("0"):
        return None
    try:
        return dt.datetime.strptime(text, "%y%m%d").replace(tzinfo=dt.UTC).date()
    except ValueError:
        raise BankFileRefused(
            line=line, field="settles_on", reason="not_a_day", found=text
        ) from None


def _returned(kind: str, record: str, line: int, amount: Money) -> ReturnedEntry:
    fields = records.RETURN_ADDENDA if kind == RETURN_TYPE else records.CHANGE_ADDENDA
    addenda = take(fields, record, line)
    return ReturnedEntry(
        line=line,
        code=addenda["code"],
        original_trace=addenda["original_trace"],
        trace=addenda["trace"],
        amount=amount if kind == RETURN_TYPE else ZERO,
        told=addenda["text"],
    )


def _expect(line: int, name: str, found: int, expected: int) -> None:
    if found != expected:
        raise BankFileRefused(
            line=line, field=name, reason="differs", found=found, expected=expected
        )
