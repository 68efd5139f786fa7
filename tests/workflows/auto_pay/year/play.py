"""Let days pass: bills, drafts, nights at the gateway, and what members do by chance.

All chance comes from one seed, so a failing year replays. Beside the real operations the play
notes what it did, and before each draft run what every account owed: the judge goes by that.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from unittest.mock import patch

from django.db import connection

from smarthub.accounts.types import AccountId
from smarthub.auto_pay.queries import list_drafts, list_plans
from smarthub.auto_pay.types import DraftState, PlanEventKind
from smarthub.billing.models import Bill
from smarthub.kernel.errors import ExpectedError
from smarthub.kernel.money import Money
from smarthub.ledger.queries import get_balances
from smarthub.payments.models import ChargeFact
from smarthub.payments.operations import remove_method
from smarthub.payments.types import MethodId, MethodKind
from smarthub.workflows.auto_pay import run_auto_pay as runs
from smarthub.workflows.auto_pay.set_up_auto_pay import (
    Agreement,
    approve_draft,
    change_state,
    turn_on,
)
from smarthub.workflows.bank.gateway_events import catch_up_with_events, handle_waiting_events
from smarthub.workflows.bank.reconcile_settlements import reconcile_settlements
from smarthub.workflows.bills.cancel_and_rebill import correct_bill, take_bill_back
from smarthub.workflows.bills.close_billing_cycle import close_billing_cycle
from smarthub.workflows.money.charge_payment import repair_unknown_attempts
from smarthub.workflows.money.store_method import finish_method_setup, start_method_setup
from tests.metering.yard import CHICAGO
from tests.sandbox_gateway import CLEARS, GOOD, Simulator
from tests.workflows.auto_pay.year.town import BILL_DAYS, House, read_meters
from tests.workflows.receiving import record_received_payment
from tests.workflows.wallet import RETURN_TO

ONE_DAY = dt.timedelta(days=1)
CARD_WOES = (
    ["insufficient_funds"],
    ["card_declined", "insufficient_funds"],
    ["card_declined", "card_declined", "card_declined"],
    ["expired_card"],
    ["lost_card"],
    ["broken_once"],
    ["silent_once"],
)
BANK_WOES = (
    ["returns"],
    ["returns", "returns", "returns"],
    ["returns_unauthorised"],
    ["returns_closed"],
    ["bounces"],
)
NEAR_DRAFTS = (20, 21, 27, 28)
"""Days of the month shortly before drafts are due."""
LIVELY = {
    "enrol": 60,
    "pay_part": 20,
    "pay_all": 6,
    "pause": 6,
    "resume": 100,
    "stop": 4,
    "cap": 8,
    "approve": 200,
    "method": 10,
    "woe": 110,
    "forget_method": 3,
    "correct": 4,
    "take_back": 2,
}
"""What a household may do on a day, and on how many of a thousand days it tries."""


@dataclass
class Owing:
    """What an account owed just before a draft run, and how things stood with it."""

    asked: int
    in_flight: int
    by_hand: int
    cap: Money | None
    is_on: bool
    is_paused: bool
    method_is_there: bool


@dataclass
class Play:
    """The play: its chance, its town, and its notes."""

    seed: int
    simulator: Simulator
    clerk: int
    houses: list[House]
    acts: Counter[str] = field(default_factory=Counter)
    owing: dict[tuple[str, dt.date], Owing] = field(default_factory=dict)
    on_when_billed: dict[str, bool] = field(default_factory=dict)
    """By bill: whether Auto Pay was on when it was written."""
    by_hand_when_billed: dict[str, int] = field(default_factory=dict)
    woes: Counter[str] = field(default_factory=Counter)
    taken_back: set[str] = field(default_factory=set)
    first_bill: dt.date = dt.date.min

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 (a play, not a secret)
        self.by_number = {house.number: house for house in self.houses}

    def days(self, starts_on: dt.date, ends_on: dt.date, last_bill: dt.date) -> None:
        """Play every day of ``[starts_on, ends_on)``; bills are made up to ``last_bill``."""
        day = starts_on
        while day < ends_on:
            self.simulator.tell("/v1/clock", at=at(day, 5).isoformat())
            if day <= last_bill:
                self.make_bills(day)
                self.let_members_act(day)
            self.draft(day)
            self.let_night_fall(day)
            day += ONE_DAY

    def make_bills(self, day: dt.date) -> None:
        """Bill the cycle whose day it is; now and then somebody turns Auto Pay on meanwhile."""
        for code, (bill_day, _) in BILL_DAYS.items():
            if day.day != bill_day or day < self.first_bill:
                continue
            billed = [house for house in self.houses if house.cycle == code]
            for house in billed:
                used = {serial: self.chance.randint(0, 900) for serial in house.serials}
                read_meters(house, day, used)
            was_on = {house.number: house.is_on for house in billed}
            close_billing_cycle(
                cycle_code=code,
                bill_date=day,
                now=at(day, 6),
                announce=True,
                progress=partial(self.enrol_one_of, billed, day),
            )
            self.note_bills(at(day, 6), was_on)

    def enrol_one_of(self, houses: list[House], day: dt.date, _done: int, _all: int) -> None:
        """Let one of these turn Auto Pay on, a moment after their bill was written."""
        waiting = [house for house in houses if not house.is_on]
        if waiting and self.chance.randrange(3) == 0:
            self.acts["enrolled during a bill run"] += self.enrol(self.chance.choice(waiting), day)

    def note_bills(self, made_at: dt.datetime, was_on: dict[str, bool]) -> None:
        """Note of bills just written whether Auto Pay was on when they were."""
        written = Bill.objects.filter(created_at=made_at, account__number__in=was_on)
        for bill in written.select_related("account"):
            self.on_when_billed[bill.number] = was_on[bill.account.number]
            self.by_hand_when_billed[bill.number] = self.by_number[bill.account.number].by_hand

    def let_members_act(self, day: dt.date) -> None:
        """Let each household do what chance says, in an order that is always the same."""
        for house in self.houses:
            for act, often in LIVELY.items():
                if self.chance.randrange(1000) < often:
                    try:
                        if getattr(self, act)(house, day):
                            self.acts[act] += 1
                    except ExpectedError as refused:
                        self.acts[f"{act}: {refused.code}"] += 1

    def draft(self, day: dt.date) -> None:
        """Run Auto Pay as the hourly job does, some days again and with somebody in between."""
        now = at(day, 12)
        self.note_owing(day)
        with self._somebody_enrols_during(day):
            self.run(now)
        if self.chance.randrange(5) == 0:
            self.run(now + dt.timedelta(minutes=1))
        later = now + dt.timedelta(minutes=5)
        if repair_unknown_attempts(now=later, gateway=self.simulator.gateway):
            self.acts["repaired"] += 1
            self.run(later)

    def run(self, now: dt.datetime) -> None:
        """Do what the hourly job does."""
        done = runs.run_auto_pay(now=now, zone=CHICAGO, gateway=self.simulator.gateway, at_once=4)
        if done.sent:
            runs.follow_up_failures(now=now, zone=CHICAGO)

    def let_night_fall(self, day: dt.date) -> None:
        """Let the gateway's day end, hear what it says, and tell of what came back."""
        self.simulator.end_day(day)
        gateway, now = self.simulator.gateway, at(day, 20)
        catch_up_with_events(now=now, gateway=gateway)
        handle_waiting_events(now=now, gateway=gateway)
        runs.follow_up_failures(now=now, zone=CHICAGO)
        self.note_mandates_ended()
        if day.weekday() == 0:
            reconcile_settlements(now=now, gateway=gateway)

    def note_mandates_ended(self) -> None:
        """Note where a bank's word ended Auto Pay: only after a return that says so."""
        plans = list_plans(account_ids=[house.account_id for house in self.houses])
        for house in self.houses:
            if house.is_on and house.account_id not in plans:
                assert was_unauthorised(house), f"Auto Pay of {house.number} went off by itself"
                house.is_on, house.is_paused = False, False
                self.acts["mandate ended"] += 1

    def note_owing(self, day: dt.date) -> None:
        """Note what each account owes before a run, by means other than the run's own."""
        ids = [house.account_id for house in self.houses]
        balances, on_their_way = get_balances(account_ids=ids), sum_on_their_way(ids)
        for house in self.houses:
            self.owing[house.number, day] = Owing(
                asked=balances[house.account_id].asked.cents,
                in_flight=on_their_way.get(house.account_id, 0),
                by_hand=house.by_hand,
                cap=house.cap,
                is_on=house.is_on,
                is_paused=house.is_paused,
                method_is_there=house.draws_on is not None,
            )

    @contextmanager
    def _somebody_enrols_during(self, day: dt.date) -> Iterator[None]:
        """Let a household turn Auto Pay on while a draft run is in the middle of its work."""
        waiting = [house for house in self.houses if not house.is_on]
        if not waiting or self.chance.randrange(10):
            yield
            return
        chosen = self.chance.choice(waiting)
        done: list[str] = []

        def reach(point: str) -> None:
            if point == "auto_pay.try_noted" and not done:
                done.append(point)
                self.acts["enrolled during a draft run"] += self.enrol(chosen, day)

        with patch.object(runs, "reach", reach):
            yield

    # What a household may do; each says whether it did anything.

    def enrol(self, house: House, day: dt.date) -> bool:
        """Turn Auto Pay on, with a card or a bank account given anew."""
        if house.is_on:
            return False
        self._give_method(house, day)
        cap = Money(self.chance.choice([60_00, 150_00, 400_00])) if day.day % 3 == 0 else None
        self._agree(house, day, cap)
        house.is_on, house.is_paused, house.enrolled_at = True, False, at(day, 10)
        house.by_hand = max(owed_now(house), 0)
        return True

    def method(self, house: House, day: dt.date) -> bool:
        """Let Auto Pay draw on another method."""
        if not house.is_on:
            return False
        self._give_method(house, day)
        self._agree(house, day, house.cap)
        return True

    def cap(self, house: House, day: dt.date) -> bool:
        """Set another limit, below what any bill asks for or far above."""
        if not house.is_on or house.draws_on is None:
            return False
        self._agree(house, day, Money(self.chance.choice([1, 90_00, 900_00])))
        return True

    def pause(self, house: House, day: dt.date) -> bool:
        """Pause."""
        return self._change(house, day, PlanEventKind.PAUSED)

    def resume(self, house: House, day: dt.date) -> bool:
        """Take it up again."""
        return house.is_paused and self._change(house, day, PlanEventKind.RESUMED)

    def stop(self, house: House, day: dt.date) -> bool:
        """Stop."""
        return self._change(house, day, PlanEventKind.STOPPED)

    def approve(self, house: House, day: dt.date) -> bool:
        """Let what was asked about be taken."""
        for view in list_drafts(account_id=house.account_id, zone=CHICAGO, limit=3):
            if view.state is DraftState.ASKED and house.is_on:
                approve_draft(
                    user_id=house.user_id,
                    number=house.number,
                    bill_number=view.draft.bill_number,
                    now=at(day, 10),
                    zone=CHICAGO,
                )
                return True
        return False

    def pay_part(self, house: House, day: dt.date) -> bool:
        """Pay some of what is owed by hand."""
        return self._pay(house, day, owed_now(house) // 3)

    def pay_all(self, house: House, day: dt.date) -> bool:
        """Pay all of it by hand."""
        return self._pay(house, day, owed_now(house))

    def woe(self, house: House, day: dt.date) -> bool:
        """Let the next charges of the method go wrong."""
        if not house.token or day.day not in NEAR_DRAFTS:
            return False
        woes = CARD_WOES if house.draws_kind == "card" else BANK_WOES
        self.woes[house.draws_kind] += 1
        steps = woes[self.woes[house.draws_kind] % len(woes)]
        self.simulator.tell(f"/v1/methods/{house.token}/script", steps=steps)
        return True

    def forget_method(self, house: House, day: dt.date) -> bool:
        """Take the method away behind Auto Pay's back, the minute before a draft."""
        if house.draws_on is None:
            return False
        remove_method(
            method_id=MethodId(house.draws_on), person_id=house.person_id, now=at(day, 11, 59)
        )
        house.draws_on, house.token = None, ""
        return True

    def correct(self, house: House, day: dt.date) -> bool:
        """Let a clerk take the newest bill back and write it anew."""
        number = self._newest_bill(house, day)
        if number is None:
            return False
        now = at(day, 9)
        correct_bill(
            user_id=self.clerk, bill_number=number, reason="reads", note="", on=day, now=now
        )
        self.taken_back.add(number)
        self.note_bills(now, {house.number: house.is_on})
        return True

    def take_back(self, house: House, day: dt.date) -> bool:
        """Let a clerk take the newest bill back for good."""
        number = self._newest_bill(house, day)
        if number is None:
            return False
        take_bill_back(
            user_id=self.clerk, bill_number=number, reason="reads", note="", on=day, now=at(day, 9)
        )
        self.taken_back.add(number)
        return True

    def _newest_bill(self, house: House, day: dt.date) -> str | None:
        bills = Bill.objects.filter(account=house.account_id, bill_date__gte=day - 25 * ONE_DAY)
        standing = bills.exclude(number__in=self.taken_back).order_by("-created_at").first()
        return standing.number if standing else None

    def _give_method(self, house: House, day: dt.date) -> None:
        kind = MethodKind.BANK if self.chance.randrange(3) == 0 else MethodKind.CARD
        form = start_method_setup(
            user_id=house.user_id,
            kind=kind,
            return_to=RETURN_TO,
            language="en",
            now=at(day, 9, 30),
            gateway=self.simulator.gateway,
        )
        give = self.simulator.give_bank if kind is MethodKind.BANK else self.simulator.give_card
        reference = give(form, CLEARS if kind is MethodKind.BANK else GOOD)
        method = finish_method_setup(
            user_id=house.user_id,
            reference=reference,
            now=at(day, 9, 31),
            gateway=self.simulator.gateway,
        )
        house.draws_on, house.draws_kind = method.id, kind.value
        house.token = self.simulator.gateway.get_setup(reference=reference).token

    def _agree(self, house: House, day: dt.date, cap: Money | None) -> None:
        assert house.draws_on is not None
        turn_on(
            plan_id=uuid.uuid4(),
            user_id=house.user_id,
            number=house.number,
            method_id=house.draws_on,
            cap=cap,
            agreement=Agreement("You may draft my bills.", "1", "en", "192.0.2.7", "a browser"),
            now=at(day, 10),
            zone=CHICAGO,
        )
        house.cap = cap

    def _change(self, house: House, day: dt.date, kind: PlanEventKind) -> bool:
        if not house.is_on:
            return False
        change_state(
            user_id=house.user_id, number=house.number, kind=kind, now=at(day, 10), zone=CHICAGO
        )
        house.is_paused = kind is PlanEventKind.PAUSED
        if kind is PlanEventKind.STOPPED:
            house.is_on = False
        return True

    def _pay(self, house: House, day: dt.date, cents: int) -> bool:
        if cents <= 0:
            return False
        record_received_payment(
            source_key=f"office:{house.number}:{day}:{uuid.uuid4().hex[:8]}",
            account_number=house.number,
            amount=Money(cents),
            channel=self.chance.choice(["office", "mail", "phone"]),
            received_on=day,
            now=at(day, 11),
        )
        house.by_hand = max(house.by_hand - cents, 0) if house.is_on else 0
        return True


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """Return a local time of the co-op as a moment."""
    return dt.datetime.combine(day, dt.time(hour, minute), CHICAGO).astimezone(dt.UTC)


def was_unauthorised(house: House) -> bool:
    """Return whether a bank said that a household allowed nothing."""
    return ChargeFact.objects.filter(
        kind="returned", reason="R10", attempt__payment__person=house.person_id
    ).exists()


def owed_now(house: House) -> int:
    """Return the cents an account is asked for, less what is on its way."""
    asked = get_balances(account_ids=[house.account_id])[house.account_id].asked.cents
    return asked - sum_on_their_way([house.account_id]).get(house.account_id, 0)


def sum_on_their_way(account_ids: list[AccountId]) -> dict[int, int]:
    """Return by account the cents of payments not answered yet, straight from the rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.account_id, sum(p.amount_cents)::bigint FROM payments_paymentpart p
              JOIN payments_attempt a USING (payment_id)
             WHERE p.account_id = ANY(%s) AND NOT EXISTS (
                   SELECT FROM payments_attemptevent e
                    WHERE e.attempt_id = a.id AND e.state IN ('success', 'failed'))
             GROUP BY 1
            """,
            [account_ids],
        )
        return dict(cursor.fetchall())
