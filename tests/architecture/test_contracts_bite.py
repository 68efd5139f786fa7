"""Each contract of the house is seen to refuse a fault: one is planted for each, in a copy."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.architecture.source import HOUSE, ROOT

FAULTS = {
    "The house: each storey may use only the storeys below it": (
        "ledger/fault.py",
        "import smarthub.billing",
    ),
    "Among workflows: each room may use only the rooms below it": (
        "workflows/messages/tell_person.py",
        "import smarthub.workflows.bills.tell_of_bills",
    ),
    "Inside a domain package: writes use reads, reads use rows, rows use values": (
        "ledger/types.py",
        "import smarthub.ledger.operations",
    ),
    "Only wiring knows which vendor stands behind a port": (
        "jobs/fault.py",
        "import smarthub.integrations.sandbox",
    ),
    "Pages and endpoints never touch rows": ("portal/fault.py", "import smarthub.ledger.models"),
    "Formulas and values are plain Python": ("kernel/fault.py", "import django"),
    "No cycles anywhere": ("kernel/money.py", "import smarthub.kernel.cycle"),
}


def test_every_contract_refuses_its_planted_fault(tmp_path: Path) -> None:
    shutil.copytree(HOUSE, tmp_path / "smarthub", ignore=shutil.ignore_patterns("vendor"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for file, line in FAULTS.values():
        with (tmp_path / "smarthub" / file).open("a", encoding="utf-8") as source:
            source.write(f"\n{line}\n")
    (tmp_path / "smarthub/kernel/cycle.py").write_text("import smarthub.kernel.money\n")

    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [linter, "--no-cache"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "SMARTHUB_TEST": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    broken = {name for name in FAULTS if f"{name} BROKEN" in run.stdout}
    assert broken == set(FAULTS), run.stdout + run.stderr
    assert run.returncode != 0
