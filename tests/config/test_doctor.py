"""The doctor finds the faults that were planted, and says how to mend them."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from smarthub.config.doctor import installation
from smarthub.config.doctor.finding import Finding, Level
from smarthub.config.doctor.machine import examine_disk, examine_python, examine_settings
from smarthub.config.environment import Environment

SERVING = {
    "SMARTHUB_SECRET_KEY": "k" * 50,
    "SMARTHUB_GATEWAY_SECRET": "g" * 50,
    "SMARTHUB_ALLOWED_HOSTS": "portal.example",
    "SMARTHUB_BASE_URL": "https://portal.example",
}
DEMO = Environment({"SMARTHUB_DEMO": "1"})


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def wrong_in(*findings: Finding) -> list[str]:
    return [finding.subject for finding in findings if finding.wrong]


class TestTheMachine:
    @pytest.mark.parametrize(("version", "wrong"), [((3, 11), False), ((3, 12), True)])
    def test_needs_the_python_of_the_lock(self, version: tuple[int, int], wrong: bool) -> None:  # noqa: FBT001
        assert examine_python(version).wrong is wrong

    def test_is_looked_at_even_where_the_folder_is_not_made_yet(self, tmp_path: Path) -> None:
        assert examine_disk(tmp_path / "not" / "yet").level is Level.GOOD


class TestTheSettings:
    def test_are_good_when_all_is_said(self) -> None:
        assert wrong_in(*examine_settings(Environment(SERVING))) == []

    @pytest.mark.parametrize(
        ("fault", "subject"),
        [
            ({"SMARTHUB_SECRET_KEY": ""}, "SMARTHUB_SECRET_KEY"),
            ({"SMARTHUB_GATEWAY_SECRET": "short"}, "SMARTHUB_GATEWAY_SECRET"),
            ({"SMARTHUB_ALLOWED_HOSTS": ""}, "Allowed hosts"),
            ({"SMARTHUB_ALLOWED_HOSTS": "portal.example,*"}, "Allowed hosts"),
            ({"SMARTHUB_BASE_URL": "http://portal.example"}, "Address"),
            ({"SMARTHUB_CLOCK_SHIFT_SECONDS": "86400"}, "Clock"),
        ],
    )
    def test_that_are_wrong_are_named_with_their_cure(
        self, fault: dict[str, str], subject: str
    ) -> None:
        findings = list(examine_settings(Environment({**SERVING, **fault})))

        assert wrong_in(*findings) == [subject]
        assert all(finding.mend for finding in findings if finding.wrong)

    def test_of_a_demo_are_its_own(self) -> None:
        assert [finding.level for finding in examine_settings(DEMO)] == [Level.NOTE]


class TestADatabaseThatDoesNotAnswer:
    def test_is_the_only_finding(self, committing_database: str) -> None:
        connection.close()
        connection.settings_dict["NAME"] = f"{committing_database}_not"  # the fixture sets it back

        findings = list(installation.examine_database(DEMO))

        assert wrong_in(*findings) == ["Database"]


@pytest.mark.django_db
class TestTheDatabase:
    def test_without_its_migrations_is_looked_at_no_further(self) -> None:
        run("DELETE FROM django_migrations WHERE app = 'ledger'")

        findings = list(installation.examine_database(DEMO))

        assert wrong_in(*findings) == ["Migrations"]
        assert findings[-1].mend == "smarthub migrate"

    def test_with_one_role_for_all_is_wrong_where_members_are_served(
        self, settings: Settings
    ) -> None:
        settings.DEPLOYED = False
        assert installation.examine_roles().level is Level.NOTE

        settings.DEPLOYED = True
        assert installation.examine_roles().level is Level.WRONG

    def test_without_a_guard_is_found(self) -> None:
        assert not installation.examine_guards().wrong

        run("DROP TRIGGER refuse_change ON billing_bill")

        finding = installation.examine_guards()
        assert finding.wrong
        assert "billing_bill" in finding.found

    def test_whose_clock_is_elsewhere_is_found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert not installation.examine_clock().wrong

        monkeypatch.setattr(installation, "CLOCK_SECONDS", 0.0)

        assert installation.examine_clock().wrong


@pytest.mark.django_db
class TestTheWork:
    def test_without_a_worker_is_wrong(self) -> None:
        assert wrong_in(*installation.examine_work()) == ["Worker"]

    def test_of_a_silent_worker_is_wrong_and_of_a_living_one_is_not(self) -> None:
        run("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '90 s')")
        assert wrong_in(*installation.examine_work()) == ["Worker"]

        run("UPDATE procrastinate_workers SET last_heartbeat = now()")
        assert wrong_in(*installation.examine_work()) == []


class TestBuiltFiles:
    def test_that_are_missing_are_found(self, settings: Settings, tmp_path: Path) -> None:
        settings.BUILD_DIR = tmp_path

        finding = installation.examine_assets()

        assert finding.wrong
        assert finding.mend == "smarthub manage build_assets"


@pytest.mark.allow_hosts(["127.0.0.1"])
class TestMail:
    def test_that_nobody_takes_is_found(self, settings: Settings) -> None:
        with socket.socket() as held:
            held.bind(("127.0.0.1", 0))
            settings.EMAIL_HOST, settings.EMAIL_PORT = held.getsockname()

            finding = installation.examine_mail(Environment(SERVING))

        assert finding.wrong
        assert "does not answer" in finding.found

    def test_of_a_demo_needs_no_server(self) -> None:
        assert not installation.examine_mail(DEMO).wrong


def test_a_finding_reads_as_two_lines_when_there_is_something_to_do() -> None:
    finding = Finding(Level.WRONG, "Worker", "none", "start one: smarthub worker")

    assert finding.line() == "WRONG Worker: none\n        To mend: start one: smarthub worker"
