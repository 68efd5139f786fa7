"""What one demo remembers between runs: its port, its clock and its secrets.

Kept in ``demo-settings.json`` of the state folder, mode 0600, and given to every process of the
demo as the environment an installation would have set by hand.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

# The zone of the demo co-op: its "today" is a day there.
DEMO_ZONE = ZoneInfo("America/Chicago")


@dataclass(frozen=True)
class DemoSettings:
    """The settings of the demo in one state folder."""

    port: int = 8000
    clock_shift_seconds: int = 0
    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    gateway_secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    phone_secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def base_url(self) -> str:
        """Where members open the portal."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def gateway_port(self) -> int:
        """Where the gateway simulator answers: an origin of its own."""
        return self.port + 1

    def variables(self, state_dir: Path) -> dict[str, str]:
        """Return the settings as environment variables."""
        return {
            "SMARTHUB_DEMO": "1",
            "SMARTHUB_STATE_DIR": str(state_dir),
            "SMARTHUB_BASE_URL": self.base_url,
            "SMARTHUB_GATEWAY_URL": f"http://127.0.0.1:{self.gateway_port}",
            "SMARTHUB_CLOCK_SHIFT_SECONDS": str(self.clock_shift_seconds),
            "SMARTHUB_SECRET_KEY": self.secret_key,
            "SMARTHUB_GATEWAY_SECRET": self.gateway_secret,
            "SMARTHUB_PHONE_SECRET": self.phone_secret,
        }


def remember_demo(state_dir: Path, *, port: int | None, shift_seconds: int | None) -> DemoSettings:
    """Return the demo's settings, changed as asked and written down for the next run."""
    settings = read_demo(state_dir) or DemoSettings()
    if port is not None:
        settings = replace(settings, port=port)
    if shift_seconds is not None:
        settings = replace(settings, clock_shift_seconds=shift_seconds)
    state_dir.mkdir(parents=True, exist_ok=True)
    file = _file(state_dir)
    file.touch(mode=0o600)
    file.write_text(json.dumps(asdict(settings)))
    return settings


def read_demo(state_dir: Path) -> DemoSettings | None:
    """Return the settings of the demo in this folder, or None if there is none."""
    try:
        return DemoSettings(**json.loads(_file(state_dir).read_text()))
    except FileNotFoundError:
        return None


def shift_to(day: dt.date, *, now: dt.datetime) -> int:
    """Return the whole days, in seconds, that bring the demo co-op's today to ``day``."""
    return (day - now.astimezone(DEMO_ZONE).date()).days * 86_400


def use_remembered_demo(environment: dict[str, str], state_dir: Path) -> None:
    """Let a command without settings of its own act on the demo in the state folder."""
    if "SMARTHUB_SECRET_KEY" in environment or environment.get("SMARTHUB_TEST") == "1":
        return
    settings = read_demo(state_dir)
    if settings is not None:
        environment.update(settings.variables(state_dir))


def demo_environment(
    settings: DemoSettings, state_dir: Path, *, given: Mapping[str, str]
) -> dict[str, str]:
    """Return the whole environment of the demo's processes."""
    return {
        **given,
        "DJANGO_SETTINGS_MODULE": "smarthub.config.settings",
        "PYTHONUNBUFFERED": "1",
        **settings.variables(state_dir),
    }


def forget_demo(state_dir: Path) -> list[Path]:
    """Return what belongs to the demo in its state folder, for ``reset`` to remove."""
    names = ("demo.json", "demo-settings.json", "import", "sandbox", "log", "outbox", "letters")
    return [path for name in names if os.path.lexists(path := state_dir / name)]


def _file(state_dir: Path) -> Path:
    return state_dir / "demo-settings.json"
