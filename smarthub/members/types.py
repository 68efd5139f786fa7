"""Values of people that other packages may hold."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import NewType

PersonId = NewType("PersonId", int)
MembershipId = NewType("MembershipId", int)


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person as pages show one."""

    id: PersonId
    name: str
    called: str
    language: str


def folded(text: str) -> str:
    """Return ``text`` as it is searched: no accents, no case, one space between words."""
    plain = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())
