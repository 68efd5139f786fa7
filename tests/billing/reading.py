"""Read a drawn bill back as others do: its words, where they stand, and its tags."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pikepdf

INCH = 72.0
WORD = re.compile(
    r'<word xMin="(?P<left>[\d.]+)" yMin="(?P<top>[\d.]+)" xMax="(?P<right>[\d.]+)" '
    r'yMax="(?P<bottom>[\d.]+)">(?P<text>.*?)</word>'
)
ROLE = re.compile(r"^ *([A-Z][A-Za-z0-9]*)\b")


@dataclass(frozen=True, slots=True)
class Word:
    """A word on a page, and where it stands, in points from the top left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def pages_of(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


def text_of(pdf: bytes, page: int | None = None) -> str:
    """Return the words as they stand on the paper, a table's row on one line."""
    pages = [] if page is None else ["-f", str(page), "-l", str(page)]
    return _run(["pdftotext", "-layout", *pages, "-", "-"], pdf).decode()


def words_of(pdf: bytes, page: int) -> list[Word]:
    told = _run(["pdftotext", "-bbox", "-f", str(page), "-l", str(page), "-", "-"], pdf).decode()
    return [
        Word(each["text"], *(float(each[edge]) for edge in ("left", "top", "right", "bottom")))
        for each in WORD.finditer(told)
    ]


def spoken(pdf: bytes) -> str:
    """Return the words in the order a screen reader says them."""
    said = _run(["pdfinfo", "-enc", "UTF-8", "-struct-text", "-"], pdf).decode(errors="replace")
    return " ".join(" ".join(re.findall(r'^ *"(.*)"$', said, flags=re.MULTILINE)).split())


def headings(pdf: bytes) -> list[int]:
    """Return the levels of the headings, in reading order."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        roles = [role for role, _element in elements(opened)]
    return [int(role[1:]) for role in roles if re.fullmatch(r"H\d", role)]


def elements(opened: pikepdf.Pdf) -> Iterator[tuple[str, pikepdf.Dictionary]]:
    """Yield each element of the structure tree, in reading order, with its role."""
    yield from _below(opened.Root.StructTreeRoot.K)


def _below(element: pikepdf.Object) -> Iterator[tuple[str, pikepdf.Dictionary]]:
    if isinstance(element, pikepdf.Array):
        for each in element:
            yield from _below(each)
    elif isinstance(element, pikepdf.Dictionary):
        if "/S" in element:
            yield str(element.S).removeprefix("/"), element
        if "/K" in element:
            yield from _below(element.K)


def complaints(pdf: bytes, folder: Path) -> str:
    """Return what qpdf finds wrong with a file; nothing where it is sound."""
    file = folder / "checked.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _run(command: list[str], pdf: bytes) -> bytes:
    done = subprocess.run(command, input=pdf, capture_output=True, check=True)
    return done.stdout
