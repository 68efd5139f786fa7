"""Everything the environment may say about this installation, read once and typed.

Nothing of a co-op is here: name, zone, brand and policies are rows of ``cooperative``.
Each variable is listed in docs/operating/settings.md.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from smarthub.config.private_postgres.location import APPLICATION

ROOT = Path(__file__).resolve().parents[2]


class SettingMissing(RuntimeError):
    """A variable this installation cannot do without is not set; the text says which."""


@dataclass(frozen=True)
class Environment:
    """One installation's settings, as read from its environment."""

    variables: Mapping[str, str]

    @property
    def demo(self) -> bool:
        """Whether this is a demonstration: plain HTTP on this machine, and ``/_outbox/``."""
        return self.variables.get("SMARTHUB_DEMO") == "1"

    @property
    def test(self) -> bool:
        """Whether tests run in this process: plain HTTP, quick passwords, no built files."""
        return self.variables.get("SMARTHUB_TEST") == "1"

    @property
    def deployed(self) -> bool:
        """Whether this serves real members: HTTPS only, and every secret must be set."""
        return not (self.demo or self.test)

    @property
    def state_dir(self) -> Path:
        """Where the demo and the private server are kept; ``var`` by default."""
        return Path(self.variables.get("SMARTHUB_STATE_DIR", ROOT / "var"))

    @property
    def build_dir(self) -> Path:
        """Where built files are kept: static files and the fonts of bills; ``var`` by default."""
        return Path(self.variables.get("SMARTHUB_BUILD_DIR", ROOT / "var"))

    @property
    def as_owner(self) -> bool:
        """Whether this process migrates: it then uses ``DATABASE_OWNER_URL``."""
        return self.variables.get("SMARTHUB_AS_OWNER") == "1"

    @property
    def database_url(self) -> str:
        """The database to use: the owner's for migrations, else the application's.

        Empty when no server was named; the private one is then used.
        """
        application = self.variables.get("DATABASE_URL", "")
        if self.as_owner:
            return self.variables.get("DATABASE_OWNER_URL", application)
        return application

    @property
    def application_role(self) -> str:
        """The database role that serves members, to be given its rights by the owner."""
        url = self.variables.get("DATABASE_URL", "")
        return str(conninfo_to_dict(url).get("user", "")) if url else APPLICATION

    @property
    def stop_at(self) -> tuple[str, Path] | None:
        """The fault point a crash test arms in this process, and its marker; never in service."""
        point = self.variables.get("SMARTHUB_STOP_AT", "")
        if not point or self.deployed:
            return None
        return point, Path(self.variables["SMARTHUB_STOP_MARKER"])

    @property
    def base_url(self) -> str:
        """The address members use, without a slash at its end."""
        return self.variables.get("SMARTHUB_BASE_URL", "http://127.0.0.1:8000").rstrip("/")

    @property
    def gateway_url(self) -> str:
        """The origin of the payment gateway's own pages."""
        return self.variables.get("SMARTHUB_GATEWAY_URL", "http://127.0.0.1:8001").rstrip("/")

    def secret(self, name: str) -> str:
        """Return a secret.

        Raises:
            SettingMissing: it is not set, and this is no demo or test.
        """
        value = self.variables.get(name, "")
        if value or not self.deployed:
            return value or f"not-secret-{name}-only-for-demo-and-tests-0123456789"
        raise SettingMissing(f"{name} is not set: see docs/operating/settings.md, or run doctor")

    def words(self, name: str, default: str) -> list[str]:
        """Return a comma-separated list."""
        return [word.strip() for word in self.variables.get(name, default).split(",") if word]

    def text(self, name: str, default: str = "") -> str:
        """Return one plain value."""
        return self.variables.get(name, default)


def read_environment() -> Environment:
    """Return the settings of this process."""
    return Environment(dict(os.environ))


def database_settings(url: str, *, pooled: bool) -> dict[str, object]:
    """Turn a ``postgresql://`` address into Django's form; ``pooled`` for a serving process."""
    parts = dict(conninfo_to_dict(url))
    named = {
        "dbname": "NAME",
        "user": "USER",
        "password": "PASSWORD",
        "host": "HOST",
        "port": "PORT",
    }
    settings: dict[str, object] = {
        django_name: str(parts.pop(name, "") or "") for name, django_name in named.items()
    }
    # Django's own cursors never prepare; this lets ``usage.queries.rows.fetch_prepared`` do so.
    options: dict[str, object] = {"prepare_threshold": 5, **parts}
    if pooled:
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        # A connection that a restarted server has closed is replaced before it is used.
        "CONN_HEALTH_CHECKS": True,
        **settings,
        "OPTIONS": options,
    }
