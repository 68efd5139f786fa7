"""People, their logins and consents."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from smarthub.kernel.errors import NotVisible
from smarthub.members.models import Consent, Membership, User
from smarthub.members.operations import (
    EmailTaken,
    add_contact,
    add_person,
    open_login,
    open_membership,
    record_consent,
)
from smarthub.members.queries import get_person, get_person_of_user, list_email_addresses
from smarthub.members.types import PersonId, folded
from tests.cast import NOW, OPENED, Cast

pytestmark = pytest.mark.django_db


class TestPeople:
    def test_are_added_once_by_source_id(self) -> None:
        first, second = (
            add_person(family_name="Lund", source_system="legacy", source_id="77") for _ in "12"
        )

        assert first == second

    def test_are_called_what_they_like(self) -> None:
        person_id = add_person(given_name="Margaret", family_name="Lund", called="Peg")

        assert get_person(person_id=person_id).called == "Peg"

    def test_may_be_an_organisation(self) -> None:
        person_id = add_person(organisation_name="Lund Farms Inc.")

        assert get_person(person_id=person_id).name == "Lund Farms Inc."

    def test_need_a_name(self) -> None:
        with pytest.raises(IntegrityError, match="person_has_a_name"):
            add_person()

    def test_are_not_there_when_nobody_has_the_login(self) -> None:
        with pytest.raises(NotVisible):
            get_person_of_user(user_id=0)

    def test_are_searched_without_accents_and_case(self) -> None:
        assert folded("  José  NUÑEZ ") == "jose nunez"


class TestLogins:
    def test_may_have_no_email(self) -> None:
        users = [open_login(person_id=add_person(family_name=name), now=NOW) for name in ("A", "B")]

        assert User.objects.filter(pk__in=users, email=None).count() == 2

    def test_are_one_for_a_person(self, cast: Cast) -> None:
        again = open_login(person_id=cast.maria.person_id, email="other@example.com", now=NOW)

        assert again == cast.maria.user.pk

    def test_refuse_an_email_in_use_whatever_its_case(self, cast: Cast) -> None:
        person_id = add_person(family_name="Other")

        with pytest.raises(EmailTaken):
            open_login(person_id=person_id, email="MARIA@prairieridge.example", now=NOW)


class TestContacts:
    def test_are_used_only_once_verified(self, cast: Cast) -> None:
        ben = cast.ben.person_id
        add_contact(person_id=ben, kind="email", value="ben.unverified@example.com")

        assert list_email_addresses(person_ids=[ben]) == {ben: ["ben@prairieridge.example"]}


class TestMembership:
    def test_has_joint_holders_and_is_opened_once(self) -> None:
        one, two = (add_person(family_name=name) for name in ("One", "Two"))
        for _ in "12":
            open_membership(number="M9", holder=one, joint_holders=(two,), joined_on=OPENED)

        holders = Membership.objects.get(number="M9").holders.order_by("joint")
        assert [(h.person_id, h.joint) for h in holders] == [(one, False), (two, True)]


class TestConsent:
    def test_is_kept_with_the_words_shown_and_never_changed(self, cast: Cast) -> None:
        record_consent(
            person_id=PersonId(cast.maria.person_id),
            kind="paperless",
            granted=True,
            text="Send my bills by e-mail.",
            text_version="2026-01",
            language="en",
            given_at=NOW,
            ip_address="192.0.2.1",
        )

        assert Consent.objects.get().text == "Send my bills by e-mail."
        with (
            pytest.raises(IntegrityError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("DELETE FROM members_consent")
