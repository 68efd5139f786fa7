"""``green_button``: whole files, and clear answers to what cannot be done."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.core.management import CommandError, call_command

from smarthub.config.cli import main
from tests.cast import Cast
from tests.workflows.usage.export_world import OCTOBER, open_channels

DAYS = {"start": str(OCTOBER.start), "end": str(OCTOBER.end)}


def write(out: Path, *, account: str = "1001", **options: object) -> tuple[str, str]:
    """Run the command, and return what it said and what it warned of."""
    said, warned = StringIO(), StringIO()
    wanted = {**DAYS, "account": account, "out": out, **options}
    arguments = [f"--account={wanted['account']}", f"--from={wanted['start']}"]
    arguments += [f"--to={wanted['end']}", f"--out={out}"]
    if "customer_out" in wanted:
        arguments.append(f"--customer-out={wanted['customer_out']}")
    call_command("green_button", *arguments, stdout=said, stderr=warned)
    return said.getvalue(), warned.getvalue()


class TestGreenButton:
    @pytest.mark.usefixtures("channels")
    def test_writes_the_use_and_apart_from_it_whose_it_is(self, cast: Cast, tmp_path: Path) -> None:
        use, customer = tmp_path / "use.xml", tmp_path / "customer.xml"

        write(use, customer_out=customer)

        assert use.read_text().count("<IntervalReading>") == 4 * 31 * 24 - 2
        assert "Maria Alvarez" not in use.read_text()
        assert "Maria Alvarez" in customer.read_text()
        assert sorted(tmp_path.iterdir()) == [customer, use]

    def test_writes_nobody_down_unless_asked(self, cast: Cast, tmp_path: Path) -> None:
        open_channels(cast)

        write(tmp_path / "use.xml")

        assert [path.name for path in tmp_path.iterdir()] == ["use.xml"]

    @pytest.mark.usefixtures("channels")
    def test_writes_the_same_again(self, cast: Cast, tmp_path: Path) -> None:
        first, second = tmp_path / "first.xml", tmp_path / "second.xml"

        write(first)
        write(second, account="77-1001-A")  # the number the account had before

        assert first.read_bytes() == second.read_bytes()

    def test_says_when_there_are_no_readings(self, cast: Cast, tmp_path: Path) -> None:
        open_channels(cast)

        _, warned = write(tmp_path / "use.xml")

        assert "no readings in this range" in warned

    @pytest.mark.parametrize(
        ("options", "answer"),
        [
            ({"account": "9999"}, "There is no account 9999."),
            ({"end": DAYS["start"]}, "--to must be after --from"),
            ({"start": "2025-01-01"}, "--to must be after --from"),
            ({"start": "October"}, "--from is a day such as 2026-11-01, not October."),
            ({"start": "2020-01-01", "end": "2020-02-01"}, "had no metered service"),
            ({"customer_out": Path("/nowhere/at/all.xml")}, "cannot be written"),
        ],
    )
    def test_answers_clearly_what_cannot_be_done(
        self, cast: Cast, tmp_path: Path, options: dict[str, object], answer: str
    ) -> None:
        open_channels(cast)

        with pytest.raises(CommandError, match=answer):
            write(tmp_path / "use.xml", **options)  # type: ignore[arg-type]

    def test_leaves_no_half_of_a_file(self, cast: Cast, tmp_path: Path) -> None:
        open_channels(cast)
        (tmp_path / "use.xml").mkdir()

        with pytest.raises(CommandError, match="cannot be written"):
            write(tmp_path / "use.xml")

        assert [path.name for path in tmp_path.iterdir()] == ["use.xml"]


class TestEntryOfTheProgram:
    def test_asks_for_account_days_and_file(self) -> None:
        answer = CliRunner().invoke(main, ["green-button", "--account", "1001"])

        assert answer.exit_code == 2
        assert "Missing option '--from'" in answer.output
