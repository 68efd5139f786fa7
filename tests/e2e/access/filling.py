"""Fill the co-op that is visited through its own operations; no row is put behind their backs.

Everybody of ``people.py`` gets a login, accounts, reads and bills; some pay between the bills,
so that what is asked comes to $0.00, to -$12.34 and to $1,234,567.89.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

from smarthub.accounts.operations import (
    add_premise,
    add_service_point,
    grant_role,
    open_account,
    start_agreement,
)
from smarthub.accounts.queries import find_account_id
from smarthub.accounts.types import AccountId
from smarthub.billing.engine.cash_number import BILLER
from smarthub.billing.models import Bill, BillDifference
from smarthub.billing.operations import add_cycle
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period, day_seconds
from smarthub.kernel.text import Text
from smarthub.ledger.operations import post_entry
from smarthub.ledger.types import Asked, Posting
from smarthub.members.models import User
from smarthub.members.operations import add_contact, add_person, open_login, open_membership
from smarthub.members.types import PersonId
from smarthub.metering.operations import add_register, install_meter, open_channel
from smarthub.payments.operations.bank_files import ORIGINATOR
from smarthub.payments.queries.bank_accounts import OFFERED
from smarthub.payments.types import MethodKind
from smarthub.rating.operations import publish_rider, publish_tariff
from smarthub.round_up.types import MOST_IN_A_YEAR
from smarthub.wiring.gateway import payment_gateway
from smarthub.workflows.bills.close_billing_cycle import close_billing_cycle
from smarthub.workflows.bills.review_billing_cycle import draft_run, start_review
from smarthub.workflows.bills.round_up_bills import choose_round_up
from smarthub.workflows.cooperative.found_cooperative import found_cooperative
from smarthub.workflows.money.pay_balance import CardDeclined, pay_balance
from smarthub.workflows.money.schedule_payment import schedule_payment
from smarthub.workflows.money.store_method import finish_method_setup, start_method_setup
from tests.cast import COLOUR, IDENTITY, PASSWORD
from tests.e2e.access.filling_auto_pay import fill_auto_pay
from tests.e2e.access.filling_billing import write_news
from tests.e2e.access.filling_corrected import correct_bills
from tests.e2e.access.filling_money import fill_money
from tests.e2e.access.filling_people import fill_people
from tests.e2e.access.filling_rates import write_drafts
from tests.e2e.access.filling_reads import fill_reads
from tests.e2e.access.filling_sent_files import fill_sent_files
from tests.e2e.access.filling_walks import fill_walks
from tests.e2e.access.passkeys import keep_passkey
from tests.e2e.access.people import (
    BILLED_ALONE,
    FIRST_BILL,
    NEWCOMERS,
    PEOPLE,
    RECEIPTS,
    SECOND_BILL,
    SECRET,
    VISITED_AT,
    WALKERS,
    Person,
    email_of_newcomer,
)
from tests.integrations.nacha.files import COOP
from tests.metering.yard import CHICAGO, ingest_registers, ingest_wide, register_file, wide_file
from tests.metering.yard import wide_row as day_row
from tests.rating.rate_book import CITY_TAX, E_R1, F_250, G_R1, SHARED_SOLAR
from tests.sandbox_gateway import DECLINED, FORM, GOOD, SILENT_ONCE
from tests.workflows.membership.newcomer import settle_newcomer
from tests.workflows.receiving import record_received_payment

BEFORE_SECOND = dt.date(2024, 11, 15)
TARIFFS = {"electric": "E-R1", "gas": "G-R1", "fiber": "F-250"}
UNITS = {"electric": "kWh", "gas": "ccf"}
MONTHLY_USE = {"electric": 620, "gas": 55}
NO_USE = {"credit", "zero", "million"}
"""Who uses nothing: 33.00 + 5.00 fixed, so that each bill charges $38.00."""
RECENT = Period(dt.date(2024, 11, 5), dt.date(2024, 12, 10))
COLD_DAY = dt.date(2024, 11, 28)
READ_TODAY = "2015"
"""An account that may be billed on the day of the visit, outside its cycle."""


def fill() -> None:
    """Found the co-op, settle everybody, bill them, and let some of them pay."""
    found_cooperative(
        identity=IDENTITY,
        colour=COLOUR,
        policies={
            BILLER: "412007",
            MOST_IN_A_YEAR: 12_00,
            OFFERED: True,
            ORIGINATOR: asdict(COOP),
        },
        holiday_years=(2024, 2025),
        effective_from=dt.date(2020, 1, 1),
        author="tests",
        now=VISITED_AT,
    )
    _publish_rates()
    users = {state: _settle(state, person) for state, person in PEOPLE.items()}
    with tempfile.TemporaryDirectory() as folder:
        _read_everything(Path(folder))
    for cycle, bill_date in (("C1", FIRST_BILL), ("C2", FIRST_BILL), ("WK", FIRST_BILL)):
        close_billing_cycle(cycle_code=cycle, bill_date=bill_date, now=VISITED_AT)
    _pay_in_november()
    fill_auto_pay(users)
    choose_round_up(
        user_id=users["one"], number="2001", rounds_up=True, on=FIRST_BILL, now=VISITED_AT
    )
    write_news(clerk=users["clerk"], on=SECOND_BILL)
    close_billing_cycle(cycle_code="C1", bill_date=SECOND_BILL, now=VISITED_AT)
    _pay_by_card(users)
    _leave_work_for_staff(users["clerk"])
    fill_money(now=VISITED_AT)
    fill_sent_files(users, now=VISITED_AT)
    fill_reads(now=VISITED_AT)
    correct_bills(clerk=users["clerk"], monthly_kwh=MONTHLY_USE["electric"])
    fill_walks(users)
    write_drafts(clerk=users["clerk"])
    fill_people(users, now=VISITED_AT)
    for number in NEWCOMERS:
        settle_newcomer(at=number, email=email_of_newcomer(number), phone="")


def _leave_work_for_staff(clerk: int) -> None:
    """Draft a run and do not write it; note one bill that would come out otherwise."""
    run_id = start_review(user_id=clerk, cycle_code="C2", bill_date=SECOND_BILL, now=VISITED_AT)
    draft_run(run_id=run_id, now=VISITED_AT)
    bill = Bill.objects.get(number="2001-241101")
    BillDifference.objects.create(
        bill=bill,
        code="late_reads",
        found_at=VISITED_AT,
        billed_cents=bill.charges_cents,
        would_be_cents=bill.charges_cents - 1250,
        digest="0" * 64,
    )


def _publish_rates() -> None:
    taxed = {**E_R1, "charges": [*E_R1["charges"], CITY_TAX, SHARED_SOLAR]}
    for definition in (taxed, G_R1, F_250):
        early = {**definition, "effective_from": "2024-01-01"}
        publish_tariff(definition=early, author="board", published_at=VISITED_AT)
    for code, rate in (("WPCA", "0.00375"), ("PGA", "0.6000")):
        publish_rider(
            code=code,
            effective_from=dt.date(2024, 1, 1),
            rate=Decimal(rate),
            author="board",
            published_at=VISITED_AT,
        )
    for code, name in (("C1", Text("First", "Primero")), ("C2", Text("Second", "Segundo"))):
        add_cycle(code=code, name=name, bill_day=1, due_day=20)
    add_cycle(code="WK", name=Text("Walkers", "Caminantes"), bill_day=1, due_day=0)


def _settle(state: str, person: Person) -> int:
    """Give a person a login and what they hold; return the login's id."""
    person_id = add_person(given_name=person.given, family_name=person.family)
    add_contact(person_id=person_id, kind="email", value=person.email, verified_at=VISITED_AT)
    user_id = open_login(
        person_id=person_id,
        email=person.email,
        password=PASSWORD if person.has_password else None,
        is_staff=person.is_staff,
        now=VISITED_AT,
    )
    if person.has_second_step:
        user = User.objects.get(pk=user_id)
        TOTP.activate(user, SECRET)
        RecoveryCodes.activate(user)
        keep_passkey(user)
    _open_accounts(state, person, person_id)
    for number in person.viewed:
        viewed = _account(number)
        grant_role(account_id=viewed, person_id=person_id, role="viewer", starts_on=person.since)
    return user_id


def _open_accounts(state: str, person: Person, person_id: PersonId) -> None:
    for number in person.accounts:
        membership = open_membership(
            number=f"M{person.accounts[0]}", holder=person_id, joined_on=person.since
        )
        account_id = open_account(
            number=number, membership_id=membership, cycle_code=person.cycle, opened_on=person.since
        )
        grant_role(
            account_id=account_id,
            person_id=person_id,
            role="holder",
            starts_on=person.since,
            nickname=person.nickname,
        )
        _connect(state, person, number, account_id)


def _connect(state: str, person: Person, number: str, account_id: AccountId) -> None:
    """Give an account its services, each at a place of its own where there are many."""
    for n, service in enumerate(person.services):
        place = n if state == "forty_services" else 0
        house = int(number) - 1900 + place
        premise_id = add_premise(
            number=f"P{number}-{place}",
            street=person.street if person.street[0].isdigit() else f"{house} {person.street}",
            city="Willow Bend",
            state="IL",
            postal_code="61000",
            station="KTEST",
        )
        point_number = f"{service[0].upper()}{number}-{n}"
        point_id = add_service_point(
            number=point_number,
            premise_id=premise_id,
            service=service,
            metered=service in UNITS,
        )
        start_agreement(
            number=f"A{number}-{n}",
            account_id=account_id,
            service_point_id=point_id,
            tariff_code=TARIFFS[service],
            starts_on=person.since,
        )
        if service in UNITS:
            serial = f"PR{point_number}"
            install_meter(serial=serial, service_point_id=point_id, installed_on=person.since)
            add_register(serial=serial, unit=UNITS[service])
            if state in {"one", "estimated"} and service == "electric":
                open_channel(service_point_id=point_id, unit="kWh", step_seconds=3600)


def _read_everything(folder: Path) -> None:
    """Take in a file of registers and one of hours."""
    registers = ingest_registers(register_file(folder, *_register_rows()))
    assert not registers.problems, registers.problems
    hours = ingest_wide(wide_file(folder, *(_day(day) for day in RECENT)))
    assert not hours.problems, hours.problems


def _register_rows() -> Iterator[str]:
    for state, person in PEOPLE.items():
        for number in person.accounts:
            for n, service in enumerate(person.services):
                if service in UNITS and person.since < FIRST_BILL:
                    each = 0 if state in NO_USE else MONTHLY_USE[service]
                    serial = f"PR{service[0].upper()}{number}-{n}"
                    guess = "estimated" if state == "estimated" else "ami"
                    yield f"{serial},{person.since},100,ami"
                    yield f"{serial},{FIRST_BILL},{100 + each},ami"
                    if state in WALKERS:
                        yield f"{serial},{BILLED_ALONE},{60 + 2 * each},ami"
                    yield f"{serial},{SECOND_BILL},{100 + 2 * each},{guess}"
                    if number == READ_TODAY or state in WALKERS:
                        yield f"{serial},{VISITED_AT:%Y-%m-%d},{190 + 2 * each},ami"


def _day(day: dt.date) -> str:
    """Return a day of Ada's: 1 kWh an hour, 3 on a cold day."""
    each = 3 if day == COLD_DAY else 1
    return day_row(day, [each] * (day_seconds(day, CHICAGO) // 3600), meter="PRE2001-0")


def _pay_in_november() -> None:
    """Bring what the second bill asks to -12.34, to 0.00 and to 1,234,567.89."""
    for number, cents in (("2005", 88_34), ("2006", 76_00)):  # 2 x 38.00 + 12.34, 2 x 38.00
        record_received_payment(
            source_key=f"access:{number}",
            account_number=number,
            amount=Money(cents),
            channel="office",
            received_on=BEFORE_SECOND,
            now=VISITED_AT,
        )
    million, more = _account("2007"), Money(1_234_491_89)  # 1,234,567.89 less 2 x 38.00
    post_entry(
        source_key="access:million",
        kind="adjustment",
        effective_date=BEFORE_SECOND,
        postings=[Posting("ar:electric", more, million), Posting("revenue:electric", -more)],
        asked=[Asked(million, more)],
        posted_at=VISITED_AT,
    )


def _pay_by_card(users: dict[str, int]) -> None:
    """Make the three payments whose receipts are visited; Pia's answer does not come in time."""
    _pay(users["with_card"], DECLINED, "2002", "declined")
    _pay(users["with_card"], GOOD, "2002", "paid")
    method_id = _pay(users["pending"], SILENT_ONCE, "2003", "waiting")
    schedule_payment(
        payment_id=uuid.uuid5(uuid.NAMESPACE_URL, "access:scheduled"),
        user_id=users["pending"],
        parts={"2003": Money(20_00)},
        method_id=method_id,
        pay_on=VISITED_AT.date() + dt.timedelta(days=10),
        keeps_amount=False,
        now=VISITED_AT,
    )


def _pay(user_id: int, card: str, number: str, receipt: str) -> uuid.UUID:
    gateway = payment_gateway()
    form = start_method_setup(
        user_id=user_id,
        kind=MethodKind.CARD,
        return_to="http://127.0.0.1/pay/card/return/",
        language="en",
        now=VISITED_AT,
        gateway=gateway,
    )
    given = httpx.post(form, data={**FORM, "number": card}, trust_env=False)
    (reference,) = parse_qs(urlsplit(given.headers["Location"]).query)["setup"]
    method = finish_method_setup(
        user_id=user_id, reference=reference, now=VISITED_AT, gateway=gateway
    )
    try:
        pay_balance(
            payment_id=RECEIPTS[receipt],
            user_id=user_id,
            parts={number: Money(25_00)},
            method_id=method.id,
            now=VISITED_AT,
            gateway=gateway,
        )
    except CardDeclined:
        assert receipt == "declined"
    return method.id


def _account(number: str) -> AccountId:
    account_id = find_account_id(number=number)
    assert account_id is not None, number
    return account_id
