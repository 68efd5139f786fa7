"""Rate one load under one tariff file, so that anybody can check our engine against another.

Files in, text out. It needs neither Django nor a database, so ``smarthub rate --timezone`` works
on any machine; the command ``rate`` adds the co-op's own zone. docs/operating/tariffs.md
describes the formats.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from decimal import Context, Decimal, InvalidOperation, localcontext
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from smarthub.kernel.errors import ExpectedError
from smarthub.rating.engine import RatedMonth, RiderRates, rate_months
from smarthub.rating.engine.months import months_of_load
from smarthub.rating.files import TariffUnreadable, read_load, read_tariff_file
from smarthub.rating.types import PricedLine, Tariff
from smarthub.rating.urdb import definition_from_urdb, is_urdb, urdb_from_tariff

Progress = Callable[[int, int], None]
"""Called with months rated and months in all."""
EXACT = Context(prec=60)
"""Enough digits that sums and products of a load are exact; only shares of a block are cut."""
DIGITS = 18
RIDERS_FILE = "riders.yaml"
COLUMNS = "{:<34} {:>16} {:<7} {:>12} {:>16} {:>12}"


class NotRated(Exception):
    """The load was not rated; the message says why, for a person."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Let a command take the two files, the zone, and riders' rates."""
    parser.add_argument("tariff", type=Path, help="a tariff as YAML, or a URDB rate as JSON")
    parser.add_argument("load", type=Path, help="timestamp,kwh as CSV, or steps as JSON")
    parser.add_argument("--timezone", help="where months and hours are local; default: the co-op's")
    parser.add_argument("--json", action="store_true", help="print JSON, not a table")
    parser.add_argument("--rider", action="append", default=[], metavar="CODE=RATE")


def answer(
    *,
    options: Mapping[str, Any],
    zone: ZoneInfo,
    progress: Progress | None = None,
) -> str:
    """Return what the command prints for its options.

    Raises:
        NotRated: a file cannot be used, or the tariff cannot price the load.
    """
    try:
        months = rate_file(
            tariff_path=options["tariff"],
            load_path=options["load"],
            zone=zone,
            riders=dict(_rider(given) for given in options["rider"]),
            progress=progress,
        )
    except ExpectedError as error:
        raise NotRated(error_text(error=error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise NotRated(str(error)) from error
    return as_json(months=months) if options["json"] else as_table(months=months)


def tell_progress() -> Progress | None:
    """Return what tells a person how far a long load is, or nothing where nobody looks on."""
    if not sys.stderr.isatty():
        return None

    def tell(done: int, of: int) -> None:
        if of > 1:
            sys.stderr.write(f"\r{done} of {of} months" if done < of else "\r" + " " * 24 + "\r")
            sys.stderr.flush()

    return tell


def zone_named(*, name: str) -> ZoneInfo:
    """Return a time zone by its name; ``Etc/GMT+6`` is six hours behind UTC all year.

    Raises:
        NotRated: there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ValueError, ZoneInfoNotFoundError):
        raise NotRated(f"{name} is no time zone") from None


def rate_file(
    *,
    tariff_path: Path,
    load_path: Path,
    zone: ZoneInfo,
    riders: Mapping[str, Decimal],
    progress: Progress | None = None,
) -> list[RatedMonth]:
    """Return each calendar month of a load, priced.

    Args:
        tariff_path: A tariff as YAML, or a URDB rate as JSON.
        load_path: A load as CSV or JSON.
        zone: Where months and hours are local.
        riders: Rates given by hand; others come from ``riders.yaml`` beside the tariff.
        progress: Called after each month.

    Raises:
        ExpectedError: a file cannot be used, or the tariff cannot price the load.
        OSError: a file cannot be opened.
    """
    tariff = read_tariff(text=tariff_path.read_text(encoding="utf-8"))
    brought = read_load(text=load_path.read_text(encoding="utf-8"), zone=zone)
    of_load = list(months_of_load(load=brought.load, zone=zone))
    rated: list[RatedMonth] = []
    with localcontext(EXACT):
        for month in rate_months(
            tariff=tariff,
            load=brought.load,
            zone=zone,
            riders_on=_riders_on(tariff_path.parent / RIDERS_FILE, riders),
            contract=brought.contract,
            history=brought.history,
        ):
            rated.append(month)
            if progress is not None:
                progress(len(rated), len(of_load))
    return rated


def read_tariff(*, text: str) -> Tariff:
    """Return a tariff from our YAML, or from a URDB rate, whose name then counts as Spanish too.

    Raises:
        Refused: it is neither, or it is not sound; the values say what and where.
    """
    document = _json_or_none(text)
    if document is None:
        return read_tariff_file(text=text)
    if not isinstance(document, Mapping):
        raise TariffUnreadable(line=1, problem="no fields")
    if not is_urdb(document):
        return Tariff.from_json(document)
    english = definition_from_urdb(document=document, spanish=None)["name"]["en"]
    return Tariff.from_json(definition_from_urdb(document=document, spanish=english))


def as_urdb(*, tariff_path: Path) -> str:
    """Return a tariff file as a URDB rate, in JSON.

    Raises:
        NotRated: the file cannot be read, or URDB cannot say what the tariff says; by name.
    """
    try:
        tariff = read_tariff(text=tariff_path.read_text(encoding="utf-8"))
        rate = urdb_from_tariff(tariff=tariff)
    except ExpectedError as error:
        raise NotRated(error_text(error=error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise NotRated(str(error)) from error
    return json.dumps(rate, indent=2, default=float)


def as_json(*, months: Sequence[RatedMonth]) -> str:
    """Return the months as JSON: unrounded amounts as text, rounded ones in whole cents."""
    return json.dumps({"months": [_month_json(month) for month in months]}, indent=2)


def as_table(*, months: Sequence[RatedMonth]) -> str:
    """Return the months as a table for people."""
    return "\n\n".join(_month_table(month) for month in months)


def error_text(*, error: ExpectedError) -> str:
    """Return an expected failure in one line: its code, and where."""
    values = "; ".join(f"{name}: {value}" for name, value in error.values.items())
    return f"{error.code} ({values})" if values else error.code


def plain(value: Decimal) -> str:
    """Return a number as digits, never with an exponent, without zeros that say nothing."""
    with localcontext(EXACT):
        text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _rider(given: str) -> tuple[str, Decimal]:
    code, _, rate = given.partition("=")
    try:
        return code, Decimal(rate)
    except InvalidOperation:
        raise NotRated(f"{given} is not written CODE=RATE") from None


def _json_or_none(text: str) -> object:
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError:
        return None


def _riders_on(path: Path, given: Mapping[str, Decimal]) -> Callable[[dt.date], RiderRates]:
    book = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}

    def riders_on(day: dt.date) -> RiderRates:
        rates = {code: _rate_on(value, day) for code, value in book.items()}
        return {**rates, **given}

    return riders_on


def _rate_on(value: str | list[str], day: dt.date) -> Decimal:
    """Return a rider's rate in a month: one for ever, or twelve, January first."""
    return Decimal(str(value[day.month - 1] if isinstance(value, list) else value))


def _month_json(month: RatedMonth) -> dict[str, Any]:
    with localcontext(EXACT):
        total = sum((_exact(line) for line in month.lines), Decimal(0))
    return {
        "start": month.period.start.isoformat(),
        "end": month.period.end.isoformat(),
        "lines": [_line_json(line) for line in month.lines],
        "total": plain(total),
        "total_cents": month.total_amount.cents,
    }


def _line_json(line: PricedLine) -> dict[str, Any]:
    return {
        "code": line.code,
        "name": line.name.en,
        "quantity": plain(line.quantity),
        "unit": str(line.unit),
        "rate": plain(line.rate),
        "amount": plain(_exact(line)),
        "amount_cents": line.amount.cents,
    }


def _exact(line: PricedLine) -> Decimal:
    """Return the unrounded amount; a share of a block that never ends is cut at 18 digits."""
    with localcontext(EXACT):
        whole = line.dollars
        return round(whole, DIGITS)


def _total(month: RatedMonth) -> Decimal:
    with localcontext(EXACT):
        return month.total


def _month_table(month: RatedMonth) -> str:
    rows = [f"{month.period.start} to {month.period.end}"]
    rows.append(COLUMNS.format("", "quantity", "unit", "rate", "unrounded", "dollars"))
    for line in month.lines:
        amounts = f"{line.dollars:.6f}", f"{line.amount.dollars:.2f}"
        quantity, rate = plain(line.quantity), plain(line.rate)
        rows.append(COLUMNS.format(line.name.en[:34], quantity, line.unit, rate, *amounts))
    total = f"{_total(month):.6f}", f"{month.total_amount.dollars:.2f}"
    rows.append(COLUMNS.format("Total", "", "", "", *total))
    return "\n".join(rows)
