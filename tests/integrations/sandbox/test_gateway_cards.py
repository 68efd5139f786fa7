"""What may be typed into the sandbox's card form, and what is kept of it."""

from __future__ import annotations

import datetime as dt

import pytest

from smarthub.integrations.sandbox.gateway_cards import (
    TEST_CARDS,
    Behaviour,
    FormRefused,
    Method,
    read_card,
)
from smarthub.kernel.card_numbers import passes_luhn

TODAY = dt.date(2026, 11, 22)
FORM = {"number": "4242 4242 4242 4242", "expiry": "08/30", "cvc": "123", "zip": "61000"}


def test_keeps_no_number_only_brand_ending_expiry_and_part() -> None:
    card = read_card(form=FORM, today=TODAY)

    assert card == Method("Visa", "4242", dt.date(2030, 8, 31), Behaviour.SUCCEEDS)


@pytest.mark.parametrize(
    "written", ["8/30", "0830", "08-30", "08/2030", " 08 / 30 "], ids=lambda text: text.strip()
)
def test_takes_an_expiry_as_people_write_it(written: str) -> None:
    card = read_card(form={**FORM, "expiry": written}, today=TODAY)

    assert card.expires_on == dt.date(2030, 8, 31)


def test_a_card_is_good_to_the_last_day_of_its_month() -> None:
    card = read_card(form={**FORM, "expiry": "11/26"}, today=dt.date(2026, 11, 30))

    assert card.expires_on == dt.date(2026, 11, 30)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("number", "4242 4242 4242 4241", "number_wrong"),  # the check digit is off by one
        ("number", "", "number_wrong"),
        ("number", "4242", "number_wrong"),
        ("number", "5555 5555 5555 4444", "number_real"),  # passes Luhn, and is no test card
        ("expiry", "13/30", "expiry_wrong"),
        ("expiry", "soon", "expiry_wrong"),
        ("expiry", "10/26", "expiry_past"),
        ("cvc", "12", "cvc_wrong"),
        ("cvc", "12345", "cvc_wrong"),
        ("zip", "6100", "zip_wrong"),
    ],
)
def test_says_what_is_wrong_with_a_field(field: str, value: str, code: str) -> None:
    with pytest.raises(FormRefused) as refused:
        read_card(form={**FORM, field: value}, today=TODAY)

    assert refused.value.fields == {field: code}


def test_an_empty_form_names_every_field() -> None:
    with pytest.raises(FormRefused) as refused:
        read_card(form={}, today=TODAY)

    assert set(refused.value.fields) == set(FORM)


@pytest.mark.parametrize("number", TEST_CARDS)
def test_every_test_card_passes_luhn(number: str) -> None:
    assert passes_luhn(number)


def test_luhn_agrees_with_the_example_of_the_standard() -> None:
    # 7992739871 and its check digit 3: 7+9+9+4+7+6+9+7+7+2+3 = 70
    assert [digit for digit in range(10) if passes_luhn(f"7992739871{digit}")] == [3]
