"""Whatever is typed into a field of the settings is kept as typed, or refused with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils.html import escape

from smarthub.notifications.models import SuspiciousReport
from smarthub.portal.fields import PlainField
from smarthub.portal.views.genuine import LONGEST_TEXT, ReportForm
from tests.cast import PASSWORD, Cast, Player
from tests.portal.settings.test_profile import ADDRESS, NAUGHTY
from tests.portal.settings.test_sharing_pages import INVITE

StepUp = Callable[[Player], Client]


@dataclass(frozen=True)
class Field:
    """A field somebody may type into: where it is sent, how long it may be, where it is shown."""

    name: str
    at: str
    shown_at: str
    most: int
    beside: dict[str, str] = field(default_factory=dict)


FIELDS = [
    Field("called", "/settings/profile/name/", "/settings/profile/", 120),
    Field("nickname", "/settings/accounts/1001/name/", "/settings/accounts/", 60),
    Field("street", "/settings/profile/address/", "/settings/profile/", 120, ADDRESS),
    Field("unit", "/settings/profile/address/", "/settings/profile/", 60, ADDRESS),
    Field("city", "/settings/profile/address/", "/settings/profile/", 60, ADDRESS),
    Field("name", "/settings/users/1001/invite/", "/settings/users/1001/", 120, INVITE),
]
UNSEEN = ["a\x00b", "right\u202eleft", "bell\x07"]


@pytest.mark.parametrize("words", [*NAUGHTY, *UNSEEN, "x" * 121, "<b>" * 60])
@pytest.mark.parametrize("box", FIELDS, ids=lambda box: box.name)
def test_are_kept_and_shown_as_typed_or_refused_with_a_reason(
    cast: Cast, step_up: StepUp, box: Field, words: str
) -> None:
    maria = step_up(cast.maria)

    answer = maria.post(box.at, {**box.beside, box.name: words})
    shown = maria.get(box.shown_at).text

    if words in UNSEEN or len(words) > box.most:
        assert answer.status_code == 400
        assert f'class="field-error" id="id_{box.name}-error"' in answer.text
    else:
        assert answer.status_code == 302, answer.text
        assert escape(words) in shown
    assert "<script>alert" not in shown


WRITTEN_IN_A_REPORT = {"came_from": 254, "text": LONGEST_TEXT, "answer_to": 254}


def test_every_field_of_a_report_that_is_written_in_is_tried() -> None:
    written = {name for name, box in ReportForm.base_fields.items() if isinstance(box, PlainField)}

    assert written == set(WRITTEN_IN_A_REPORT)


@pytest.mark.parametrize("words", [*NAUGHTY, *UNSEEN, "too long"])
@pytest.mark.parametrize("name", WRITTEN_IN_A_REPORT)
def test_a_report_is_kept_as_written_or_refused_with_a_reason(
    cast: Cast, name: str, words: str
) -> None:
    written = "x" * (WRITTEN_IN_A_REPORT[name] + 1) if words == "too long" else words
    report = {"report_id": str(uuid4()), "way": "call", "text": "They asked for my card."}

    answer = Client().post("/check/report/", {**report, name: written})

    if words in UNSEEN or words == "too long":
        assert answer.status_code == 400
        assert f'class="field-error" id="id_{name}-error"' in answer.text
        assert not SuspiciousReport.objects.exists()
    else:
        assert answer.status_code == 302, answer.text
        assert getattr(SuspiciousReport.objects.get(), name) == written


@pytest.mark.parametrize("words", NAUGHTY)
def test_a_passkey_may_be_called_anything(cast: Cast, words: str) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": cast.maria.user.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    key = Authenticator.objects.create(
        user=cast.maria.user,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Phone", "credential": {"clientExtensionResults": {}}},
    )

    client.post(f"/accounts/2fa/webauthn/keys/{key.pk}/edit/", {"name": words})

    assert escape(words) in client.get("/accounts/2fa/webauthn/").text
