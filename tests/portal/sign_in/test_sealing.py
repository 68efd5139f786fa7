"""A copy of the database opens no second step: what it holds of one is sealed."""

from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from pytest_django import Settings

from smarthub.kernel.sealing import SealBroken
from smarthub.portal.sign_in.adapter import SecondStepAdapter
from tests.cast import Cast

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def test_the_key_of_an_authenticator_app_is_not_in_the_database(cast: Cast) -> None:
    TOTP.activate(cast.maria.user, SECRET)

    kept = Authenticator.objects.get(type=Authenticator.Type.TOTP).data
    assert SECRET not in json.dumps(kept)
    assert SecondStepAdapter().decrypt(kept["secret"]) == SECRET


def test_recovery_codes_are_not_in_the_database(cast: Cast) -> None:
    codes = RecoveryCodes.activate(cast.maria.user)

    kept = codes.instance.data
    assert kept["seed"].startswith("sealed:")
    assert not any(code in json.dumps(kept) for code in codes.get_unused_codes())


def test_the_same_key_is_sealed_otherwise_each_time() -> None:
    assert SecondStepAdapter().encrypt(SECRET) != SecondStepAdapter().encrypt(SECRET)


def test_what_an_older_secret_sealed_is_read_while_it_is_named(settings: Settings) -> None:
    old = str(settings.SECRET_KEY)
    sealed = SecondStepAdapter().encrypt(SECRET)
    settings.SECRET_KEY = "another secret of this installation, long enough"

    with pytest.raises(SealBroken):
        SecondStepAdapter().decrypt(sealed)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert SecondStepAdapter().decrypt(sealed) == SECRET


def test_what_was_kept_before_there_was_a_seal_is_read() -> None:
    assert SecondStepAdapter().decrypt(SECRET) == SECRET
