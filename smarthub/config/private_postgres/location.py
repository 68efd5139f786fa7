"""Where the private server of a state folder is, and the addresses of its two roles."""

from __future__ import annotations

from pathlib import Path


def private_database_url(state_dir: Path, *, owner: bool) -> str:
    """Return the address of the private server's database, for the owner or the application."""
    role = "smarthub_owner" if owner else "smarthub_app"
    return f"postgresql://{role}@/smarthub?host={state_dir}"
