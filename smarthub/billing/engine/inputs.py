"""What a bill was priced from, as JSON: enough to price it again years later, to the cent.

Numbers are text, so that no digit is lost. A later release may add fields; it may never read
an old one otherwise than it was written (rule 24).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.rating.engine import RiderRates
from smarthub.rating.types import (
    BilledTime,
    BilledUse,
    Bucket,
    Contract,
    Determinants,
    ExemptTax,
    History,
    PartMonth,
    PastMonth,
    RatePart,
    Run,
)

TAXED_TOGETHER = "taxed_together"
"""Says of a part of a period that its taxes are those of the whole, with the last part; parts of
older bills had taxes of their own."""
NOBODY = Contract()
FACTS = ("horsepower", "kva", "power_factor", "winter_average")
COUNTS = ("lamps", "solar_blocks")


def use_as_json(*, use: BilledUse, riders: RiderRates) -> dict[str, Any]:
    """Return everything ``price`` was given beside the tariff, without what is empty."""
    told = {
        "period": _days(use.period),
        "whole": _days(use.whole),
        "factor": None if use.factor is None else str(use.factor),
        "quantity": None if use.quantity is None else [str(use.quantity.value), use.quantity.unit],
        "whole_months": use.time.whole_months,
        "parts": [[part.days, part.of_days] for part in use.time.parts],
        "determinants": None if use.determinants is None else _measured(use.determinants),
        "contract": _contract(use.contract),
        "history": history_as_json(history=use.history),
        "exempt": [[each.code, each.days, each.of_days] for each in use.exempt],
        "inside": list(use.inside),
        "riders": {code: _rate(rate) for code, rate in riders.items()},
    }
    return {name: value for name, value in told.items() if value not in (None, {}, [])}


def use_from_json(*, value: Mapping[str, Any]) -> tuple[BilledUse, RiderRates]:
    """Read what ``use_as_json`` wrote."""
    quantity, measured = value.get("quantity"), value.get("determinants")
    use = BilledUse(
        quantity=None if quantity is None else Quantity(Decimal(quantity[0]), Unit(quantity[1])),
        time=BilledTime(
            value["whole_months"], tuple(PartMonth(*part) for part in value.get("parts", ()))
        ),
        period=None if "period" not in value else _period(value["period"]),
        whole=None if "whole" not in value else _period(value["whole"]),
        factor=None if "factor" not in value else Decimal(value["factor"]),
        determinants=None if measured is None else _measured_from(measured),
        contract=_contract_from(value.get("contract", {})),
        history=history_from_json(value=value.get("history", {})),
        exempt=tuple(ExemptTax(*each) for each in value.get("exempt", ())),
        inside=tuple(value.get("inside", ())),
    )
    return use, {code: _rate_from(rate) for code, rate in value.get("riders", {}).items()}


def _days(period: Period | None) -> list[str] | None:
    return None if period is None else [period.start.isoformat(), period.end.isoformat()]


def history_as_json(*, history: History) -> dict[str, Any]:
    """Return what later prices rest on, without what is empty."""
    told = {
        "months": [
            [month.start.isoformat(), _texts(month.peaks), str(month.charged)]
            for month in history.months
        ],
        "bank": _texts(history.bank),
        "credit": str(history.credit) if history.credit else None,
    }
    return {name: value for name, value in told.items() if value not in (None, {}, [])}


def history_from_json(*, value: Mapping[str, Any]) -> History:
    """Read what ``history_as_json`` wrote."""
    months = (
        PastMonth(dt.date.fromisoformat(start), _numbers(peaks), Decimal(charged))
        for start, peaks, charged in value.get("months", ())
    )
    return History(
        tuple(months), _numbers(value.get("bank", {})), Decimal(value.get("credit", "0"))
    )


def _measured(measured: Determinants) -> dict[str, Any]:
    coincident = measured.coincident_kw
    return {
        "runs": [[*run.bucket, str(run.delivered), str(run.received)] for run in measured.runs],
        "days": dict(measured.days),
        "peaks": [[*bucket, str(kw)] for bucket, kw in measured.peaks.items()],
        "coincident_kw": None if coincident is None else str(coincident),
    }


def _measured_from(value: Mapping[str, Any]) -> Determinants:
    coincident = value["coincident_kw"]
    return Determinants(
        runs=tuple(
            Run(Bucket(season, period), Decimal(taken), Decimal(given))
            for season, period, taken, given in value["runs"]
        ),
        days=value["days"],
        peaks={Bucket(season, period): Decimal(kw) for season, period, kw in value["peaks"]},
        coincident_kw=None if coincident is None else Decimal(coincident),
    )


def _contract(contract: Contract) -> dict[str, str | int]:
    if contract == NOBODY:
        return {}
    held = {name: getattr(contract, name) for name in FACTS}
    told: dict[str, str | int] = {n: str(v) for n, v in held.items() if v is not None}
    counts = {name: getattr(contract, name) for name in COUNTS}
    return told | {name: count for name, count in counts.items() if count is not None}


def _contract_from(value: Mapping[str, Any]) -> Contract:
    held = {name: Decimal(value[name]) for name in FACTS if name in value}
    lamps, blocks = (value.get(name) for name in COUNTS)
    return Contract(**held, lamps=lamps, solar_blocks=blocks)


def _rate(rate: Decimal | Sequence[RatePart]) -> str | list[list[Any]]:
    if isinstance(rate, Decimal):
        return str(rate)
    return [[part.days, str(part.rate)] for part in rate]


def _rate_from(value: Any) -> Decimal | tuple[RatePart, ...]:
    if isinstance(value, str):
        return Decimal(value)
    return tuple(RatePart(days, Decimal(rate)) for days, rate in value)


def _period(value: Sequence[str]) -> Period:
    start, end = (dt.date.fromisoformat(day) for day in value)
    return Period(start, end)


def _texts(numbers: Mapping[str, Decimal]) -> dict[str, str]:
    return {name: str(number) for name, number in numbers.items()}


def _numbers(texts: Mapping[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(text) for name, text in texts.items()}
