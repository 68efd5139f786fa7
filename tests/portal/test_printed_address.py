"""A printed bill goes where its holder had mail sent on its day, and says so to nobody else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from smarthub.billing.printing import render_bill
from smarthub.members.operations import move_mail
from smarthub.members.types import PostalAddress
from smarthub.workflows.bills import account_bills
from tests.billing.village import FIRST_BILL
from tests.cast import Cast, Player
from tests.portal.conftest import NOW, SignIn
from tests.portal.test_pages import BILL

BOX = PostalAddress("PO Box 9", "", "Willow Bend", "IL", "61000")
Printed = list[tuple[str, ...]]
MOVED = PostalAddress("77 Lake Rd", "Apt 2", "Galena", "IL", "61036")


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> Printed:
    """Return where the bills that are drawn say their mail goes; they are drawn all the same."""
    seen: Printed = []

    def draw(**given: Any) -> bytes:
        seen.append(given["handed"].mailing)
        return render_bill(**given)

    monkeypatch.setattr(account_bills, "render_bill", draw)
    return seen


def print_as(player: Player, sign_in: SignIn) -> None:
    assert sign_in(player).get(f"{BILL}pdf/").headers["Content-Type"] == "application/pdf"


def before_the_bill() -> dt.datetime:
    return dt.datetime.combine(FIRST_BILL, dt.time(20), tzinfo=dt.UTC)


def test_is_the_address_in_use_on_the_bills_day(
    billed: Cast, sign_in: SignIn, printed: Printed
) -> None:
    move_mail(person_id=billed.maria.person_id, address=BOX, now=before_the_bill())
    move_mail(person_id=billed.maria.person_id, address=MOVED, now=NOW + dt.timedelta(days=20))

    print_as(billed.maria, sign_in)

    assert printed == [("Maria Alvarez", "PO Box 9", "Willow Bend, IL 61000")]


def test_is_left_to_the_service_address_where_none_was_set_in_time(
    billed: Cast, sign_in: SignIn, printed: Printed
) -> None:
    move_mail(person_id=billed.maria.person_id, address=MOVED, now=NOW + dt.timedelta(days=20))

    print_as(billed.maria, sign_in)

    assert printed == [()]


def test_is_not_told_to_who_may_only_look(billed: Cast, sign_in: SignIn, printed: Printed) -> None:
    move_mail(person_id=billed.maria.person_id, address=BOX, now=before_the_bill())

    print_as(billed.ben, sign_in)

    assert printed == [()]
