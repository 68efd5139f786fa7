"""Write a file: header, batches with their controls, file control, and rows of nines to the block.

What a holder may see on a statement is cut to its columns; what moves money never is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from smarthub.integrations.nacha import records
from smarthub.integrations.nacha.records import draw
from smarthub.payments.engine import is_routing_number
from smarthub.payments.ports import (
    BankAccountKind,
    BankBatch,
    BankEntry,
    BankFile,
    BankFileRefused,
    EntryClass,
    EntryUse,
    Originator,
)

MIXED, CREDITS_ONLY, DEBITS_ONLY = "200", "220", "225"
LAST_DIGIT = {
    EntryUse.CREDIT: "2",
    EntryUse.CREDIT_PRENOTE: "3",
    EntryUse.DEBIT: "7",
    EntryUse.DEBIT_PRENOTE: "8",
}
FIRST_DIGIT = {BankAccountKind.CHECKING: "2", BankAccountKind.SAVINGS: "3"}
CREDITING = {EntryUse.CREDIT, EntryUse.CREDIT_PRENOTE}
LONGEST_ACCOUNT, LARGEST_CENTS, MOST_ENTRIES = 17, 10**10 - 1, 10**7 - 1


@dataclass(frozen=True, slots=True)
class _Sums:
    """What a batch's control says of it, and the file's of all batches."""

    count: int
    hash: int
    debits: int
    credits: int

    @classmethod
    def of(cls, entries: Iterable[BankEntry]) -> _Sums:
        listed = list(entries)
        cents = {True: 0, False: 0}
        for entry in listed:
            cents[entry.use in CREDITING] += entry.amount.cents
        return cls(
            count=len(listed) + sum(bool(entry.addenda) for entry in listed),
            hash=records.hash_of([entry.routing for entry in listed]),
            debits=cents[False],
            credits=cents[True],
        )

    @property
    def fields(self) -> dict[str, str | int]:
        """The sums by the names of their fields."""
        return {
            "count": self.count,
            "hash": self.hash,
            "debits": self.debits,
            "credits": self.credits,
        }


def write_file(*, file: BankFile, originator: Originator) -> bytes:
    """Return a file as a bank takes it: records of 94 columns, in blocks of ten.

    Raises:
        BankFileRefused: a batch is empty, or an entry holds what no entry can: a routing number
            that fails its check, an account that is too long, a negative amount, a prenote that
            moves money, or an amount of nothing that is no prenote.

    Source: Nacha operating rules, appendix three; domain rule 132.
    """
    lines = [_file_header(file, originator)]
    for number, batch in enumerate(file.batches, start=1):
        _write_batch(lines, batch, number, originator)
    sums = _Sums.of(entry for batch in file.batches for entry in batch.entries)
    blocks = -(-(len(lines) + 1) // records.BLOCK)
    control = {**sums.fields, "batches": len(file.batches), "blocks": blocks}
    lines.append(draw("9", records.FILE_CONTROL, control, len(lines) + 1))
    lines += [records.FILLER] * (-len(lines) % records.BLOCK)
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _file_header(file: BankFile, originator: Originator) -> str:
    values: dict[str, str | int] = {
        "priority": "01",
        "destination": f" {originator.destination}",
        "origin": originator.origin.rjust(10),
        "created_on": f"{file.created_at:%y%m%d}",
        "created_at": f"{file.created_at:%H%M}",
        "letter": file.letter,
        "record_size": "094",
        "blocking": records.BLOCK,
        "format": "1",
        "destination_name": originator.destination_name,
        "origin_name": originator.origin_name,
    }
    return draw("1", records.FILE_HEADER, values, 1)


def _write_batch(lines: list[str], batch: BankBatch, number: int, originator: Originator) -> None:
    if not batch.entries:
        raise BankFileRefused(line=len(lines) + 1, field="entries", reason="batch_is_empty")
    shared: dict[str, str | int] = {
        "service_class": _service_class(batch.entries),
        "company_id": originator.company_id,
        "odfi": originator.odfi[:8],
        "number": number,
    }
    header: dict[str, str | int] = {
        **shared,
        "company_name": originator.company_name,
        "entry_class": batch.entry_class,
        "description": batch.description,
        "effective": f"{batch.effective_on:%y%m%d}",
        "status": "1",
    }
    lines.append(draw("5", records.BATCH_HEADER, header, len(lines) + 1))
    for entry in batch.entries:
        _write_entry(lines, entry, batch.entry_class, originator)
    control = {**shared, **_Sums.of(batch.entries).fields}
    lines.append(draw("8", records.BATCH_CONTROL, control, len(lines) + 1))


def _write_entry(
    lines: list[str], entry: BankEntry, entry_class: EntryClass, originator: Originator
) -> None:
    line = len(lines) + 1
    _refuse_entry(entry, line)
    is_web = entry_class is EntryClass.WEB
    values: dict[str, str | int] = {
        "transaction": FIRST_DIGIT[entry.account_kind] + LAST_DIGIT[entry.use],
        "routing": entry.routing,
        "account": entry.account,
        "amount": entry.amount.cents,
        "id_number": entry.id_number,
        "name": entry.name,
        "payment_type": ("R" if entry.is_recurring else "S") if is_web else "",
        "has_addenda": "1" if entry.addenda else "0",
        "trace": trace_of(odfi=originator.odfi, sequence=entry.sequence),
    }
    lines.append(draw("6", records.ENTRY, values, line))
    if entry.addenda:
        words: dict[str, str | int] = {
            "addenda_type": "05",
            "text": entry.addenda,
            "sequence": 1,
            "entry_sequence": entry.sequence,
        }
        lines.append(draw("7", records.ADDENDA, words, line + 1))


def trace_of(*, odfi: str, sequence: int) -> str:
    """Return the trace number of an entry: eight digits of the bank, seven of the entry."""
    return f"{odfi[:8]}{sequence:07}"


def _refuse_entry(entry: BankEntry, line: int) -> None:
    account = entry.account
    wrong = {
        ("routing", "routing_check"): not is_routing_number(entry.routing),
        ("account", "missing"): not account.strip(),
        ("account", "too_long"): len(account) > LONGEST_ACCOUNT,
        ("account", "not_plain"): not account.replace("-", "").replace(" ", "").isalnum()
        or not account.isascii(),
        ("amount", "negative"): entry.amount.cents < 0,
        ("amount", "too_large"): entry.amount.cents > LARGEST_CENTS,
        ("amount", "prenote_moves_money"): entry.use.is_prenote and bool(entry.amount),
        ("amount", "moves_nothing"): not entry.use.is_prenote and not entry.amount,
        ("sequence", "too_long"): not 0 < entry.sequence <= MOST_ENTRIES,
    }
    for (field, reason), is_wrong in wrong.items():
        if is_wrong:
            raise BankFileRefused(line=line, field=field, reason=reason)


def _service_class(entries: Iterable[BankEntry]) -> str:
    sides = {entry.use in CREDITING for entry in entries}
    if len(sides) > 1:
        return MIXED
    return CREDITS_ONLY if True in sides else DEBITS_ONLY
