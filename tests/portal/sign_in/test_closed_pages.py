"""What the sign-in library offers and we do otherwise cannot be reached round our pages."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.portal.conftest import SignIn

ADDRESSES = {
    "/accounts/signup/": "register",
    "/accounts/email/": "contacts",
    "/accounts/confirm-email/": "contacts",
    "/accounts/confirm-email/some-key/": "contacts",
}


@pytest.mark.parametrize(("address", "leads_to"), ADDRESSES.items())
def test_leads_to_our_own_page(address: str, leads_to: str, client: Client) -> None:
    for answer in (client.get(address), client.post(address, {"email": "thief@mail.example"})):
        assert answer.status_code == 302
        assert answer["Location"] == reverse(leads_to)


@pytest.mark.django_db
def test_no_address_is_added_there_without_the_second_step(cast: Cast, sign_in: SignIn) -> None:
    stolen = {"action_add": "", "email": "thief@mail.example"}

    sign_in(cast.maria).post("/accounts/email/", stolen)

    assert not EmailAddress.objects.filter(email="thief@mail.example").exists()
