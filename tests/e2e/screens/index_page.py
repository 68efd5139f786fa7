"""The pages that show all pictures: one for a browser, one for those who read the repository."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path

LEAD = (
    "Every page in every state, on the demo of Prairie Ridge or on the co-op the access tests "
    "visit; taken by `make screens`. Open index.html to see them side by side."
)
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 24px; background: #e9e7e2; color: #1b2a2c }
nav a { margin-right: 14px }
.shots { display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-start }
figure { margin: 0 }
figcaption { font-size: 13px; color: #55666a }
img { height: 300px; width: auto; display: block; border: 1px solid #bbb; background: #fff }
"""


@dataclass(frozen=True, order=True)
class Picture:
    """One picture, and what its file's name says: page, state, size, theme and language."""

    page: str
    state: str
    size: str
    theme: str
    language: str

    @property
    def file(self) -> str:
        """Return the name of its file."""
        words = (self.page, self.state, self.size, self.theme, self.language)
        return "-".join(word.replace(" ", "_").replace("-", "_") for word in words) + ".webp"

    @property
    def caption(self) -> str:
        """Return what tells it from its neighbours."""
        return " ".join(word for word in (self.size, self.theme, self.language) if word)


def write_index(folder: Path, pictures: Sequence[Picture]) -> None:
    """Write index.html and README.md beside the pictures."""
    (folder / "index.html").write_text("\n".join(_html(pictures)) + "\n")
    (folder / "README.md").write_text("\n".join(_markdown(pictures)) + "\n")


def _html(pictures: Sequence[Picture]) -> Iterator[str]:
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield f"<title>Screens of SmartHub</title><style>{STYLE}</style></head><body>"
    yield "<h1>Screens of SmartHub</h1><nav>"
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
    yield from ("# Screens", "", LEAD)
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
