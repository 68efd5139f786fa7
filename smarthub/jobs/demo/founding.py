"""Put the demo co-op's own rows, people, places and meters in, by the operations of each package.

Every operation is once by its number, so founding again, or going on after a kill, is harmless.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from django.db import transaction

from smarthub.accounts.operations import (
    add_alias,
    add_premise,
    add_service_point,
    grant_role,
    open_account,
    record_district,
    start_agreement,
)
from smarthub.accounts.types import AccountId, ServicePointId
from smarthub.billing.engine.cash_number import BILLER
from smarthub.billing.operations import add_cycle, record_contract_fact
from smarthub.cooperative.types import Identity, Office
from smarthub.jobs.demo.schedule import CYCLES
from smarthub.jobs.demo.world import (
    DemoMeter,
    DemoPerson,
    Holding,
    Household,
    Place,
    Shape,
    Supply,
    World,
)
from smarthub.kernel.text import Text
from smarthub.members.operations import add_contact, add_person, open_membership
from smarthub.members.types import PersonId
from smarthub.metering.operations import (
    add_register,
    install_meter,
    open_channel,
    remove_meter,
)
from smarthub.round_up.types import MOST_IN_A_YEAR
from smarthub.workflows.cooperative.found_cooperative import found_cooperative
from smarthub.workflows.rates.draft_tariff import SECOND_LOOK

Progress = Callable[[int, int], None]

DELIVERED, RECEIVED = "delivered", "received"
AUTHOR = "demo"
SOURCE = "legacy"
CITY, CITY_DISTRICT = "Willow Bend", "willow-bend"
"""The one city of the territory that taxes the use of electricity."""
INCORPORATED = dt.date(2015, 1, 1)
FOUNDED_ON = dt.date(2020, 1, 1)
HOLIDAY_YEARS = range(2023, 2029)

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
        Office(
            "Willow Bend",
            "1 Main St, Willow Bend, IL 61000",
            Text(en="Weekdays 8:00 to 4:30", es="De lunes a viernes, de 8:00 a 4:30"),
        ),
        Office(
            "River Fork",
            "20 Depot St, River Fork, IL 61003",
            Text(en="Weekdays 8:00 to noon", es="De lunes a viernes, de 8:00 a mediodía"),
        ),
    ),
)
COLOUR = "#14532d"


def found(*, now: dt.datetime) -> None:
    """Write who the co-op is, its first policies, its holidays and its billing cycles."""
    found_cooperative(
        identity=IDENTITY,
        colour=COLOUR,
        policies={
            SECOND_LOOK: False,  # the demo has one clerk, who must be able to publish
            BILLER: "412007",
            MOST_IN_A_YEAR: 12_00,
        },
        holiday_years=HOLIDAY_YEARS,
        effective_from=FOUNDED_ON,
        author=AUTHOR,
        now=now,
    )
    for cycle in CYCLES.values():
        add_cycle(code=cycle.code, name=cycle.name, bill_day=cycle.bill_day, due_day=cycle.due_day)


def settle(world: World, *, now: dt.datetime, progress: Progress | None = None) -> None:
    """Put every household in, with its accounts, places, agreements and meters."""
    for done, household in enumerate(world.households, start=1):
        with transaction.atomic():
            _settle_household(household, now)
        if progress:
            progress(done, len(world.households))


def add_demo_person(person: DemoPerson, *, now: dt.datetime) -> PersonId:
    """Add a person with the verified contacts the system before knew."""
    person_id = add_person(
        given_name=person.given,
        family_name=person.family,
        organisation_name=person.organisation,
        language=person.language,
        source_system=SOURCE,
        source_id=person.key,
    )
    for kind, value in (("email", person.email), ("phone", person.phone)):
        if value:
            add_contact(person_id=person_id, kind=kind, value=value, verified_at=now)
    return person_id


def _settle_household(household: Household, now: dt.datetime) -> None:
    holder = add_demo_person(household.holder, now=now)
    joint = () if household.joint is None else (add_demo_person(household.joint, now=now),)
    membership_id = open_membership(
        number=household.number,
        holder=holder,
        joined_on=household.joined_on,
        joint_holders=joint,
        board_district=household.board_district,
        source_system=SOURCE,
        source_id=household.number,
    )
    for holding in household.holdings:
        account_id = open_account(
            number=holding.number,
            membership_id=membership_id,
            cycle_code=holding.cycle,
            opened_on=holding.opened_on,
            source_system=SOURCE,
            source_id=holding.legacy_number,
        )
        add_alias(account_id=account_id, number=holding.legacy_number, source_system=SOURCE)
        _grant(account_id, holding, holder, "holder")
        for person_id in joint:
            _grant(account_id, holding, person_id, "joint")
        for place in holding.places:
            _settle_place(account_id, place, now)


def _grant(account_id: AccountId, holding: Holding, person_id: PersonId, role: str) -> None:
    grant_role(
        account_id=account_id,
        person_id=person_id,
        role=role,
        starts_on=holding.opened_on,
        nickname=holding.nickname,
    )


def _settle_place(account_id: AccountId, place: Place, now: dt.datetime) -> None:
    premise_id = add_premise(
        number=place.number,
        street=place.street,
        city=place.city,
        state="IL",
        postal_code=place.postal_code,
        station=place.station,
        source_system=SOURCE,
        source_id=place.number,
    )
    if place.city == CITY:
        record_district(
            premise_number=place.number,
            district=CITY_DISTRICT,
            inside=True,
            effective_from=INCORPORATED,
            author=AUTHOR,
            now=now,
        )
    for supply in place.supplies:
        point_id = add_service_point(
            number=supply.number,
            premise_id=premise_id,
            service=supply.service,
            metered=bool(supply.meters),
        )
        agreement_id = start_agreement(
            number=supply.agreement,
            account_id=account_id,
            service_point_id=point_id,
            tariff_code=supply.tariff,
            starts_on=supply.starts_on,
        )
        for name, value in supply.contract:
            record_contract_fact(
                agreement_id=agreement_id,
                name=name,
                value=Decimal(value),
                effective_from=supply.starts_on,
                author=AUTHOR,
                now=now,
            )
        _hang_meters(point_id, supply)


def _hang_meters(point_id: ServicePointId, supply: Supply) -> None:
    for meter in supply.meters:
        _hang(point_id, meter)
    for flow in (DELIVERED, *((RECEIVED,) if supply.gives_back else ())):
        if supply.meters:
            open_channel(
                service_point_id=point_id,
                unit=supply.meters[0].unit,
                step_seconds=supply.step_seconds,
                flow=flow,
                wide=supply.shape is Shape.PLANT,
            )


def _hang(point_id: ServicePointId, meter: DemoMeter) -> None:
    install_meter(serial=meter.serial, service_point_id=point_id, installed_on=meter.installed_on)
    add_register(
        serial=meter.serial,
        unit=meter.unit,
        dials=meter.dials,
        multiplier=Decimal(meter.multiplier),
    )
    if meter.removed_on is not None:
        remove_meter(serial=meter.serial, service_point_id=point_id, removed_on=meter.removed_on)
