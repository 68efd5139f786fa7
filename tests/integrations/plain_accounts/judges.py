"""Programs of others that judge a ledger in plain text, each run as a process of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from smarthub.ledger.types import LedgerExport
from smarthub.wiring.ledger_formats import LEDGER_FORMATS

BEAN_CHECK = str(Path(sys.executable).with_name("bean-check"))
HLEDGER = shutil.which("hledger") or ""
COMMANDS = {
    "beancount": [BEAN_CHECK, "--no-cache"],
    "hledger": [HLEDGER, "check", "--strict", "-f"],
}
LAYOUTS = [
    "beancount",
    pytest.param(
        "hledger", marks=pytest.mark.skipif(not HLEDGER, reason="hledger is not on this machine")
    ),
]


def written(export: LedgerExport, layout: str) -> str:
    return "".join(LEDGER_FORMATS[layout].write(export))


def judge(text: str, layout: str, folder: Path) -> str:
    """Return what the judge objects to; nothing if it accepts the file."""
    file = folder / f"ledger.{layout}"
    file.write_text(text)
    done = subprocess.run(
        [*COMMANDS[layout], str(file)], capture_output=True, text=True, check=False
    )
    assert bool(done.returncode) == bool(done.stdout + done.stderr)
    return done.stdout + done.stderr
