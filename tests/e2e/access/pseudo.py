"""A language nobody speaks: every text of ours in accents, a third longer, between marks.

What a page shows outside the marks was never marked for translation, and what no longer fits
has no room for Spanish or for large print.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from smarthub.jobs.catalogue import SPANISH, collect_messages

PSEUDO = "en-xa"
OPEN, CLOSE = "⟦", "⟧"
LONGER = 0.35
"""So much longer than English; Spanish labels are 20 to 30 percent longer."""
ACCENTS = str.maketrans("aceinouyACEINOUY", "áçéíñóúýÁÇÉÍÑÓÚÝ")
KEPT = re.compile(r"(%\(\w+\)[a-z]|%[sd%]|\{\w*\}|<[^>]*>|&\w+;)")
"""What is no text: placeholders and markup."""
LIBRARIES = {
    "django": ("conf", "contrib/auth"),
    "allauth": (".",),
}
"""Whose own texts can reach a page: messages of forms and of the sign-in library."""


def pseudo_text(text: str) -> str:
    """Return a text in the pseudo-language; its placeholders and markup stay."""
    parts = KEPT.split(text)
    said = "".join(part if n % 2 else part.translate(ACCENTS) for n, part in enumerate(parts))
    letters = sum(len(part) for part in parts[::2])
    more = " ".join(["lóng"] * round(letters * LONGER / 5))
    return f"{OPEN}{said}{' ' * bool(more)}{more}{CLOSE}"


def write_pseudo_catalogue(folder: Path) -> None:
    """Write the compiled catalogue of every text a page can show, below ``folder``."""
    made = Catalog(locale="en")
    for message in _messages():
        ids = message if isinstance(message, tuple) else (message,)
        said = tuple(pseudo_text(one) for one in ids)
        made.add(message, said if isinstance(message, tuple) else said[0])
    for text, context in _texts_in_context():
        made.add(text, pseudo_text(text), context=context)
    file = folder / "en_XA" / "LC_MESSAGES" / "django.mo"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as opened:
        write_mo(opened, made)


def _messages() -> Iterator[str | tuple[str, ...]]:
    for catalogue in (collect_messages(), *_catalogues_of_libraries()):
        for one in catalogue:
            if one.id and not one.context:
                yield one.id if isinstance(one.id, str) else tuple(one.id)


def _texts_in_context() -> Iterator[tuple[str, str]]:
    for one in collect_messages():
        if one.context and isinstance(one.id, str):
            yield one.id, one.context


def _catalogues_of_libraries() -> Iterable[Catalog]:
    for library, folders in LIBRARIES.items():
        spec = find_spec(library)
        assert spec is not None
        assert spec.origin is not None
        for folder in folders:
            file = (
                Path(spec.origin).parent / folder / "locale" / "en" / "LC_MESSAGES" / SPANISH.name
            )
            with file.open("rb") as opened:
                yield read_po(opened)
