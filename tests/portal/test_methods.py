"""Stored cards and bank accounts: seen, added behind a second step, and taken away for good."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.test import Client

from smarthub.payments.models import StoredMethod
from smarthub.portal.views import methods
from tests.cast import NOW, TODAY, Cast

CARD = uuid.UUID("00000000-0000-4000-8000-0000000000c1")


def give(cast: Cast, *, expires_on: dt.date | None, kind: str = "card") -> StoredMethod:
    return StoredMethod.objects.create(
        id=CARD,
        person_id=cast.maria.person_id,
        gateway="sandbox",
        token="tok_1",
        kind=kind,
        brand="Visa" if kind == "card" else "Test Bank",
        last4="4242",
        expires_on=expires_on,
        added_at=NOW,
    )


@pytest.fixture
def maria(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Return Maria's browser on the day of the tests."""
    monkeypatch.setattr(methods, "local_today", lambda _request: TODAY)
    client.force_login(cast.maria.user)
    return client


class TestTheList:
    def test_says_what_it_is_for_while_it_is_empty(self, maria: Client) -> None:
        assert "No card or bank account is stored" in maria.get("/pay/methods/").content.decode()

    @pytest.mark.parametrize(
        ("days", "said"), [(31, []), (30, ["expires soon"]), (-1, ["has expired"])]
    )
    def test_warns_thirty_days_before_a_card_expires(
        self, maria: Client, cast: Cast, days: int, said: list[str]
    ) -> None:
        give(cast, expires_on=TODAY + dt.timedelta(days=days))

        page = maria.get("/pay/methods/").content.decode()

        assert [words for words in ("expires soon", "has expired") if words in page] == said
        assert "Visa ending in 4242" in page

    def test_shows_rosa_nothing_of_marias(self, client: Client, cast: Cast) -> None:
        give(cast, expires_on=None)
        client.force_login(cast.rosa.user)

        assert "4242" not in client.get("/pay/methods/").content.decode()
        assert client.post(f"/pay/methods/{CARD}/remove/").status_code == 404
        assert StoredMethod.objects.get().removed_at is None


class TestAddingABankAccount:
    def test_asks_for_the_second_step_first(self, maria: Client) -> None:
        answer = maria.get("/pay/methods/bank/")

        assert answer.status_code == 302
        assert "confirm-it-is-you" in answer.headers["Location"]


class TestRemoving:
    def test_asks_first(self, maria: Client, cast: Cast) -> None:
        give(cast, expires_on=None, kind="bank")

        page = maria.get(f"/pay/methods/{CARD}/remove/").content.decode()

        assert "Remove Test Bank ending in 4242?" in page
        assert StoredMethod.objects.get().removed_at is None
