"""A bill says when it was sent, apart from when it was made (rule 42): messages and paper."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from smarthub.billing.queries import get_bill
from smarthub.integrations.sandbox.mail import OutboxPageSender
from smarthub.notifications.types import Channel
from smarthub.workflows.bills.bill_sent import Sending, list_sent
from smarthub.workflows.messages.send_messages import deliver_waiting
from tests.billing.village import FIRST_BILL, MADE
from tests.cast import Cast
from tests.workflows.bills.test_print_bills import to_print
from tests.workflows.closing import close

THAT_EVENING = MADE + dt.timedelta(hours=6)
NEXT_DAY = dt.datetime(2024, 11, 3, 14, tzinfo=dt.UTC)


@pytest.fixture
def billed(village: Cast) -> Cast:
    close(FIRST_BILL, announce=True)
    return village


def sent(cast: Cast, state_dir: Path, number: str = "1001-241101") -> tuple[Sending, ...]:
    account = cast.account_1001 if number.startswith("1001") else cast.account_1002
    return list_sent(bill=get_bill(account_id=account, number=number), state_dir=state_dir)


def test_one_that_waits_in_the_outbox_was_not_sent(billed: Cast, tmp_path: Path) -> None:
    assert sent(billed, tmp_path) == ()


def test_says_when_each_message_left_and_where_to(billed: Cast, tmp_path: Path) -> None:
    deliver_waiting(senders={Channel.EMAIL: OutboxPageSender()}, now=THAT_EVENING)

    assert sent(billed, tmp_path) == (
        Sending(Channel.EMAIL, "maria@prairieridge.example", THAT_EVENING),
    )
    (of_rosa,) = sent(billed, tmp_path, "1002-241101")
    assert of_rosa.address == "rosa@prairieridge.example"


def test_says_when_its_print_file_was_finished(billed: Cast, tmp_path: Path) -> None:
    folder = tmp_path / "print" / "C1-2024-11-01"
    to_print(folder)
    os.utime(folder / "bills-0001.json", (NEXT_DAY.timestamp(), NEXT_DAY.timestamp()))

    assert sent(billed, tmp_path) == (Sending("paper", "", NEXT_DAY),)


def test_the_paper_of_another_bill_is_not_its_own(billed: Cast, tmp_path: Path) -> None:
    folder = tmp_path / "print" / "C1-2024-11-01"
    folder.mkdir(parents=True)
    (folder / "bills-0001.json").write_text('{"bills": [{"bill": "1001-241101-2",\n}]}')

    assert sent(billed, tmp_path) == ()
