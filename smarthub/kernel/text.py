"""Texts a member can read and staff can write: English and Spanish, always both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in both languages; neither may be empty (domain rule 116).

    Raises:
        ValueError: a language is missing, so that nothing half-translated is published.
    """

    en: str
    es: str

    def __post_init__(self) -> None:
        if not self.en.strip() or not self.es.strip():
            raise ValueError("a text needs both English and Spanish")

    def in_language(self, language: str) -> str:
        """Return the words for ``language``; anything but Spanish reads English."""
        return self.es if language.split("-", maxsplit=1)[0] == "es" else self.en

    def as_json(self) -> dict[str, str]:
        """Return ``{"en": ..., "es": ...}``, as it is stored."""
        return {"en": self.en, "es": self.es}

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> Text:
        """Read what ``as_json`` wrote.

        Raises:
            ValueError: a language is missing.
        """
        return cls(en=value.get("en", ""), es=value.get("es", ""))
