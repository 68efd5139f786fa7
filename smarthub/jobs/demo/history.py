"""Live through the demo's months: bills are made on their days, and payments come in between.

What came in since the last run is recorded before a run, each payment for its own day. Amounts
rest on what each bill charged and on payments before it, both the same every time, so going on
after a kill records the same payments again, which changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from smarthub.accounts.queries import list_accounts_in_cycle, list_numbers
from smarthub.billing.queries import list_bills, list_latest_bills
from smarthub.billing.types import BillSummary
from smarthub.jobs.demo.chance import Chance
from smarthub.jobs.demo.drafting import Drafting
from smarthub.jobs.demo.payers import Intention, Part, Payers
from smarthub.jobs.demo.schedule import CYCLES
from smarthub.jobs.demo.world import Holding, World
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import day_bounds
from smarthub.payments.operations import record_received_payments
from smarthub.payments.types import ReceivedPayment
from smarthub.workflows.bills.close_billing_cycle import close_billing_cycle

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class _Books:
    """What each account is asked for as history goes on, and the payments on their way."""

    payers: Payers
    holdings: dict[str, Holding]
    drafting: Drafting
    asked: defaultdict[str, Money] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    coming: list[Intention] = field(default_factory=list)

    def bill(self, number: str, summary: BillSummary) -> None:
        """Ask for what a bill charged, and note the payment it will lead to.

        What Auto Pay takes is none of it; whoever signs up later pays whole until then.
        """
        if self.drafting.drafts(number, summary.bill_date):
            return
        self.asked[number] += summary.charges
        intention = self.payers.intend(
            self.holdings[number], bill_date=summary.bill_date, due_date=summary.due_date
        )
        if intention is not None and self.drafting.pays_whole(number):
            intention = replace(intention, part=Part.ALL)
        if intention is not None:
            self.coming.append(intention)

    def pay(self, *, before: dt.date) -> list[ReceivedPayment]:
        """Return the payments that arrive before a day, in the order they arrive."""
        self.coming.sort(key=lambda intention: intention.day)
        here = [intention for intention in self.coming if intention.day < before]
        del self.coming[: len(here)]
        return [payment for each in here if (payment := self._pay(each)) is not None]

    def _pay(self, intention: Intention) -> ReceivedPayment | None:
        number = intention.account_number
        amount = intention.amount(self.asked[number])
        if amount <= ZERO:
            return None
        self.asked[number] -= amount
        return ReceivedPayment(
            intention.source_key, number, amount, intention.channel, intention.day
        )


def live_through(
    world: World, *, zone: ZoneInfo, drafting: Drafting, progress: Progress | None = None
) -> None:
    """Close every cycle on its days, take in every payment and draft, up to the world's today.

    Only the newest run tells members that their bill is ready; older news is no news.
    """
    closings = _closings(world)
    books = _Books(
        payers=Payers(Chance(world.seed), world.today),
        holdings={holding.number: holding for holding in world.holdings},
        drafting=drafting,
    )
    for done, day in enumerate(closings, start=1):
        midnight, _end = day_bounds(day, zone)
        record_received_payments(payments=books.pay(before=day), now=midnight)
        drafting.live_until(day)
        for cycle in closings[day]:
            close_billing_cycle(
                cycle_code=cycle, bill_date=day, now=midnight, announce=day == max(closings)
            )
            for number, summary in _bills_of(cycle, day):
                books.bill(number, summary)
        if progress:
            progress(done, len(closings))
    midnight, _end = day_bounds(world.today, zone)
    record_received_payments(payments=books.pay(before=world.today), now=midnight)
    drafting.live_until(world.today)
    drafting.end()


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
    return dict(sorted(closings.items()))


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
