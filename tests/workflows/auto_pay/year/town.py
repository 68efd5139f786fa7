"""The small co-op of the play: households in two cycles, some with gas, each with a login."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from decimal import Decimal

from smarthub.accounts.operations import (
    add_premise,
    add_service_point,
    grant_role,
    open_account,
    start_agreement,
)
from smarthub.accounts.types import AccountId
from smarthub.auto_pay.types import CreditProgramme, ProgrammeId
from smarthub.billing.operations import add_cycle
from smarthub.cooperative.operations import close_day
from smarthub.kernel.money import Money
from smarthub.kernel.text import Text
from smarthub.members.operations import add_contact, add_person, open_login, open_membership
from smarthub.members.types import PersonId
from smarthub.metering.models import Register, RegisterRead
from smarthub.metering.operations import add_register, install_meter
from smarthub.rating.operations import publish_rider, publish_tariff
from smarthub.workflows.auto_pay.migrated_auto_pay import import_proposals
from smarthub.workflows.auto_pay.sign_up_credits import set_programme
from tests.billing.village import reads_file
from tests.cast import NOW
from tests.rating.rate_book import E_R1, G_R1

BILL_DAYS = {"C1": (1, 22), "C2": (8, 29)}
"""Bill day and due day: the first cycle is due on the 22nd, the other on the 29th."""
BANK_SHUT = dt.date(2028, 3, 22)
"""A Wednesday on which the co-op's own bank is closed and its offices are open."""
BANK_SHUT_TOO = dt.date(2028, 2, 25)
"""A Friday like it, three days after a due date: a next try would fall on it."""
OFFICES_SHUT = dt.date(2028, 2, 22)
"""A Tuesday on which its offices are closed and every bank is open."""
CREDIT = Money(5_00)


@dataclass
class House:
    """A household: who they are, what they hold, and what was noted of them during the play."""

    number: str
    account_id: AccountId
    person_id: PersonId
    user_id: int
    cycle: str
    serials: tuple[str, ...]
    shown: dict[str, int] = field(default_factory=dict)
    draws_on: uuid.UUID | None = None
    draws_kind: str = "card"
    token: str = ""
    is_on: bool = False
    is_paused: bool = False
    cap: Money | None = None
    enrolled_at: dt.datetime | None = None
    by_hand: int = 0
    """Cents that were owed when Auto Pay was turned on and were not paid by hand since."""

    @property
    def services(self) -> int:
        """How many services it has."""
        return len(self.serials)


def build_town(*, houses: int, starts_on: dt.date) -> tuple[int, list[House]]:
    """Build the co-op in a founded database; return a clerk's login and the households."""
    _, clerk_id = _person(0, is_staff=True)
    for definition in (E_R1, G_R1):
        early = {**definition, "effective_from": "2024-01-01"}
        publish_tariff(definition=early, author="board", published_at=NOW)
    for code, rate in (("WPCA", "0.00375"), ("PGA", "0.6000")):
        publish_rider(
            code=code,
            effective_from=dt.date(2024, 1, 1),
            rate=Decimal(rate),
            author="board",
            published_at=NOW,
        )
    for code, (bill_day, due_day) in BILL_DAYS.items():
        add_cycle(code=code, name=Text(code, code), bill_day=bill_day, due_day=due_day)
    _close_days()
    _offer_credit(clerk_id, starts_on)
    found = [_house(n, starts_on) for n in range(1, houses + 1)]
    _propose(found[1::4])
    return clerk_id, found


def read_meters(house: House, on: dt.date, used: dict[str, int]) -> None:
    """Record what a household's meters show at the start of a day."""
    for serial in house.serials:
        house.shown[serial] = house.shown.get(serial, 0) + used.get(serial, 0)
        RegisterRead.objects.create(
            register=Register.objects.get(meter__serial=serial),
            read_on=on,
            value=Decimal(house.shown[serial]),
            kind="ami",
            file=reads_file(),
            row=1,
        )


def _close_days() -> None:
    for day, banks, offices in (
        (BANK_SHUT, True, False),
        (BANK_SHUT_TOO, True, False),
        (OFFICES_SHUT, False, True),
    ):
        close_day(
            day=day,
            name=Text("Closed", "Cerrado"),
            author="board",
            now=NOW,
            banks_closed=banks,
            offices_closed=offices,
        )


def _offer_credit(clerk_id: int, starts_on: dt.date) -> None:
    programme = CreditProgramme(
        ProgrammeId(uuid.uuid4()),
        CREDIT,
        starts_on,
        None,
        ("electric", "gas"),
        for_migrated=True,
        source_note="the board",
    )
    set_programme(user_id=clerk_id, programme=programme, now=NOW)


def _propose(houses: list[House]) -> None:
    rows = [
        {"account": house.number, "cap": "400.00", "drew_on": "Visa 4242", "id": house.number}
        for house in houses
    ]
    import_proposals(
        rows=rows, columns=("account", "cap", "drew_on", "id"), source_system="old", now=NOW
    )


def _person(n: int, *, is_staff: bool = False) -> tuple[PersonId, int]:
    email = f"house{n}@prairieridge.example"
    person_id = add_person(
        given_name=f"Given{n}", family_name=f"Family{n}", language="es" if n % 3 == 0 else "en"
    )
    add_contact(person_id=person_id, kind="email", value=email, verified_at=NOW)
    user_id = open_login(person_id=person_id, email=email, is_staff=is_staff, now=NOW)
    return person_id, user_id


def _house(n: int, starts_on: dt.date) -> House:
    person_id, user_id = _person(n)
    cycle = "C1" if n % 2 else "C2"
    opened = starts_on.replace(day=BILL_DAYS[cycle][0])
    number = f"{2000 + n}"
    account_id = open_account(
        number=number,
        membership_id=open_membership(number=f"M{number}", holder=person_id, joined_on=opened),
        cycle_code=cycle,
        opened_on=opened,
    )
    grant_role(account_id=account_id, person_id=person_id, role="holder", starts_on=opened)
    premise_id = add_premise(
        number=f"P{number}",
        street=f"{n} Elm St",
        city="Willow Bend",
        state="IL",
        postal_code="61000",
        station="KTEST",
    )
    serials = []
    wanted = [("electric", "E-R1", "kWh"), ("gas", "G-R1", "ccf")][: 2 if n % 3 else 1]
    for service, tariff, unit in wanted:
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
            starts_on=opened,
        )
        serial = f"Y{service[0].upper()}{n:06}"
        install_meter(serial=serial, service_point_id=point_id, installed_on=opened)
        add_register(serial=serial, unit=unit, dials=6)
        serials.append(serial)
    house = House(number, account_id, person_id, user_id, cycle, tuple(serials))
    read_meters(house, opened, dict.fromkeys(serials, 100))
    return house
