"""What can be examined before Django's settings are read: Python, variables, disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from smarthub.config.doctor.finding import Finding, Level
from smarthub.config.environment import Environment

PYTHON = (3, 11)
FREE_BYTES = 1_000_000_000
SHORTEST_SECRET = 40


def examine_python(version: tuple[int, ...]) -> Finding:
    """Is this the Python the lock files were made for?"""
    name = ".".join(map(str, version))
    if version == PYTHON:
        return Finding(Level.GOOD, "Python", name)
    return Finding(Level.WRONG, "Python", name, "run make again with Python 3.11")


def examine_settings(environment: Environment) -> Iterator[Finding]:
    """Are the secrets set and long, and the addresses named? A demo makes its own."""
    if not environment.deployed:
        yield Finding(Level.NOTE, "Mode", "a demo: plain HTTP, for this machine only")
        return
    for name in ("SMARTHUB_SECRET_KEY", "SMARTHUB_GATEWAY_SECRET"):
        yield _examine_secret(name, environment.text(name))
    hosts = environment.words("SMARTHUB_ALLOWED_HOSTS", "")
    if not hosts or "*" in hosts:
        mend = "set SMARTHUB_ALLOWED_HOSTS to the names members use, with commas between"
        yield Finding(Level.WRONG, "Allowed hosts", "none named" if not hosts else "any", mend)
    else:
        yield Finding(Level.GOOD, "Allowed hosts", ", ".join(hosts))
    secure = environment.base_url.startswith("https://")
    yield Finding(
        Level.GOOD if secure else Level.WRONG,
        "Address",
        environment.base_url,
        "" if secure else "set SMARTHUB_BASE_URL to the https:// address members use",
    )
    shift = environment.text("SMARTHUB_CLOCK_SHIFT_SECONDS", "0")
    if shift != "0":
        yield Finding(Level.WRONG, "Clock", "moved", "unset SMARTHUB_CLOCK_SHIFT_SECONDS")


def examine_disk(folder: Path) -> Finding:
    """Is there room where state is kept?"""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    found = f"{free / 1e9:.1f} GB free in {folder}"
    if free >= FREE_BYTES:
        return Finding(Level.GOOD, "Disk", found)
    return Finding(Level.WRONG, "Disk", found, "free at least 1 GB")


def _examine_secret(name: str, value: str) -> Finding:
    if len(value) >= SHORTEST_SECRET:
        return Finding(Level.GOOD, name, "set")
    found = f"shorter than {SHORTEST_SECRET} characters" if value else "not set"
    mend = (
        "set it to what this prints: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
    )
    return Finding(Level.WRONG, name, found, mend)
