"""A tariff written for URDB prices the same when it is read again, or is refused by name."""

from __future__ import annotations

import copy
import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from smarthub.jobs.bench.rating.drawing import HOLIDAYS, draw_tariff
from smarthub.jobs.bench.rating.speed import RATE_BOOK
from smarthub.jobs.rate_load import NotRated, as_urdb, read_tariff
from smarthub.rating.engine import rate_months
from smarthub.rating.types import Contract, History, Load, Tariff
from smarthub.rating.urdb import UrdbRefused, urdb_from_tariff
from tests.rating.rate_book import E_R1
from tests.rating.test_urdb import BASE

ZONE = ZoneInfo("Etc/GMT+6")
NAME = {"en": "Name", "es": "Nombre"}
NEVER_WRITTEN = {"rider", "lesser_of_tax", "tiered_tax", "percent_tax", "per_kva", "per_horsepower"}


def read_again(tariff: Tariff) -> Tariff:
    written = json.dumps(urdb_from_tariff(tariff=tariff), default=str)
    return read_tariff(text=written)


def cents(tariff: Tariff, seed: int) -> list[int]:
    """Return the totals of the end of May and the begin of June, with both flows."""
    chance = Random(seed)  # noqa: S311 (no secret)
    hours = 24 * 14
    taken = tuple(Decimal(chance.randrange(3000)) / 1000 for _ in range(hours))
    given = tuple(Decimal(chance.randrange(1500)) / 1000 for _ in range(hours))
    load = Load(dt.datetime(2025, 5, 25, 6, tzinfo=dt.UTC), 3600, taken, given)
    months = rate_months(
        tariff=tariff,
        load=load,
        zone=ZONE,
        riders_on=lambda _day: {},
        contract=Contract(),
        history=History(),
    )
    return [round(month.total * 100) for month in months]


def drawn(seed: int) -> Tariff:
    """Return a drawn tariff for homes, without what URDB is known to have no place for."""
    definition = next(
        drawing.definition
        for drawing in (draw_tariff(Random(seed + n)) for n in range(1000))  # noqa: S311
        if drawing.definition["service"] == "electric"
    )
    kept = [c for c in definition["charges"] if c["kind"] not in NEVER_WRITTEN]
    for charge in kept:
        for field in ("least_kw", "power_factor", "kva_rate", "kva_above", "kw_rate", "counts"):
            charge.pop(field, None)
        if charge["kind"] == "minimum":
            charge |= {"credits_stay": True}
            charge.pop("settles_in", None)
    banks = seed % 2
    flows = ("export_credit",) if banks else ()
    definition["charges"] = [
        c for c in kept if c["kind"] not in flows and c.get("of") != "coincident"
    ]
    definition.pop("holidays", None)
    minutes = definition["settings"].get("demand_minutes")
    counting = "pro_rata" if banks else "in_order"
    definition["settings"] = {"block_counting": counting}
    if minutes:
        definition["settings"]["demand_minutes"] = minutes
    bank = {"kind": "kwh_bank", "by_period": True, "true_up_month": 12}
    definition["netting"] = bank if banks else {"kind": "none"}
    return Tariff.from_json(definition)


class TestRoundTrip:
    @settings(max_examples=12, deadline=None)
    @given(seed=st.integers(0, 10**9))
    def test_prices_the_same_or_is_refused(self, seed: int) -> None:
        tariff = drawn(seed)
        try:
            again = read_again(tariff)
        except UrdbRefused:
            return  # by name, or it could not have been raised

        assert cents(again, seed) == cents(tariff, seed)

    def test_of_a_urdb_rate_prices_the_same(self) -> None:
        tariff = read_tariff(text=json.dumps({**BASE, "lookbackpercent": 0, "mincharge": 20}))

        assert cents(read_again(tariff), 1) == cents(tariff, 1)

    def test_keeps_a_ratchet_a_window_and_demand_by_its_own_hours(self) -> None:
        rate: dict[str, Any] = copy.deepcopy(BASE)
        rate |= {
            "flatdemandstructure": [[{"rate": 4}], [{"rate": 9}]],
            "flatdemandmonths": [0] * 5 + [1] * 4 + [0] * 3,
            "lookbackpercent": 0.6,
            "lookbackrange": 11,
            "lookbackmonths": [0] * 5 + [1] * 4 + [0] * 3,
            "demandratestructure": [[{"rate": 0}], [{"max": 5, "rate": 2}, {"rate": 3}]],
            "demandweekdayschedule": BASE["energyweekdayschedule"],
            "demandweekendschedule": BASE["energyweekendschedule"],
            "demandwindow": 30,
        }
        tariff = read_tariff(text=json.dumps(rate))

        written = urdb_from_tariff(tariff=tariff)

        assert (written["lookbackpercent"], written["demandwindow"]) == (Decimal("0.6"), 30)
        assert cents(read_again(tariff), 2) == cents(tariff, 2)

    def test_is_not_passed_by_a_tariff_that_differs(self) -> None:
        dear = {**BASE, "fixedchargefirstmeter": 13}

        assert cents(read_tariff(text=json.dumps(dear)), 1) != cents(
            read_tariff(text=json.dumps(BASE)), 1
        )

    def test_some_drawn_tariffs_are_written_at_all(self) -> None:
        written = 0
        for seed in range(20):
            try:
                read_again(drawn(seed))
            except UrdbRefused:
                continue
            written += 1

        assert written >= 6


class TestTheCommand:
    def test_prints_numbers_that_are_read_again_as_they_were(self, tmp_path: Path) -> None:
        flat = {**copy.deepcopy(E_R1), "charges": E_R1["charges"][:4]}
        file = tmp_path / "flat.yaml"
        file.write_text(yaml.safe_dump(flat), encoding="utf-8")

        again = read_tariff(text=as_urdb(tariff_path=file))

        assert cents(again, 3) == cents(Tariff.from_json(flat), 3)

    def test_says_by_name_what_cannot_be_said(self) -> None:
        with pytest.raises(NotRated, match=r"urdb_refused \(field: wpca"):
            as_urdb(tariff_path=RATE_BOOK / "E-R1-2026-03.yaml")


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("stem", "field"),
        [
            ("E-R1-2026-03", "wpca"),  # a rider with dates of its own
            ("E-IRR-2026-03", "pumps"),  # horsepower
            ("E-R2-2026-03", "holidays"),
            ("G-R1-2024-01", "service"),
            ("W-1-2026-03", "service"),
        ],
    )
    def test_of_the_rate_book_is_named(self, stem: str, field: str) -> None:
        tariff = Tariff.from_json(yaml.safe_load((RATE_BOOK / f"{stem}.yaml").read_text()))

        with pytest.raises(UrdbRefused) as refused:
            urdb_from_tariff(tariff=tariff)

        assert refused.value.values["field"] == field

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"settings": {"prorated": ["fixed"]}}, "settings.prorated"),
            ({"holidays": HOLIDAYS}, "holidays"),
            ({"netting": {"kind": "month"}}, "netting"),
            (
                {
                    "netting": {
                        "kind": "kwh_bank", "by_period": True, "true_up_month": 12,
                        "settle": "roll",
                    }
                },
                "netting.settle",
            ),
            (
                {
                    "seasons": [
                        {"code": "a", "from": "01-01", "to": "06-15"},
                        {"code": "b", "from": "06-16", "to": "12-31"},
                    ]
                },
                "seasons",
            ),
        ],
    )  # fmt: skip
    def test_of_a_tariff_is_named(self, changes: dict[str, Any], field: str) -> None:
        flat = {**copy.deepcopy(E_R1), "charges": E_R1["charges"][:4], **changes}

        with pytest.raises(UrdbRefused) as refused:
            urdb_from_tariff(tariff=Tariff.from_json(flat))

        assert refused.value.values["field"] == field
