"""The desk's screen of policies: a change is looked at first, follows what was, and is traced."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from smarthub.backoffice.words.policies import NAMES
from smarthub.cooperative.catalogue import RULES
from smarthub.cooperative.models import Policy
from smarthub.cooperative.queries import get_policy
from smarthub.members.models import AuditEntry
from smarthub.workflows.cooperative.found_cooperative import FIRST_POLICIES
from tests.cast import NOW, TODAY, Cast

LATE = "/desk/money/policies/late_fee.percent/"
CHANGE = {"value": "2", "effective_from": "2026-12-01", "source_note": "Board, Nov 20, item 4"}


def words(page: bytes) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.decode()))


class TestTheList:
    def test_names_every_policy_of_the_catalogue(self) -> None:
        assert NAMES.keys() == {rule.key for rule in RULES}

    def test_says_what_holds_since_when_and_what_it_rests_on(
        self, dana: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_max_num_queries(8):
            page = words(dana.get("/desk/money/policies/").content)

        assert "Late fee, percent 1.5%" in page
        assert "Since Jan 1, 2020: tests, domain rule 53" in page
        assert "Late fee, at least $0.00" in page
        assert "Never set; this holds until somebody sets it." in page

    def test_shows_each_policy_and_each_rests_on_something(self, dana: Client) -> None:
        page = dana.get("/desk/money/policies/").content.decode()

        assert [rule.key for rule in RULES if f"/policies/{rule.key}/" not in page] == []
        assert [rule.key for rule in RULES if not rule.source.strip()] == []
        notes = {key: note for key, (_value, note) in FIRST_POLICIES.items()}
        assert [key for key, note in notes.items() if not note.strip()] == []


class TestAChange:
    def test_is_shown_first_and_writes_nothing(self, dana: Client) -> None:
        with time_machine.travel(NOW, tick=False):
            page = words(dana.post(LATE, CHANGE).content)

        # R(132.47 x 1.5 %) = 1.987 -> 1.99; R(132.47 x 2 %) = 2.649 -> 2.65
        assert "On $132.47 overdue the fee would be $2.65 instead of $1.99." in page
        assert "Before 1.5% After 2% Holds from December 1, 2026" in page
        assert get_policy(key="late_fee.percent", on=dt.date(2027, 1, 1)) == "1.5"

    def test_made_sure_holds_from_its_day_and_leaves_what_was(
        self, dana: Client, cast: Cast
    ) -> None:
        with time_machine.travel(NOW, tick=False):
            answer = dana.post(LATE, {**CHANGE, "sure": "yes"})

        assert answer.status_code == 303
        assert get_policy(key="late_fee.percent", on=dt.date(2026, 11, 30)) == "1.5"
        assert get_policy(key="late_fee.percent", on=dt.date(2026, 12, 1)) == "2"
        row = Policy.objects.get(key="late_fee.percent", value="2")
        assert (row.author, row.source_note) == ("Dana Whitfield", "Board, Nov 20, item 4")
        entry = AuditEntry.objects.get(act="policy.changed")
        assert entry.user == cast.dana.user
        assert (entry.before, entry.after) == (
            {"value": "1.5"},
            {"value": "2", "from": "2026-12-01"},
        )

    def test_sent_twice_is_one(self, dana: Client) -> None:
        with time_machine.travel(NOW, tick=False):
            first, second = (dana.post(LATE, {**CHANGE, "sure": "yes"}) for _ in range(2))

        assert (first.status_code, second.status_code) == (303, 400)
        assert Policy.objects.filter(key="late_fee.percent").count() == 2

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"effective_from": "2026-11-21"}, "Choose today or a later day."),
            ({"value": "1.5"}, "This value holds on that day already."),
            ({"value": "11"}, "Write 10% or less."),
            ({"value": "a lot"}, "Write a percentage, such as 1.5"),
            ({"source_note": "  "}, "This field is required."),
        ],
    )
    def test_is_refused_with_what_to_write(
        self, dana: Client, change: dict[str, str], said: str
    ) -> None:
        with time_machine.travel(NOW, tick=False):
            answer = dana.post(LATE, {**CHANGE, **change, "sure": "yes"})

        assert answer.status_code == 400
        assert said in words(answer.content)
        assert Policy.objects.filter(key="late_fee.percent").count() == 1

    def test_says_until_when_where_a_later_value_is_set_already(self, dana: Client) -> None:
        with time_machine.travel(NOW, tick=False):
            dana.post(LATE, {**CHANGE, "effective_from": "2027-01-01", "sure": "yes"})
            page = words(dana.post(LATE, {**CHANGE, "value": "1"}).content)

        assert "Until the value that is already set for January 1, 2027" in page

    def test_of_no_policy_is_no_page(self, dana: Client) -> None:
        assert dana.get("/desk/money/policies/identity/").status_code == 404


def test_today_is_the_day_the_form_offers(dana: Client) -> None:
    with time_machine.travel(NOW, tick=False):
        assert f'value="{TODAY.isoformat()}"' in dana.get(LATE).content.decode()
