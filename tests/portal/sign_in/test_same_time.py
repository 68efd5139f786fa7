"""A phone or name somebody signs in with, and one nobody does, are answered after the same time."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

import pytest
import time_machine
from django.contrib.auth.base_user import AbstractBaseUser
from django.test import Client
from pytest_django import Settings

from smarthub.portal.sign_in import by_phone
from tests.cast import NOW, Cast
from tests.portal.sign_in.test_by_phone_or_letter import (
    ASK_LOGIN,
    ASK_RESET,
    LOGIN,
    PHONE,
    UNKNOWN_NAME,
    UNKNOWN_PHONE,
    name_of_walter,
    register,
)

CALLS, FEW_CALLS, ROUNDS = 200, 9, 3
"""How often each is asked; and how often anew, where the machine did much else meanwhile."""
MEMBERS_WAIT_SECONDS = 0.4
"""``SMARTHUB_ANSWER_FLOOR_SECONDS`` where nothing else is set."""
MOST_APART_SECONDS = 0.005
PLANTED_SECONDS = 0.05
WAYS = [(address, by) for address in (ASK_LOGIN, ASK_RESET, LOGIN) for by in ("phone", "name")]


@pytest.fixture(autouse=True)
def november(settings: Settings) -> Iterator[None]:
    """Let time pass, texts be carried, and the same contact be asked for all day."""
    settings.DEMO = True
    settings.ACCOUNT_RATE_LIMITS = False
    with time_machine.travel(NOW):
        yield


def known_and_unknown(by: str) -> tuple[str, str]:
    """Let Walter register with a phone or a name; return it, and one that nobody has."""
    register(PHONE if by == "phone" else "")
    return (PHONE, UNKNOWN_PHONE) if by == "phone" else (name_of_walter(), UNKNOWN_NAME)


def ask(address: str, contact: str) -> None:
    wrong = {"login": contact, "password": "not the password"}
    answer = Client().post(address, wrong if address == LOGIN else {"email": contact})
    assert answer.status_code == (200 if address == LOGIN else 302), answer.text


def medians(address: str, contacts: tuple[str, str], *, calls: int) -> list[float]:
    """Return the median time of an answer about each contact, asked for in turn."""
    took: list[list[float]] = [[] for _ in contacts]
    for _ in range(calls):
        for contact, times in zip(contacts, took, strict=True):
            began = time.perf_counter()
            ask(address, contact)
            times.append(time.perf_counter() - began)
    return [statistics.median(times) for times in took]


@pytest.mark.e2e  # no browser, but minutes: it runs with the slow ones
@pytest.mark.parametrize(("address", "by"), WAYS)
def test_answers_take_the_same_time(cast: Cast, settings: Settings, address: str, by: str) -> None:
    contacts = known_and_unknown(by)
    apart: list[float] = []
    while len(apart) < ROUNDS and (not apart or apart[-1] >= MOST_APART_SECONDS):
        settings.ANSWER_FLOOR_SECONDS = 0
        one = max(medians(address, contacts, calls=FEW_CALLS))
        settings.ANSWER_FLOOR_SECONDS = floor = min(5 * one, MEMBERS_WAIT_SECONDS)
        known, unknown = medians(address, contacts, calls=CALLS)
        assert min(known, unknown) >= floor
        apart.append(abs(known - unknown))

    assert apart[-1] < MOST_APART_SECONDS, apart


@pytest.mark.parametrize(("address", "by"), WAYS)
def test_a_difference_would_be_seen(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, address: str, by: str
) -> None:
    contacts = known_and_unknown(by)
    find = by_phone.find_user_of

    def find_slowly(contact: str) -> AbstractBaseUser | None:
        user = find(contact)
        time.sleep(PLANTED_SECONDS if user else 0)
        return user  # the floor is none here, so that what is planted is seen

    for module in ("by_phone", "adapter"):
        monkeypatch.setattr(f"smarthub.portal.sign_in.{module}.find_user_of", find_slowly)

    known, unknown = medians(address, contacts, calls=FEW_CALLS)

    assert known - unknown > MOST_APART_SECONDS
