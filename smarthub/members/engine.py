"""How a name somebody types is compared with the name on file: as people write names.

Case, accents, punctuation and double spaces do not count, nor do "Inc." and the like, nor
which of a person's names stands first. Pure functions: no database, no clock.

Source: domain rule 119; issue of registration (names are compared as people write them).
"""

from __future__ import annotations

from smarthub.members.types import folded

LEGAL_FORMS = frozenset(
    {
        *("inc", "incorporated", "llc", "lc", "co", "company", "corp", "corporation"),
        *("ltd", "limited", "llp", "lp", "pllc", "pc", "pa", "sa"),
    }
)
"""What a business may leave off the end of its name, or add there."""
SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
SILENT = "'\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}`\N{ACUTE ACCENT}."


def is_name_of(*, typed: str, given_name: str, family_name: str, organisation_name: str) -> bool:
    """Return whether what was typed names this person or business.

    A person is named by the last name, alone or with the given name on either side; a middle
    initial or "Jr." may stand with it. A business is named in full, its legal form or none.
    """
    words = _words(typed)
    if organisation_name:
        known = _words(organisation_name)
        return bool(known) and _joined(_business(words)) == _joined(_business(known))
    family, given = _person(_words(family_name)), _person(_words(given_name))
    named = _person(words)
    if not named or not family:
        return False
    if _joined(named) == _joined(family):
        return True
    return sorted(_without_initials(named)) == sorted(_without_initials([*given, *family]))


def _words(text: str) -> list[str]:
    heard = "".join("" if c in SILENT else c for c in folded(text.replace("&", " and ")))
    return "".join(c if c.isalnum() else " " for c in heard).split()


def _business(words: list[str]) -> list[str]:
    kept = words[1:] if words[:1] == ["the"] else list(words)
    while len(kept) > 1 and kept[-1] in LEGAL_FORMS:
        kept.pop()
    return kept


def _person(words: list[str]) -> list[str]:
    return [word for word in words if word not in SUFFIXES] or words


def _without_initials(words: list[str]) -> list[str]:
    return [word for word in words if len(word) > 1] or words


def _joined(words: list[str]) -> str:
    """Words run together: Nunez-Garcia and Nunez Garcia, Mac Donald and MacDonald, are the same."""
    return "".join(words)
