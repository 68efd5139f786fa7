"""The same small co-op for every test.

Maria holds account 1001 (electric and gas on Elm Street). Ben may see it but not pay.
Rosa, who reads Spanish, holds 1002 and must never see 1001. Dana is staff.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from pytest_django.plugin import DjangoDbBlocker

from smarthub.accounts.operations import (
    add_alias,
    add_premise,
    add_service_point,
    grant_role,
    open_account,
    start_agreement,
)
from smarthub.accounts.types import AccountId, ServicePointId
from smarthub.cooperative.types import Identity, Office
from smarthub.kernel.text import Text
from smarthub.members.models import User
from smarthub.members.operations import add_contact, add_person, open_login, open_membership
from smarthub.members.types import PersonId
from smarthub.workflows.cooperative.found_cooperative import found_cooperative
from tests.worlds import Atlas, World

NOW = dt.datetime(2026, 11, 22, 18, 0, tzinfo=dt.UTC)
"""Noon on a Sunday in Chicago, when the tests happen unless they say otherwise."""
TODAY = dt.date(2026, 11, 22)
OPENED = dt.date(2024, 10, 1)
PASSWORD = "a long plain password"

IDENTITY = Identity(
    name="Prairie Ridge Energy Cooperative",
    short_name="Prairie Ridge",
    tagline="Energy Cooperative",
    zone="America/Chicago",
    languages=("en", "es"),
    outage_phone="815-555-0100",
    gas_phone="815-555-0101",
    office_phone="815-555-0102",
    pay_phone="815-555-0103",
    email="office@prairieridge.example",
    mail_address=("PO Box 100", "Willow Bend, IL 61000"),
    pay_by_mail_address=("PO Box 200", "Willow Bend, IL 61000"),
    offices=(
        Office("Willow Bend", "1 Main St", Text("Weekdays 8 to 4:30", "Lunes a viernes, 8 a 4:30")),
    ),
)
COLOUR = "#14532d"


@dataclass(frozen=True)
class Player:
    """A person of the cast and their login."""

    person_id: PersonId
    user: User


@dataclass(frozen=True)
class Cast:
    """Everybody, and what they hold."""

    maria: Player
    ben: Player
    rosa: Player
    dana: Player
    account_1001: AccountId
    account_1002: AccountId
    electric_1001: ServicePointId
    gas_1001: ServicePointId
    electric_1002: ServicePointId


def found() -> None:
    """Found the co-op in an empty database."""
    found_cooperative(
        identity=IDENTITY,
        colour=COLOUR,
        policies={},
        holiday_years=(2025, 2026, 2027),
        effective_from=dt.date(2020, 1, 1),
        author="tests",
        now=NOW,
    )


@pytest.fixture
def cooperative_founded(db: None, atlas: Atlas) -> None:
    """Give the test's database its co-op."""
    atlas.lend(FOUNDED)


@pytest.fixture
def cast(db: None, atlas: Atlas) -> Cast:
    """Give the test's database its co-op and the cast."""
    return atlas.lend(CAST)


@pytest.fixture
def committing_cast(atlas: Atlas, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    """Give a database of the test's own, in which it may really commit, its co-op and the cast."""
    with django_db_blocker.unblock(), atlas.copy_of(CAST):
        yield atlas.lend(CAST)


def build_cast() -> Cast:
    """Build the cast through the same operations the co-op uses."""
    maria = _player("Maria", "Alvarez", "maria@prairieridge.example")
    ben = _player("Ben", "Okafor", "ben@prairieridge.example")
    rosa = _player("Rosa", "Nuñez", "rosa@prairieridge.example", language="es")
    dana = _player("Dana", "Whitfield", "dana@prairieridge.example", is_staff=True)
    account_1001 = _account("1001", maria)
    account_1002 = _account("1002", rosa)
    grant_role(account_id=account_1001, person_id=ben.person_id, role="viewer", starts_on=OPENED)
    add_alias(account_id=account_1001, number="77-1001-A", source_system="legacy")
    return Cast(
        maria=maria,
        ben=ben,
        rosa=rosa,
        dana=dana,
        account_1001=account_1001,
        account_1002=account_1002,
        electric_1001=_service("1001", "412 Elm St", account_1001, "electric", "E-R1"),
        gas_1001=_service("1001", "412 Elm St", account_1001, "gas", "G-R1"),
        electric_1002=_service("1002", "9 Córdoba Ln", account_1002, "electric", "E-R1"),
    )


FOUNDED: World[None, None] = World("cooperative_founded", lambda _: found())
CAST = World("cast", lambda _: build_cast(), on=FOUNDED)


def _player(
    given: str, family: str, email: str, *, language: str = "en", is_staff: bool = False
) -> Player:
    person_id = add_person(given_name=given, family_name=family, language=language)
    add_contact(person_id=person_id, kind="email", value=email, verified_at=NOW)
    user_id = open_login(
        person_id=person_id, email=email, password=PASSWORD, is_staff=is_staff, now=NOW
    )
    return Player(person_id, User.objects.get(pk=user_id))


def _account(number: str, holder: Player) -> AccountId:
    membership_id = open_membership(number=f"M{number}", holder=holder.person_id, joined_on=OPENED)
    account_id = open_account(
        number=number, membership_id=membership_id, cycle_code="C1", opened_on=OPENED
    )
    grant_role(account_id=account_id, person_id=holder.person_id, role="holder", starts_on=OPENED)
    return account_id


def _service(
    number: str, street: str, account_id: AccountId, service: str, tariff: str
) -> ServicePointId:
    premise_id = add_premise(
        number=f"P{number}",
        street=street,
        city="Willow Bend",
        state="IL",
        postal_code="61000",
        station="KTEST",
    )
    point_id = add_service_point(
        number=f"{service[0].upper()}{number}",
        premise_id=premise_id,
        service=service,
        metered=True,
    )
    start_agreement(
        number=f"A{number}-{service}",
        account_id=account_id,
        service_point_id=point_id,
        tariff_code=tariff,
        starts_on=OPENED,
    )
    return point_id
