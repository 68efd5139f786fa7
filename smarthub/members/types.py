"""Values of people that other packages may hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NewType
from uuid import UUID

from smarthub.kernel.codes import draw_code, read_code

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
    """A login by its id, and the e-mail address, phone or sign-in name it signs in with."""

    user_id: int
    signs_in_with: str

    @property
    def hint(self) -> str:
        """Enough for its owner to know it by; a sign-in name in full, for it opens nothing."""
        name = self.signs_in_with
        if read_sign_in_name(name):
            return name
        return VerifiedContact(0, kind_of_contact(name), name).masked


@dataclass(frozen=True, slots=True)
class VerifiedContact:
    """A contact that was confirmed, as somebody is shown it who is to get a code there."""

    id: int
    kind: str
    value: str

    @property
    def channel(self) -> str:
        """By what way a message reaches it."""
        return {"email": "email", "letter": "letter"}.get(self.kind, "text")

    @property
    def masked(self) -> str:
        """Enough to know it by, and not enough to learn it: ``m•••@mail.example``, ``•••-0100``.

        Of a mailing address the last line: the town.
        """
        if self.kind == "email":
            name, _, host = self.value.rpartition("@")
            return f"{name[:1]}•••@{host}"
        if self.kind == "letter":
            return self.value.splitlines()[-1]
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


TOWN_LINE = re.compile(r"(?P<city>.+?),?\s+(?P<state>[A-Za-z]{2})\s+(?P<zip>\d{5}(-\d{4})?)")
LONGEST_STREET, LONGEST_UNIT, LONGEST_CITY = 120, 60, 60


def read_postal_lines(lines: str) -> PostalAddress | None:
    """Return an address as it stands on an envelope; None where its last line is no town.

    Lines between street and town are parts of the house, such as ``Apt 4``.
    """
    *above, last = [line.strip() for line in lines.splitlines() if line.strip()] or [""]
    town = TOWN_LINE.fullmatch(last)
    if town is None or not above:
        return None
    street, unit = above[0], " ".join(above[1:])
    fits = len(street) <= LONGEST_STREET and len(unit) <= LONGEST_UNIT
    if not fits or len(town["city"]) > LONGEST_CITY:
        return None
    return PostalAddress(street, unit, town["city"], town["state"].upper(), town["zip"])


@dataclass(frozen=True, slots=True)
class PrintWishes:
    """How somebody wants printed bills, and where letters reach them, if they said so.

    ``paperless`` holds what they last agreed to, by account number; ``""`` is for every account.
    """

    language: str
    large_print: bool
    mailing: PostalAddress | None
    paperless: Mapping[str, bool]

    def wants_paper(self, *, account_number: str) -> bool:
        """Return whether the bills of an account are printed: unless they agreed to none."""
        for_all = self.paperless.get("", False)
        return not self.paperless.get(account_number, for_all)


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
    signs_in_with: str


def kind_of_contact(value: str) -> str:
    """Return what was typed where either may stand: ``email``, or ``phone``."""
    return "email" if "@" in value else "phone"


def spelled_phone(digits: str) -> str:
    """Return the ten digits of a phone in their groups: ``815-555-0100``."""
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"


def new_sign_in_name() -> str:
    """Return a name to sign in with for somebody without e-mail and phone: ``M-7KQM-R4TX``."""
    return f"M-{draw_code()}"


def read_sign_in_name(typed: str) -> str:
    """Return a sign-in name as it is kept, in whatever way it was typed; empty for what is none."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum())
    code = read_code(letters.removeprefix("M")) if letters.startswith("M") else ""
    return f"M-{code}" if code else ""


def folded(text: str) -> str:
    """Return ``text`` as it is searched: no accents, no case, one space between words."""
    plain = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())
