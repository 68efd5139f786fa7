"""What a member sees of her payment arrangement: every part, and what is left of it."""

from __future__ import annotations

import datetime as dt
import re

from django.test import Client

from tests.arrears.bills import at
from tests.arrears.test_arrangements import AGREED, agree
from tests.arrears.test_operations import noticed, pay
from tests.backoffice.moved_clock import moved_to
from tests.cast import Cast, Player


def words(client: Client, who: Player, day: dt.date) -> str:
    client.force_login(who.user)
    with moved_to(at(day)):
        page = client.get("/pay/payments/").content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_each_part_is_shown_with_its_day_and_what_is_left(client: Client, cast: Cast) -> None:
    noticed(cast)
    agree(cast)
    pay(40_00, dt.date(2027, 1, 5))

    page = words(client, cast.maria, dt.date(2027, 1, 6))

    assert "Account 1001: $92.47 of $132.47 is still to be paid." in page
    # the first of 33.12 is paid, and 6.88 of the second
    assert "Jan 7, 2027 $33.12 Paid" in page
    assert "Feb 7, 2027 $33.12 $26.24 left" in page
    assert "Mar 7, 2027 $33.11" in page


def test_nobody_else_sees_it(client: Client, cast: Cast) -> None:
    noticed(cast)
    agree(cast)

    for other in (cast.ben, cast.rosa):
        assert "payment arrangement" not in words(client, other, AGREED)
