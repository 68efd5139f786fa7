"""The thirteen reference bills of domain rules 9.2, from tariff files and loads, to the cent."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from smarthub.jobs.demo.rate_book import RATE_BOOK
from smarthub.jobs.rate_load import rate_file
from tests.rating.load_files import ZONE, write_load

OWN = Path(__file__).parent / "tariffs"
NOVEMBER = dt.date(2026, 11, 1)
JANUARY = dt.date(2027, 1, 1)
MAY, OCTOBER = dt.date(2026, 5, 1), dt.date(2026, 10, 1)


def any_hour(_hour: dt.datetime) -> bool:
    return True


def evening(hour: dt.datetime) -> bool:
    """A weekday hour from 16 to 20, in no holiday: on-peak in November."""
    return hour.weekday() < 5 and 16 <= hour.hour < 20


def morning(hour: dt.datetime) -> bool:
    return 8 <= hour.hour < 12


def night(hour: dt.datetime) -> bool:
    return hour.hour < 5


def bill(path: Path, tariff: str, load: dict[str, Any], *, wpca: str = "0.00375") -> list[int]:
    """Return the cents of each line of one month."""
    found = (RATE_BOOK if (RATE_BOOK / f"{tariff}.yaml").exists() else OWN) / f"{tariff}.yaml"
    written = write_load(path / "load.json", **load)
    rates = {"WPCA": Decimal(wpca)}
    (month,) = rate_file(tariff_path=found, load_path=written, zone=ZONE, riders=rates)
    return [line.amount.cents for line in month.lines]


def spread(kwh: str, kw: str, peak_rule: Any = any_hour) -> list[tuple[Any, str]]:
    """Return a load whose highest hour is ``kw`` and whose sum is ``kwh``, in whole hours."""
    left, parts = Decimal(kwh) - Decimal(kw), [(peak_rule, kw)]
    while left > 0:
        piece = min(left, Decimal(kw))
        parts.append((any_hour, str(piece)))
        left -= piece
    return parts


class TestReferenceBills:
    @pytest.mark.parametrize(
        ("kwh", "wpca", "cents"),
        [
            # 812 x .041 = 33.292, x .077 = 62.524, x .00375 = 3.045, x .0032 = 2.5984: 139.46
            ("812", "0.00375", [3300, 500, 3329, 6252, 305, 260]),
            # 1046 x .041 = 42.886, x .077 = 80.542, x .0071 = 7.4266, x .0032 = 3.3472: 172.21
            ("1046", "0.00710", [3300, 500, 4289, 8054, 743, 335]),
            ("0", "0.00375", [3300, 500]),
        ],
    )
    def test_r1(self, tmp_path: Path, kwh: str, wpca: str, cents: list[int]) -> None:
        load = {"month": NOVEMBER, "parts": [(any_hour, kwh)]}

        assert bill(tmp_path, "E-R1-2026-03", load, wpca=wpca) == cents

    def test_r2_of_120_on_690_off_and_240_super_off_peak_is_167_00(self, tmp_path: Path) -> None:
        parts = [(evening, "120"), (morning, "690"), (night, "240")]

        cents = bill(tmp_path, "E-R2-2026-03", {"month": NOVEMBER, "parts": parts})

        # 120 x .36 = 43.20, 690 x .09 = 62.10, 240 x .06 = 14.40;
        # 1050 x .00375 = 3.9375, x .0032 = 3.36
        assert cents == [3500, 500, 4320, 6210, 1440, 394, 336]
        assert sum(cents) == 16700

    def test_r3_of_850_kwh_6_2_and_9_8_kw_is_175_61(self, tmp_path: Path) -> None:
        parts = [(evening, "6.2"), *[(night, "9.8")] * 86, (night, "1")]

        cents = bill(tmp_path, "E-R3-2026-03", {"month": NOVEMBER, "parts": parts})

        # 6.2 + 86 x 9.8 + 1 = 850; 6.2 x 9 = 55.80, 9.8 x 1.5 = 14.70, 850 x .072 = 61.20,
        # x .00375 = 3.1875, x .0032 = 2.72
        assert cents == [3300, 500, 5580, 1470, 6120, 319, 272]

    def test_h_of_2150_kwh_in_january_is_246_19(self, tmp_path: Path) -> None:
        load = {"month": JANUARY, "parts": [(any_hour, "2150")]}

        # 600 x .118 = 70.80, 1550 x .079 = 122.45, 2150 x .00375 = 8.0625, x .0032 = 6.88
        assert bill(tmp_path, "E-H-2026-03", load) == [3300, 500, 7080, 12245, 806, 688]

    def test_lgs_with_ratchet_and_power_factor_is_5439_00(self, tmp_path: Path) -> None:
        past = {f"2026-{month:02}": "150" for month in (1, 2, 3, 4, 6, 7, 8, 9, 10)}
        past |= {"2026-05": "340", "2025-12": "150", "2025-06": "900"}
        account = {"power_factor": "0.91", "past_kw": past}
        load = {"month": NOVEMBER, "parts": spread("50400", "182.4"), "account": account}

        # 60 % of 340 = 204 (the 900 of 17 months ago is out of reach), x 1.04 = 212.16 kW:
        # x 9.50 = 2015.52; 50400 x .058 = 2923.20, x .00375 = 189, x .0032 = 161.28
        cents = bill(tmp_path, "E-LGS-2026-03", load)
        assert cents == [15000, 201552, 292320, 18900, 16128]

    def test_nm_with_230_in_the_bank_bills_150_of_380_kwh_and_is_56_74(
        self, tmp_path: Path
    ) -> None:
        parts = [(any_hour, "880")]
        account = {"bank_kwh": "230"}
        load = {"month": NOVEMBER, "parts": parts, "received": "500", "account": account}

        # 880 - 500 - 230 = 150; x .041 = 6.15, x .077 = 11.55, x .00375 = .5625, x .0032 = .48
        assert bill(tmp_path, "E-NM-2026-03", load) == [3300, 500, 615, 1155, 56, 48]

    def test_nb_of_700_in_and_450_out_is_110_39(self, tmp_path: Path) -> None:
        load = {"month": NOVEMBER, "parts": [(any_hour, "700")], "received": "450"}

        # 700 x .041 = 28.70, x .077 = 53.90, x .00375 = 2.625; 450 x .0335 = 15.075; 700 x .0032
        cents = bill(tmp_path, "E-NB-2026-03", load)
        assert cents == [3300, 500, 2870, 5390, 263, -1508, 224]

    def test_g_r1_of_118_ccf_is_145_21(self, tmp_path: Path) -> None:
        load = {"month": NOVEMBER, "parts": [(any_hour, "118")]}

        assert bill(tmp_path, "G-R1-2024-01", load) == [1800, 500, 4961, 7260]

    def test_w_1_of_7400_gallons_is_74_89(self, tmp_path: Path) -> None:
        load = {"month": NOVEMBER, "parts": [(any_hour, "7400")]}

        # 5 x 7.25 = 36.25, 2.4 x 6.10 = 14.64
        assert bill(tmp_path, "W-1-2026-03", load) == [2400, 3625, 1464]

    def test_medina_of_60_kw_and_27000_kwh_is_2243_24(self, tmp_path: Path) -> None:
        load = {"month": NOVEMBER, "parts": spread("27000", "60")}

        # 60 x 2.75 = 165; 12000 x .09326 = 1119.12, x .06326 = 759.12; 3000 x .055 = 165
        assert bill(tmp_path, "medina", load) == [3500, 16500, 111912, 75912, 16500]

    def test_irr_of_75_hp_is_2175_in_may_and_3427_90_in_october(self, tmp_path: Path) -> None:
        account = {"horsepower": 75}
        spring = {"month": MAY, "parts": [], "account": account}
        autumn = {"month": OCTOBER, "parts": [(any_hour, "41300")], "account": account}

        # 75 x 29 = 2175.00; 41300 x .083 = 3427.90
        assert bill(tmp_path, "E-IRR-2026-03", spring) == [217500]
        assert bill(tmp_path, "E-IRR-2026-03", autumn) == [342790]

    def test_al_bills_a_lamp_and_the_rider_on_its_16_kwh(self, tmp_path: Path) -> None:
        load = {"month": NOVEMBER, "parts": [], "account": {"lamps": 1}}

        # 9.25; 16 x .00375 = .06 (rule 37)
        assert bill(tmp_path, "E-AL-2026-03", load) == [925, 6]
