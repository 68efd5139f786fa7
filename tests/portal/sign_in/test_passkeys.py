"""A passkey is renamed and removed by whoever it belongs to, and by nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from smarthub.notifications.models import Message
from tests.cast import PASSWORD, Cast
from tests.portal.conftest import SignIn

Act = Callable[[Client, Authenticator], int]


def open_browser(email: str) -> Client:
    """Sign in by the form, as the library wants to have seen it a moment ago."""
    client = Client()
    client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.fixture
def passkey(cast: Cast) -> Authenticator:
    """Return Maria's passkey, as the library keeps one."""
    return Authenticator.objects.create(
        user=cast.maria.user,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Phone", "credential": {"clientExtensionResults": {}}},
    )


def rename(client: Client, key: Authenticator) -> int:
    """Give the passkey another name; return how that was answered."""
    address = f"/accounts/2fa/webauthn/keys/{key.pk}/edit/"
    return client.post(address, {"name": "Kitchen tablet"}).status_code


def remove(client: Client, key: Authenticator) -> int:
    """Take the passkey away; return how that was answered."""
    return client.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/").status_code


class TestOnesOwn:
    @pytest.fixture
    def maria(self, cast: Cast) -> Client:
        """Sign Maria in before she has the passkey, which would be asked for."""
        return open_browser("maria@prairieridge.example")

    def test_is_called_like_the_device_until_its_owner_says_otherwise(self, maria: Client) -> None:
        chrome = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"

        page = maria.get("/accounts/2fa/webauthn/add/", HTTP_USER_AGENT=chrome).text

        assert 'value="Chrome, Windows"' in page

    def test_is_renamed(self, maria: Client, passkey: Authenticator) -> None:
        assert rename(maria, passkey) == 302

        passkey.refresh_from_db()
        assert passkey.wrap().name == "Kitchen tablet"
        assert Message.objects.latest("pk").body.startswith("A passkey of your sign-in was given")

    def test_is_removed_and_its_owner_told(
        self, cast: Cast, maria: Client, passkey: Authenticator
    ) -> None:
        assert remove(maria, passkey) == 302

        assert not Authenticator.objects.filter(pk=passkey.pk).exists()
        told = Message.objects.latest("pk")
        assert (told.template, told.person_id) == ("sign_in_changed", cast.maria.person_id)
        assert told.body.startswith("A passkey was removed")

    @pytest.mark.parametrize("act", [rename, remove])
    def test_is_kept_from_a_session_that_did_not_confirm(
        self, cast: Cast, sign_in: SignIn, passkey: Authenticator, act: Act
    ) -> None:
        act(sign_in(cast.maria), passkey)

        passkey.refresh_from_db()
        assert passkey.wrap().name == "Phone"


class TestAnothers:
    @pytest.mark.parametrize("act", [rename, remove])
    def test_is_not_there(self, cast: Cast, passkey: Authenticator, act: Act) -> None:
        assert act(open_browser("rosa@prairieridge.example"), passkey) == 404

        passkey.refresh_from_db()
        assert passkey.wrap().name == "Phone"
