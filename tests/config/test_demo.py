"""What a demo remembers, and what it refuses before it starts."""

from __future__ import annotations

import datetime as dt
import json
import socket
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from smarthub.config.cli import main
from smarthub.config.demo import (
    DemoFailed,
    need_free_port,
    only_demo,
    read_sign_ins,
    reset_demo,
)
from smarthub.config.demo_settings import (
    read_demo,
    remember_demo,
    shift_to,
    use_remembered_demo,
)


class TestWhatItRemembers:
    def test_is_kept_for_the_next_run_and_read_by_us_alone(self, tmp_path: Path) -> None:
        first = remember_demo(tmp_path, port=8123, shift_seconds=86_400)

        again = remember_demo(tmp_path, port=None, shift_seconds=None)

        assert again == first == read_demo(tmp_path)
        assert stat.S_IMODE((tmp_path / "demo-settings.json").stat().st_mode) == 0o600

    def test_changes_where_something_else_is_asked_and_keeps_its_secrets(
        self, tmp_path: Path
    ) -> None:
        first = remember_demo(tmp_path, port=8123, shift_seconds=86_400)

        moved = remember_demo(tmp_path, port=8200, shift_seconds=None)

        assert (moved.port, moved.clock_shift_seconds) == (8200, 86_400)
        assert moved.secret_key == first.secret_key
        assert moved.variables(tmp_path)["SMARTHUB_GATEWAY_URL"] == "http://127.0.0.1:8201"

    def test_serves_commands_that_were_given_no_settings(self, tmp_path: Path) -> None:
        settings = remember_demo(tmp_path, port=8123, shift_seconds=None)
        bare: dict[str, str] = {}
        given = {"SMARTHUB_SECRET_KEY": "a real one"}

        use_remembered_demo(bare, tmp_path)
        use_remembered_demo(given, tmp_path)

        assert bare["SMARTHUB_SECRET_KEY"] == settings.secret_key
        assert given == {"SMARTHUB_SECRET_KEY": "a real one"}


class TestMovingTheClock:
    @pytest.mark.parametrize(
        ("now", "day", "days"),
        [
            # 03:00 UTC is still the evening of the 21st in Chicago.
            (dt.datetime(2026, 11, 22, 3, tzinfo=dt.UTC), dt.date(2026, 11, 21), 0),
            (dt.datetime(2026, 11, 22, 18, tzinfo=dt.UTC), dt.date(2026, 11, 22), 0),
            (dt.datetime(2026, 11, 22, 18, tzinfo=dt.UTC), dt.date(2026, 11, 1), -21),
            (dt.datetime(2026, 11, 22, 18, tzinfo=dt.UTC), dt.date(2027, 1, 1), 40),
        ],
    )
    def test_moves_whole_days_of_the_co_op(self, now: dt.datetime, day: dt.date, days: int) -> None:
        assert shift_to(day, now=now) == days * 24 * 60 * 60


class TestBeforeItStarts:
    def test_a_second_demo_in_the_same_folder_is_refused(self, tmp_path: Path) -> None:
        with (
            only_demo(tmp_path),
            pytest.raises(DemoFailed, match="runs already"),
            only_demo(tmp_path),
        ):
            pytest.fail("two demos at once")

    @pytest.mark.allow_hosts(["127.0.0.1"])
    def test_a_port_in_use_is_refused_with_what_to_do(self) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()

            with pytest.raises(DemoFailed, match="PORT=8123 make demo"):
                need_free_port(other.getsockname()[1])


class TestItsSignIns:
    def test_are_read_and_the_address_is_that_of_this_run(self, tmp_path: Path) -> None:
        told = {"base_url": "http://127.0.0.1:8000", "sign_ins": [{"role": "member"}]}
        (tmp_path / "demo.json").write_text(json.dumps(told))

        assert read_sign_ins(tmp_path, base_url="http://127.0.0.1:8123") == [{"role": "member"}]

        kept = json.loads((tmp_path / "demo.json").read_text())
        assert kept["base_url"] == "http://127.0.0.1:8123"


class TestReset:
    def test_removes_the_demo_and_leaves_the_built_files(self, tmp_path: Path) -> None:
        remember_demo(tmp_path, port=None, shift_seconds=None)
        for folder in ("import", "fonts"):
            (tmp_path / folder).mkdir()

        reset_demo(tmp_path, named_binaries="", named_user="")

        assert sorted(path.name for path in tmp_path.iterdir()) == ["demo.lock", "fonts"]


class TestTheCommand:
    def test_names_what_it_can_do(self) -> None:
        said = CliRunner().invoke(main, ["--help"]).output

        for command in ("demo", "demo-reset", "serve", "worker", "migrate", "doctor", "manage"):
            assert f"\n  {command} " in said

    def test_needs_a_database_where_there_is_no_demo(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("DATABASE_URL")
        monkeypatch.setenv("SMARTHUB_STATE_DIR", str(tmp_path))

        done = CliRunner().invoke(main, ["worker"])

        assert done.exit_code == 1
        assert "DATABASE_URL is not set" in done.output
