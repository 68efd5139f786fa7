"""Read a load from CSV (``timestamp,kwh``) or JSON (steps of watt-hours); nothing is guessed.

Numbers are kept exactly as they are written. A JSON load may also bring facts of the account
that its tariff needs: ``{"account": {"power_factor": "0.91", "past_kw": {"2026-05": "340"}}}``.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from smarthub.kernel.errors import Refused
from smarthub.rating.types import ANYTIME, Contract, History, Load, PastMonth

WH_IN_KWH = 1000
CSV_HEADER = ["timestamp", "kwh"]
JSON_FIELDS = {"start", "step_seconds", "wh", "received_wh", "account"}
NUMBERS = ("horsepower", "kva", "power_factor", "winter_average")
ACCOUNT_FIELDS = {*NUMBERS, "lamps", "solar_blocks", "bank_kwh", "past_kw"}
STEPS = (300, 900, 1800, 3600)
ZERO = Decimal(0)


class LoadRefused(Refused):
    """The load cannot be used; ``problem`` says why, and ``line`` where in a CSV file."""

    code = "load_refused"


@dataclass(frozen=True, slots=True)
class BroughtLoad:
    """A load, and what its file says of the account."""

    load: Load
    contract: Contract = field(default_factory=Contract)
    history: History = field(default_factory=History)


def read_load(*, text: str, zone: ZoneInfo) -> BroughtLoad:
    """Return the load a file holds, JSON if it begins with a brace, else CSV.

    Args:
        text: The file.
        zone: Where timestamps without an offset are local; in the hour that is repeated when
            clocks go back, the first is the earlier one.

    Raises:
        LoadRefused: the file has a gap, a value that is no number or is negative, steps that
            differ, or a field that is not known.
    """
    if text.lstrip().startswith("{"):
        return _from_json(text, zone)
    return BroughtLoad(_from_csv(text, zone))


def _from_csv(text: str, zone: ZoneInfo) -> Load:
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    if not rows or [cell.strip().lower() for cell in rows[0]] != CSV_HEADER:
        raise LoadRefused(problem="the first line must be timestamp,kwh", line=1)
    instants: list[dt.datetime] = []
    values: list[Decimal] = []
    for line, row in enumerate(rows[1:], start=2):
        if not row:
            continue
        if len(row) != len(CSV_HEADER):
            raise LoadRefused(problem="each line has a timestamp and a number", line=line)
        before = instants[-1] if instants else None
        instants.append(_instant(row[0], zone, line=line, before=before))
        values.append(_energy(row[1], line=line))
    return Load(
        instants[0] if instants else _nothing(), _step(instants), tuple(values), _zeros(values)
    )


def _from_json(text: str, zone: ZoneInfo) -> BroughtLoad:
    try:
        given = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    except json.JSONDecodeError as error:
        raise LoadRefused(problem=error.msg, line=error.lineno) from None
    for name in given:
        if name not in JSON_FIELDS:
            raise LoadRefused(problem=f"{name} is not a field of a load")
    step = given.get("step_seconds")
    if not isinstance(step, Decimal) or step not in STEPS:
        raise LoadRefused(problem=f"step_seconds must be one of {STEPS}")
    delivered = _energies(given.get("wh"), "wh")
    received = _energies(given["received_wh"], "received_wh") if "received_wh" in given else None
    received = received or _zeros(delivered)
    if not delivered:
        _nothing()
    if len(received) != len(delivered):
        raise LoadRefused(problem="wh and received_wh differ in length")
    start = _instant(str(given.get("start", "")), zone)
    account = given.get("account") or {}
    load = Load(start, int(step), delivered, received)
    return BroughtLoad(load, _contract(account), _history(account))


def _energies(values: object, name: str) -> tuple[Decimal, ...]:
    if not isinstance(values, list):
        raise LoadRefused(problem=f"{name} must be a list of numbers")
    return tuple(_energy(str(value)) / WH_IN_KWH for value in values)


def _zeros(values: Sequence[Decimal]) -> tuple[Decimal, ...]:
    return (ZERO,) * len(values)


def _energy(text: str, *, line: int | None = None) -> Decimal:
    value = _number(text, line=line)
    if value < 0:
        raise LoadRefused(problem="energy is negative; give received_wh in JSON", **_at(line))
    return value


def _number(text: str, *, line: int | None = None) -> Decimal:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        raise LoadRefused(problem=f"{text!r} is no number", **_at(line)) from None
    if not value.is_finite():
        raise LoadRefused(problem=f"{text!r} is no number", **_at(line))
    return value


def _instant(
    text: str, zone: ZoneInfo, *, line: int | None = None, before: dt.datetime | None = None
) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise LoadRefused(problem=f"{text!r} is no timestamp", **_at(line)) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
        if before is not None and moment.astimezone(dt.UTC) <= before:
            moment = moment.replace(fold=1)
    return moment.astimezone(dt.UTC)


def _step(instants: Sequence[dt.datetime]) -> int:
    gaps = [int((b - a).total_seconds()) for a, b in itertools.pairwise(instants)]
    if not gaps:
        raise LoadRefused(problem="a load needs two lines, for its step to be known")
    if gaps[0] not in STEPS:
        raise LoadRefused(problem=f"a step of {gaps[0]} s is none of {STEPS}", line=3)
    for line, gap in enumerate(gaps, start=3):
        if gap != gaps[0]:
            raise LoadRefused(problem=f"a step of {gap} s follows steps of {gaps[0]} s", line=line)
    return gaps[0]


def _contract(account: Mapping[str, Any]) -> Contract:
    for name in account:
        if name not in ACCOUNT_FIELDS:
            raise LoadRefused(problem=f"{name} is not a fact of an account")
    numbers = {name: _number(str(account[name])) for name in NUMBERS if name in account}
    lamps, blocks = (
        int(_number(str(account[name]))) if name in account else None
        for name in ("lamps", "solar_blocks")
    )
    return Contract(**numbers, lamps=lamps, solar_blocks=blocks)


def _history(account: Mapping[str, Any]) -> History:
    past = account.get("past_kw") or {}
    months = tuple(
        PastMonth(_month(name), {ANYTIME: _energy(str(past[name]))}) for name in sorted(past)
    )
    bank = {"": _energy(str(account["bank_kwh"]))} if "bank_kwh" in account else {}
    return History(months, bank)


def _month(name: str) -> dt.date:
    try:
        return dt.date.fromisoformat(f"{name}-01")
    except ValueError:
        raise LoadRefused(problem=f"{name!r} is no month") from None


def _nothing() -> dt.datetime:
    raise LoadRefused(problem="the load is empty")


def _at(line: int | None) -> dict[str, int]:
    return {} if line is None else {"line": line}
