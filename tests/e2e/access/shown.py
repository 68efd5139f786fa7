"""What a visit is: a page by the name of its address, and a state it is shown in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page


@dataclass(frozen=True)
class Shown:
    """A state of a page: who looks, where they go, and what they do there before it is checked."""

    state: str
    person: str | None
    address: str
    do: Callable[[Page], None] | None = None
    status: int = 200


@dataclass(frozen=True)
class Route:
    """A page by the name of its address, its states, and why it has no more of them."""

    name: str
    shown: tuple[Shown, ...]
    fewer: str = ""
