"""How a route is asked for a thing, and the tables of all rooms joined to one."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

import tests.portal.rosa
from tests.cast import Cast

Things = Mapping[str, str]
"""What a room's things are called, and the number or id by which each can be asked for."""


@dataclass(frozen=True)
class Ask:
    """One request for somebody's thing: Rosa gets ``status``, as for one that does not exist.

    ``owner`` is who reaches it with the same request: ``maria``, or ``dana`` at her desk.
    ``reached`` is what the owner is answered, where that is no success or redirect.
    """

    method: str
    address: Callable[[Things], str]
    data: Callable[[Things], dict[str, str]] | None = None
    owner: str = "maria"
    status: int = 404
    reached: int | None = None


Tables = dict[str, tuple[Ask, ...]]


def rooms() -> Iterator[ModuleType]:
    """Yield the file of each room."""
    for module in pkgutil.iter_modules(tests.portal.rosa.__path__):
        if module.name.startswith("asked_"):
            yield importlib.import_module(f"tests.portal.rosa.{module.name}")


def list_asked() -> Tables:
    """Return how every room's routes are asked."""
    return {route: asks for room in rooms() for route, asks in getattr(room, "ASKED", {}).items()}


def list_own() -> dict[str, str]:
    """Return every room's pages that show whoever looks only what is theirs."""
    return {route: why for room in rooms() for route, why in getattr(room, "OWN", {}).items()}


def make_things(cast: Cast) -> tuple[Things, Things]:
    """Make Maria's real rows; return what they are called, and the same of rows that are not."""
    real: dict[str, str] = {}
    missing: dict[str, str] = {}
    for room in rooms():
        if hasattr(room, "prepare"):
            real |= room.prepare(cast)
            missing |= room.MISSING
    return real, {**real, **missing}


def list_routes() -> dict[str, str]:
    """Return every route Django would serve, with the name of its address."""
    return dict(_walk(get_resolver(settings.ROOT_URLCONF), ""))


def _walk(resolver: URLResolver, before: str) -> Iterator[tuple[str, str]]:
    for each in resolver.url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield route, each.name or ""
        else:
            yield from _walk(each, route)
