"""A member whose two bills were too low and were corrected, so that she may pay over months."""

from __future__ import annotations

import tempfile
from pathlib import Path

from smarthub.workflows.bills.cancel_and_rebill import correct_bill
from tests.e2e.access.people import FIRST_BILL, SECOND_BILL, VISITED_AT
from tests.metering.yard import ingest_registers, register_file

CORRECTED = "2019"
MORE_KWH = 400
"""So much more a month than was billed; two months of it are 99.92."""


def correct_bills(*, clerk: int, monthly_kwh: int) -> None:
    """Let later reads say that each month was too low, and have a clerk correct both bills."""
    rows = [
        f"PRE{CORRECTED}-0,{day},{100 + months * (monthly_kwh + MORE_KWH)},actual"
        for months, day in enumerate((FIRST_BILL, SECOND_BILL), start=1)
    ]
    with tempfile.TemporaryDirectory() as folder:
        report = ingest_registers(register_file(Path(folder), *rows, name="late.csv"))
    assert not report.problems, report.problems
    for day in (FIRST_BILL, SECOND_BILL):
        correct_bill(
            user_id=clerk,
            bill_number=f"{CORRECTED}-{day:%y%m%d}",
            reason="reads",
            note="",
            on=VISITED_AT.date(),
            now=VISITED_AT,
        )
