"""Where the private server is kept, and how its addresses read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from smarthub.config.private_postgres.location import (
    LONGEST_SOCKET_PATH_BYTES,
    SOCKET_NAME,
    choose_location,
    private_database_url,
    read_location,
)
from smarthub.config.private_postgres.service_user import ServiceUser

OURSELVES = ServiceUser(None, os.geteuid(), os.getegid())


class TestChoosingAPlace:
    def test_is_inside_the_state_folder_and_found_again(self, tmp_path: Path) -> None:
        chosen = choose_location(tmp_path, user=OURSELVES)

        assert chosen.home == tmp_path / "postgres"
        assert read_location(tmp_path) == chosen
        assert choose_location(tmp_path, user=OURSELVES) == chosen

    def test_keeps_the_passwords_to_ourselves(self, tmp_path: Path) -> None:
        chosen = choose_location(tmp_path, user=OURSELVES)

        assert stat.S_IMODE((tmp_path / "postgres.json").stat().st_mode) == 0o600
        assert stat.S_IMODE(chosen.home.stat().st_mode) == 0o700
        assert len(set(chosen.passwords.values())) == 3

    @pytest.mark.parametrize("folder", ["x" * 90, "with,comma"])
    def test_puts_the_socket_elsewhere_where_its_path_would_not_do(
        self, tmp_path: Path, folder: str
    ) -> None:
        state_dir = tmp_path / folder
        state_dir.mkdir()

        chosen = choose_location(state_dir, user=OURSELVES)

        assert chosen.data.is_relative_to(state_dir)
        assert len(os.fsencode(chosen.socket_dir / SOCKET_NAME)) <= LONGEST_SOCKET_PATH_BYTES
        assert "," not in str(chosen.socket_dir)
        assert stat.S_IMODE(chosen.socket_dir.stat().st_mode) == 0o700
        chosen.socket_dir.rmdir()

    def test_makes_a_new_socket_folder_when_the_machine_cleared_the_old_one(
        self, tmp_path: Path
    ) -> None:
        first = choose_location(tmp_path, user=OURSELVES)
        first.socket_dir.rmdir()

        second = choose_location(tmp_path, user=OURSELVES)

        assert second.socket_dir.is_dir()
        assert second.passwords == first.passwords


class TestTheAddress:
    def test_names_the_role_its_password_and_the_socket(self, tmp_path: Path) -> None:
        chosen = choose_location(tmp_path, user=OURSELVES)

        read = conninfo_to_dict(private_database_url(tmp_path, owner=False))

        assert read == {
            "user": "smarthub_app",
            "password": chosen.passwords["smarthub_app"],
            "dbname": "smarthub",
            "host": str(chosen.socket_dir),
        }

    def test_leads_nowhere_before_the_server_is_made(self, tmp_path: Path) -> None:
        read = conninfo_to_dict(private_database_url(tmp_path, owner=True))

        assert read["user"] == "smarthub_owner"
        assert not (tmp_path / "postgres.json").exists()
