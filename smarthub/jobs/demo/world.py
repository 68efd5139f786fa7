"""What the demo co-op consists of, as plain values: households, accounts, places, supplies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Habit(StrEnum):
    """How an account is paid."""

    PROMPT = "prompt"
    BEFORE_DUE = "before_due"
    AHEAD = "ahead"
    BEHIND = "behind"


class Shape(StrEnum):
    """What kind of place uses the energy, or the measured home that stands there as it is."""

    HOME = "home"
    FARM = "farm"
    DAIRY = "dairy"
    SHOP = "shop"
    PLANT = "plant"
    PUMP = "pump"
    MEASURED_0 = "uk-0"
    MEASURED_1 = "uk-1"
    MEASURED_2 = "uk-2"

    @property
    def measured(self) -> bool:
        """Whether this is one of the three homes that are not varied."""
        return self.value.startswith("uk-")

    @property
    def step_seconds(self) -> int:
        """How long its intervals are: a plant's demand is measured each quarter of an hour."""
        if self is Shape.PLANT:
            return 900
        return 1800 if self in {Shape.MEASURED_1, Shape.MEASURED_2} else 3600


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person or an organisation, and how to reach it."""

    key: str
    given: str
    family: str
    organisation: str
    language: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class DemoMeter:
    """A meter between two dates, and what its register showed when it was installed."""

    serial: str
    unit: str
    dials: int
    multiplier: int
    installed_on: dt.date
    removed_on: dt.date | None
    starts_at: int


@dataclass(frozen=True, slots=True)
class Supply:
    """One service at one place under one agreement; ``meters`` is empty for a subscription.

    ``contract`` holds what no meter shows: horsepower, lamps, the power factor.
    """

    number: str
    agreement: str
    service: str
    tariff: str
    starts_on: dt.date
    shape: Shape
    meters: tuple[DemoMeter, ...]
    contract: tuple[tuple[str, str], ...] = ()

    @property
    def gives_back(self) -> bool:
        """Whether there are panels on the roof, so that energy flows both ways."""
        return self.tariff in {"E-NM", "E-NB"}

    @property
    def step_seconds(self) -> int:
        """How long its intervals are; other services than electricity are read by the hour."""
        return self.shape.step_seconds if self.service == "electric" else 3600


@dataclass(frozen=True, slots=True)
class Place:
    """A premise and what is supplied there."""

    number: str
    street: str
    city: str
    postal_code: str
    station: str
    supplies: tuple[Supply, ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """An account: one bill, its places, its number in the system before, and how it is paid."""

    number: str
    cycle: str
    nickname: str
    opened_on: dt.date
    legacy_number: str
    habit: Habit
    places: tuple[Place, ...]

    @property
    def supplies(self) -> Iterator[tuple[Place, Supply]]:
        """Every supply with the place it is at."""
        return ((place, supply) for place in self.places for supply in place.supplies)


@dataclass(frozen=True, slots=True)
class Household:
    """A membership with its holder, perhaps a joint one, and the accounts it has."""

    number: str
    holder: DemoPerson
    joint: DemoPerson | None
    joined_on: dt.date
    holdings: tuple[Holding, ...]

    @property
    def board_district(self) -> str:
        """The district it votes in: that of the town of its first place."""
        return self.holdings[0].places[0].postal_code[-1]


@dataclass(frozen=True, slots=True)
class World:
    """The whole demo co-op for one size, seed and day."""

    seed: int
    today: dt.date
    history_start: dt.date
    households: tuple[Household, ...]

    @property
    def holdings(self) -> Iterator[Holding]:
        """Every account."""
        return (holding for household in self.households for holding in household.holdings)

    @property
    def supplies(self) -> Iterator[tuple[Place, Supply]]:
        """Every supply with the place it is at."""
        return (pair for holding in self.holdings for pair in holding.supplies)
