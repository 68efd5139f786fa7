"""Whether this installation knows where network addresses are: a file, or not at all."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from smarthub.integrations.csv_files.places import FilePlaces, NoPlaces
from smarthub.members.ports import NetworkPlaces


@cache
def network_places() -> NetworkPlaces:
    """Return what the co-op's file says, read once; without one, nothing."""
    file = settings.NETWORK_PLACES_FILE
    return FilePlaces(Path(file)) if file else NoPlaces()
