"""``smarthub rate``: what it takes, what it prints, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from smarthub.config.cli import main
from smarthub.jobs.demo.rate_book import RATE_BOOK
from smarthub.jobs.rate_load import answer, zone_named
from smarthub.rating.types.schema import tariff_schema

R1 = RATE_BOOK / "E-R1-2026-03.yaml"
SCHEMA = Path(__file__).parents[2] / "docs" / "schema" / "tariff.schema.json"


def rate(*arguments: object) -> Any:
    """Run the command in a fixed zone."""
    given = ["rate", *map(str, arguments), "--timezone", "Etc/GMT+6"]
    return CliRunner().invoke(main, given)


def load(path: Path, **changes: Any) -> Path:
    """Write November 2026 at 1 kWh an hour."""
    steps = {"start": "2026-11-01T00:00:00-06:00", "step_seconds": 3600, "wh": [1000] * 720}
    path.write_text(json.dumps({**steps, **changes}))
    return path


class TestRate:
    def test_prints_unrounded_amounts_as_text_and_rounded_ones_in_cents(
        self, tmp_path: Path
    ) -> None:
        printed = rate(R1, load(tmp_path / "load.json"), "--json").output

        (month,) = json.loads(printed)["months"]
        # 720 kWh: 29.52, 55.44, x .00375 = 2.70, x .0032 = 2.304; with 38.00: 127.964 and 127.96
        assert (month["start"], month["end"]) == ("2026-11-01", "2026-12-01")
        assert (month["total"], month["total_cents"]) == ("127.964", 12796)
        assert month["lines"][2] == {
            "code": "distribution",
            "name": "Distribution",
            "quantity": "720",
            "unit": "kWh",
            "rate": "0.041",
            "amount": "29.52",
            "amount_cents": 2952,
        }

    def test_prints_a_table_for_people(self, tmp_path: Path) -> None:
        table = rate(R1, load(tmp_path / "load.json")).output

        assert "2026-11-01 to 2026-12-01" in table
        assert table.splitlines()[-1].split() == ["Total", "127.964000", "127.96"]

    def test_takes_a_csv_and_a_rider_by_hand(self, tmp_path: Path) -> None:
        rows = [f"2026-11-{day:02} {h:02}:00,1.0" for day in range(1, 31) for h in range(24)]
        path = tmp_path / "load.csv"
        path.write_text("\n".join(["timestamp,kwh", *rows]))

        printed = rate(R1, path, "--json", "--rider", "WPCA=0").output

        (month,) = json.loads(printed)["months"]
        # 127.964 without the rider's 2.70
        assert month["total"] == "125.264"

    def test_reads_the_repeated_hour_of_a_local_csv_in_its_order(self, tmp_path: Path) -> None:
        hours = [0, 1, 1, *range(2, 24)]
        rows = [f"2026-11-01 {hour:02}:00,1" for hour in hours]
        path = tmp_path / "load.csv"
        path.write_text("\n".join(["timestamp,kwh", *rows]))

        done = CliRunner().invoke(
            main, ["rate", str(R1), str(path), "--timezone", "America/Chicago", "--json"]
        )

        (month,) = json.loads(done.output)["months"]
        # One day of thirty: 38.00 / 30 in fixed charges; 25 kWh in 25 hours
        assert month["lines"][2]["quantity"] == "25"
        assert month["lines"][0]["amount_cents"] == 110

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ({"wh": []}, "the load is empty"),
            ({"wh": [-1]}, "energy is negative"),
            ({"wh": [1], "received_wh": [1, 2]}, "differ in length"),
            ({"step_seconds": 7}, "step_seconds"),
            ({"watts": 1}, "watts is not a field"),
            ({"start": "soon"}, "no timestamp"),
            ({"account": {"shoe_size": 9}}, "shoe_size"),
        ],
    )
    def test_refuses_a_load_it_cannot_use(
        self, tmp_path: Path, change: dict[str, Any], told: str
    ) -> None:
        done = rate(R1, load(tmp_path / "load.json", **change))

        assert done.exit_code == 1
        assert "load_refused" in done.output
        assert told in done.output

    @pytest.mark.parametrize(
        ("rows", "line"),
        [
            (["2026-11-01 00:00,1", "2026-11-01 01:00,1", "2026-11-01 03:00,1"], 4),
            (["2026-11-01 00:00,1", "2026-11-01 01:00,many"], 3),
            (["2026-11-01 00:00,1", "2026-11-01 01:00,-1"], 3),
        ],
    )
    def test_names_the_line_of_a_csv_fault(
        self, tmp_path: Path, rows: list[str], line: int
    ) -> None:
        path = tmp_path / "load.csv"
        path.write_text("\n".join(["timestamp,kwh", *rows]))

        assert f"line: {line}" in rate(R1, path).output

    @pytest.mark.parametrize(
        ("old", "new", "code"),
        [
            ('    amount: "33.00"', '    amout: "33.00"', "field_unknown"),
            ('    amount: "33.00"', '    amount: "lots"', "tariff_has_gap"),
            ("    kind: rider", "    kind: magic", "charge_kind_unknown"),
            ("    unit: kWh", "    unit: mile", "tariff_has_gap"),
            ("service: electric", "service: [", "tariff_unreadable"),
        ],
    )
    def test_names_the_line_of_a_tariff_fault(
        self, tmp_path: Path, old: str, new: str, code: str
    ) -> None:
        text = R1.read_text()
        line = text[: text.index(old)].count("\n") + 1
        path = tmp_path / "tariff.yaml"
        path.write_text(text.replace(old, new, 1))

        told = rate(path, load(tmp_path / "load.json")).output

        assert code in told
        assert code == "tariff_unreadable" or f"line: {line}" in told

    def test_makes_no_bill_below_zero_of_a_rider(self, tmp_path: Path) -> None:
        done = rate(R1, load(tmp_path / "load.json"), "--rider", "WPCA=-1")

        assert done.exit_code == 1
        assert "price_below_zero" in done.output

    def test_says_plainly_that_a_zone_or_file_is_not_there(self, tmp_path: Path) -> None:
        nowhere = ["rate", str(R1), str(tmp_path / "none"), "--timezone", "Nowhere/X"]

        assert "no time zone" in CliRunner().invoke(main, nowhere).output
        assert "No such file" in rate(R1, tmp_path / "none").output


class TestTheSchema:
    def test_that_is_published_is_the_one_files_are_read_by(self) -> None:
        assert json.loads(SCHEMA.read_text()) == tariff_schema()


class TestProgress:
    def test_is_told_after_each_month_of_a_long_load(self, tmp_path: Path) -> None:
        told: list[tuple[int, int]] = []
        steps = load(tmp_path / "load.json", wh=[1000] * (30 + 31) * 24)

        answer(
            options={"tariff": R1, "load": steps, "rider": [], "json": True},
            zone=zone_named(name="Etc/GMT+6"),
            progress=lambda done, of: told.append((done, of)),
        )

        assert told == [(1, 2), (2, 2)]

    def test_is_not_among_what_is_printed(self, tmp_path: Path) -> None:
        steps = load(tmp_path / "load.json", wh=[1000] * (30 + 31) * 24)

        assert len(json.loads(rate(R1, steps, "--json").output)["months"]) == 2
