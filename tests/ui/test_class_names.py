"""Each class a page names is one a sheet draws or a script looks for: nothing is styled by hope."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parents[2] / "smarthub"
MADE = HERE / "ui/static/vendor"
"""What the build makes of the sheets beside it."""

TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
OPEN = "\N{HORIZONTAL ELLIPSIS}"
"""What stands for a template's tag: a name it touches is not whole, and is left out."""


def test_no_page_names_a_class_that_means_nothing() -> None:
    drawn = set(re.findall(r"\.([a-z][\w-]*)", _all_of("css")))
    scripts = _all_of("js")

    unknown = {
        f"{page.relative_to(HERE)}: {name}"
        for page in HERE.rglob("*.html")
        for name in _names_in(page.read_text())
        if name not in drawn and name not in scripts
    }

    assert unknown == set()


def test_a_name_that_a_tag_completes_is_left_out() -> None:
    text = '<p class="tag tag-{{ tone }} wide{% if late %} tag-sun{% endif %} far"></p>'

    assert _names_in(text) == {"tag", "far"}


def _names_in(text: str) -> set[str]:
    named = re.findall(r'\bclass="([^"]*)"', TAG.sub(OPEN, text))
    return {name for names in named for name in names.split() if OPEN not in name}


def _all_of(kind: str) -> str:
    return "".join(
        path.read_text() for path in HERE.rglob(f"*.{kind}") if not path.is_relative_to(MADE)
    )
