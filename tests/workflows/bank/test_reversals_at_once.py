"""Two at once: two clerks, a clerk beside a refund, a return beside the file that gives back."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from smarthub.kernel.errors import ExpectedError
from smarthub.kernel.money import Money
from smarthub.payments.models import ChargeFact, EntryReversal, Refund, SentEntry
from tests.cast import Cast
from tests.workflows.bank.taking_back import CLEARING, FIFTY, ask_to_refund, newest, take_back
from tests.workflows.both_books import on
from tests.workflows.own_files import SETTLED, Bank
from tests.workflows.wallet import bill, owed


@pytest.fixture
def bank(committing_cast: Cast) -> Bank:
    bill(committing_cast.account_1001, 100_00)
    return Bank(committing_cast)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do these side by side; return the codes of those that were refused."""
    together, refused = threading.Barrier(len(acts)), []

    def do(act: Callable[[], object]) -> None:
        together.wait()
        try:
            act()
        except ExpectedError as error:
            refused.append(error.code)
        finally:
            connection.close()

    runners = [threading.Thread(target=do, args=[act]) for act in acts]
    for each in runners:
        each.start()
    for each in runners:
        each.join()
    return refused


def test_two_clerks_ask_for_one_entry_once(bank: Bank) -> None:
    bank.draw(FIFTY)

    refused = at_once(lambda: take_back(bank), lambda: take_back(bank))

    assert refused == ["not_reversible"]
    assert EntryReversal.objects.count() == 1


def test_what_is_asked_back_and_refunded_at_once_goes_back_by_one_way(bank: Bank) -> None:
    payment_id = bank.draw(150_00)

    refused = at_once(lambda: take_back(bank), lambda: ask_to_refund(bank, payment_id))

    assert len(refused) == 1
    assert EntryReversal.objects.count() + Refund.objects.count() == 1


def test_a_return_beside_the_file_that_gives_back_reverses_once(bank: Bank) -> None:
    bank.draw(FIFTY)
    entry = newest()
    take_back(bank)
    returned = bank.say("R01", FIFTY, trace=entry.trace)

    at_once(lambda: bank.send(SETTLED), lambda: bank.hear(returned))

    went_back = SentEntry.objects.exclude(undoes=None).count()
    kinds = list(ChargeFact.objects.values_list("kind", flat=True))
    assert kinds == (["taken_back"] if went_back else ["returned"])
    assert on(CLEARING) == 0
    assert owed(bank.cast.account_1001) == Money(100_00 if went_back else 125_00)
