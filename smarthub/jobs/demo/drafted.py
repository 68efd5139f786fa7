"""Who of the demo is on Auto Pay, since when, and what happened to them: on paper.

About a third of those with an e-mail address; never the sample members, who pay by hand. The first
four have a sign-in each, so that every state can be looked at.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from smarthub.jobs.demo.chance import Chance
from smarthub.jobs.demo.schedule import months_before
from smarthub.jobs.demo.world import DemoPerson, Habit, Holding, Household, World

MONTHS = 3
"""So long ago members began to turn Auto Pay on: the co-op had just come to these pages."""
SIGN_UP_DAYS = 25
"""Over so many days they did."""
SUSPENDED_DAYS, PAUSED_DAYS = 85, 5
BANK_PERMILLE = 350
EVERY, OFFSET = 3, 1
OLD_SYSTEM_EVERY, OLD_SYSTEM_OFFSETS = 12, (8, 9)
OLD_SYSTEM_CAPS = ("", "", "250.00", "400.00")
ONE_DAY = dt.timedelta(days=1)


class Part(StrEnum):
    """What became of an account's Auto Pay."""

    TAKEN = "taken"
    RETRIED = "retried"
    """The first draft was declined, and went through three days later."""
    SUSPENDED = "suspended"
    """The card was lost: two bills could not be taken."""
    PAUSED = "paused"
    ABOVE_CAP = "above_cap"
    """Every bill asks for more than the limit; its owner says yes, until now."""
    RECENT = "recent"
    """Turned on yesterday: the credit waits, and the newest bill is to be paid by hand."""


PARTS = {
    4: (Part.TAKEN, Part.PAUSED),
    7: (Part.RETRIED,),
    10: (Part.RECENT, Part.ABOVE_CAP),
    11: (Part.SUSPENDED,),
}
"""By a member's place in the list, for each account: those whose sign-ins are told."""
OTHERS = (*(Part.TAKEN,) * 15, Part.RETRIED, Part.RETRIED, Part.RECENT, Part.PAUSED, Part.ABOVE_CAP)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """An account whose Auto Pay is turned on at noon of a day, by whom, and from what it draws."""

    holding: Holding
    person: DemoPerson
    part: Part
    on: dt.date
    from_bank: bool

    def drafts(self, bill_date: dt.date) -> bool:
        """Return whether a bill made at the first minute of a day is drafted."""
        return bill_date > self.on


def list_enrolments(world: World) -> list[Enrolment]:
    """Return who is on Auto Pay, by day and account."""
    chance = Chance(world.seed)
    found = [
        _enrolment(holding, household.holder, part, world, chance)
        for index, household in enumerate(world.households)
        for holding, part in _parts(index, household, chance)
    ]
    return sorted(found, key=lambda each: (each.on, each.holding.number))


def list_shown(world: World) -> list[Household]:
    """Return the households whose sign-ins are told, for what their Auto Pay shows."""
    return [world.households[index] for index in PARTS if world.households[index].holder.email]


def list_old_system(world: World) -> list[dict[str, str]]:
    """Return the rows of the old system's file: who had Auto Pay there, and did not take it up."""
    chance = Chance(world.seed)
    indexes = [
        index
        for index in range(len(world.households))
        if index % OLD_SYSTEM_EVERY in OLD_SYSTEM_OFFSETS and not _is_chosen(index)
    ]
    return [
        {
            "account": world.households[index].holdings[0].legacy_number,
            "cap": chance.pick("old cap", index, among=OLD_SYSTEM_CAPS),
            "drew_on": f"Visa {chance.number('old card', index, below=9000) + 1000}",
            "id": f"AP-{index:05d}",
        }
        for index in indexes
    ]


def _is_chosen(index: int) -> bool:
    return index in PARTS or index % EVERY == OFFSET


def _parts(index: int, household: Household, chance: Chance) -> list[tuple[Holding, Part]]:
    """Return the accounts of a household that are on Auto Pay, each with its part."""
    by_samples = not household.holder.key.startswith("member-")
    if by_samples or not household.holder.email or not _is_chosen(index):
        return []
    given = PARTS.get(index, ())
    parts = [
        given[at] if at < len(given) else chance.pick("auto pay", each.number, among=OTHERS)
        for at, each in enumerate(household.holdings)
    ]
    pairs = zip(household.holdings, parts, strict=True)
    return [(holding, part) for holding, part in pairs if holding.habit is Habit.PROMPT]


def _enrolment(
    holding: Holding, person: DemoPerson, part: Part, world: World, chance: Chance
) -> Enrolment:
    by_card = part in {Part.RETRIED, Part.SUSPENDED}
    from_bank = not by_card and chance.happens("bank", holding.number, permille=BANK_PERMILLE)
    on = {
        Part.RECENT: world.today - ONE_DAY,
        Part.SUSPENDED: world.today - dt.timedelta(days=SUSPENDED_DAYS),
    }.get(part)
    if on is None:
        days = chance.number("signs up", holding.number, below=SIGN_UP_DAYS)
        on = months_before(world.today, MONTHS) + dt.timedelta(days=days)
    earliest = world.history_start + ONE_DAY
    return Enrolment(holding, person, part, max(on, earliest), from_bank)
