"""Values of people that other packages may hold."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import NewType
from uuid import UUID

PersonId = NewType("PersonId", int)
MembershipId = NewType("MembershipId", int)


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person as pages show one."""

    id: PersonId
    name: str
    called: str
    language: str


@dataclass(frozen=True, slots=True)
class Login:
    """A login by its id, and the address it signs in with; empty where it has none."""

    user_id: int
    email: str


@dataclass(frozen=True, slots=True)
class VerifiedContact:
    """A contact that was confirmed, as somebody is shown it who is to get a code there."""

    id: int
    kind: str
    value: str

    @property
    def channel(self) -> str:
        """By what way a message reaches it."""
        return "email" if self.kind == "email" else "text"

    @property
    def masked(self) -> str:
        """Enough to know it by, and not enough to learn it: ``m•••@mail.example``, ``•••-0100``."""
        if self.kind == "email":
            name, _, host = self.value.rpartition("@")
            return f"{name[:1]}•••@{host}"
        return f"•••-{self.value[-4:]}"


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where letters reach somebody."""

    street: str
    unit: str
    city: str
    state: str
    postal_code: str

    def as_lines(self) -> str:
        """Return it as it stands on an envelope, below the name."""
        street = f"{self.street} {self.unit}".strip()
        return f"{street}\n{self.city}, {self.state} {self.postal_code}"


@dataclass(frozen=True, slots=True)
class ContactView:
    """An e-mail address or phone as its owner sees it, confirmed or still to be."""

    reference: UUID
    kind: str
    value: str
    is_confirmed: bool
    signs_in: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person tells the co-op about themselves, and may change."""

    person_id: PersonId
    name: str
    called: str
    language: str
    bill_format: str
    mailing_address: PostalAddress | None
    contacts: tuple[ContactView, ...]


def folded(text: str) -> str:
    """Return ``text`` as it is searched: no accents, no case, one space between words."""
    plain = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())
