"""The bench of draft runs: every bill it makes is to be drafted, and it says how far it is."""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from pathlib import Path

import pytest

from smarthub.auto_pay.models import AutoPayDraft
from smarthub.billing.models import Bill, BillException
from smarthub.integrations.sandbox.gateway_state import GatewayState
from smarthub.jobs.bench.bills.town import MONTH, NOW, found_town
from smarthub.jobs.bench.payments import progress
from smarthub.jobs.bench.payments.operations import enrol_everybody, give_cards, sum_charges
from smarthub.metering.models import IntervalDay
from smarthub.payments.models import StoredMethod
from smarthub.workflows.bills.close_billing_cycle import close_billing_cycle


@pytest.mark.django_db
def test_a_town_read_twice_a_month_has_a_draft_for_every_bill() -> None:
    found_town(cycles={"NOW": 12}, by_quarter_hours=False)
    enrol_everybody(now=NOW - dt.timedelta(days=2))

    close_billing_cycle(cycle_code="NOW", bill_date=MONTH.end, now=NOW)

    assert list(BillException.objects.values_list("code", "values")) == []
    assert (Bill.objects.count(), AutoPayDraft.objects.count()) == (12, 12)
    assert Bill.objects.filter(charges_cents__lte=29_00).count() == 0  # each used something
    assert IntervalDay.objects.count() == 0


@pytest.mark.django_db
def test_the_simulator_gets_every_card_and_its_charges_are_summed(tmp_path: Path) -> None:
    found_town(cycles={"NOW": 3}, by_quarter_hours=False)
    enrol_everybody(now=NOW)
    state = tmp_path / "books.sqlite"
    GatewayState(state)

    given = give_cards(state=state)

    assert given == StoredMethod.objects.count() == 3
    with sqlite3.connect(state) as books:
        for number, (cents, outcome) in enumerate([(5, "success"), (7, "success"), (9, "failed")]):
            books.execute(
                "INSERT INTO charge (reference, key, token, kind, amount_cents, memo, state,"
                " reason, behaviour, made_on) VALUES (?, ?, '', 'card', ?, '', ?, '', '', '')",
                (f"r{number}", f"k{number}", cents, outcome),
            )
    books.close()
    assert sum_charges(state=state) == (2, 12)


def test_progress_is_said_at_tenths_and_not_more_often_than_can_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = iter([0.0, 1.0, 6.0, 9.0, 10.0])
    monkeypatch.setattr(time, "perf_counter", lambda: next(seconds))
    said: list[str] = []
    told = progress.Progress("NOW: begun", said.append)

    told(1_000, 10_000)  # after a second: too soon
    told(2_000, 10_000)
    told(2_500, 10_000)  # no further tenth
    told(10_000, 10_000)  # four seconds after: too soon, and the figures follow

    assert said == ["  NOW: begun 2,000 of 10,000 (6 s)"]
