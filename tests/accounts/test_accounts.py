"""The doors to an account, and the places and agreements behind them."""

from __future__ import annotations

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from smarthub.accounts.access import list_visible_accounts, open_account, open_for_staff
from smarthub.accounts.operations import PointAlreadyServed, grant_role, start_agreement
from smarthub.accounts.queries import (
    find_account_id,
    find_accounts,
    list_accounts_in_cycle,
    list_agreements,
    list_holders,
)
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.period import Period
from smarthub.members.models import AuditEntry
from tests.cast import NOW, OPENED, TODAY, Cast


class TestDoors:
    def test_open_for_the_holder_with_every_right(self, cast: Cast) -> None:
        account = open_account(user_id=cast.maria.user.pk, number="1001", on=TODAY)

        assert account.id == cast.account_1001
        assert account.may_pay
        assert account.label == "412 Elm St"
        assert account.services == ("electric", "gas")

    def test_let_a_viewer_see_but_not_pay(self, cast: Cast) -> None:
        assert not open_account(user_id=cast.ben.user.pk, number="1001", on=TODAY).may_pay

    def test_look_the_same_for_another_account_and_for_none(self, cast: Cast) -> None:
        errors = []
        for number in ("1001", "9999"):
            with pytest.raises(NotVisible) as error:
                open_account(user_id=cast.rosa.user.pk, number=number, on=TODAY)
            errors.append((error.value.code, error.value.values))

        assert errors[0] == errors[1]

    def test_close_when_the_role_ends_and_open_only_when_it_starts(self, cast: Cast) -> None:
        grant_role(
            account_id=cast.account_1002,
            person_id=cast.ben.person_id,
            role="viewer",
            starts_on=TODAY,
            ends_on=TODAY + dt.timedelta(days=1),
        )
        ben = cast.ben.user.pk

        assert open_account(user_id=ben, number="1002", on=TODAY).number == "1002"
        for days in (-1, 1):
            with pytest.raises(NotVisible):
                open_account(user_id=ben, number="1002", on=TODAY + dt.timedelta(days=days))

    def test_show_nothing_to_somebody_who_only_gets_alerts(self, cast: Cast) -> None:
        grant_role(
            account_id=cast.account_1002,
            person_id=cast.ben.person_id,
            role="alerts",
            starts_on=OPENED,
        )

        with pytest.raises(NotVisible):
            open_account(user_id=cast.ben.user.pk, number="1002", on=TODAY)

    def test_list_all_accounts_in_one_query(
        self, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_num_queries(1):
            accounts = list_visible_accounts(user_id=cast.maria.user.pk, on=TODAY)

        assert [account.number for account in accounts] == ["1001"]

    def test_open_for_staff_and_say_so_in_the_audit_trail(self, cast: Cast) -> None:
        open_for_staff(user_id=cast.dana.user.pk, number="1001", now=NOW)

        entry = AuditEntry.objects.get()
        assert (entry.user_id, entry.subject) == (cast.dana.user.pk, "account:1001")

    @pytest.mark.parametrize("number", ["1001", "9999"])
    def test_stay_shut_at_the_desk_for_a_member(self, cast: Cast, number: str) -> None:
        with pytest.raises(NotVisible):
            open_for_staff(user_id=cast.maria.user.pk, number=number, now=NOW)

    def test_take_back_a_right_from_the_day_it_is_changed(self, cast: Cast) -> None:
        grant_role(
            account_id=cast.account_1001,
            person_id=cast.ben.person_id,
            role="payer",
            starts_on=TODAY,
        )
        ben = cast.ben.user.pk

        yesterday = TODAY - dt.timedelta(days=1)
        assert open_account(user_id=ben, number="1001", on=TODAY).may_pay
        assert not open_account(user_id=ben, number="1001", on=yesterday).may_pay


class TestAgreements:
    def test_come_with_their_place_in_one_query(
        self, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        november = Period(dt.date(2026, 11, 1), dt.date(2026, 12, 1))

        with django_assert_num_queries(1):
            found = list_agreements(account_ids=[cast.account_1001], period=november)

        assert [(a.service, a.premise_address) for a in found] == [
            ("electric", "412 Elm St, Willow Bend"),
            ("gas", "412 Elm St, Willow Bend"),
        ]

    def test_never_overlap_at_one_point(self, cast: Cast) -> None:
        with pytest.raises(PointAlreadyServed):
            start_agreement(
                number="A-second",
                account_id=cast.account_1002,
                service_point_id=cast.electric_1001,
                tariff_code="E-R1",
                starts_on=TODAY,
            )

    def test_may_follow_each_other_on_the_same_day(self, cast: Cast) -> None:
        # domain rule 4: stop of A and start of B on one day leave neither gap nor overlap
        first, second = dt.date(2020, 1, 1), dt.date(2021, 1, 1)
        for number, starts_on, ends_on in (("A1", first, second), ("A2", second, OPENED)):
            start_agreement(
                number=number,
                account_id=cast.account_1001,
                service_point_id=cast.electric_1001,
                tariff_code="E-R1",
                starts_on=starts_on,
                ends_on=ends_on,
            )

        period = Period(first, OPENED)
        found = list_agreements(account_ids=[cast.account_1001], period=period)
        assert [a.number for a in found] == ["A1", "A2"]


class TestSearch:
    @pytest.mark.parametrize(
        ("term", "number"),
        [
            ("1001", "1001"),
            ("77-1001", "1001"),
            ("ALVAREZ", "1001"),
            ("maria al", "1001"),
            ("412 elm", "1001"),
            ("nunez", "1002"),
            ("cordoba", "1002"),
        ],
    )
    def test_finds_by_number_old_number_name_and_address(
        self, cast: Cast, term: str, number: str
    ) -> None:
        assert [found.number for found in find_accounts(term=term)] == [number]

    @pytest.mark.parametrize("term", ["", "   ", "nobody here", "%", "\x00", "' OR 1=1 --"])
    def test_finds_nothing_for_nothing(self, cast: Cast, term: str) -> None:
        assert find_accounts(term=term) == []

    def test_knows_an_account_by_its_old_number(self, cast: Cast) -> None:
        assert find_account_id(number="77-1001-A") == cast.account_1001
        assert find_account_id(number="nothing") is None


class TestLists:
    def test_name_the_accounts_of_a_cycle_and_their_holders(self, cast: Cast) -> None:
        accounts = list_accounts_in_cycle(cycle_code="C1", on=TODAY)

        assert accounts == [cast.account_1001, cast.account_1002]
        assert list_holders(account_ids=accounts, on=TODAY) == {
            cast.account_1001: [cast.maria.person_id],
            cast.account_1002: [cast.rosa.person_id],
        }
        assert list_accounts_in_cycle(cycle_code="C1", on=OPENED) == []
