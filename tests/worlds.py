"""Worlds that many tests stand in: each is built once a process and lent to test after test.

A world is built through the same operations the co-op uses, and kept in a database of its own.
A test that asks for it runs there in a transaction that is rolled back, as any test does, so it
finds the world as it was built and pays for none of the building. The fixture that lends a world
has the world's name: by that name it is known, before the test's transaction begins, where the
test is to run. A world that was not foreseen there is built on the spot, which is only slower.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import time_machine

from tests.databases import copy_once, drop_database, turn_to

Below = TypeVar("Below")
Built = TypeVar("Built")

WORLDS: dict[str, World[Any, Any]] = {}
"""Every world by its name."""
BUILT_AT = dt.datetime(2026, 11, 22, 18, 0, tzinfo=dt.UTC)
"""When a world believes to be built, so that the day of a test run never shows in it."""


@dataclass(frozen=True, eq=False)
class World(Generic[Below, Built]):
    """A world: the name of the fixture that lends it, how it is built, and on which other.

    ``build`` is given what the world below is known by, and returns what this one is known by.
    """

    name: str
    build: Callable[[Below], Built]
    on: World[Any, Below] | None = None

    def __post_init__(self) -> None:
        assert self.name not in WORLDS, f"there is a world {self.name} already"
        WORLDS[self.name] = self

    def chain(self) -> list[World[Any, Any]]:
        """Return the worlds this one stands on, the lowest first, and itself."""
        return [*(self.on.chain() if self.on else ()), self]


class Atlas:
    """The worlds of this process: where each is, and what is lent to the test that runs."""

    def __init__(self, *, home: str, template: str) -> None:
        self.template = template
        self._home = home
        self._databases: dict[World[Any, Any], str] = {}
        self._known: dict[World[Any, Any], Any] = {}
        self._lent: dict[World[Any, Any], Any] = {}
        self._copies = 0

    def enter(self, world: World[Any, Any] | None) -> None:
        """Let the next transaction begin in a world, or in the empty database."""
        turn_to(self._database_of(world) if world else self._home)
        self._lend_chain(world)

    def lend(self, world: World[Any, Built]) -> Built:
        """Return what a world is known by; build it here if the test does not stand in it."""
        if world not in self._lent:
            below = self.lend(world.on) if world.on else None
            self._lent[world] = world.build(below)
        lent: Built = self._lent[world]
        return lent

    @contextmanager
    def copy_of(self, world: World[Any, Any] | None) -> Iterator[str]:
        """Lend a database of the test's own, in which it may really commit; tell its name.

        Rows of append-only tables cannot be removed afterwards, so the whole copy is dropped.
        """
        source = self._database_of(world) if world else self.template
        turn_to(self._home)  # a database somebody looks at cannot be copied
        self._copies += 1
        own = copy_once(f"{self._home}_{self._copies}", source=source)
        turn_to(own)
        self._lend_chain(world)
        yield own
        turn_to(self._home)
        drop_database(own)

    def close(self) -> None:
        """Take every world away."""
        turn_to(self._home)
        for database in self._databases.values():
            drop_database(database)

    def _database_of(self, world: World[Any, Any]) -> str:
        if world not in self._databases:
            source = self._database_of(world.on) if world.on else self.template
            turn_to(self._home)
            own = copy_once(f"{self._home}_{world.name}", source=source)
            turn_to(own)
            self._lend_chain(world.on)
            with time_machine.travel(BUILT_AT):
                self._known[world] = copy.deepcopy(self.lend(world))
            turn_to(self._home)
            self._databases[world] = own
        return self._databases[world]

    def _lend_chain(self, world: World[Any, Any] | None) -> None:
        """Lend copies: what one test changes in an object, the next must not find."""
        chain = world.chain() if world else []
        self._lent = {each: copy.deepcopy(self._known[each]) for each in chain}


def foreseen(names: Iterable[str]) -> World[Any, Any] | None:
    """Return the highest of the worlds that a test asks for by the names of its fixtures."""
    asked = [WORLDS[name] for name in names if name in WORLDS]
    return max(asked, key=lambda world: len(world.chain()), default=None)
