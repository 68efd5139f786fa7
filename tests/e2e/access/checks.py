"""What must hold on every page, whatever it shows. Each check returns what breaks it, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page

from smarthub.config.environment import ROOT

HERE = Path(__file__).parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
READERS = (HERE / "page.js").read_text(encoding="utf-8")
RUN_AXE = f"""async () => {{
  const found = await axe.run(document, {{
    runOnly: {{ type: "tag", values: {json.dumps(TAGS)} }}, resultTypes: ["violations"],
  }});
  return found.violations.map((rule) => ({{
    id: rule.id,
    help: rule.help,
    nodes: rule.nodes.slice(0, 3).map((node) => node.html.slice(0, 200)),
  }}));
}}"""
MUST_HAVE_NAMES = {
    *("link", "button", "textbox", "searchbox", "checkbox", "radio", "switch", "combobox"),
    *("image", "img", "tab", "slider", "spinbutton", "DisclosureTriangle", "dialog", "radiogroup"),
}
NARROW = {"width": 320, "height": 640}
"""WCAG 1.4.10: 320 CSS pixels, which is 1280 at 400 percent."""
MOST_EXTRA_STOPS = 40


def check_page(page: Page, cdp: CDPSession, *, language: str) -> list[str]:
    """Return everything that breaks a rule on a page as it stands."""
    page.evaluate(READERS)
    return [
        *axe_violations(page),
        *structure_faults(page, language=language),
        *names_missing(cdp),
        *keyboard_faults(page),
        *reflow_faults(page),
    ]


def axe_violations(page: Page) -> Iterator[str]:
    """Run axe-core; nothing it calls a violation may stand."""
    page.evaluate(_axe())
    for rule in page.evaluate(RUN_AXE):
        yield f"axe {rule['id']}: {rule['help']}: {rule['nodes']}"


def structure_faults(page: Page, *, language: str) -> Iterator[str]:
    """Check language, title, one h1, no level of heading left out, and nothing too wide."""
    facts = page.evaluate("accessFacts.read()")
    if facts["lang"] != language:
        yield f"language: the page says {facts['lang']!r}"
    if not facts["title"].strip():
        yield "title: the page has none"
    levels: list[int] = facts["headings"]
    if levels.count(1) != 1:
        yield f"headings: {levels.count(1)} of level 1"
    for above, below in pairwise(levels):
        if below > above + 1:
            yield f"headings: {below} follows {above}"
    yield from (f"overflow: {each}" for each in facts["overflowing"])


def names_missing(cdp: CDPSession) -> Iterator[str]:
    """Check that all controls and pictures have a name in the accessibility tree."""
    for node in cdp.send("Accessibility.getFullAXTree")["nodes"]:
        role = str(node.get("role", {}).get("value", ""))
        name = str(node.get("name", {}).get("value", "")).strip()
        if not node["ignored"] and role in MUST_HAVE_NAMES and not name:
            yield f"name: a {role} has none"


def keyboard_faults(page: Page) -> Iterator[str]:
    """Walk through the page with Tab alone: in order, seen, not covered, large enough, no trap."""
    stops = page.evaluate("accessFacts.beginWalk()")
    for _ in range(stops + 1):
        page.keyboard.press("Tab")
    for _ in range(MOST_EXTRA_STOPS):
        if not stops or page.evaluate("accessFacts.hasLeftLast()"):
            break
        page.keyboard.press("Tab")
    walk: dict[str, Any] = page.evaluate("accessFacts.endWalk()")
    walk["visited"] = _controls(walk["visited"])
    yield from (f"keyboard: {name} has a tabindex above 0" for name in walk["positive"])
    yield from (f"target: {name} is smaller than 24 px" for name in walk["small"])
    yield from _order_faults(walk)
    for stop in walk["visited"][: stops or None]:
        if not stop["indicator"]:
            yield f"keyboard: {stop['name']} does not show that it has the focus"
        if stop["covered"]:
            yield f"keyboard: {stop['name']} is covered when it has the focus"
        if stop["small"]:
            yield f"target: {stop['name']} is smaller than 24 px"


def reflow_faults(page: Page) -> Iterator[str]:
    """Check that nothing scrolls sideways at 320 px, and put the size back."""
    before = page.viewport_size
    assert before is not None
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.evaluate("accessFacts.settle()")
    yield from (f"reflow at 320 px: {each}" for each in page.evaluate("accessFacts.overflowing()"))
    page.set_viewport_size(before)


def _controls(stops: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each control once: Tab stops at the day, month and year inside a field for a date."""
    return [next(parts) for _, parts in groupby(stops, key=itemgetter("at"))]


def _order_faults(walk: dict[str, Any]) -> Iterator[str]:
    """Compare the stops with what can be focused, in the order of the document."""
    order = [stop["at"] for stop in walk["visited"] if not stop["isScroller"]]
    wrapped = order[1:].index(order[0]) + 1 if order and order[0] in order[1:] else len(order)
    order = order[:wrapped]
    if order != list(range(len(walk["expected"]))):
        missed = [name for n, name in enumerate(walk["expected"]) if n not in order]
        yield f"keyboard: Tab went {order}" + (f"; never reached {missed[:5]}" if missed else "")


def _axe() -> str:
    return AXE.read_text(encoding="utf-8")
