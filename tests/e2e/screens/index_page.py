"""The pages that show all pictures: one for a browser, one for those who read the repository."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

LEAD = (
    "Every page in every state, on the demo of Prairie Ridge or on the co-op the access tests "
    "visit; taken by `make screens`. Open index.html to see them side by side."
)
KEPT_ONLY = (
    "Of the twelve looks a page is taken in, five are kept here: each size, both themes and both "
    "languages are among them. `make screens` takes all twelve and writes all.html beside them."
)
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 24px; background: #e9e7e2; color: #1b2a2c }
nav a { margin-right: 14px }
.shots { display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-start }
figure { margin: 0 }
figcaption { font-size: 13px; color: #55666a }
img { height: 300px; width: auto; display: block; border: 1px solid #bbb; background: #fff }
"""


class Look(NamedTuple):
    """How a page is looked at: size of the screen, theme and language."""

    size: str
    theme: str
    language: str

    def __str__(self) -> str:
        return "-".join(self)


@dataclass(frozen=True)
class Picture:
    """One picture, and what its file's name says: page, state and look."""

    page: str
    state: str
    look: Look

    @property
    def file(self) -> str:
        """Return the name of its file."""
        words = (self.page, self.state, *self.look)
        return "-".join(word.replace(" ", "_").replace("-", "_") for word in words) + ".webp"

    @property
    def caption(self) -> str:
        """Return what tells it from its neighbours."""
        return " ".join(self.look)


def write_index(folder: Path, pictures: Sequence[Picture]) -> None:
    """Write index.html and README.md beside the pictures that are kept."""
    write_page(folder / "index.html", pictures, KEPT_ONLY)
    (folder / "README.md").write_text("\n".join(_markdown(pictures)) + "\n")


def write_page(file: Path, pictures: Sequence[Picture], lead: str = "") -> None:
    """Write one page that shows pictures side by side."""
    file.write_text("\n".join(_html(pictures, lead)) + "\n")


def _html(pictures: Sequence[Picture], lead: str) -> Iterator[str]:
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield f"<title>Screens of SmartHub</title><style>{STYLE}</style></head><body>"
    yield f"<h1>Screens of SmartHub</h1><p>{escape(lead)}</p><nav>"
    yield from (f'<a href="#{page}">{page}</a>' for page, _ in _by_page(pictures))
    yield "</nav>"
    for page, states in _by_page(pictures):
        yield f'<h2 id="{page}">{page}</h2>'
        for state, shots in states:
            yield f'<h3>{escape(state)}</h3><div class="shots">'
            yield from map(_figure, shots)
            yield "</div>"
    yield "</body></html>"


def _figure(picture: Picture) -> str:
    words = escape(f"{picture.page}, {picture.state}, {picture.caption}")
    return (
        f'<figure><a href="{picture.file}"><img src="{picture.file}" alt="{words}" '
        f'loading="lazy"></a><figcaption>{picture.caption}</figcaption></figure>'
    )


def _markdown(pictures: Sequence[Picture]) -> Iterator[str]:
    yield from ("# Screens", "", LEAD, "", KEPT_ONLY)
    for page, states in _by_page(pictures):
        yield from ("", f"## {page}", "")
        for state, shots in states:
            links = ", ".join(f"[{shot.caption}]({shot.file})" for shot in shots)
            yield f"- {state}: {links}"


def _by_page(
    pictures: Iterable[Picture],
) -> Iterator[tuple[str, list[tuple[str, list[Picture]]]]]:
    """Group by page, then by state; both in the order given."""
    for page, shots in groupby(pictures, key=lambda shot: shot.page):
        yield page, [(state, list(own)) for state, own in groupby(shots, key=lambda s: s.state)]
