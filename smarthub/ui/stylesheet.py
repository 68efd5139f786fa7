"""Join the sheets of all parts into the one sheet a page links.

Each part keeps its own sheet beside its template; a phone fetches one file. The joined file
is built, never edited, and lies under ``static/vendor`` with everything else that is built.
"""

from __future__ import annotations

from pathlib import Path

SHEETS = Path(__file__).parent / "static" / "ui"
JOINED = Path(__file__).parent / "static" / "vendor" / "smarthub.css"
FIRST = ("tokens", "base", "frame")


def join_stylesheets() -> Path:
    """Write the joined sheet: tokens first, then the frame, then the parts by name."""
    first = [SHEETS / f"{name}.css" for name in FIRST]
    parts = sorted(set(SHEETS.glob("*.css")) - set(first))
    JOINED.parent.mkdir(parents=True, exist_ok=True)
    JOINED.write_text("\n".join(sheet.read_text() for sheet in [*first, *parts]))
    return JOINED
