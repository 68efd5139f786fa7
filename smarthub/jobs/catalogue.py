"""The Spanish catalogue: collect what is to be translated, and compile what was.

Babel reads Python and what Django's ``templatize`` makes of a template, so neither xgettext nor
msgfmt has to be installed. English is the source; a text without Spanish stays visible as
missing, and a test refuses it.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[1]
SPANISH = PACKAGE / "locale" / "es" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
TEMPLATES = {".html", ".txt"}
LINE_WIDTH = 96


def collect_messages(*, package: Path = PACKAGE) -> Catalog:
    """Return every text of a package that is marked for translation, by its file."""
    catalog = Catalog()
    for file in sorted(package.rglob("*")):
        if file.suffix == ".py" or (file.suffix in TEMPLATES and "templates" in file.parts):
            for message, context in _messages_of(file):
                location = (file.relative_to(package.parent).as_posix(), 0)
                catalog.add(message, locations=[location], context=context)
    return catalog


def update_catalogue(*, file: Path = SPANISH, package: Path = PACKAGE) -> Catalog:
    """Bring a catalogue up to date: new texts come in empty, unused ones go, the rest stays."""
    catalog = read_catalogue(file=file)
    catalog.update(
        collect_messages(package=package), no_fuzzy_matching=True, update_creation_date=False
    )
    catalog.obsolete.clear()
    with file.open("wb") as opened:
        write_po(opened, catalog, width=LINE_WIDTH, sort_by_file=True, include_lineno=False)
    return catalog


def read_catalogue(*, file: Path = SPANISH) -> Catalog:
    """Return a catalogue as it stands."""
    with file.open("rb") as opened:
        return read_po(opened, locale="es")


def compile_catalogue(*, file: Path = SPANISH) -> Path:
    """Write the compiled catalogue beside its source and return it.

    It takes its place whole, so that another process never reads half of it.
    """
    compiled = file.with_suffix(".mo")
    with NamedTemporaryFile(dir=file.parent, suffix=".mo", delete=False) as opened:
        write_mo(opened, read_catalogue(file=file))
    return Path(opened.name).replace(compiled)


def _messages_of(file: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    source = file.read_text(encoding="utf-8")
    if file.suffix in TEMPLATES:
        # What is no text became X; indented, it would not read as Python.
        source = "\n".join(line.lstrip() for line in templatize(source, file.name).splitlines())
    for _line, message, _comments, context in extract(
        "python", BytesIO(source.encode()), keywords=KEYWORDS
    ):
        yield message, context
