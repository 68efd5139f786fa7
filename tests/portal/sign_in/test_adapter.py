"""Every message of the sign-in library leaves through the outbox, in the person's language."""

from __future__ import annotations

from pathlib import Path

import allauth
import pytest
from django.core import mail
from django.test import RequestFactory

from smarthub.notifications.models import Message
from smarthub.notifications.wording import write_words
from smarthub.portal.sign_in.adapter import CHANGES, TEMPLATES, SignInAdapter
from tests.cast import Cast

MARIA, ROSA = "maria@prairieridge.example", "rosa@prairieridge.example"


class TestSendMail:
    def test_queues_a_code_and_sends_nothing_by_itself(self, cast: Cast) -> None:
        SignInAdapter().send_mail("account/email/login_code", MARIA, {"code": "ABC123"})

        message = Message.objects.get()
        assert "Your code to sign in is ABC123." in message.body
        assert "ABC123" not in message.subject
        assert message.person_id == cast.maria.person_id
        assert mail.outbox == []

    @pytest.mark.usefixtures("cast")
    def test_writes_to_a_person_in_their_own_language(self) -> None:
        SignInAdapter().send_mail("account/email/login_code", ROSA, {"code": "ABC123"})

        assert Message.objects.get().language == "es"

    @pytest.mark.usefixtures("cast")
    def test_writes_to_an_address_nobody_signs_in_with_too(self) -> None:
        SignInAdapter().send_mail("account/email/unknown_account", "who@example.org", {})

        message = Message.objects.get()
        assert (message.person_id, message.template) == (None, "unknown_address")

    @pytest.mark.usefixtures("cast")
    def test_refuses_a_message_it_has_no_words_for(self) -> None:
        with pytest.raises(KeyError, match="account/email/brand_new"):
            SignInAdapter().send_mail("account/email/brand_new", MARIA, {})


class TestSendNotificationMail:
    def test_tells_old_and_new_address_when_it_was_replaced(self, cast: Cast) -> None:
        SignInAdapter().send_notification_mail(
            "account/email/email_changed",
            cast.maria.user,
            {"from_email": "old@example.org", "to_email": MARIA},
            email="old@example.org",
        )

        messages = Message.objects.filter(person=cast.maria.person_id).order_by("pk")
        assert [each.address for each in messages] == [MARIA, "old@example.org"]
        assert all(f"was changed from old@example.org to {MARIA}." in m.body for m in messages)


def test_there_are_words_for_every_message_the_library_can_send() -> None:
    library = Path(allauth.__file__).parent / "templates"
    shipped = {
        str(path.relative_to(library)).removesuffix("_message.txt")
        for app in ("account", "mfa")
        for path in library.glob(f"{app}/email/*_message.txt")
    } - {"account/email/base"}
    values = {"code": "ABC123", "link": "https://x", "old": "a@b", "new": "c@d"}

    assert shipped == TEMPLATES.keys() | CHANGES.keys()
    for template in TEMPLATES.values():
        write_words(
            template=template, language="es", code="2222-3333", account_number="", values=values
        )
    for change in CHANGES.values():
        words = write_words(
            template="sign_in_changed",
            language="en",
            code="2222-3333",
            account_number="",
            values={**values, "change": change},
        )
        assert not words.body.startswith("If it was you")


def test_nobody_signs_up_by_the_librarys_own_form(rf: RequestFactory) -> None:
    assert not SignInAdapter().is_open_for_signup(rf.get("/accounts/signup/"))
