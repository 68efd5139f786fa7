"""Known and unknown accounts are answered alike: same bytes, same status, same time."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from smarthub.notifications.models import Message
from smarthub.workflows.membership.claim_account import LIMITS, Limits
from tests.cast import NOW, Cast
from tests.portal.registration.walking import RIGHT, work_off
from tests.workflows.membership.newcomer import settle_newcomer

CALLS = 200
FLOOR_SECONDS = 0.03
"""Above what one answer takes here; members wait for ``SMARTHUB_ANSWER_FLOOR_SECONDS``."""
MOST_APART_SECONDS = 0.005
ASKER = "asker@mail.example"
KNOWN = {**RIGHT, "email": ASKER}
UNKNOWN = [
    {"number": "0000-9999", "name": "Lindgren", "email": ASKER},
    {"number": "0000-1003", "name": "Somebody", "email": ASKER},
]


@pytest.fixture(autouse=True)
def no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the same number be asked for all day, and keep the clock of the limits still."""
    free = Limits(**dict.fromkeys(LIMITS.__slots__, 10**6))
    for module in ("claim_account", "claim_messages"):
        monkeypatch.setattr(f"smarthub.workflows.membership.{module}.LIMITS", free)


@pytest.fixture(autouse=True)
def walter(cast: Cast) -> None:
    settle_newcomer()


def answers_to(typed: dict[str, str], *, address: str) -> list[tuple[Any, ...]]:
    """Go through every page before the proof; return the answers without what always differs."""
    client = Client(REMOTE_ADDR=address)
    answers = [
        client.post("/register/", typed),
        client.get("/register/code/"),
        client.post("/register/code/send/", {"channel": "email"}),
        client.get("/register/code/"),
        client.post("/register/code/", {"code": "2222-2222"}),
        client.post("/register/code/", {"code": "nothing"}),
    ]
    return [_bare(answer) for answer in answers]


def _bare(answer: Any) -> tuple[Any, ...]:
    body = re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]*"', "", answer.content.decode())
    headers = dict(answer.items())
    headers["Content-Security-Policy"] = re.sub(
        r"'nonce-[^']*'", "", headers.get("Content-Security-Policy", "")
    )
    cookies = {name: (morsel["path"], morsel["max-age"]) for name, morsel in answer.cookies.items()}
    return answer.status_code, headers, cookies, body


class TestAnswers:
    @pytest.mark.parametrize("unknown", UNKNOWN, ids=["no such number", "another name"])
    def test_are_equal_byte_for_byte(self, unknown: dict[str, str]) -> None:
        with time_machine.travel(NOW, tick=False):
            known = answers_to(KNOWN, address="203.0.113.1")
            other = answers_to(unknown, address="203.0.113.2")

        assert known == other

    def test_bring_the_one_who_asks_no_mail_and_the_holder_theirs(self) -> None:
        with time_machine.travel(NOW, tick=False):
            for typed in (KNOWN, *UNKNOWN):
                answers_to(typed, address="203.0.113.1")
            work_off()

        told = set(Message.objects.values_list("address", flat=True))
        assert ASKER not in told
        assert told == {"walter@mail.example", "815-555-0133"}

    @pytest.mark.e2e  # no browser, but half a minute: it runs with the slow ones
    def test_take_the_same_time(self, settings: Settings) -> None:
        settings.ANSWER_FLOOR_SECONDS = FLOOR_SECONDS
        known, unknown = _medians(KNOWN, UNKNOWN[0])

        assert known >= FLOOR_SECONDS
        assert unknown >= FLOOR_SECONDS
        assert abs(known - unknown) < MOST_APART_SECONDS


def _medians(*pairs: dict[str, str]) -> Iterator[float]:
    """Return the median time of a first answer to each pair, asked in turn, 200 times each."""
    client = Client()
    took: list[list[float]] = [[] for _ in pairs]
    for _ in range(CALLS):
        for typed, times in zip(pairs, took, strict=True):
            began = time.perf_counter()
            client.post("/register/", typed)
            times.append(time.perf_counter() - began)
    return map(statistics.median, took)
