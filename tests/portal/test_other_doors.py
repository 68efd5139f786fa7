"""Money that came another way, in the member's own list: at once, with the way it came (R28)."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from django.test import Client

from smarthub.kernel.money import Money
from smarthub.payments.models import SuspenseItem
from smarthub.payments.types import TenderKind, UndoneBecause
from smarthub.workflows.money.correct_payment import match_money, move_payment, park_money
from smarthub.workflows.money.other_doors import Received, take_money, undo_money
from tests.cast import NOW, Cast, Player


def page(client: Client, player: Player) -> str:
    client.force_login(player.user)
    text = client.get("/pay/payments/").content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def take(cast: Cast, door: str, kind: TenderKind = TenderKind.CASH, number: str = "") -> uuid.UUID:
    received = Received(uuid.uuid4(), "1001", Money(60_00), door, kind, number)
    return take_money(received=received, user_id=cast.dana.user.pk, now=NOW).payment_id


def test_the_holder_sees_it_at_once_with_its_way_and_receipt(cast: Cast, client: Client) -> None:
    receipt = take(cast, "store").hex[:5].upper()

    shown = page(client, cast.maria)

    assert "Payments that came another way" in shown
    assert re.search(rf"\$60\.00 paid cash at a store account 1001 Receipt {receipt}", shown)


@pytest.mark.parametrize(
    ("handed", "told"),
    [
        (("office", TenderKind.CHECK, "2041"), "at the office check 2041 account"),
        (("mail", TenderKind.MONEY_ORDER, "77"), "by mail money order 77 account"),
        (("office", TenderKind.CASH, ""), "at the office in cash account"),
        (("office", TenderKind.CASH, "K-1"), "at the office in cash, receipt K-1 account"),
        (("office", TenderKind.CARD, "T-9"), "at the office card, receipt T-9 account"),
        (("agency", TenderKind.BANK, "V-1"), "from an agency bank transfer V-1 account"),
        (("store", TenderKind.CASH, "R-1"), "cash at a store receipt of whoever took it: R-1 acc"),
    ],
)
def test_it_says_what_was_handed_over_with_its_number(
    cast: Cast, client: Client, handed: tuple[str, TenderKind, str], told: str
) -> None:
    take(cast, *handed)

    assert told in page(client, cast.maria)


def test_nobody_else_sees_it(cast: Cast, client: Client) -> None:
    take(cast, "office")

    assert "$60.00" not in page(client, cast.rosa)


def test_what_was_taken_back_says_so(cast: Cast, client: Client) -> None:
    undo_money(
        payment_id=take(cast, "office", TenderKind.CHECK, "2041"),
        because=UndoneBecause.BOUNCED,
        words="Bounced",
        user_id=cast.dana.user.pk,
        now=NOW,
    )

    assert "returned by the bank at the office" in page(client, cast.maria)


def move(cast: Cast, payment_id: uuid.UUID, start: str, end: str, hours: int = 0) -> None:
    move_payment(
        move_id=uuid.uuid4(),
        user_id=cast.dana.user.pk,
        payment_id=payment_id,
        from_number=start,
        to_number=end,
        reason="It was Rosa's",
        now=NOW + dt.timedelta(hours=hours),
    )


def test_what_was_moved_is_shown_where_it_is_and_not_where_it_was(
    cast: Cast, client: Client
) -> None:
    move(cast, take(cast, "mail"), "1001", "1002")

    assert "$60.00" not in page(client, cast.maria)
    assert "en efectivo cuenta 1002" in page(client, cast.rosa)
    assert "1001" not in page(client, cast.rosa)


def test_what_was_moved_there_and_back_is_seen_again(cast: Cast, client: Client) -> None:
    payment_id = take(cast, "mail")
    move(cast, payment_id, "1001", "1002")
    move(cast, payment_id, "1002", "1001", hours=1)

    assert "$60.00 paid by mail in cash account 1001" in page(client, cast.maria)
    assert "$60.00" not in page(client, cast.rosa)


def test_what_nobody_knew_at_first_says_how_it_came(cast: Cast, client: Client) -> None:
    park_money(
        source_key="desk:1",
        user_id=cast.dana.user.pk,
        amount=Money(45_00),
        channel="mail",
        told="a name",
        received_on=dt.date(2026, 11, 20),
        now=NOW,
    )
    item = SuspenseItem.objects.get()
    match_money(item_id=item.pk, user_id=cast.dana.user.pk, number="1001", now=NOW)

    assert "$45.00 paid by mail account 1001" in page(client, cast.maria)
