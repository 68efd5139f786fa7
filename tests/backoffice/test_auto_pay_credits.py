"""The desk's page of the credit for turning Auto Pay on: set once, ended, refused with a word."""

from __future__ import annotations

import re
from typing import Any

import time_machine
from django.test import Client

from smarthub.members.models import AuditEntry
from smarthub.workflows.auto_pay.sign_up_credits import list_programme_rows
from tests.cast import NOW

ADDRESS = "/desk/money/auto-pay/"
GIVEN = {
    "programme_id": "6f0c7f5e-5f0e-4c55-9b52-222222222222",
    "amount": "5",
    "starts_on": "2026-12-01",
    "ends_on": "2027-03-01",
    "services": ["electric", "gas"],
    "for_migrated": "on",
    "source_note": "Board, Nov 20, item 4",
}


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def send(dana: Client, **changed: Any) -> Any:
    with time_machine.travel(NOW, tick=False):
        return dana.post(ADDRESS, {**GIVEN, **changed}, follow=True)


def test_without_a_credit_says_that_members_see_nothing(dana: Client) -> None:
    assert "Members see nothing of it until you set one." in words(dana.get(ADDRESS))


def test_one_is_set_once_shown_with_what_it_rests_on_and_traced(dana: Client) -> None:
    send(dana)
    page = words(send(dana))

    assert "$5.00 for each service" in page
    assert "Electric, Gas" in page
    assert "Dana Whitfield" in page
    assert "Board, Nov 20, item 4" in page
    assert len(list_programme_rows()) == 1
    assert AuditEntry.objects.filter(act="auto_pay_credit.set").count() == 1


def test_a_second_for_the_same_days_is_refused(dana: Client) -> None:
    send(dana)

    answer = send(dana, programme_id="6f0c7f5e-5f0e-4c55-9b52-333333333333", ends_on="")

    assert answer.status_code == 400
    assert "Another credit holds on some of these days." in words(answer)


def test_what_is_wrong_is_said(dana: Client) -> None:
    for changed, said in (
        ({"amount": "0"}, "Write an amount above $0.00."),
        ({"services": []}, "Choose a service."),
        ({"ends_on": "2026-12-01"}, "after it starts"),
    ):
        answer = send(dana, **changed)
        assert answer.status_code == 400
        assert said in words(answer)
    assert list_programme_rows() == []


def test_one_is_ended_from_a_day_on(dana: Client) -> None:
    send(dana)
    (row,) = list_programme_rows()
    end = {
        "act": "end",
        "programme_id": str(row.programme.id),
        "new_id": "6f0c7f5e-5f0e-4c55-9b52-444444444444",
    }

    with time_machine.travel(NOW, tick=False):
        early = dana.post(ADDRESS, {**end, "ends_on": "2026-11-30"})
        dana.post(ADDRESS, {**end, "ends_on": "2026-12-15"})
        again = dana.post(ADDRESS, {**end, "ends_on": "2026-12-20"})

    assert "It can end today at the earliest" in words(early)
    assert again.status_code == 404
    (row,) = list_programme_rows()
    assert str(row.programme.ends_on) == "2026-12-15"
