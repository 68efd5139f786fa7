"""A member changes what they told the co-op: it says what it affects, and old and new are told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils.html import escape

from smarthub.members.models import Consent, Contact, MailingAddress, Person, User
from smarthub.notifications.models import Message
from tests.cast import Cast, Player
from tests.portal.conftest import SignIn
from tests.portal.settings.conftest import newest_code

StepUp = Callable[[Player], Client]
MARIA = "maria@prairieridge.example"
ADDRESS = {
    "street": "PO Box 9",
    "unit": "",
    "city": "Willow Bend",
    "state": "il",
    "postal_code": "61000",
}
NAUGHTY = [
    "<script>alert(1)</script>",
    "Robert'); DROP TABLE members_person;--",
    'O\'Brien & Søn "Ltd"',
    "{{ 7*7 }}",
    "=cmd|' /C calc'!A0",
    "\u05de\u05e8\u05d9\u05d4 \u0645\u0627\u0631\u064a\u0627",  # Hebrew and Arabic, right to left
    "李",
    "Ж" * 120,
    "x",
    "👩🏽‍🌾 Ana",
    "null",
    "../../etc/passwd",
    "%s%n",
]


def told() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("pk").values_list("template", "address"))


class TestName:
    @pytest.mark.parametrize("name", NAUGHTY)
    def test_is_kept_and_shown_as_typed(self, cast: Cast, sign_in: SignIn, name: str) -> None:
        maria = sign_in(cast.maria)

        answer = maria.post("/settings/profile/name/", {"called": name})

        assert answer.headers["Location"] == "/settings/profile/"
        assert Person.objects.get(pk=cast.maria.person_id).called == name
        assert escape(name) in maria.get("/settings/profile/").text

    @pytest.mark.parametrize("name", ["a\x00b", "right\u202eleft", "x" * 121, "bell\x07"])
    def test_is_refused_with_a_reason(self, cast: Cast, sign_in: SignIn, name: str) -> None:
        answer = sign_in(cast.maria).post("/settings/profile/name/", {"called": name})

        assert answer.status_code == 400
        assert 'class="error-summary"' in answer.text
        assert Person.objects.get(pk=cast.maria.person_id).called == ""

    def test_says_what_it_affects_before_it_is_changed(self, cast: Cast, sign_in: SignIn) -> None:
        page = sign_in(cast.maria).get("/settings/profile/name/").text

        assert "What this changes" in page
        assert "Your bills keep the name of your membership: Maria Alvarez." in page

    def test_before_the_change_stays_in_the_history_with_who_changed_it(
        self, cast: Cast, sign_in: SignIn
    ) -> None:
        sign_in(cast.maria).post("/settings/profile/name/", {"called": "Mari"})

        (event,) = Person.objects.get(pk=cast.maria.person_id).events.all()  # type: ignore[attr-defined]
        assert event.called == ""
        assert event.pgh_context["user"] == cast.maria.user.pk
        assert told() == [("profile_changed", MARIA)]


class TestMailingAddress:
    def test_asks_for_the_second_step(self, cast: Cast, sign_in: SignIn) -> None:
        answer = sign_in(cast.maria).post("/settings/profile/address/", ADDRESS)

        assert answer.headers["Location"].startswith("/accounts/confirm-it-is-you/")
        assert not MailingAddress.objects.exists()

    def test_ends_the_one_before_and_tells_it(self, cast: Cast, step_up: StepUp) -> None:
        maria = step_up(cast.maria)
        maria.post("/settings/profile/address/", ADDRESS)

        maria.post("/settings/profile/address/", {**ADDRESS, "street": "1 Oak St"})
        maria.post("/settings/profile/address/", {**ADDRESS, "street": "1 Oak St"})

        rows = MailingAddress.objects.order_by("pk")
        assert [(row.street, row.state, row.ended_at is None) for row in rows] == [
            ("PO Box 9", "IL", False),
            ("1 Oak St", "IL", True),
        ]
        assert told() == [
            ("profile_changed", MARIA),
            ("profile_changed", MARIA),
            ("profile_changed", "PO Box 9\nWillow Bend, IL 61000"),
        ]

    @pytest.mark.parametrize(
        ("field", "value"), [("state", "Illinois"), ("postal_code", "6100"), ("street", "")]
    )
    def test_that_no_letter_reaches_is_refused(
        self, cast: Cast, step_up: StepUp, field: str, value: str
    ) -> None:
        answer = step_up(cast.maria).post("/settings/profile/address/", {**ADDRESS, field: value})

        assert answer.status_code == 400
        assert f'href="#id_{field}"' in answer.text


class TestContacts:
    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("maria+bills@ridge.example", "maria+bills@ridge.example"),
            ('"maria.a"@ridge.example', '"maria.a"@ridge.example'),
            ("maria@münchen.example", "maria@xn--mnchen-3ya.example"),
        ],
    )
    def test_are_used_once_their_code_is_typed(
        self, cast: Cast, step_up: StepUp, typed: str, kept: str
    ) -> None:
        maria = step_up(cast.maria)

        page = maria.post("/settings/contacts/email/", {"value": typed}).headers["Location"]
        before = Contact.objects.get(value=kept).verified_at
        maria.post(page, {"code": f" {newest_code('contact_code').lower().replace('-', ' ')} "})

        assert before is None
        assert Contact.objects.get(value=kept).verified_at is not None
        assert told() == [
            ("contact_code", kept),
            ("profile_changed", MARIA),
            ("profile_changed", kept),
        ]

    @pytest.mark.parametrize("typed", ["maria", "maria@", "@x.example", "a b@x", "m@x..example"])
    def test_that_are_no_address_are_refused(self, cast: Cast, step_up: StepUp, typed: str) -> None:
        answer = step_up(cast.maria).post("/settings/contacts/email/", {"value": typed})

        assert answer.status_code == 400
        assert Message.objects.count() == 0

    def test_stay_unused_after_five_wrong_codes(self, cast: Cast, step_up: StepUp) -> None:
        maria = step_up(cast.maria)
        new = {"value": "new@ridge.example"}
        page = maria.post("/settings/contacts/email/", new).headers["Location"]
        code = newest_code("contact_code")

        wrong = [maria.post(page, {"code": "2222-2222"}).status_code for _ in range(5)]
        right = maria.post(page, {"code": code})

        assert [*wrong, right.status_code] == [400] * 6
        assert Contact.objects.get(value="new@ridge.example").verified_at is None

    def test_by_phone_need_consent_which_is_kept(
        self, cast: Cast, step_up: StepUp, settings: object
    ) -> None:
        settings.DEMO = True  # type: ignore[attr-defined]  # somebody carries texts
        maria = step_up(cast.maria)
        number = {"value": "(815) 555.0123"}

        refused = maria.post("/settings/contacts/phone/", number).status_code
        page = maria.post("/settings/contacts/phone/", {**number, "agreed": "on"})
        maria.post(page.headers["Location"], {"code": newest_code("contact_code")})
        phone = Contact.objects.get(kind="phone")
        maria.post(f"/settings/contacts/{phone.reference}/remove/")

        assert refused == 400
        assert phone.value == "815-555-0123"
        consents = Consent.objects.order_by("pk").values_list("kind", "granted")
        assert list(consents) == [("text_messages", True), ("text_messages", False)]

    def test_are_ended_never_removed_and_are_told(self, cast: Cast, step_up: StepUp) -> None:
        other = Contact.objects.create(
            person_id=cast.maria.person_id,
            kind="email",
            value="old@ridge.example",
            normalised="old@ridge.example",
            verified_at=cast.maria.user.created_at,
        )
        other.refresh_from_db()

        step_up(cast.maria).post(f"/settings/contacts/{other.reference}/remove/")

        other.refresh_from_db()
        assert other.ended_at is not None
        assert ("profile_changed", "old@ridge.example") in told()

    def test_that_sign_in_cannot_be_removed(self, cast: Cast, step_up: StepUp) -> None:
        own = Contact.objects.get(person=cast.maria.person_id)

        answer = step_up(cast.maria).post(
            f"/settings/contacts/{own.reference}/remove/", follow=True
        )

        assert "You sign in with this address." in answer.text
        own.refresh_from_db()
        assert own.ended_at is None


class TestSignInAddress:
    def test_changes_to_another_confirmed_one_and_both_are_told(
        self, cast: Cast, step_up: StepUp
    ) -> None:
        maria = step_up(cast.maria)
        new = {"value": "mari@ridge.example"}
        page = maria.post("/settings/contacts/email/", new).headers["Location"]
        maria.post(page, {"code": newest_code("contact_code")})
        contact = Contact.objects.get(value="mari@ridge.example")
        Message.objects.count()

        maria.post(f"/settings/contacts/{contact.reference}/sign-in/")

        assert User.objects.get(pk=cast.maria.user.pk).email == "mari@ridge.example"
        assert {address for _, address in told()[-2:]} == {MARIA, "mari@ridge.example"}

    def test_of_somebody_else_is_refused(self, cast: Cast, step_up: StepUp) -> None:
        taken = Contact.objects.create(
            person_id=cast.maria.person_id,
            kind="email",
            value="rosa@prairieridge.example",
            normalised="rosa@prairieridge.example",
            verified_at=cast.maria.user.created_at,
        )
        taken.refresh_from_db()

        page = step_up(cast.maria).post(
            f"/settings/contacts/{taken.reference}/sign-in/", follow=True
        )

        assert "Somebody signs in with it already." in page.text
        assert User.objects.get(pk=cast.maria.user.pk).email == MARIA
