"""Every line of every demo bill is explained, and every two bills differ by reasons that add up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

import pytest
from django.utils import translation

from smarthub.accounts.queries import get_account_for_staff
from smarthub.accounts.types import AccountId
from smarthub.billing.models import Bill, BillLine
from smarthub.billing.queries import WholeBill, get_whole_bills
from smarthub.billing.reproducing import explain
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.money import Money
from smarthub.portal.words.bills import say_segment
from smarthub.portal.words.lines import LineWords
from smarthub.workflows.bills.bill_changes import change_of, weather_of
from smarthub.workflows.bills.explained_bill import ExplainedSegment
from tests.jobs.conftest import WISH

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.xdist_group("loaded demo"),
    pytest.mark.allow_hosts(["127.0.0.1"]),
]
NUMBER = re.compile(r"(−)?\$?([\d,]+(?:\.\d+)?)( %)?")  # noqa: RUF001 (as pages write a minus)
LAST_AMOUNT = re.compile(r"-?\$[\d,]+\.\d\d$")


def bills_of_accounts() -> Iterator[list[WholeBill]]:
    found: dict[AccountId, list[str]] = {}
    rows = Bill.objects.order_by("bill_date").values_list("account_id", "number")
    for account_id, number in rows:
        found.setdefault(AccountId(account_id), []).append(number)
    for account_id, numbers in found.items():
        whole = get_whole_bills(account_id=account_id, numbers=numbers)
        yield [whole[number] for number in numbers]


def number_in(said: str) -> Decimal:
    """Return the number a reader sees: ``812 kWh``, ``$0.041``, ``-$15.08``, ``5 %``."""
    found = NUMBER.search(said)
    assert found is not None, said
    value = Decimal(found[2].replace(",", ""))
    value = value / 100 if found[3] else value
    return -value if found[1] else value


def worked(formula: str) -> Decimal:
    """Work a formula as a reader would, from left to right, with the numbers that are shown."""
    left = formula.split(" = ", maxsplit=1)[0]
    first, *rest = re.split(r" ([×÷−]) ", left)  # noqa: RUF001 (the signs themselves)
    result = number_in(first)
    for sign, said in zip(rest[::2], rest[1::2], strict=True):
        value = number_in(said)
        match sign:
            case "÷":
                result /= value
            case "−":  # noqa: RUF001 (the sign itself)
                result -= value
            case _:
                result *= value
    return result


def amount_at_the_end(formula: str) -> Money:
    found = LAST_AMOUNT.search(formula)
    assert found is not None, formula
    said = found[0].replace("$", "").replace(",", "")
    return Money.rounded(Decimal(said))


@pytest.mark.usefixtures("loaded_demo")
class TestEveryDemoBill:
    @pytest.mark.parametrize("language", ["en", "es"])
    def test_every_line_opens_to_numbers_that_give_its_amount(self, language: str) -> None:
        lines = 0

        with translation.override(language):
            for whole in (each for bills in bills_of_accounts() for each in bills):
                told = explain(segments=whole.segments)
                for segment, explained in zip(whole.segments, told, strict=True):
                    assert all(each.kind for each in explained), whole.view.number
                    said = say_segment(ExplainedSegment(segment, explained), place=0).lines
                    for words, line in zip(said, segment.view.lines, strict=True):
                        self._check(words, line.amount)
                        lines += 1

        assert lines == BillLine.objects.count() > 100

    def _check(self, words: LineWords, amount: Money) -> None:
        assert words.in_words, words
        assert Money.rounded(worked(words.formula)) == amount, words
        assert amount_at_the_end(words.formula) == amount, words

    def test_every_two_bills_in_a_row_differ_by_reasons_that_add_up(self) -> None:
        pairs = 0

        for bills in bills_of_accounts():
            account = get_account_for_staff(number=bills[0].view.account_number)
            assert account is not None
            homes = weather_of(account=account, bills=bills, on=WISH.today, zone=get_zone())
            for before, now in pairwise(bills):
                change = change_of(before, now, homes)
                whole = now.view.charges - before.view.charges
                assert Money.sum(step.amount for step in change.steps) == whole
                pairs += 1

        assert pairs > 10
