"""The bench of bill runs: its town is billable, and its two writers write the same."""

from __future__ import annotations

import pytest
from django.db import transaction

from smarthub.accounts.queries import list_accounts_in_cycle
from smarthub.billing.models import Bill, BillException, BillLine
from smarthub.billing.operations import get_terms, open_run
from smarthub.billing.operations.drafting import draft_accounts
from smarthub.billing.operations.writing import write_bills
from smarthub.jobs.bench.bills.measuring import work_on
from smarthub.jobs.bench.bills.operations import write_in_bulk
from smarthub.jobs.bench.bills.town import MONTH, NOW, found_town
from smarthub.notifications.models import Message


@pytest.mark.django_db
def test_a_town_is_billed_by_the_hour_with_six_lines_a_bill_and_a_message() -> None:
    reads = found_town(cycles={"W1": 12})

    work_on(cycle="W1")

    assert reads == 31 * 96
    assert list(BillException.objects.values_list("code", "values")) == []
    assert (Bill.objects.count(), Message.objects.count()) == (12, 12)
    # facility, three periods, demand, rider and tax
    assert BillLine.objects.count() == 12 * 7
    assert len(set(Bill.objects.values_list("charges_cents", flat=True))) == 12


@pytest.mark.django_db
def test_both_writers_write_the_same_lines() -> None:
    found_town(cycles={"W1": 3})
    run_id = open_run(cycle_code="W1", bill_date=MONTH.end, now=NOW)
    ids = list_accounts_in_cycle(cycle_code="W1", on=MONTH.end)
    drafts = draft_accounts(account_ids=ids, terms=get_terms(run_id=run_id)).bills

    written = []
    for write in (write_bills, write_in_bulk):
        with transaction.atomic():
            write(run_id=run_id, drafts=drafts, now=NOW)
            rows = BillLine.objects.order_by("segment__bill__number", "position")
            written.append(list(rows.values_list("code", "quantity", "rate", "amount_cents")))
            transaction.set_rollback(True)

    assert written[0] == written[1]
    assert len(written[0]) == 3 * 7
