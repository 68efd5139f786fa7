"""Read a Green Button file as reads of one meter: lenient, streaming, and deaf to entities.

Real files break the standard in harmless ways (dates without time, fractional seconds, a kind left
empty, a ReadingType inside its MeterReading), so only what is needed is looked at: which way, which
unit, when and how much. A document type is refused outright: no export needs one, and it is how a
few lines of XML become gigabytes. The file is read twice, because a block may come before the
ReadingType that explains it.

Source: espi.xsd 4.0; the codes are in ``measures``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from xml.parsers import expat

from smarthub.metering.ports import FileUnreadable
from smarthub.metering.types import GREEN_BUTTON_QUALITY, Problem, Quality, RowBatch, RowProblem

HEADER = ("meter", "start", "value", "flow", "unit", "step_seconds", "quality")
"""The columns of single reads as the checks take them."""
CHUNK_BYTES = 2**16
BATCH_ROWS = 8192
DEEPEST = 40
LONGEST_TEXT = 4096

_UNITS = {
    "72": ("kWh", Decimal("0.001")),
    "38": ("kW", Decimal("0.001")),
    "169": ("therm", Decimal(1)),
    "119": ("ccf", Decimal("0.01")),
    "120": ("ccf", Decimal("0.01")),
    "128": ("gal", Decimal(1)),
}
"""ESPI's unit symbols we count in: the unit here, and how many of it one of theirs is."""
_FLOWS = {"": "delivered", "0": "delivered", "1": "delivered", "19": "received"}
_DEMAND = "8"
_REGISTER_KINDS = {"1", "3"}
"""accumulationBehaviour: what a register shows, which is no use of an interval."""
_GOOD = {"", "0", "14", "15", "17", "18", "19"}
_QUALITIES = {str(code): quality for quality, code in GREEN_BUTTON_QUALITY.items()}
_QUALITIES |= {"11": Quality.GOOD, "12": Quality.ESTIMATED}


@dataclass(slots=True)
class _Entry:
    """What one entry of the feed holds so far."""

    links: dict[str, list[str]] = field(default_factory=dict)
    kind: str = ""
    values: dict[str, str] = field(default_factory=dict)
    readings: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class GreenButtonFormat:
    """A Green Button file whose reads are those of the meter with this serial."""

    meter: str
    name: str = "green-button"

    def batches(self, path: Path) -> Iterator[RowBatch]:
        """Yield the interval readings of the file, a few thousand at a time.

        A reading's row is its number in the file, counted from 1.

        Raises:
            FileUnreadable: it is no XML, it breaks off, it names a document type, or it holds no
                reading at all.
        """
        types = _Types()
        for _bytes in _walk(path, types.add):
            pass
        rows = _Rows(self.meter, types)
        for bytes_read in _walk(path, rows.add):
            if len(rows.rows) + len(rows.problems) >= BATCH_ROWS:
                yield rows.batch(bytes_read)
        if not rows.count:
            raise FileUnreadable(problem=Problem.EMPTY_FILE, row=1)
        yield rows.batch(path.stat().st_size)


def _walk(path: Path, take: Callable[[_Entry], None]) -> Iterator[int]:
    """Hand over each entry of a file; yield, now and then, how many bytes are read."""
    walker = _Walker(take)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            walker.parse(chunk)
            yield file.tell()
    walker.parse(b"", last=True)


class _Walker:
    """Follows the elements of a feed and keeps of each entry what is needed."""

    def __init__(self, take: Callable[[_Entry], None]) -> None:
        self._take = take
        self._path: list[str] = []
        self._text: list[str] = []
        self._entry = _Entry()
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._add_text
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype

    def parse(self, chunk: bytes, *, last: bool = False) -> None:
        """Take in some bytes of the file."""
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as error:
            raise FileUnreadable(
                problem=Problem.BROKEN_XML, row=error.lineno, reason=expat.ErrorString(error.code)
            ) from None

    def _refuse_doctype(self, *_declared: object) -> None:
        raise FileUnreadable(
            problem=Problem.BROKEN_XML, row=self._parser.CurrentLineNumber, reason="DOCTYPE"
        )

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        local = name.rpartition(" ")[2]
        self._path.append(local)
        if len(self._path) > DEEPEST:
            raise FileUnreadable(
                problem=Problem.BROKEN_XML, row=self._parser.CurrentLineNumber, reason="too deep"
            )
        self._text.clear()
        if local == "entry":
            self._entry = _Entry()
        elif local == "link" and "href" in attributes:
            self._entry.links.setdefault(attributes.get("rel", ""), []).append(attributes["href"])
        elif local in _RESOURCES:
            self._entry.kind = self._entry.kind or local
        elif local == "IntervalReading":
            self._entry.readings.append({})

    def _add_text(self, text: str) -> None:
        if len(self._text) < LONGEST_TEXT:
            self._text.append(text)

    def _end(self, name: str) -> None:
        local = name.rpartition(" ")[2]
        text = "".join(self._text).strip()
        self._text.clear()
        self._path.pop()
        if "IntervalReading" in self._path:
            self._entry.readings[-1][local] = text
        elif "ReadingType" in self._path:
            self._entry.values[local] = text
        elif local == "entry":
            self._take(self._entry)


_RESOURCES = {"UsagePoint", "MeterReading", "ReadingType", "IntervalBlock"}


class _Types:
    """What each meter reading of a file counts."""

    def __init__(self) -> None:
        self._types: dict[str, dict[str, str]] = {}
        self._of_reading: dict[str, list[str]] = {}
        self._nested: dict[str, dict[str, str]] = {}

    def add(self, entry: _Entry) -> None:
        """Keep an entry if it says something about types."""
        own = entry.links.get("self", [""])[0]
        if entry.kind == "ReadingType":
            self._types[own] = entry.values
        elif entry.kind == "MeterReading":
            self._of_reading[own] = entry.links.get("related", [])
            if entry.values:
                self._nested[own] = entry.values

    def of_block(self, entry: _Entry) -> dict[str, str] | None:
        """Return the type of a block's readings, ``None`` if the file does not tell."""
        places = entry.links.get("self", []) + entry.links.get("up", [])
        owners = [
            own
            for own in (*self._of_reading, *self._nested)
            if own and any(place == own or place.startswith(f"{own}/") for place in places)
        ]
        for own in sorted(owners, key=len, reverse=True):
            if own in self._nested:
                return self._nested[own]
            for link in self._of_reading[own]:
                if link in self._types:
                    return self._types[link]
        everything = [*self._types.values(), *self._nested.values()]
        return everything[0] if len(everything) == 1 else None


class _Rows:
    """Readings on their way into batches."""

    def __init__(self, meter: str, types: _Types) -> None:
        self._meter = meter
        self._types = types
        self.count = 0
        self._lines: list[int] = []
        self.rows: list[tuple[str, ...]] = []
        self.problems: list[RowProblem] = []

    def add(self, entry: _Entry) -> None:
        """Take in the readings of a block."""
        if not entry.readings:
            return
        kind = self._types.of_block(entry)
        for reading in entry.readings:
            self.count += 1
            row = self._row(reading, kind)
            if isinstance(row, RowProblem):
                self.problems.append(row)
            else:
                self._lines.append(self.count)
                self.rows.append(row)

    def batch(self, bytes_read: int) -> RowBatch:
        """Return what came together, and begin anew."""
        batch = RowBatch(
            HEADER, tuple(self._lines), tuple(self.rows), tuple(self.problems), bytes_read
        )
        self._lines, self.rows, self.problems = [], [], []
        return batch

    def _row(
        self, reading: Mapping[str, str], kind: Mapping[str, str] | None
    ) -> tuple[str, ...] | RowProblem:
        if kind is None or kind.get("accumulationBehaviour", "") in _REGISTER_KINDS:
            return RowProblem(self.count, Problem.NO_READING_TYPE)
        unit = _UNITS.get(kind.get("uom", ""))
        flow = _FLOWS.get(kind.get("flowDirection", ""))
        if unit is None or flow is None:
            details = {"uom": kind.get("uom", ""), "flow": kind.get("flowDirection", "")}
            return RowProblem(self.count, Problem.UNIT_UNKNOWN, details)
        power = kind.get("powerOfTenMultiplier", "") or "0"
        text = reading.get("value", "")
        value = _scaled(text, power, unit[1])
        if value is None:
            return RowProblem(self.count, Problem.NOT_A_NUMBER, {"value": text[:40]})
        start = _instant(reading.get("start", ""))
        if start is None:
            return RowProblem(
                self.count, Problem.UNREADABLE_TIME, {"time": reading.get("start", "")}
            )
        step = reading.get("duration") or kind.get("intervalLength", "")
        quality = reading.get("quality", "")
        known = Quality.GOOD if quality in _GOOD else _QUALITIES.get(quality, Quality.QUESTIONABLE)
        demand = kind.get("kind", "") == _DEMAND or unit[0] == "kW"
        return (
            self._meter,
            start,
            value,
            "demand" if demand else flow,
            unit[0],
            step,
            known.name.lower(),
        )


def _scaled(text: str, power: str, factor: Decimal) -> str | None:
    try:
        value = (Decimal(text) * factor).scaleb(int(power))
    except (InvalidOperation, ValueError):
        return None
    return f"{value.normalize():f}" if value.is_finite() else None


def _instant(text: str) -> str | None:
    """Return seconds since 1970, perhaps with a fraction, as ISO 8601 in UTC."""
    try:
        return dt.datetime.fromtimestamp(int(Decimal(text)), tz=dt.UTC).isoformat()
    except (InvalidOperation, ValueError, OverflowError, OSError):
        return None
