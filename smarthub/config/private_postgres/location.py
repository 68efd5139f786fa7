"""Where the private server of a state folder is, and the addresses of its roles.

One file of mode 0600, ``postgres.json`` in the state folder, names all of it, so that any
process of this installation finds the same server.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import quote

from smarthub.config.private_postgres.service_user import ServiceUser

SUPERUSER = "postgres"
OWNER = "smarthub_owner"
APPLICATION = "smarthub_app"
DATABASE = "smarthub"
# Linux refuses longer socket paths; the name below is what PostgreSQL adds to its folder.
LONGEST_SOCKET_PATH_BYTES = 107
SOCKET_NAME = ".s.PGSQL.5432"
FAR_HOME = Path("/var/lib/smarthub")


@dataclass(frozen=True)
class Location:
    """Where one private server keeps its files, who runs it, and its roles' passwords."""

    home: Path
    socket_dir: Path
    passwords: Mapping[str, str]

    @property
    def data(self) -> Path:
        """The cluster itself."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.home / "server.log"

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return the address of a database for one role."""
        password, folder = quote(self.passwords[role]), quote(str(self.socket_dir), safe="")
        return f"postgresql://{role}:{password}@/{database}?host={folder}"


def private_database_url(state_dir: Path, *, owner: bool) -> str:
    """Return the address of the private server's database, for the owner or the application.

    Before the server was first made, the address leads nowhere; nothing is created here.
    """
    location = read_location(state_dir)
    role = OWNER if owner else APPLICATION
    if location is None:
        return f"postgresql://{role}@/{DATABASE}?host={quote(str(state_dir), safe='')}"
    return location.url(role)


def read_location(state_dir: Path) -> Location | None:
    """Return where the server of this state folder is, or None if it was never made."""
    try:
        stored = json.loads(_file(state_dir).read_text())
    except FileNotFoundError:
        return None
    return Location(Path(stored["home"]), Path(stored["socket_dir"]), stored["passwords"])


def choose_location(state_dir: Path, *, user: ServiceUser) -> Location:
    """Return where the server is, deciding and writing it down where that is not yet known."""
    known = read_location(state_dir)
    if known is not None and known.socket_dir.is_dir():
        return known
    if known is None:
        home = state_dir / "postgres" if user.reaches(state_dir) else _far_home(state_dir)
        passwords = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, OWNER, APPLICATION)}
        known = Location(home, home, passwords)
    user.make_folder(known.home)
    chosen = replace(known, socket_dir=_socket_dir(known.home, user=user))
    _write(state_dir, chosen)
    return chosen


def _socket_dir(home: Path, *, user: ServiceUser) -> Path:
    """Return a private folder for the socket: in ``home``, or a short one if that is too long."""
    near = home / "socket"
    # PostgreSQL reads a comma in this setting as the end of the folder's name.
    if len(os.fsencode(near / SOCKET_NAME)) <= LONGEST_SOCKET_PATH_BYTES and "," not in str(near):
        user.make_folder(near)
        return near
    short = Path(tempfile.mkdtemp(prefix="smarthub-"))
    user.make_folder(short)
    return short


def _far_home(state_dir: Path) -> Path:
    """Return a home outside a folder the service user may not enter, one for each clone."""
    clone_id = hashlib.sha256(os.fsencode(state_dir.resolve())).hexdigest()[:12]
    return FAR_HOME / clone_id


def _file(state_dir: Path) -> Path:
    return state_dir / "postgres.json"


def _write(state_dir: Path, location: Location) -> None:
    """Write the file so that a kill leaves the old one or the new one, readable by us alone."""
    stored = {name: value for name, value in asdict(location).items() if name != "passwords"}
    text = json.dumps(
        {**{name: str(path) for name, path in stored.items()}, "passwords": location.passwords}
    )
    descriptor, name = tempfile.mkstemp(dir=state_dir)  # made with mode 0600
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(_file(state_dir))
