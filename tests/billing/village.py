"""The cast with meters, reads, rates and a cycle: enough to be billed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from smarthub.accounts.types import ServicePointId
from smarthub.billing.operations import add_cycle
from smarthub.kernel.text import Text
from smarthub.metering.models import ReadFile, Register, RegisterRead
from smarthub.metering.operations import add_register, install_meter
from smarthub.rating.operations import publish_rider, publish_tariff
from tests.cast import CAST, NOW, OPENED, Cast
from tests.rating.rate_book import E_R1, F_250, G_R1
from tests.worlds import World

FIRST_BILL = dt.date(2024, 11, 1)
SECOND_BILL = dt.date(2024, 12, 1)
MADE = dt.datetime(2024, 11, 1, 11, 0, tzinfo=dt.UTC)
"""Six in the morning of the first bill day, in Chicago."""


def settle(
    *, electric_1001: ServicePointId, gas_1001: ServicePointId, electric_1002: ServicePointId
) -> None:
    """Give the cast rates, riders, a cycle billed on the 1st and due on the 20th, and meters."""
    for definition in (E_R1, G_R1, F_250):
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
    add_cycle(code="C1", name=Text("First", "Primero"), bill_day=1, due_day=20)
    hang_meter("PR00000001", electric_1001, "kWh")
    hang_meter("PR00000002", gas_1001, "ccf", dials=5)
    hang_meter("PR00000003", electric_1002, "kWh")


def build_village(cast: Cast) -> Cast:
    """Give the cast meters read for October 2024, on a cycle billed on the 1st."""
    settle_cast(cast)
    read_october()
    return cast


VILLAGE = World("village", build_village, on=CAST)


def settle_cast(cast: Cast) -> None:
    """Settle the cast of this test."""
    settle(
        electric_1001=cast.electric_1001,
        gas_1001=cast.gas_1001,
        electric_1002=cast.electric_1002,
    )


def hang_meter(serial: str, point: ServicePointId, unit: str, dials: int = 6) -> None:
    """Install a meter with one register on the day the agreements began."""
    install_meter(serial=serial, service_point_id=point, installed_on=OPENED)
    add_register(serial=serial, unit=unit, dials=dials)


def read(serial: str, on: dt.date, value: str, kind: str = "ami") -> None:
    """Record what a register showed at the start of a day."""
    register = Register.objects.get(meter__serial=serial)
    RegisterRead.objects.create(
        register=register, read_on=on, value=Decimal(value), kind=kind, file=reads_file(), row=1
    )


def reads_file() -> ReadFile:
    """Return the file all facts of these tests come from."""
    facts = {"name": "reads.csv", "received_at": NOW, "rows": 0, "rows_kept": 0}
    file, _ = ReadFile.objects.get_or_create(sha256="0" * 64, defaults=facts)
    return file


def read_october() -> None:
    """Read every meter for the first bill: 812 kWh and 118 ccf for 1001, nothing for 1002."""
    for serial, value in (("PR00000001", "100"), ("PR00000002", "99950"), ("PR00000003", "7")):
        read(serial, OPENED, value)
    read("PR00000001", FIRST_BILL, "912")
    read("PR00000002", FIRST_BILL, "68")  # 99950 to 100000 is 50, and 68 more: rolled over
    read("PR00000003", FIRST_BILL, "7")
