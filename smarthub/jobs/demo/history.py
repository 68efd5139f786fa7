"""Live through the demo's months, day by day: bills are made, and payments come in.

A day's payments come before its bills. Amounts rest on what each bill charged and on payments
before it, both the same every time, so going on after a kill posts the same entries again,
which changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.db import transaction

from smarthub.accounts.queries import list_accounts_in_cycle, list_numbers
from smarthub.billing.queries import list_bills, list_latest_bills
from smarthub.billing.types import BillSummary
from smarthub.jobs.demo.chance import Chance
from smarthub.jobs.demo.payers import Intention, Payers
from smarthub.jobs.demo.schedule import CYCLES
from smarthub.jobs.demo.world import Holding, World
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import Period, day_bounds
from smarthub.workflows.close_billing_cycle import close_billing_cycle
from smarthub.workflows.pay_balance import record_received_payment

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class _Books:
    """What each account is asked for as history goes on, and the payments on their way."""

    payers: Payers
    holdings: dict[str, Holding]
    asked: defaultdict[str, Money] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    coming: defaultdict[dt.date, list[Intention]] = field(default_factory=lambda: defaultdict(list))

    def bill(self, number: str, summary: BillSummary) -> None:
        """Ask for what a bill charged, and note the payment it will lead to."""
        self.asked[number] += summary.charges
        intention = self.payers.intend(
            self.holdings[number], bill_date=summary.bill_date, due_date=summary.due_date
        )
        if intention is not None:
            self.coming[intention.day].append(intention)


def live_through(world: World, *, zone: ZoneInfo, progress: Progress | None = None) -> None:
    """Close every cycle on its days and take in every payment, up to the world's today.

    Only the newest run tells members that their bill is ready; older news is no news.
    """
    closings = _closings(world)
    books = _Books(
        payers=Payers(Chance(world.seed), world.today),
        holdings={holding.number: holding for holding in world.holdings},
    )
    days = Period(min(closings), world.today + dt.timedelta(days=1))
    for done, day in enumerate(days, start=1):
        if day < world.today:
            _take_in(books, day, zone)
        for cycle in closings.get(day, ()):
            _close(books, cycle, day, zone, announce=day == max(closings))
        if progress:
            progress(done, days.days)


def _closings(world: World) -> dict[dt.date, list[str]]:
    """Return which cycles close on which days; each has somebody to bill by then."""
    begins: dict[str, dt.date] = {}
    for holding in world.holdings:
        starts_on = min(supply.starts_on for _, supply in holding.supplies)
        begins[holding.cycle] = min(starts_on, begins.get(holding.cycle, starts_on))
    closings: dict[dt.date, list[str]] = {}
    for code, starts_on in sorted(begins.items()):
        following = starts_on + dt.timedelta(days=1)
        for day in CYCLES[code].days(start=following, until=world.today):
            closings.setdefault(day, []).append(code)
    return closings


def _take_in(books: _Books, day: dt.date, zone: ZoneInfo) -> None:
    """Record the day's payments in one transaction, as a day's batch from the mail room."""
    noon = dt.datetime.combine(day, dt.time(12), zone).astimezone(dt.UTC)
    with transaction.atomic():
        for intention in books.coming.pop(day, ()):
            amount = intention.amount(books.asked[intention.account_number])
            if amount > ZERO:
                _record(intention, amount, noon)
                books.asked[intention.account_number] -= amount


def _record(intention: Intention, amount: Money, noon: dt.datetime) -> None:
    record_received_payment(
        source_key=intention.source_key,
        account_number=intention.account_number,
        amount=amount,
        channel=intention.channel,
        received_on=intention.day,
        now=noon,
    )


def _close(books: _Books, cycle: str, day: dt.date, zone: ZoneInfo, *, announce: bool) -> None:
    midnight, _end = day_bounds(day, zone)
    close_billing_cycle(cycle_code=cycle, bill_date=day, now=midnight, announce=announce)
    for number, summary in _bills_of(cycle, day):
        books.bill(number, summary)


def _bills_of(cycle: str, day: dt.date) -> Iterator[tuple[str, BillSummary]]:
    """Yield each bill of a run with its account's number, by number.

    On a first load each is its account's newest; after a kill there may be newer ones.
    """
    ids = list_accounts_in_cycle(cycle_code=cycle, on=day)
    numbers = list_numbers(account_ids=ids)
    newest = list_latest_bills(account_ids=ids)
    for account_id in ids:
        summary = newest.get(account_id)
        if summary is not None and summary.bill_date != day:
            summary = _on(list_bills(account_id=account_id), day)
        if summary is not None:
            yield numbers[account_id], summary


def _on(bills: Iterable[BillSummary], day: dt.date) -> BillSummary | None:
    return next((bill for bill in bills if bill.bill_date == day), None)
