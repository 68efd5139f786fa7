"""URDB rates: each published field is read or refused by name, and prices as an oracle does."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from smarthub.jobs.rate_load import rate_file, read_tariff
from smarthub.rating.types import SpanishMissing, Tariff
from smarthub.rating.urdb import (
    DESCRIBING,
    NOT_EXPRESSED,
    PRICING,
    UrdbRefused,
    definition_from_urdb,
)
from tests.rating.load_files import ZONE, write_load

FLAT = [[0] * 24 for _month in range(12)]
AFTERNOON = [[1 if 14 <= hour < 19 else 0 for hour in range(24)] for _month in range(12)]
BASE: dict[str, Any] = {
    "label": "539f6a23ec4f024411ec8beb",
    "name": "Time of use",
    "energyratestructure": [
        [{"max": 500, "rate": 0.1, "adj": 0.01, "unit": "kWh"}, {"rate": 0.12}],
        [{"max": 500, "rate": 0.25, "unit": "kWh"}, {"rate": 0.31}],
    ],
    "energyweekdayschedule": AFTERNOON,
    "energyweekendschedule": FLAT,
    "fixedchargefirstmeter": 12.5,
    "fixedchargeunits": "$/month",
}
PUBLISHED = [
    "label",
    "utility",
    "name",
    "uri",
    "approved",
    "is_default",
    "startdate",
    "enddate",
    "supercedes",
    "sector",
    "servicetype",
    "description",
    "source",
    "sourceparent",
    "basicinformationcomments",
    "peakkwcapacitymin",
    "peakkwcapacitymax",
    "demandunits",
    "peakkwcapacityhistory",
    "peakkwhusagemin",
    "peakkwhusagemax",
    "peakkwhusagehistory",
    "voltageminimum",
    "voltagemaximum",
    "voltagecategory",
    "phasewiring",
    "flatdemandunit",
    "flatdemandstructure",
    "flatdemandmonths",
    "demandrateunit",
    "demandratestructure",
    "demandweekdayschedule",
    "demandweekendschedule",
    "demandratchetpercentage",
    "demandwindow",
    "demandreactivepowercharge",
    "coincidentrateunit",
    "coincidentratestructure",
    "coincidentrateschedule",
    "demandattrs",
    "demandcomments",
    "dgrules",
    "energyratestructure",
    "energyweekdayschedule",
    "energyweekendschedule",
    "fueladjustmentsmonthly",
    "energyattrs",
    "energycomments",
    "fixedchargefirstmeter",
    "fixedchargeeaaddl",
    "fixedchargeunits",
    "mincharge",
    "minchargeunits",
    "fixedattrs",
    "lookbackpercent",
    "lookbackrange",
    "lookbackmonths",
]
"""The fields of versions 7 and 8 of the service's published list."""
CHARGES_SOMETHING = {
    "coincidentratestructure": [[{"rate": 3}]],
    "demandratchetpercentage": [0.8] * 12,
    "demandreactivepowercharge": 0.25,
    "fixedchargeeaaddl": 5,
}


def total(path: Path, rate: dict[str, Any], **load: Any) -> Decimal:
    """Return the unrounded total of one month under a rate."""
    tariff = path / "rate.json"
    tariff.write_text(json.dumps(rate))
    written = write_load(path / "load.json", **load)
    (month,) = rate_file(tariff_path=tariff, load_path=written, zone=ZONE, riders={})
    return month.total


def afternoon(hour: dt.datetime) -> bool:
    return hour.weekday() < 5 and 14 <= hour.hour < 19


def night(hour: dt.datetime) -> bool:
    return hour.hour < 5


UTC_6 = ZoneInfo("Etc/GMT+6")
JUNE = dt.date(2018, 6, 1)
USE = [(night, "600"), (afternoon, "200")]


class TestFields:
    @pytest.mark.parametrize("field", PUBLISHED)
    def test_each_is_read_or_refused(self, field: str) -> None:
        assert [field in names for names in (DESCRIBING, PRICING, NOT_EXPRESSED)].count(True) == 1

    @pytest.mark.parametrize(("field", "value"), CHARGES_SOMETHING.items())
    def test_what_cannot_be_expressed_is_refused_by_name(self, field: str, value: object) -> None:
        with pytest.raises(UrdbRefused) as caught:
            definition_from_urdb(document={**BASE, field: value}, spanish="x")

        assert caught.value.values["field"] == field

    def test_what_would_charge_nothing_is_not_refused(self) -> None:
        nothing = {"coincidentratestructure": [[{"rate": 0, "max": 5}]], "fixedchargeeaaddl": 0}

        assert definition_from_urdb(document={**BASE, **nothing}, spanish="x")

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"surcharge": 1}, "surcharge"),
            ({"dgrules": "Barter"}, "dgrules"),
            ({"fixedchargeunits": "$/week"}, "fixedchargeunits"),
            ({"energyweekdayschedule": [[0] * 24] * 11}, "energyweekdayschedule"),
            ({"energyratestructure": [[{"rate": 1}]]}, "energyratestructure"),
            (
                {"energyratestructure": [[{"rate": 1}], [{"rate": 1, "max": 9}]]},
                "energyratestructure.max",
            ),
            (
                {"flatdemandstructure": [[{"rate": 1}]], "flatdemandunit": "kVA"},
                "flatdemandunit",
            ),
            ({"lookbackpercent": 0.8}, "lookbackpercent"),
            ({"demandwindow": 7}, "demandwindow"),
        ],
    )
    def test_a_value_that_cannot_be_expressed_is_refused_by_name(
        self, change: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(UrdbRefused) as caught:
            definition_from_urdb(document={**BASE, **change}, spanish="x")

        assert caught.value.values["field"] == field

    def test_a_rate_cannot_be_published_until_somebody_writes_its_spanish_name(self) -> None:
        with pytest.raises(SpanishMissing):
            Tariff.from_json(definition_from_urdb(document=BASE, spanish=None))

        assert read_tariff(text=json.dumps({"items": [BASE]})).name.en == "Time of use"


class TestPrices:
    def test_blocks_under_time_of_use_are_shared_out_as_the_periods_were_used(
        self, tmp_path: Path
    ) -> None:
        # 800 kWh, 500 of them in the first block: 3/4 at night, 1/4 in the afternoon.
        # 375 x .11 + 225 x .12 + 125 x .25 + 75 x .31 + 12.50 = 135.25
        assert total(tmp_path, BASE, month=JUNE, parts=USE) == Decimal("135.25")

    def test_net_billing_fills_blocks_hour_by_hour(self, tmp_path: Path) -> None:
        rate = {**BASE, "dgrules": "Net Billing Instantaneous"}

        # June 2018 begins on a Friday: 600 kWh at night, then 200 in the afternoon, all above
        # 500: 500 x .11 + 100 x .12 + 200 x .31 + 12.50 = 141.50
        assert total(tmp_path, rate, month=JUNE, parts=USE) == Decimal("141.5")

    def test_demand_by_the_month_and_by_time_of_use(self, tmp_path: Path) -> None:
        rate = {
            **BASE,
            "flatdemandstructure": [[{"max": 100, "rate": 2}, {"rate": 3}]],
            "demandratestructure": [[{"rate": 0}], [{"rate": 5, "adj": 1}]],
            "demandweekdayschedule": AFTERNOON,
            "demandweekendschedule": FLAT,
        }

        # 600 kW: 100 x 2 + 500 x 3 = 1,700; 200 kW in the afternoon x 6 = 1,200
        assert total(tmp_path, rate, month=JUNE, parts=USE) == Decimal("3035.25")

    def test_fuel_and_a_daily_minimum(self, tmp_path: Path) -> None:
        fuel = [0.0] * 5 + [0.02] + [0.0] * 6
        rate = {**BASE, "fueladjustmentsmonthly": fuel, "mincharge": 6, "minchargeunits": "$/day"}

        # 135.25 + 800 x .02 = 151.25; the least is 30 x 6 = 180
        assert total(tmp_path, rate, month=JUNE, parts=USE) == Decimal(180)

    def test_hours_of_use_and_daily_blocks(self, tmp_path: Path) -> None:
        for unit, bound, expected in (("kWh daily", 20, "92"), ("kWh/kW", 1, "92")):
            tiers = [{"max": bound, "rate": 0.1, "unit": unit}, {"rate": 0.16, "unit": unit}]
            rate = {"name": "x", "energyratestructure": [tiers]}

            # 600 kWh are 30 days x 20, and 600 kW x 1: 600 x .10 + 200 x .16 = 92.00
            assert total(tmp_path, rate, month=JUNE, parts=USE) == Decimal(expected)

    def test_net_metering_keeps_a_bank_until_december(self, tmp_path: Path) -> None:
        path = tmp_path / "rate.json"
        path.write_text(json.dumps({"name": "x", "energyratestructure": [[{"rate": 0.1}]]}))
        hours = (30 + 31 + 31) * 24
        wh, back = [0] * hours, [0] * hours
        wh[0], back[1] = 100_000, 500_000  # November: 400 kWh into the bank
        wh[30 * 24] = 150_000  # December: 150 of them used, 250 forfeited
        wh[61 * 24] = 70_000  # January: nothing left
        load = {"start": "2018-11-01T00:00:00-06:00", "step_seconds": 3600}
        written = tmp_path / "load.json"
        written.write_text(json.dumps({**load, "wh": wh, "received_wh": back}))

        months = rate_file(tariff_path=path, load_path=written, zone=UTC_6, riders={})

        assert [month.total for month in months] == [0, 0, 7]

    def test_hourly_net_billing_carries_its_credit_to_the_next_month(self, tmp_path: Path) -> None:
        structure = [[{"rate": 0.1, "sell": 0.05}]]
        rate = {"name": "x", "energyratestructure": structure, "dgrules": "Net Billing Hourly"}
        path = tmp_path / "rate.json"
        path.write_text(json.dumps(rate))
        hours = (30 + 31 + 31) * 24
        wh, back = [0] * hours, [0] * hours
        wh[0], back[1] = 100_000, 500_000  # November: 10.00 to pay, 25.00 earned
        wh[30 * 24] = 150_000  # December: 15.00 are paid by credit, 10.00 are left and paid out
        wh[61 * 24] = 70_000  # January: 7.00
        load = {"start": "2018-11-01T00:00:00-06:00", "step_seconds": 3600}
        written = tmp_path / "load.json"
        written.write_text(json.dumps({**load, "wh": wh, "received_wh": back}))

        months = rate_file(tariff_path=path, load_path=written, zone=UTC_6, riders={})

        assert [month.total for month in months] == [10, -10, 7]
