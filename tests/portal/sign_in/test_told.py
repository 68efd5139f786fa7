"""Whatever is changed about a sign-in is told to the addresses on file, by the page that does it.

What only a real device can do (adding a passkey) is held by ``tests/e2e/test_registering.py``.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from smarthub.members.models import Contact, User
from smarthub.members.operations import add_contact
from smarthub.notifications.models import Message
from smarthub.workflows.messages.sign_in_messages import tell_of_sign_in_change
from tests.backoffice.second_step import totp_code
from tests.cast import NOW, PASSWORD, Cast

MARIA, OTHER = "maria@prairieridge.example", "maria@work.example"
NEW_PASSWORD = "seven quiet herons wade"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
Committing = Callable[..., AbstractContextManager[object]]


@pytest.fixture
def maria(cast: Cast) -> Client:
    """Return a browser in which Maria, who has a second address on file, gave her password."""
    add_contact(person_id=cast.maria.person_id, kind="email", value=OTHER, verified_at=NOW)
    client = Client()
    client.post("/accounts/login/", {"login": MARIA, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.fixture
def told(django_capture_on_commit_callbacks: Committing) -> Callable[[Callable[[], object]], str]:
    """Return what does something, and returns the one sentence both addresses were told of it."""

    def tell(act: Callable[[], object]) -> str:
        before = Message.objects.count()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        news = list(Message.objects.order_by("pk"))[before:]
        news = [each for each in news if each.template == "sign_in_changed"]
        assert [each.address for each in news] == [MARIA, OTHER]
        (sentence,) = {each.body.split("\n")[0] for each in news}
        return str(sentence)

    return tell


Told = Callable[[Callable[[], object]], str]


def test_a_changed_password(maria: Client, told: Told) -> None:
    typed = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}

    said = told(lambda: maria.post("/accounts/password/change/", typed))

    assert said == "Your password was changed."


def test_a_password_set_anew_by_a_code(maria: Client, told: Told) -> None:
    stranger = Client()
    stranger.post("/accounts/password/reset/", {"email": MARIA})
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", Message.objects.latest("pk").body)
    assert code is not None
    led = stranger.post("/accounts/password/reset/confirm/", {"code": code[0]})
    typed = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}

    said = told(lambda: stranger.post(led.headers["Location"], typed))

    assert said == "Your password was set anew."


def test_an_authenticator_app_that_comes_and_goes(maria: Client, told: Told) -> None:
    page = maria.get("/accounts/2fa/totp/activate/").text
    secret = re.search(r"\b[A-Z2-7]{32}\b", page)
    assert secret is not None
    code = totp_code(secret[0], time.time())

    came = told(lambda: maria.post("/accounts/2fa/totp/activate/", {"code": code}))
    went = told(lambda: maria.post("/accounts/2fa/totp/deactivate/"))

    assert came == "A second step was added to your sign-in."
    assert went == "A second step was removed from your sign-in."


def test_new_recovery_codes(cast: Cast, maria: Client, told: Told) -> None:
    TOTP.activate(cast.maria.user, SECRET)

    said = told(lambda: maria.post("/accounts/2fa/recovery-codes/generate/"))

    assert said.startswith("New recovery codes were made for your sign-in")


def test_a_recovery_code_that_signed_somebody_in(cast: Cast, maria: Client, told: Told) -> None:
    TOTP.activate(cast.maria.user, SECRET)
    code = RecoveryCodes.activate(cast.maria.user).get_unused_codes()[0]
    thief = Client()
    thief.post("/accounts/login/", {"login": MARIA, "password": PASSWORD})

    said = told(lambda: thief.post("/accounts/2fa/authenticate/", {"code": code}))

    assert said == "A recovery code was used to sign in. It does not work again."


def test_an_app_that_signed_somebody_in_is_no_news(cast: Cast, maria: Client) -> None:
    TOTP.activate(cast.maria.user, SECRET)
    client = Client()
    client.post("/accounts/login/", {"login": MARIA, "password": PASSWORD})

    client.post("/accounts/2fa/authenticate/", {"code": totp_code(SECRET, time.time())})

    assert "_auth_user_id" in client.session
    assert not Message.objects.filter(template="sign_in_changed").exists()


def test_another_name_for_a_passkey(cast: Cast, maria: Client, told: Told) -> None:
    key = Authenticator.objects.create(
        user=cast.maria.user,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Phone", "credential": {"clientExtensionResults": {}}},
    )
    address = f"/accounts/2fa/webauthn/keys/{key.pk}/edit/"

    said = told(lambda: maria.post(address, {"name": "Kitchen tablet"}))

    assert said == "A passkey of your sign-in was given another name."


def test_a_login_without_email_is_told_by_text(cast: Cast) -> None:
    """A member whose login opens by phone hears of it where they can be reached."""
    Contact.objects.filter(person=cast.ben.person_id).delete()
    User.objects.filter(pk=cast.ben.user.pk).update(email=None)
    phone = "+18155550177"
    add_contact(person_id=cast.ben.person_id, kind="phone", value=phone, verified_at=NOW)

    tell_of_sign_in_change(user_id=cast.ben.user.pk, change="password_changed", now=NOW)

    message = Message.objects.get(template="sign_in_changed")
    assert (message.channel, message.address) == ("text", phone)
