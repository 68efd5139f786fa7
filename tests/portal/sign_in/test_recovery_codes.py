"""Recovery codes are shown once, kept as hashes, and open once; a hash opens nothing."""

from __future__ import annotations

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from smarthub.portal.sign_in.recovery_codes import keep_hashes_only
from tests.cast import PASSWORD, Cast
from tests.portal.conftest import SignIn

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODES = "/accounts/2fa/recovery-codes/"
MARIA = "maria@prairieridge.example"


@pytest.fixture
def codes(cast: Cast) -> list[str]:
    """Give Maria a second step, and return her recovery codes, seen and kept as hashes."""
    TOTP.activate(cast.maria.user, SECRET)
    made: list[str] = RecoveryCodes.activate(cast.maria.user).get_unused_codes()
    keep_hashes_only(user_id=cast.maria.user.pk)
    return made


def kept_of(cast: Cast) -> dict[str, object]:
    row = Authenticator.objects.get(user=cast.maria.user, type=Authenticator.Type.RECOVERY_CODES)
    return dict(row.data)


def second_step(code: str) -> bool:
    """Sign in as Maria with her password and a code; return whether it opened."""
    client = Client()
    client.post("/accounts/login/", {"login": MARIA, "password": PASSWORD})
    client.post("/accounts/2fa/authenticate/", {"code": code})
    return "_auth_user_id" in client.session


def test_the_page_shows_them_once_and_then_how_many_are_left(cast: Cast) -> None:
    maria = Client()
    maria.post("/accounts/login/", {"login": MARIA, "password": PASSWORD})
    TOTP.activate(cast.maria.user, SECRET)
    made = RecoveryCodes.activate(cast.maria.user).get_unused_codes()
    maria.post("/accounts/reauthenticate/", {"password": PASSWORD})

    first, second = (maria.get(CODES).content.decode() for _ in range(2))

    assert re.findall(r'class="qr-key">(\d+)<', first) == made
    assert not any(code in second for code in made)
    assert "10 codes are left." in second
    assert "seed" not in kept_of(cast)


def test_what_is_kept_has_no_code_and_no_seed_but_salted_slow_hashes(
    cast: Cast, codes: list[str]
) -> None:
    kept = kept_of(cast)

    hashes = kept["migrated_codes"]
    assert isinstance(hashes, list)
    assert len(set(hashes)) == len(codes)
    assert all(each.startswith("scrypt$") for each in hashes)
    assert set(kept) == {"migrated_codes", "viewed_at"}
    assert not any(code in json.dumps(kept) for code in codes)


def test_another_person_has_another_salt(cast: Cast, codes: list[str]) -> None:
    RecoveryCodes.activate(cast.rosa.user)
    keep_hashes_only(user_id=cast.rosa.user.pk)

    salts = {
        row.data["migrated_codes"][0].split("$")[2]
        for row in Authenticator.objects.filter(type=Authenticator.Type.RECOVERY_CODES)
    }
    assert len(salts) == 2


def test_each_opens_once_however_it_is_written(codes: list[str]) -> None:
    spaced = f" {codes[3][:4]}-{codes[3][4:]} "

    assert second_step(spaced)
    assert not second_step(codes[3])
    assert second_step(codes[9])


def test_a_hash_read_in_the_database_opens_nothing(cast: Cast, codes: list[str]) -> None:
    hashes = kept_of(cast)["migrated_codes"]
    assert isinstance(hashes, list)

    assert not second_step(hashes[0])
    assert not second_step("12345678")
    assert len(kept_of(cast)["migrated_codes"]) == len(codes)  # type: ignore[arg-type]


def test_they_are_handed_out_as_no_file(cast: Cast, sign_in: SignIn, codes: list[str]) -> None:
    answer = sign_in(cast.maria).get(f"{CODES}download/")

    assert (answer.status_code, answer["Location"]) == (302, CODES)
