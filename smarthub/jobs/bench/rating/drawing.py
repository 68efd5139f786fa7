"""Draw a tariff by chance, and say which shapes of a rate schedule it has.

Between them the drawn tariffs have every shape a tariff can express (domain rules, section 3),
so that whatever compares two ways of pricing compares them on all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

Definition = dict[str, Any]
NAME = {"en": "Name", "es": "Nombre"}
SEASONS = [
    {"code": "summer", "from": "06-01", "to": "09-30"},
    {"code": "winter", "from": "10-01", "to": "05-31"},
]
PERIODS = [
    {"code": "on", "name": NAME, "when": [
        {"seasons": ["summer"], "days": ["weekdays"], "hours": ["14:00-18:00"]},
        {"seasons": ["winter"], "days": ["weekdays"], "hours": ["06:00-09:00", "17:00-20:00"]},
    ]},
    {"code": "night", "name": NAME, "when": [{"hours": ["22:00-05:00"]}]},
    {"code": "off", "name": NAME},
]  # fmt: skip
PLAIN_PERIODS = [
    {"code": "on", "name": NAME, "when": [{"days": ["weekdays"], "hours": ["14:00-19:00"]}]},
    {"code": "off", "name": NAME},
]
HOLIDAYS = ["new_year", "memorial", "independence", "labor", "thanksgiving", "christmas"]
EVERY_SHAPE = frozenset({
    "part of a period whose price changed",
    "fixed prorated or not",
    "minimum prorated or not",
    "blocks prorated or not",
    "demand prorated or not",
    "conversion cut, not rounded",
    "anytime demand",
    "blocks",
    "blocks of a period",
    "blocks per day",
    "charge in one season",
    "charge in some months",
    "coincident demand",
    "credit next month",
    "declining blocks",
    "demand",
    "demand by its own hours",
    "demand in blocks",
    "export_credit",
    "exports at one price",
    "exports by time of use",
    "fixed_daily",
    "fixed_monthly",
    "fixed_yearly",
    "flat",
    "flat rider",
    "gas factor",
    "holidays",
    "hours-of-use blocks",
    "hours-of-use blocks per day",
    "inclining blocks",
    "interval use",
    "kVA over an allowance",
    "least demand",
    "lesser-of tax",
    "lesser_of_tax",
    "minimum",
    "minimum by day",
    "minimum by demand",
    "minimum by kVA",
    "minimum by month",
    "minimum by year",
    "netting by hour",
    "netting by kwh_bank",
    "netting by month",
    "netting by period of use",
    "on-peak demand",
    "part of a month, month_days",
    "part of a month, thirty_days",
    "per_horsepower",
    "per_kva",
    "per_unit",
    "percent rider",
    "percent tax, on no tax",
    "percent_tax",
    "power factor",
    "ratchet",
    "register use",
    "rider",
    "rider by bill date",
    "rider by use date",
    "season by bill month",
    "season by use date",
    "shared solar",
    "shared_solar",
    "subscription",
    "subscription in advance",
    "tax inside a district",
    "tax on tax",
    "tiered tax",
    "tiered_tax",
    "time of use",
    "time of use in blocks, each_period",
    "time of use in blocks, in_order",
    "time of use in blocks, pro_rata",
    "time of use over a change of clocks",
    "time_of_use",
    "true-up: forfeit",
    "true-up: pay",
    "true-up: roll",
    "unmetered_light",
    "water by the thousand gallons",
    "winter_average",
})  # fmt: skip
"""Every shape that is drawn; a test holds it against the kinds and settings a tariff may have."""
DISTRICTS = ("city", "county")
BASES = {
    "period": "blocks of a period",
    "day": "blocks per day",
    "kw": "hours-of-use blocks",
    "kw_day": "hours-of-use blocks per day",
}


@dataclass
class Drawing:
    """A tariff being drawn: its definition, and the shapes it has so far."""

    random: Random
    definition: Definition
    shapes: set[str] = field(default_factory=set)

    @property
    def charges(self) -> list[Definition]:
        """The charges drawn so far."""
        held: list[Definition] = self.definition["charges"]
        return held

    def add(self, kind: str, *shapes: str, **fields: Any) -> None:
        """Add a charge, perhaps made in one season or in some months only."""
        charge = {"kind": kind, "code": f"c{len(self.charges)}", "name": NAME, **fields}
        self.charges.append(charge)
        self.shapes.update((kind, *shapes))

    def chance(self, share: float) -> bool:
        """Return yes in ``share`` of all drawings."""
        return self.random.random() < share

    def money(self, low: int, high: int, places: int = 2) -> str:
        """Return dollars as they are written in a tariff."""
        whole = self.random.randint(low * 10**places, high * 10**places)
        return f"{whole / 10**places:.{places}f}"

    def rate(self) -> str:
        """Return dollars a unit, of two to seven decimals."""
        places = self.random.choice([2, 4, 4, 5, 6, 7])
        whole = self.random.randint(1, 4 * 10 ** (places - 1))
        return f"{whole / 10**places:.{places}f}"

    def season(self) -> Definition:
        """Return one season a charge is made in, or none."""
        if "seasons" in self.definition and self.chance(0.2):
            self.shapes.add("charge in one season")
            return {"seasons": [self.random.choice(["summer", "winter"])]}
        return {}

    def tiers(self, *bounds: int) -> list[Definition]:
        """Return two or three blocks, whose prices rise or fall."""
        ends = sorted(self.random.sample(bounds, self.random.choice([1, 2])))
        prices = sorted(self.rate() for _ in range(len(ends) + 1))
        if self.chance(0.5):
            prices.reverse()
        self.shapes.add("inclining blocks" if prices[0] <= prices[-1] else "declining blocks")
        last = {"rate": prices[-1]}
        return [*({"upto": str(e), "rate": p} for e, p in zip(ends, prices, strict=False)), last]


def draw_tariff(random: Random) -> Drawing:
    """Return a tariff drawn by chance, and the shapes it has."""
    drawing = Drawing(random, {"code": "T", "service": "electric", "name": NAME, "charges": []})
    drawing.definition["effective_from"] = "2024-01-01"
    draw = random.choices(
        [_electric, _gas, _water, _lights, _subscription, _sewer], [30, 2, 2, 2, 2, 2]
    )[0]
    draw(drawing)
    _shared_solar(drawing)
    _riders(drawing)
    _minimums(drawing)
    _taxes(drawing)
    return drawing


def _electric(drawing: Drawing) -> None:
    _calendar(drawing)
    _settings(drawing)
    _netting(drawing)
    _fixed(drawing)
    for draw in drawing.random.choices(ENERGY, [1, 1, 4, 4], k=drawing.random.choice([1, 2])):
        draw(drawing)
    for draw in DEMANDS:
        if drawing.chance(0.2):
            draw(drawing)
    _exports(drawing)


def _gas(drawing: Drawing) -> None:
    factor, decimals = (
        drawing.random.choice(["1.025", "1.085", "0.9871"]),
        drawing.random.choice([0, 1, 3]),
    )
    drawing.definition["service"] = "gas"
    drawing.definition["conversion"] = {
        "from": "ccf", "to": "therm", "factor": factor, "decimals": decimals,
    }  # fmt: skip
    drawing.shapes.add("gas factor")
    if drawing.chance(0.5):
        drawing.definition["conversion"]["rounding"] = "down"
        drawing.shapes.add("conversion cut, not rounded")
    _calendar(drawing, with_periods=False)
    _fixed(drawing)
    _flat(drawing, unit="therm")


def _water(drawing: Drawing) -> None:
    drawing.definition["service"] = "water"
    drawing.definition["conversion"] = {
        "from": "gal", "to": "kgal", "factor": "0.001", "decimals": 3,
    }  # fmt: skip
    _fixed(drawing)
    tiers = drawing.tiers(2, 5, 10)
    drawing.add("blocks", "water by the thousand gallons", unit="kgal", tiers=tiers)


def _lights(drawing: Drawing) -> None:
    drawing.definition["service"] = "light"
    amount, kwh = drawing.money(5, 20), str(drawing.random.randint(0, 60))
    drawing.add("unmetered_light", amount=amount, kwh=kwh)


def _subscription(drawing: Drawing) -> None:
    drawing.definition["service"] = "fiber"
    drawing.add("subscription", "subscription in advance", amount=drawing.money(20, 200))


def _sewer(drawing: Drawing) -> None:
    drawing.definition["service"] = "water"
    _fixed(drawing)
    drawing.add("winter_average", unit="kgal", rate=drawing.rate())


def _calendar(drawing: Drawing, *, with_periods: bool = True) -> None:
    if drawing.chance(0.6):
        drawing.definition["seasons"] = SEASONS
        by = drawing.random.choice(["use_date", "bill_month"])
        drawing.definition.setdefault("settings", {})["season_by"] = by
        drawing.shapes.add(f"season by {by.replace('_', ' ')}")
    if with_periods and drawing.chance(0.7):
        has_seasons = "seasons" in drawing.definition
        drawing.definition["periods"] = PERIODS if has_seasons else PLAIN_PERIODS
        if drawing.chance(0.6):
            drawing.definition["holidays"] = HOLIDAYS
            drawing.shapes.add("holidays")
        if drawing.chance(0.2):
            drawing.definition["demand_periods"] = PLAIN_PERIODS
            drawing.shapes.add("demand by its own hours")


def _settings(drawing: Drawing) -> None:
    settings = drawing.definition.setdefault("settings", {})
    settings["block_counting"] = drawing.random.choice(["pro_rata", "in_order", "each_period"])
    settings["proration"] = drawing.random.choice(["month_days", "thirty_days"])
    if drawing.chance(0.3):
        settings["prorated"] = drawing.random.sample(["fixed", "minimum", "blocks", "demand"], 2)
        drawing.shapes.update(f"{part} prorated or not" for part in settings["prorated"])
    if drawing.chance(0.5):
        settings["demand_minutes"] = drawing.random.choice([15, 30, 60])


def _netting(drawing: Drawing) -> None:
    kind = drawing.random.choice(["none", "none", "none", "hour", "month", "kwh_bank", "kwh_bank"])
    if kind == "none":
        return
    netting: Definition = {"kind": kind}
    drawing.shapes.add(f"netting by {kind}")
    if kind == "kwh_bank":
        settle = drawing.random.choice(["forfeit", "roll", "pay"])
        netting |= {"settle": settle, "true_up_month": drawing.random.choice([4, 7, 12])}
        drawing.shapes.add(f"true-up: {settle}")
        if settle == "pay":
            netting |= {"rate": "0.0335", "name": NAME}
    elif drawing.chance(0.5):
        netting |= {"credit": "next_month", "name": NAME, "true_up_month": 7}
        drawing.shapes.add("credit next month")
    if kind != "hour" and drawing.chance(0.4):
        netting["by_period"] = True
        drawing.shapes.add("netting by period of use")
    drawing.definition["netting"] = netting


def _fixed(drawing: Drawing) -> None:
    kind = drawing.random.choice(["fixed_monthly", "fixed_monthly", "fixed_daily", "fixed_yearly"])
    months = {}
    if drawing.chance(0.15):
        months = {"months": sorted(drawing.random.sample(range(1, 13), 6))}
        drawing.shapes.add("charge in some months")
    drawing.add(kind, amount=drawing.money(1, 60), **months)


def _flat(drawing: Drawing, unit: str = "kWh") -> None:
    drawing.add("per_unit", "flat", unit=unit, rate=drawing.rate(), **drawing.season())


def _one_period(drawing: Drawing) -> None:
    period = {"period": "off"} if "periods" in drawing.definition else {}
    drawing.add("per_unit", unit="kWh", rate=drawing.rate(), **period)


def _blocks(drawing: Drawing) -> None:
    basis, bounds = _basis(drawing)
    tiers, season = drawing.tiers(*bounds), drawing.season()
    drawing.add("blocks", BASES[basis], unit="kWh", tiers=tiers, basis=basis, **season)


def _basis(drawing: Drawing) -> tuple[str, Sequence[int]]:
    basis = drawing.random.choice(list(BASES))
    return basis, {"period": (300, 600, 1000), "day": (5, 10, 30), "kw": (100, 200, 400)}.get(
        basis, (4, 8, 16)
    )


def _time_of_use(drawing: Drawing) -> None:
    periods = drawing.definition.get("periods", [{"code": "all_day"}])
    codes = [period["code"] for period in periods]
    season = drawing.season()
    if drawing.chance(0.3):
        rates: Definition = {code: drawing.rate() for code in codes}
        drawing.add("time_of_use", "time of use", unit="kWh", rates=rates, **season)
        return
    basis, bounds = _basis(drawing)
    rates = {code: drawing.tiers(*bounds) for code in codes}
    how = drawing.definition["settings"]["block_counting"]
    shape = f"time of use in blocks, {how}"
    drawing.add("time_of_use", shape, unit="kWh", rates=rates, basis=basis, **season)


ENERGY: Sequence[Callable[[Drawing], None]] = (_flat, _one_period, _blocks, _time_of_use)


def _anytime_demand(drawing: Drawing) -> None:
    fields: Definition = {"rate": drawing.money(1, 15)}
    shapes = ["anytime demand"]
    if drawing.chance(0.5):
        fields["ratchet"] = {"percent": drawing.random.choice(["60", "85", "37.5"]), "months": 11}
        shapes.append("ratchet")
        if drawing.chance(0.5):
            fields["ratchet"]["of_months"] = [6, 7, 8]
    if drawing.chance(0.5):
        fields["power_factor"] = {"below": "0.95", "percent": drawing.random.choice(["1", "0.7"])}
        shapes.append("power factor")
    if drawing.chance(0.3):
        fields["least_kw"] = "5"
        shapes.append("least demand")
    drawing.add("demand", *shapes, **fields)


def _on_peak_demand(drawing: Drawing) -> None:
    if "periods" in drawing.definition:
        fields = {"of": "on", **drawing.season()}
        drawing.add("demand", "on-peak demand", rate=drawing.money(1, 20), **fields)


def _demand_blocks(drawing: Drawing) -> None:
    drawing.add("demand", "demand in blocks", tiers=drawing.tiers(3, 6, 12))


def _coincident_demand(drawing: Drawing) -> None:
    drawing.add("demand", "coincident demand", of="coincident", rate=drawing.money(1, 20))


def _per_kva(drawing: Drawing) -> None:
    drawing.add("per_kva", "kVA over an allowance", rate="1.12", above="15")


def _per_horsepower(drawing: Drawing) -> None:
    drawing.add("per_horsepower", rate="29.00", least=drawing.random.choice(["0", "58", "375"]))


DEMANDS: Sequence[Callable[[Drawing], None]] = (
    _anytime_demand, _on_peak_demand, _demand_blocks, _coincident_demand, _per_kva,
    _per_horsepower,
)  # fmt: skip


def _exports(drawing: Drawing) -> None:
    if drawing.definition.get("netting", {}).get("kind") == "kwh_bank" or drawing.chance(0.5):
        return
    if "periods" in drawing.definition and drawing.chance(0.5):
        codes = [period["code"] for period in drawing.definition["periods"]]
        rates = {code: drawing.rate() for code in codes}
        drawing.add("export_credit", "exports by time of use", unit="kWh", rates=rates)
    else:
        drawing.add("export_credit", "exports at one price", unit="kWh", rate="0.0335")


def _unit_of(drawing: Drawing) -> str:
    conversion = drawing.definition.get("conversion")
    return conversion["to"] if conversion else "kWh"


def _riders(drawing: Drawing) -> None:
    unit = _unit_of(drawing)
    metered = drawing.definition["service"] in ("electric", "gas", "light")
    if metered and drawing.chance(0.5):
        drawing.add("rider", "rider by bill date", unit=unit, rider="BILLED", **drawing.season())
    if metered and drawing.chance(0.3):
        drawing.add("rider", "rider by use date", unit=unit, rider="USED", date="use")
    if drawing.chance(0.2):
        drawing.add("rider", "flat rider", rider="FLAT", per="month")
    if drawing.chance(0.2):
        drawing.add("rider", "percent rider", rider="PERCENT", per="percent")


def _shared_solar(drawing: Drawing) -> None:
    if drawing.definition["service"] == "electric" and drawing.chance(0.3):
        array = drawing.random.choice(["SUN", "SUN", "SUN", "UNTOLD"])
        drawing.add("shared_solar", "shared solar", rate=drawing.rate(), array=array)


def _minimums(drawing: Drawing) -> None:
    if not drawing.chance(0.5):
        return
    per = drawing.random.choice(["month", "day", "year"])
    fields: Definition = {"amount": drawing.money(1, 90), "per": per}
    shapes = [f"minimum by {per}"]
    if per == "year":
        fields |= {"amount": drawing.money(100, 2000), "settles_in": 7}
    elif drawing.chance(0.4):
        fields |= {"kva_rate": "1.15", "kva_above": "10"}
        shapes.append("minimum by kVA")
    elif drawing.definition["service"] == "electric" and drawing.chance(0.4):
        fields["kw_rate"] = "2.50"
        shapes.append("minimum by demand")
    if drawing.chance(0.3):
        fields["counts"] = [drawing.charges[0]["code"]]
    if drawing.chance(0.3):
        fields["credits_stay"] = True
    drawing.add("minimum", *shapes, **fields)


def _taxes(drawing: Drawing) -> None:
    unit = _unit_of(drawing)
    if drawing.definition["service"] == "electric" and drawing.chance(0.5):
        percent = drawing.random.choice(["5", "5", "0.5"])
        tax = {"unit": unit, "rate": "0.0032", "percent": percent, **_inside(drawing)}
        drawing.add("lesser_of_tax", "lesser-of tax", **tax)
    if drawing.definition["service"] == "electric" and drawing.chance(0.3):
        tiers = [{"upto": "500", "rate": "0.0050"}, {"rate": "0.0040"}]
        drawing.add("tiered_tax", "tiered tax", unit=unit, tiers=tiers, **_inside(drawing))
    if drawing.chance(0.4):
        on = [drawing.charges[0]["code"]] if drawing.chance(0.3) else []
        fields = {"percent": "2.25", "on": on, **_inside(drawing)}
        drawing.add("percent_tax", "percent tax, on no tax", **fields)
    if drawing.chance(0.3):
        drawing.add("percent_tax", "tax on tax", percent="6.5", on_tax=True)


def _inside(drawing: Drawing) -> Definition:
    if not drawing.chance(0.4):
        return {}
    drawing.shapes.add("tax inside a district")
    code = drawing.random.choice(DISTRICTS)
    return {"inside": {"code": code, "name": {"en": code, "es": code}}}
