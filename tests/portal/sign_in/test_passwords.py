"""A password that was in breaches is refused, however it is stretched to fifteen letters."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from smarthub.portal.sign_in.passwords import PasswordRules
from tests.cast import Cast


def test_many_thousand_common_passwords_are_known() -> None:
    assert len(CommonPasswordValidator().passwords) > 3_000


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize(
    "password",
    [
        "qwertyuiopqwertyuiop",
        "1q2w3e4r5t6y7u8i9o0p",
        "Password Password",
        "123456789123456789",
        "aaaaaaaaaaaaaaaaaaaa",
        "i-l-o-v-e-y-o-u i-l-o-v-e-y-o-u",
    ],
)
def test_what_was_breached_is_refused_however_it_is_stretched(password: str) -> None:
    assert len(password) >= 15
    with pytest.raises(ValidationError):
        PasswordRules().validate(password)


def test_words_nobody_strings_together_are_taken(cast: Cast) -> None:
    PasswordRules().validate("seven quiet herons wade", cast.maria.user)
