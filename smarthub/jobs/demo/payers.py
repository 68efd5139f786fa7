"""How members pay: by habit, and by a hash of the seed, the account and the bill's day.

Domain rules 9.3: about 12 % of bills are paid late or in part; a few accounts are ahead and a
few are behind.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum

from smarthub.jobs.demo.chance import Chance
from smarthub.jobs.demo.world import Habit, Holding
from smarthub.kernel.money import ZERO, Money

LATE_PERMILLE, PART_PERMILLE = 80, 40
CHANNELS = ("mail", "mail", "mail", "office", "phone")
AHEAD = Money(400_00)
"""How much a member who pays ahead keeps with the co-op after a payment."""

STOPPED_DAYS = 75
"""A member who is behind has paid no bill of the last so many days."""


class Part(Enum):
    """How much of what is asked on the day is paid."""

    ALL = "all"
    HALF = "half"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Intention:
    """A payment somebody means to make."""

    account_number: str
    day: dt.date
    part: Part
    channel: str
    source_key: str

    def amount(self, asked: Money) -> Money:
        """Return what is paid when ``asked`` is what the account is asked for; zero for none."""
        if self.part is Part.AHEAD:
            return asked + AHEAD if asked > -AHEAD else ZERO
        due = max(asked, ZERO)
        return Money(due.cents // 200 * 100) if self.part is Part.HALF else due


@dataclass(frozen=True, slots=True)
class Payers:
    """What every account does about its bills."""

    chance: Chance
    today: dt.date

    def intend(
        self, holding: Holding, *, bill_date: dt.date, due_date: dt.date
    ) -> Intention | None:
        """Return the payment a bill leads to, or nothing if it is left unpaid."""
        if holding.habit is Habit.BEHIND and (self.today - bill_date).days <= STOPPED_DAYS:
            return None
        day, part = self._when(holding, bill_date, due_date)
        return Intention(
            account_number=holding.number,
            day=day,
            part=part,
            channel=self.chance.pick("channel", holding.number, bill_date, among=CHANNELS),
            source_key=f"demo:{holding.number}:{bill_date}",
        )

    def _when(
        self, holding: Holding, bill_date: dt.date, due_date: dt.date
    ) -> tuple[dt.date, Part]:
        if holding.habit is Habit.BEFORE_DUE:
            return due_date - dt.timedelta(days=2), Part.ALL
        if holding.habit is Habit.AHEAD:
            return bill_date + dt.timedelta(days=1), Part.AHEAD
        name = (holding.number, bill_date)
        roll = self.chance.number("pays", *name, below=1000)
        if roll < LATE_PERMILLE:
            late = 3 + self.chance.number("late", *name, below=14)
            return due_date + dt.timedelta(days=late), Part.ALL
        days = 3 + self.chance.number("early", *name, below=(due_date - bill_date).days - 4)
        part = Part.HALF if roll < LATE_PERMILLE + PART_PERMILLE else Part.ALL
        return bill_date + dt.timedelta(days=days), part
