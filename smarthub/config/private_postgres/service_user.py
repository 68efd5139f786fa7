"""Who runs the private server. PostgreSQL refuses to run as root, so root hands it on.

The user is only ever given folders of the server's own: no parent's permission is changed.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# The first of these that this machine knows, unless SMARTHUB_PG_USER names another.
CANDIDATES = ("smarthub", "postgres", "nobody")


class NoServiceUser(RuntimeError):
    """Root runs this, and the machine has no other user for the server."""


@dataclass(frozen=True)
class ServiceUser:
    """The user the server runs as; ``name`` is None where that is simply ourselves."""

    name: str | None
    uid: int
    gid: int

    def run(self, command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
        """Run a command as this user, from the root folder, and return how it went."""
        # The current folder may be one this user cannot enter.
        changed = (
            {} if self.name is None else {"user": self.uid, "group": self.gid, "extra_groups": []}
        )
        return subprocess.run(  # type: ignore[call-overload,no-any-return]  # noqa: S603
            [str(part) for part in command],
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            umask=0o077,
            **changed,
        )

    def reaches(self, folder: Path) -> bool:
        """Say whether this user may enter a folder."""
        return self.name is None or self.run(["/usr/bin/test", "-x", folder]).returncode == 0

    def make_folder(self, folder: Path) -> None:
        """Make a folder for this user alone; its parents stay as they are."""
        folder.mkdir(parents=True, exist_ok=True)
        if self.name is not None:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)


def choose_service_user(named: str) -> ServiceUser:
    """Return ourselves, or the user root hands the server to.

    Raises:
        NoServiceUser: we are root and none of the users exists.
    """
    if os.geteuid() != 0:
        return ServiceUser(None, os.geteuid(), os.getegid())
    for name in (named,) if named else CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServiceUser(name, entry.pw_uid, entry.pw_gid)
    raise NoServiceUser("Name an existing user other than root in SMARTHUB_PG_USER.")
