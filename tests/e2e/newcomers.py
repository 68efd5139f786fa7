"""Settle people without a sign-in in a running demo: ``python -m tests.e2e.newcomers 24``.

Prints, as JSON, what each of them has in hand: the bill with its code, the old number.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass

import django

from smarthub.config.demo_settings import read_demo
from smarthub.config.environment import ROOT
from tests.e2e.running_demo import RunningDemo

FIRST = 4001


@dataclass(frozen=True)
class InHand:
    """What somebody who registers has in hand."""

    number: str
    old_number: str
    name: str
    email: str
    bill_code: str
    street: str


def settle_in(demo: RunningDemo, *, count: int) -> list[InHand]:
    """Settle so many people in a running demo, as its own programs would."""
    settings = read_demo(demo.state_dir)
    assert settings is not None
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.newcomers", str(count)],
        cwd=ROOT,
        env={
            **demo.environment,
            **settings.variables(demo.state_dir),
            "DJANGO_SETTINGS_MODULE": "smarthub.config.settings",
        },
        stdout=subprocess.PIPE,
        check=True,
    )
    return [InHand(**each) for each in json.loads(done.stdout)]


def _settle(count: int) -> list[dict[str, str]]:
    from smarthub.billing.online_code import online_code  # noqa: PLC0415 (after django.setup)
    from tests.workflows.membership.newcomer import settle_newcomer  # noqa: PLC0415

    people = []
    for at in range(FIRST, FIRST + count):
        email = f"newcomer{at}@mail.example"
        newcomer = settle_newcomer(at=at, email=email)
        people.append(
            {
                "number": f"0000-{at}",
                "old_number": f"88-{at}-B",
                "name": "lindgren",
                "email": email,
                "bill_code": online_code(bill_number=newcomer.bill_number),
                "street": f"{at} Oak St",
            }
        )
    return people


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smarthub.config.settings")
    django.setup()
    print(json.dumps(_settle(int(sys.argv[1]))))  # noqa: T201 (this is its answer)
