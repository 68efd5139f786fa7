"""The layouts of read files we take: which columns, and how rows become batches of text.

Bytes are read line by line, so that a file of any size takes little memory and every row knows
its line. What a field means is not decided here.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from smarthub.integrations.csv_files.plain import PlainLines, find_fields
from smarthub.metering.ports import FileUnreadable
from smarthub.metering.types import Problem, RowBatch, RowProblem

BATCH_ROWS = 8192
CHUNK_BYTES = 2**22
"""Read at once where lines are plain: some thousand days of quarter-hours."""
LONGEST_LINE = 65_536
"""Bytes; a day of 5-minute values takes about 3,000."""
_MARKS_OF_OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class CsvFormat:
    """A CSV layout: its possible headers, to which ``numbered`` adds v1, v2, and so on."""

    name: str
    headers: tuple[tuple[str, ...], ...]
    numbered: bool = False

    def batches(self, path: Path) -> Iterator[RowBatch]:
        """Yield the rows of ``path`` in order, ``BATCH_ROWS`` at a time.

        Raises:
            FileUnreadable: the columns, the encoding or the quoting are wrong.
        """
        with path.open("rb") as file:
            lines = Lines(file)
            reader = csv.reader(lines, strict=True, skipinitialspace=True)
            header = self._header(next_row(reader, lines))
            leading = len(self.headers[0]) if self.numbered else 0
            yield from _batches(reader, lines, header, leading)

    def _header(self, row: list[str] | None) -> tuple[str, ...]:
        if row is None:
            raise FileUnreadable(problem=Problem.EMPTY_FILE, row=1)
        found = tuple(name.strip() for name in row)
        for header in self.headers:
            numbers = range(1, len(found) - len(header) + 1) if self.numbered else range(0)
            if found == (*header, *(f"v{n}" for n in numbers)) and (
                not self.numbered or len(numbers)
            ):
                return found
        expected = " or ".join(
            ",".join(h) + (",v1,v2,..." if self.numbered else "") for h in self.headers
        )
        raise FileUnreadable(
            problem=Problem.WRONG_COLUMNS, row=1, expected=expected, found=",".join(found)
        )


class Lines:
    """Lines of a UTF-8 file as text; counts them and their bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.number = 0
        self.bytes_read = 0
        self.unfinished = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._file.readline(LONGEST_LINE + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self.bytes_read += len(line)
        if len(line) > LONGEST_LINE:
            raise FileUnreadable(problem=Problem.LINE_TOO_LONG, row=self.number)
        self.unfinished = not line.endswith(b"\n")
        return self._decode(line)

    def take_plain(self, *, leading: int, columns: int) -> PlainLines | None:
        """Return some thousand plain lines and step past them; ``None`` if they are not plain."""
        begin = self._file.tell()
        chunk = self._file.read(CHUNK_BYTES)
        whole = chunk[: chunk.rfind(b"\n") + 1]
        found = find_fields(whole, leading=leading, columns=columns) if whole else None
        self._file.seek(begin + len(whole) if found else begin)
        if found:
            self.number += len(found.rows)
            self.bytes_read += len(whole)
        return found

    def _decode(self, line: bytes) -> str:
        strange = b"\0" in line or (self.number == 1 and line.startswith(_MARKS_OF_OTHER_ENCODINGS))
        try:
            if not strange:
                return line.decode("utf-8-sig" if self.number == 1 else "utf-8")
        except UnicodeDecodeError:
            pass
        raise FileUnreadable(problem=Problem.WRONG_ENCODING, row=self.number)


def next_row(reader: Iterator[list[str]], lines: Lines) -> list[str] | None:
    """Return the next row that is not an empty line, or ``None`` at the end."""
    try:
        for row in reader:
            if row:
                return row
    except csv.Error as error:
        raise FileUnreadable(
            problem=Problem.BROKEN_QUOTES, row=lines.number, reason=str(error)
        ) from None
    return None


def _batches(
    reader: Iterator[list[str]], lines: Lines, header: tuple[str, ...], leading: int
) -> Iterator[RowBatch]:
    """Yield batches: where the first ``leading`` fields precede numbers, by plain stretches."""
    while True:
        while leading and (found := lines.take_plain(leading=leading, columns=len(header))):
            first = lines.number - len(found.rows) + 1
            numbers = tuple(range(first, lines.number + 1))
            yield RowBatch(header, numbers, found.rows, (), lines.bytes_read, found.numbers)
        batch = _row_by_row(reader, lines, header)
        yield batch
        if len(batch.rows) + len(batch.problems) < BATCH_ROWS:
            return


def _row_by_row(reader: Iterator[list[str]], lines: Lines, header: tuple[str, ...]) -> RowBatch:
    """Return the next rows, ``BATCH_ROWS`` of them unless the file ends."""
    numbers: list[int] = []
    rows: list[tuple[str, ...]] = []
    problems: list[RowProblem] = []
    while len(rows) + len(problems) < BATCH_ROWS:
        row = next_row(reader, lines)
        if row is None:
            break
        problem = _shape_problem(row, lines, len(header))
        if problem:
            problems.append(problem)
        else:
            numbers.append(lines.number)
            rows.append(tuple(row))
    return RowBatch(header, tuple(numbers), tuple(rows), tuple(problems), lines.bytes_read)


def _shape_problem(row: list[str], lines: Lines, expected: int) -> RowProblem | None:
    """Return what is wrong with the row as such, before anybody looks at its fields.

    A last line without an end may have been cut, even inside a number, so it is not believed.
    """
    if len(row) != expected:
        details = {"expected": expected, "found": len(row)}
        return RowProblem(lines.number, Problem.FIELD_COUNT, details)
    if lines.unfinished:
        return RowProblem(lines.number, Problem.UNFINISHED_LINE)
    return None


WIDE = CsvFormat("wide", (("meter", "start", "step_seconds"),), numbered=True)
LONG = CsvFormat("long", (("meter", "start", "value"),))
_REGISTER_COLUMNS = ("meter", "read_on", "value", "kind")
REGISTERS = CsvFormat("registers", (_REGISTER_COLUMNS, (*_REGISTER_COLUMNS, "flow")))
TEMPERATURE = CsvFormat("temperature", (("dt", "tempF"), ("dt", "tempC")))
