"""Take in a file or close a cycle as a process of its own, so that it can be killed.

python -m tests.crash.read_and_bill prepare        meters, rates and October's reads
python -m tests.crash.read_and_bill ingest FILE    a file of profile wide
python -m tests.crash.read_and_bill bill           close the first cycle
python -m tests.crash.read_and_bill correct BILL   take a bill back and make it anew
python -m tests.crash.read_and_bill draft          draft the second run of the cycle
"""

from __future__ import annotations

import sys
from pathlib import Path

import django


def prepare() -> str:
    """Give the cast on stage meters, rates and October's reads."""
    from smarthub.accounts.models import ServicePoint  # noqa: PLC0415
    from smarthub.accounts.types import ServicePointId  # noqa: PLC0415
    from smarthub.metering.operations import open_channel  # noqa: PLC0415
    from tests.billing.village import read_october, settle  # noqa: PLC0415

    points = {
        point.number: ServicePointId(point.pk) for point in ServicePoint.objects.order_by("number")
    }
    settle(electric_1001=points["E1001"], gas_1001=points["G1001"], electric_1002=points["E1002"])
    read_october()
    for number in ("E1001", "E1002"):
        open_channel(service_point_id=points[number], unit="kWh", step_seconds=3600)
    return "ready"


def ingest(file: str) -> str:
    """Take a file in, and say how many rows were kept and whether it was known."""
    from tests.metering.yard import ingest_wide  # noqa: PLC0415

    report = ingest_wide(Path(file))
    return f"{report.kept} {report.already_known}"


def bill() -> str:
    """Close the first cycle, and say how many bills the run has made in all."""
    from smarthub.workflows.bills.close_billing_cycle import close_billing_cycle  # noqa: PLC0415
    from tests.billing.village import FIRST_BILL, MADE  # noqa: PLC0415

    report = close_billing_cycle(cycle_code="C1", bill_date=FIRST_BILL, now=MADE)
    return f"{report.bills} {report.is_complete}"


def correct(number: str) -> str:
    """Correct a bill as a clerk does, and say the new one's number."""
    from smarthub.members.models import User  # noqa: PLC0415
    from smarthub.workflows.bills.cancel_and_rebill import correct_bill  # noqa: PLC0415
    from tests.billing.village import FIRST_BILL, MADE  # noqa: PLC0415

    clerk = User.objects.filter(is_staff=True).first()
    assert clerk is not None
    issued = correct_bill(
        user_id=clerk.pk, bill_number=number, reason="reads", note="", on=FIRST_BILL, now=MADE
    )
    return issued.number


def draft() -> str:
    """Draft the second run, whose reads are those of the first, and say how many drafts it has."""
    from smarthub.billing.operations import open_run  # noqa: PLC0415
    from smarthub.metering.models import RegisterRead  # noqa: PLC0415
    from smarthub.workflows.bills.review_billing_cycle import draft_run  # noqa: PLC0415
    from tests.billing.village import MADE, SECOND_BILL, read  # noqa: PLC0415

    if not RegisterRead.objects.filter(read_on=SECOND_BILL).exists():
        for serial, value in (("PR00000001", "912"), ("PR00000002", "68"), ("PR00000003", "7")):
            read(serial, SECOND_BILL, value)
    run_id = open_run(cycle_code="C1", bill_date=SECOND_BILL, now=MADE, reviewed=True)
    return str(draft_run(run_id=run_id, now=MADE).drafts)


if __name__ == "__main__":
    django.setup()
    act, *values = sys.argv[1:]
    match act:
        case "prepare":
            said = prepare()
        case "ingest":
            said = ingest(*values)
        case "correct":
            said = correct(*values)
        case "draft":
            said = draft()
        case _:
            said = bill()
    sys.stdout.write(f"said: {said}\n")
