"""Design the demo co-op for a size, a seed and a day: who holds what, where, on which meter.

Sizes follow domain rules 9.4: for 200 members 240 accounts, 260 premises, 310 agreements.
Account numbers are the member number (7 digits) and a suffix (3), domain rule 6.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import NamedTuple

from smarthub.jobs.demo.chance import Chance
from smarthub.jobs.demo.people import SAMPLES, holder_of, joint_holder_of
from smarthub.jobs.demo.schedule import (
    CYCLES,
    HISTORY_MONTHS,
    SHORT_HISTORY_MONTHS,
    months_before,
)
from smarthub.jobs.demo.world import (
    DemoMeter,
    Habit,
    Holding,
    Household,
    Place,
    Shape,
    Supply,
    World,
)

FEWEST_MEMBERS = 12
"""Fewer would leave out a part that somebody plays: a sample member, a CT meter, an exchange."""

FIRST_MEMBER_NUMBER = 1001
MAIN_STATION = "WILLOW BEND"


class Rate(NamedTuple):
    """A service and the tariff it is supplied under."""

    service: str
    tariff: str


ELECTRIC, GAS = Rate("electric", "E-R1"), Rate("gas", "G-R1")
WATER, LIGHT = Rate("water", "W-1"), Rate("light", "E-AL")
FIBERS = tuple(Rate("fiber", f"F-{speed}") for speed in ("250", "100", "1G", "2G"))


@dataclass(frozen=True, slots=True)
class Town:
    """A town of the territory: its cycle, and the weather station that stands for it."""

    name: str
    postal_code: str
    cycle: str
    station: str = MAIN_STATION


TOWNS = (
    Town("Willow Bend", "61000", "C1"),
    Town("Stone Ford", "61002", "C2"),
    Town("Cedar Grove", "61001", "C1"),
    Town("River Fork", "61003", "C3"),
)
MAPLE_HILL = Town("Maple Hill", "61004", "C1", "MAPLE HILL")
OAK_HOLLOW = Town("Oak Hollow", "61005", "C2", "OAK HOLLOW")
STREETS = (
    "Elm St",
    "Main St",
    "Prairie Rd",
    "County Road 9",
    "Mill St",
    "Ridge Rd",
    "Church St",
    "Depot St",
    "Stagecoach Trl",
    "Meadow Ln",
)
MEASURED_HOMES = {
    0: (MAPLE_HILL, Shape.MEASURED_0, HISTORY_MONTHS),
    1: (OAK_HOLLOW, Shape.MEASURED_1, SHORT_HISTORY_MONTHS),
    2: (OAK_HOLLOW, Shape.MEASURED_2, SHORT_HISTORY_MONTHS),
}
"""Sample members whose home is a measured one as it is, and how many months its data has."""


class Rhythm(NamedTuple):
    """Every so many members, counted from an offset, so that any size has its share."""

    every: int
    offset: int

    def includes(self, index: int) -> bool:
        """Say whether the member at ``index`` is one of them."""
        return index % self.every == self.offset


FARM_ACCOUNT = Rhythm(10, 0)
FIBER_ACCOUNT = Rhythm(10, 4)
SECOND_PLACE = Rhythm(10, 7)
GAS_ALONE = Rhythm(20, 9)
GAS_TOO = Rhythm(5, 0)
FIBER_TOO = Rhythm(20, 5)
METER_EXCHANGED = Rhythm(40, 3)
"""Domain rules 9.3: 12 exchanges a year for 1,000 meters."""


class Special(NamedTuple):
    """Who is on another electric rate than most, and what kind of place that is."""

    rhythm: Rhythm
    tariff: str
    shape: Shape = Shape.HOME


SPECIAL_HOMES = (
    Special(Rhythm(25, 3), "E-R2"),
    Special(Rhythm(100, 4), "E-NM"),
    Special(Rhythm(12, 6), "E-H"),
    Special(Rhythm(50, 7), "E-R3"),
    Special(Rhythm(100, 8), "E-NB"),
    Special(Rhythm(20, 11), "E-GS3", Shape.SHOP),
)
"""Domain rules 9.3: a car in one home of 25, panels on 1.5 to 2 % of roofs."""
PLANT_ACCOUNT = Rhythm(100, 10)
PUMP_PLACE = Rhythm(30, 7)
WATER_TOO = Rhythm(50, 6)
LIGHT_TOO = Rhythm(50, 8)
VOICE_TOO = Rhythm(100, 14)
"""So that somebody is on every rate of the book (domain rules 9.1)."""
PLANT_FACTS = (("power_factor", "0.93"),)
PUMP_FACTS = (("horsepower", "25"),)
LAMP_FACTS = (("lamps", "1"),)

CURRENT_TRANSFORMER = 10
"""The member whose farm is metered through transformers, at 40 to 1 (domain rules 9.3)."""

FARM_TOWN = 3
"""A farm lies in another town than the home, so that its bill comes on another day: on any day
one of Maria's two accounts has a bill to pay."""

AHEAD_PERMILLE, BEHIND_PERMILLE = 25, 25
DAIRY_PERCENT, SHOP_PERCENT = 5, 7

ROLLOVER_START = 99_400
"""What Rosa's five-dial gas register showed at first: it passes 99,999 within the history."""


def design_world(*, members: int, seed: int, today: dt.date, months: int = HISTORY_MONTHS) -> World:
    """Return the demo co-op; equal arguments give equal worlds.

    Args:
        members: How many memberships, ``FEWEST_MEMBERS`` or more.
        seed: Which co-op of all the possible ones.
        today: History ends at this local midnight.
        months: How many months of it there are; fewer for a quick test.

    Raises:
        ValueError: too few members.
    """
    if members < FEWEST_MEMBERS:
        raise ValueError(f"the demo needs {FEWEST_MEMBERS} members or more")
    designer = _Designer(Chance(seed), today, months)
    return World(
        seed=seed,
        today=today,
        history_start=months_before(today, months),
        households=tuple(designer.household(index) for index in range(members)),
    )


@dataclass(frozen=True, slots=True)
class _Site:
    """Where an account is, while it is being designed: the numbers all its parts are made of."""

    index: int
    account: str
    town: Town
    starts_on: dt.date


@dataclass(frozen=True, slots=True)
class _Designer:
    chance: Chance
    today: dt.date
    months: int

    def household(self, index: int) -> Household:
        """Design one membership: a home, and for some a farm or a fiber account beside it."""
        holder = holder_of(index, self.chance)
        number = f"{FIRST_MEMBER_NUMBER + index:07d}"
        joined_on = dt.date(1980 + self.chance.number("joined", index, below=42), 5, 1)
        home = self._home(index, f"{number}001", joined_on)
        others = []
        if FARM_ACCOUNT.includes(index):
            others.append(self._farm(index, f"{number}002", joined_on))
        if FIBER_ACCOUNT.includes(index):
            others.append(self._fiber(index, f"{number}002", joined_on))
        return Household(
            number=number,
            holder=holder,
            joint=joint_holder_of(index, holder, self.chance),
            joined_on=joined_on,
            holdings=(home, *others),
        )

    def _home(self, index: int, account: str, opened_on: dt.date) -> Holding:
        town, shape, months = MEASURED_HOMES.get(
            index, (TOWNS[index % len(TOWNS)], self._shape(index), HISTORY_MONTHS)
        )
        site = self._site(index, account, town, months)
        places = [self._place(site, "01", self._home_supplies(site, shape))]
        if SECOND_PLACE.includes(index):
            places.append(self._place(site, "02", (self._second(site),)))
        nickname = "Home" if index == 0 else ""
        return self._holding(site, opened_on, nickname, tuple(places))

    def _home_supplies(self, site: _Site, shape: Shape) -> tuple[Supply, ...]:
        index = site.index
        supplies = []
        special = next((each for each in SPECIAL_HOMES if each.rhythm.includes(index)), None)
        if special is not None and index not in SAMPLES:
            supplies.append(self._electric(site, "01", special.shape, tariff=special.tariff))
        elif not GAS_ALONE.includes(index):
            supplies.append(self._electric(site, "01", shape))
        if GAS_TOO.includes(index) or GAS_ALONE.includes(index):
            supplies.append(self._gas(site, "01"))
        if FIBER_TOO.includes(index):
            supplies.append(self._internet(site))
        if WATER_TOO.includes(index):
            supplies.append(self._water(site))
        if LIGHT_TOO.includes(index):
            light = self._supply(site, "01", LIGHT, Shape.HOME, ())
            supplies.append(replace(light, contract=LAMP_FACTS))
        return tuple(supplies)

    def _second(self, site: _Site) -> Supply:
        """Return what stands at a member's second place: a barn, or a pump in the field."""
        if not PUMP_PLACE.includes(site.index):
            return self._electric(site, "02", Shape.FARM)
        pump = self._electric(site, "02", Shape.PUMP, tariff="E-IRR")
        return replace(pump, contract=PUMP_FACTS)

    def _farm(self, index: int, account: str, opened_on: dt.date) -> Holding:
        town = TOWNS[(index + FARM_TOWN) % len(TOWNS)]
        site = self._site(index, account, town, HISTORY_MONTHS)
        multiplier = 40 if index == CURRENT_TRANSFORMER else 1
        supply = self._electric(site, "01", Shape.FARM, multiplier=multiplier)
        if PLANT_ACCOUNT.includes(index):
            plant = self._electric(site, "01", Shape.PLANT, multiplier=multiplier, tariff="E-LGS")
            supply = replace(plant, contract=PLANT_FACTS)
        nickname = "Farm" if index == 0 else ""
        return self._holding(site, opened_on, nickname, (self._place(site, "01", (supply,)),))

    def _fiber(self, index: int, account: str, opened_on: dt.date) -> Holding:
        town = replace(TOWNS[index % len(TOWNS)], cycle="BB")
        site = self._site(index, account, town, HISTORY_MONTHS)
        supplies = [self._internet(site)]
        if VOICE_TOO.includes(index):
            supplies += (
                self._extra(site, suffix, tariff)
                for suffix, tariff in (("02", "F-VOICE"), ("03", "F-ROUTER"))
            )
        return self._holding(site, opened_on, "", (self._place(site, "01", tuple(supplies)),))

    def _site(self, index: int, account: str, town: Town, months: int) -> _Site:
        begin = months_before(self.today, min(months, self.months))
        return _Site(index, account, town, CYCLES[town.cycle].last_on_or_before(begin))

    def _holding(
        self, site: _Site, opened_on: dt.date, nickname: str, places: tuple[Place, ...]
    ) -> Holding:
        legacy = f"{site.town.cycle}-{self.chance.number('legacy', site.account, below=90000)}"
        return Holding(
            number=site.account,
            cycle=site.town.cycle,
            nickname=nickname,
            opened_on=min(opened_on, site.starts_on),
            legacy_number=f"{legacy}-{site.index}",
            habit=self._habit(site),
            places=places,
        )

    def _habit(self, site: _Site) -> Habit:
        if site.index in SAMPLES:
            part = {"walter": Habit.BEHIND, "june": Habit.AHEAD}
            return part.get(SAMPLES[site.index].key, Habit.BEFORE_DUE)
        roll = self.chance.number("habit", site.account, below=1000)
        if roll < AHEAD_PERMILLE:
            return Habit.AHEAD
        return Habit.BEHIND if roll < AHEAD_PERMILLE + BEHIND_PERMILLE else Habit.PROMPT

    def _shape(self, index: int) -> Shape:
        roll = self.chance.number("shape", index, below=100)
        if roll < DAIRY_PERCENT:
            return Shape.DAIRY
        return Shape.SHOP if roll < DAIRY_PERCENT + SHOP_PERCENT else Shape.HOME

    def _place(self, site: _Site, suffix: str, supplies: tuple[Supply, ...]) -> Place:
        number = f"P{site.account}{suffix}"
        house = 100 + 2 * self.chance.number("house", number, below=700)
        return Place(
            number=number,
            street=f"{house} {self.chance.pick('street', number, among=STREETS)}",
            city=site.town.name,
            postal_code=site.town.postal_code,
            station=site.town.station,
            supplies=supplies,
        )

    def _electric(
        self,
        site: _Site,
        suffix: str,
        shape: Shape,
        *,
        multiplier: int = 1,
        tariff: str = ELECTRIC.tariff,
    ) -> Supply:
        begin = self.chance.number("electric start", site.account, suffix, below=60_000)
        meter = self._meter(site, f"1{suffix}", "kWh", begin)
        first = replace(meter, dials=6, multiplier=multiplier)
        meters = self._exchanged(site, first) if METER_EXCHANGED.includes(site.index) else (first,)
        return self._supply(site, suffix, Rate("electric", tariff), shape, meters)

    def _exchanged(self, site: _Site, old: DemoMeter) -> tuple[DemoMeter, DemoMeter]:
        """Replace the meter on a day somewhere in the middle part of the history."""
        days = (self.today - site.starts_on).days
        share = 300 + self.chance.number("exchange", site.account, below=600)
        day = site.starts_on + dt.timedelta(days=days * share // 1000)
        serial = f"{old.serial[:2]}9{old.serial[3:]}"
        new = replace(old, serial=serial, installed_on=day, starts_at=0)
        return replace(old, removed_on=day), new

    def _gas(self, site: _Site, suffix: str) -> Supply:
        begin = self.chance.number("gas start", site.account, below=60_000)
        rosa = site.index in SAMPLES and SAMPLES[site.index].key == "rosa"
        meter = self._meter(site, f"2{suffix}", "ccf", ROLLOVER_START if rosa else begin)
        return self._supply(site, suffix, GAS, Shape.HOME, (meter,))

    def _water(self, site: _Site) -> Supply:
        begin = self.chance.number("water start", site.account, below=60_000)
        meter = replace(self._meter(site, "301", "gal", begin), dials=6)
        return self._supply(site, "01", WATER, Shape.HOME, (meter,))

    def _internet(self, site: _Site) -> Supply:
        """Return a fiber subscription; every fourth such account has the same speed."""
        number = 0 if site.index in SAMPLES else site.index // 10 % len(FIBERS)
        return self._extra(site, "01", FIBERS[number].tariff)

    def _extra(self, site: _Site, suffix: str, tariff: str) -> Supply:
        """Return a subscription from the first of a month on: it is billed by the month."""
        first = (site.starts_on.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        supply = self._supply(site, suffix, Rate("fiber", tariff), Shape.HOME, ())
        return replace(supply, starts_on=first)

    def _meter(self, site: _Site, kind: str, unit: str, starts_at: int) -> DemoMeter:
        """Return a meter: ``PR``, its kind, the account's suffix and the member, 8 digits."""
        serial = f"PR{kind[0]}{(int(site.account[7:]) - 1) * 2 + int(kind[1:])}{site.index:06d}"
        return DemoMeter(
            serial=serial,
            unit=unit,
            dials=5,
            multiplier=1,
            installed_on=site.starts_on,
            removed_on=None,
            starts_at=starts_at,
        )

    def _supply(
        self, site: _Site, suffix: str, rate: Rate, shape: Shape, meters: tuple[DemoMeter, ...]
    ) -> Supply:
        letter = rate.service[0].upper()
        return Supply(
            number=f"{letter}{site.account}{suffix}",
            agreement=f"{site.account}-{letter}{suffix}",
            service=rate.service,
            tariff=rate.tariff,
            starts_on=site.starts_on,
            shape=shape,
            meters=meters,
        )
