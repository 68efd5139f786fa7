"""The settings of each mode, read by a process of its own as in service."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from pytest_django import Settings

from smarthub.config.environment import ROOT, Environment, SettingMissing

DEPLOYED = {
    "SMARTHUB_SECRET_KEY": "k" * 50,
    "SMARTHUB_GATEWAY_SECRET": "g" * 50,
    "SMARTHUB_ALLOWED_HOSTS": "portal.example",
    "SMARTHUB_BASE_URL": "https://portal.example/",
    "DATABASE_URL": "postgresql://app:word@db.example:5433/portal?sslmode=require",
}
READ = """
import json, django
from django.conf import settings
print(json.dumps({n: getattr(settings, n) for n in dir(settings) if n.isupper()}, default=str))
"""


def read_settings(**variables: str) -> dict[str, Any]:
    """Return the settings a process with these variables, and no others, has."""
    done = subprocess.run(
        [sys.executable, "-c", READ],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "smarthub.config.settings"}
        | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def deployed() -> dict[str, Any]:
    """Read the settings of an installation that serves members."""
    return read_settings(**DEPLOYED)


class TestAnInstallationThatServesMembers:
    @pytest.mark.parametrize("cookie", ["SESSION", "CSRF", "LANGUAGE"])
    def test_keeps_its_cookies_for_https_and_from_scripts(
        self, deployed: dict[str, Any], cookie: str
    ) -> None:
        assert deployed[f"{cookie}_COOKIE_SECURE"] is True
        assert deployed[f"{cookie}_COOKIE_HTTPONLY"] is True
        assert deployed[f"{cookie}_COOKIE_SAMESITE"] == "Lax"

    def test_insists_on_https_for_a_year(self, deployed: dict[str, Any]) -> None:
        assert deployed["SECURE_SSL_REDIRECT"] is True
        assert deployed["SECURE_HSTS_SECONDS"] == 365 * 24 * 60 * 60
        assert deployed["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True

    def test_shows_no_stack_and_serves_only_its_own_name(self, deployed: dict[str, Any]) -> None:
        assert deployed["DEBUG"] is False
        assert deployed["ALLOWED_HOSTS"] == ["portal.example"]

    def test_limits_sign_ins_by_the_visitors_address_not_the_proxys(
        self, deployed: dict[str, Any]
    ) -> None:
        assert deployed["ALLAUTH_TRUSTED_PROXY_COUNT"] == 1
        assert deployed["ACCOUNT_RATE_LIMITS"] == {}

    def test_uses_the_database_it_is_told(self, deployed: dict[str, Any]) -> None:
        database = deployed["DATABASES"]["default"]

        assert (database["HOST"], database["PORT"]) == ("db.example", "5433")
        assert (database["USER"], database["PASSWORD"]) == ("app", "word")
        assert database["OPTIONS"] == {"prepare_threshold": 5, "sslmode": "require"}
        assert deployed["APPLICATION_ROLE"] == "app"

    def test_cannot_be_stopped_at_a_fault_point(self, tmp_path: Path) -> None:
        armed = {
            "SMARTHUB_STOP_AT": "messages.sent",
            "SMARTHUB_STOP_MARKER": str(tmp_path / "marker"),
        }

        assert Environment({**DEPLOYED, **armed}).stop_at is None
        assert Environment({"SMARTHUB_DEMO": "1", **armed}).stop_at is not None

    @pytest.mark.parametrize("name", ["SMARTHUB_SECRET_KEY", "SMARTHUB_GATEWAY_SECRET"])
    def test_does_not_start_without_its_secrets(self, name: str) -> None:
        lacking = {key: value for key, value in DEPLOYED.items() if key != name}

        with pytest.raises(SettingMissing, match=name):
            Environment(lacking).secret(name)


class TestADemo:
    def test_speaks_plain_http_on_this_machine_only(self) -> None:
        demo = read_settings(SMARTHUB_DEMO="1")

        assert demo["SECURE_SSL_REDIRECT"] is False
        assert demo["SECURE_HSTS_SECONDS"] == 0
        assert demo["SESSION_COOKIE_SECURE"] is False
        assert demo["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost"]


class TestTheOwner:
    def test_migrates_by_its_own_address(self) -> None:
        owner = {**DEPLOYED, "DATABASE_OWNER_URL": "postgresql://owner@db.example/portal"}

        assert Environment(owner).database_url == DEPLOYED["DATABASE_URL"]
        migrating = Environment({**owner, "SMARTHUB_AS_OWNER": "1"})
        assert migrating.database_url == owner["DATABASE_OWNER_URL"]
        assert migrating.application_role == "app"


class TestEveryAnswer:
    def test_carries_the_headers_that_guard_members(
        self, client: Client, settings: Settings
    ) -> None:
        settings.SECURE_SSL_REDIRECT = True
        settings.SECURE_HSTS_SECONDS = 31_536_000

        answer = client.get("/healthz", secure=True)

        assert answer["Strict-Transport-Security"].startswith("max-age=31536000")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"

    def test_forbids_scripts_and_frames_of_others(self, client: Client) -> None:
        policy = client.get("/healthz")["Content-Security-Policy"]

        directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
        assert directives["default-src"] == "'none'"
        assert directives["script-src"] == "'self'"
        assert directives["frame-ancestors"] == "'none'"
        assert directives["base-uri"] == "'none'"
        assert "unsafe" not in policy

    def test_leads_plain_http_to_https_but_for_the_load_balancer(
        self, client: Client, settings: Settings
    ) -> None:
        settings.SECURE_SSL_REDIRECT = True

        assert client.get("/accounts/login/")["Location"] == "https://testserver/accounts/login/"
        assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_what_limits_sign_ins_is_shared_by_all_web_processes() -> None:
    cache.set("seen-by", "every process", timeout=60)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM config_cache WHERE cache_key LIKE %s", ["%seen-by%"])
        assert cursor.fetchone() == (1,)
