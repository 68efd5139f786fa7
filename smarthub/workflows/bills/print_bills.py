"""Print the bills of a run for a mailing house: files of at most 200, and what they hold.

The data come as JSON and as XML, for mailing houses read either.

Each bill is drawn in the language of who gets it, in large print for who wants that, and only for
those who get paper. A folder is the record: beside each PDF stands a JSON file that names its
bills, written last; a bill any of them names is never printed again. A bill that cannot be
printed holds up nobody else; which and why stands in ``refused.json``. So a run that was stopped is
finished by calling it again, and a bill that was held comes later, in a file of its own.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from smarthub.accounts.queries import list_numbers, list_postal_addresses
from smarthub.accounts.types import AccountId
from smarthub.billing.engine.stub import scan_line
from smarthub.billing.online_code import online_code
from smarthub.billing.printed.handed import Handed, ToPrint
from smarthub.billing.printing import FIRST, LARGEST_BATCH, render_batch
from smarthub.billing.queries import get_bill, list_readers
from smarthub.billing.queries.runs import list_bills_of_run, list_template_versions
from smarthub.cooperative.types import Cooperative
from smarthub.kernel.errors import Conflict
from smarthub.kernel.fault_points import reach
from smarthub.kernel.money import ZERO
from smarthub.members.queries import list_print_wishes
from smarthub.members.types import PostalAddress
from smarthub.workflows.bills.account_bills import auto_pay_handed

REFUSED: Final = "refused.json"


class AlreadyPrinting(Conflict):
    """Another process prints into this folder now."""

    code = "already_printing"


@dataclass(frozen=True, slots=True)
class ToMail:
    """A bill that goes out on paper, before it is read: to whom, how, and where."""

    account_id: AccountId
    bill_number: str
    language: str
    large_print: bool
    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A bill that could not be printed; ``code`` says why.

    ``printed_otherwise``: it was made for the first template, which knows no file of several bills.
    """

    bill: str
    code: str


@dataclass(frozen=True, slots=True)
class PrintFile:
    """A finished file: its name without an ending, its bills, and whether in large print."""

    name: str
    bills: int
    large_print: bool


@dataclass(frozen=True, slots=True)
class Printed:
    """What a call came to: files and bills it wrote, bills that were there, and without paper.

    ``refused`` counts the bills that could not be printed.
    """

    files: int
    bills: int
    before: int
    paperless: int
    refused: int = 0


def print_bills(
    *,
    cycle_code: str,
    bill_date: dt.date,
    folder: Path,
    cooperative: Cooperative,
    pay_address: str,
    message_address: str,
    progress: Callable[[int, int], None] | None = None,
) -> Printed:
    """Write the bills of a run that go out on paper into ``folder``, each exactly once.

    Args:
        cycle_code: The cycle of the run.
        bill_date: Its bill date.
        folder: Where files go; made if it is not there. One folder for each run.
        cooperative: Who sends them.
        pay_address: Where members pay online.
        message_address: Where messages are explained, ``{number}`` standing for theirs.
        progress: Called with bills done and bills in all, after each file.

    Raises:
        AlreadyPrinting: another process is at it.

    Source: feature map 5 and 13 (paper for those who want it); domain rules 67 and 128.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        wanted, paperless = _who_gets_paper(cycle_code, bill_date)
        known = _printed_before(folder)
        unprinted = [each for each in wanted if each.bill_number not in known]
        left, refused = _apart(unprinted)
        _write_refusals(folder, refused)
        files = list(_files_of(left))
        done = len(wanted) - len(unprinted)
        before = done
        for nth, (large_print, part) in enumerate(files, start=_next_number(folder)):
            bills = [_read(each, pay_address, message_address) for each in part]
            _write_file(folder, nth, bills, cooperative, bill_date, large_print=large_print)
            reach("print.file_written")
            done += len(part)
            if progress is not None:
                progress(done, len(wanted))
    return Printed(len(files), len(left), before, paperless, len(refused))


def count_to_print(*, cycle_code: str, bill_date: dt.date) -> tuple[int, int]:
    """Return how many bills of a run go out on paper, and how many do not: seven queries."""
    wanted, paperless = _who_gets_paper(cycle_code, bill_date)
    return len(wanted), paperless


def is_printing(*, folder: Path) -> bool:
    """Return whether a process prints into a folder now."""
    try:
        with _alone(folder):
            return False
    except AlreadyPrinting:
        return True


def list_files(*, folder: Path) -> tuple[PrintFile, ...]:
    """Return the finished files of a folder, in the order they were made."""
    found = []
    for file in sorted(folder.glob("bills-*.json")):
        record = json.loads(file.read_text(encoding="utf-8"))
        found.append(PrintFile(file.stem, len(record["bills"]), record["large_print"]))
    return tuple(found)


def find_printed(*, folder: Path, bill_number: str) -> dt.datetime | None:
    """Return when the file that holds a bill was finished; None where no file of a folder does.

    The records are searched as bytes: a large run has hundreds of files of 200 bills.
    """
    named = f'"bill": {json.dumps(bill_number)},'.encode()
    for file in sorted(folder.glob("bills-*.json")):
        if named in file.read_bytes():
            return dt.datetime.fromtimestamp(file.stat().st_mtime, dt.UTC)
    return None


def list_refusals(*, folder: Path) -> tuple[Refusal, ...]:
    """Return the bills the last call could not print."""
    file = folder / REFUSED
    if not file.exists():
        return ()
    return tuple(Refusal(**each) for each in json.loads(file.read_text(encoding="utf-8")))


def _apart(wanted: Sequence[ToMail]) -> tuple[list[ToMail], list[Refusal]]:
    """Part what can be printed from what cannot: two lists, of one query."""
    versions = list_template_versions(numbers=[each.bill_number for each in wanted])
    old = [each.bill_number for each in wanted if versions[each.bill_number] == FIRST]
    left = [each for each in wanted if each.bill_number not in set(old)]
    return left, [Refusal(number, "printed_otherwise") for number in old]


def _write_refusals(folder: Path, refused: Sequence[Refusal]) -> None:
    told = [asdict(each) for each in refused]
    _put(folder / REFUSED, json.dumps(told, indent=1).encode())


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyPrinting(folder=folder.name) from error
        yield


def _who_gets_paper(cycle_code: str, bill_date: dt.date) -> tuple[list[ToMail], int]:
    """Return the bills that go out on paper, by number, and how many do not: seven queries."""
    found = list_bills_of_run(cycle_code=cycle_code, bill_date=bill_date)
    account_ids = [account_id for account_id, _number in found]
    readers = list_readers(account_ids=account_ids, on=bill_date)
    first = {account_id: people[0] for account_id, people in readers.items()}
    wishes = list_print_wishes(person_ids=[reader.person_id for reader in first.values()])
    numbers = list_numbers(account_ids=account_ids)
    places = list_postal_addresses(account_ids=account_ids)
    wanted = []
    for account_id, bill_number in found:
        reader = first.get(account_id)
        wish = wishes[reader.person_id] if reader else None
        if wish and not wish.wants_paper(account_number=numbers[account_id]):
            continue
        mailing = _lines(wish.mailing) if wish and wish.mailing else places.get(account_id, ())
        wanted.append(
            ToMail(
                account_id=account_id,
                bill_number=bill_number,
                language=wish.language if wish else "en",
                large_print=bool(wish and wish.large_print),
                name=reader.name if reader else "",
                lines=mailing,
            )
        )
    return wanted, len(found) - len(wanted)


def _lines(address: PostalAddress) -> tuple[str, ...]:
    return tuple(address.as_lines().splitlines())


def _printed_before(folder: Path) -> set[str]:
    """Return the bills any finished file names."""
    records = (json.loads(file.read_text(encoding="utf-8")) for file in folder.glob("bills-*.json"))
    return {bill["bill"] for record in records for bill in record["bills"]}


def _next_number(folder: Path) -> int:
    numbers = [int(file.stem.split("-")[1]) for file in folder.glob("bills-*.json")]
    return max(numbers, default=0) + 1


def _files_of(wanted: Sequence[ToMail]) -> Iterator[tuple[bool, list[ToMail]]]:
    """Yield what goes into one file: bills of one look, in the order of the mail."""
    ordered = sorted(wanted, key=lambda each: (each.large_print, each.bill_number))
    for large_print, group in groupby(ordered, key=lambda each: each.large_print):
        alike = list(group)
        for start in range(0, len(alike), LARGEST_BATCH):
            yield large_print, alike[start : start + LARGEST_BATCH]


def _read(each: ToMail, pay_address: str, message_address: str) -> ToPrint:
    bill = get_bill(account_id=each.account_id, number=each.bill_number)
    handed = Handed(
        pay_address=pay_address,
        online_code=online_code(bill_number=bill.number),
        mailing=(each.name or bill.holder, *each.lines),
        message_address=message_address,
        **auto_pay_handed(account_id=each.account_id, bill=bill),
    )
    return ToPrint(bill, each.language, handed)


def _write_file(
    folder: Path,
    nth: int,
    bills: Sequence[ToPrint],
    cooperative: Cooperative,
    bill_date: dt.date,
    *,
    large_print: bool,
) -> None:
    """Write the PDF and its data; the record that makes them count comes last."""
    name = f"bills-{nth:04}"
    title = f"{cooperative.identity.name}, {bill_date.isoformat()}, {name}"
    pdf = render_batch(bills=bills, cooperative=cooperative, title=title, large_print=large_print)
    _put(folder / f"{name}.pdf", pdf)
    record = {
        "file": f"{name}.pdf",
        "sha256": hashlib.sha256(pdf).hexdigest(),
        "title": title,
        "bill_date": bill_date.isoformat(),
        "large_print": large_print,
        "bills": list(_records(bills)),
    }
    reach("print.pdf_written")
    _put(folder / f"{name}.xml", _as_xml(record))
    text = json.dumps(record, ensure_ascii=False, indent=1)
    _put(folder / f"{name}.json", f"{text}\n".encode())


def _records(bills: Sequence[ToPrint]) -> Iterator[dict[str, Any]]:
    """Yield what a mailing house needs of each bill, in the order of the file."""
    for nth, each in enumerate(bills, start=1):
        bill = each.bill
        asked = max(bill.asked, ZERO)
        line = scan_line(account_number=bill.account_number, amount=asked, due_date=bill.due_date)
        yield {
            "nth": nth,
            "bill": bill.number,
            "account": bill.account_number,
            "language": each.language,
            "to": list(each.handed.mailing),
            "amount_cents": bill.asked.cents,
            "due_date": bill.due_date.isoformat(),
            "scan_line": (line or "").replace(" ", ""),
        }


def _as_xml(record: Mapping[str, Any]) -> bytes:
    """Return the record as XML: the same names and values, a line of the address an element."""
    told = Element("print_file", {key: str(v) for key, v in record.items() if key != "bills"})
    for each in record["bills"]:
        values = {key: str(value) for key, value in each.items() if key != "to"}
        bill = SubElement(told, "bill", values)
        for line in each["to"]:
            SubElement(bill, "to").text = line
    indent(told)
    return bytes(tostring(told, encoding="utf-8", xml_declaration=True))


def _put(file: Path, content: bytes) -> None:
    unfinished = file.with_suffix(file.suffix + ".part")
    unfinished.write_bytes(content)
    unfinished.replace(file)
