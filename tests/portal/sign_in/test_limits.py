"""Somebody who tries too often is told to wait, in their language, and nothing else."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

TRY = {"login": "nobody@example.com", "password": "not the password"}


@pytest.mark.usefixtures("cooperative_founded")
@pytest.mark.parametrize(
    ("language", "words"), [("en", "Too many tries"), ("es", "Demasiados intentos")]
)
def test_too_many_tries_are_told_to_wait(
    client: Client, settings: Settings, language: str, words: str
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    first, second = (client.post("/accounts/login/", TRY) for _ in "12")

    assert first.status_code == 200
    assert second.status_code == 429
    assert words in second.content.decode()
