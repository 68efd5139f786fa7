"""Print the paper of a run as a process of its own, so that it can be killed.

python -m tests.crash.print_batch prepare   bill the village; Rosa's bill is in large print
python -m tests.crash.print_batch ask       ask for the batch as a clerk does
python -m tests.crash.print_batch print     do the job's work here
python -m tests.crash.print_batch see       say what a clerk sees, and which files can be taken
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django


def prepare() -> str:
    """Make two bills that go into two files."""
    from smarthub.members.models import Person  # noqa: PLC0415
    from tests.crash import read_and_bill  # noqa: PLC0415

    read_and_bill.prepare()
    Person.objects.filter(given_name="Rosa").update(bill_format="large_print")
    return read_and_bill.bill()


def ask() -> str:
    """Ask for the batch as the first clerk there is."""
    from django.conf import settings  # noqa: PLC0415

    from smarthub.members.models import User  # noqa: PLC0415
    from smarthub.wiring.clock import now  # noqa: PLC0415
    from smarthub.workflows.bills.print_batches import ask_for_print  # noqa: PLC0415
    from tests.billing.village import FIRST_BILL  # noqa: PLC0415

    clerk = User.objects.filter(is_staff=True).first()
    assert clerk is not None
    ask_for_print(
        user_id=clerk.pk,
        cycle_code="C1",
        bill_date=FIRST_BILL,
        state_dir=settings.STATE_DIR,
        now=now(),
    )
    return "asked"


def print_now() -> str:
    """Do what the job does, and say how many bills were printed."""
    from smarthub.jobs.billing_tasks import print_paper  # noqa: PLC0415
    from tests.billing.village import FIRST_BILL  # noqa: PLC0415

    return str(print_paper(cycle_code="C1", bill_date=FIRST_BILL.isoformat()))


def see() -> str:
    """Say as JSON what the page of the batch shows, and which PDFs a clerk can take."""
    from django.conf import settings  # noqa: PLC0415

    from smarthub.workflows.bills.print_batches import open_print_batch  # noqa: PLC0415
    from tests.billing.village import FIRST_BILL  # noqa: PLC0415

    batch = open_print_batch(cycle_code="C1", bill_date=FIRST_BILL, state_dir=settings.STATE_DIR)
    told: dict[str, Any] = {
        "works": batch.works,
        "printed": batch.printed,
        "left": batch.left,
        "files": [file.name for file in batch.files],
        "can_take": [nth for nth in (1, 2, 3) if _can_take(nth)],
    }
    return json.dumps(told)


def _can_take(nth: int) -> bool:
    from django.conf import settings  # noqa: PLC0415

    from smarthub.kernel.errors import NotVisible  # noqa: PLC0415
    from smarthub.members.models import User  # noqa: PLC0415
    from smarthub.wiring.clock import now  # noqa: PLC0415
    from smarthub.workflows.bills.print_batches import read_print_file  # noqa: PLC0415
    from tests.billing.village import FIRST_BILL  # noqa: PLC0415

    clerk = User.objects.filter(is_staff=True).first()
    assert clerk is not None
    try:
        read_print_file(
            user_id=clerk.pk,
            cycle_code="C1",
            bill_date=FIRST_BILL,
            name=f"bills-{nth:04}.pdf",
            state_dir=settings.STATE_DIR,
            now=now(),
        )
    except NotVisible:
        return False
    return True


if __name__ == "__main__":
    django.setup()
    said = {"prepare": prepare, "ask": ask, "print": print_now, "see": see}[sys.argv[1]]()
    sys.stdout.write(f"said: {said}\n")
