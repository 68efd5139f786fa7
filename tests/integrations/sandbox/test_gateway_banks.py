"""What the sandbox takes for a bank account: the check digit, the mandate, and nobody's own."""

from __future__ import annotations

import pytest

from smarthub.integrations.sandbox.gateway_banks import (
    TEST_ROUTING,
    passes_routing_check,
    read_bank_account,
)
from smarthub.integrations.sandbox.gateway_cards import FormRefused
from tests.sandbox_gateway import CLEARS

FORM = {"routing": TEST_ROUTING, "account": CLEARS, "agree": "1"}


@pytest.mark.parametrize(
    ("routing", "passes"),
    [
        # 3x0+7x2+1x1 + 3x0+7x0+1x0 + 3x0+7x2+1x1 = 30
        ("021000021", True),
        ("011401533", True),
        ("091000019", True),
        ("110000000", True),
        ("011401534", False),  # the last digit is one too many
        ("000000000", False),  # adds up to nothing, and is no bank
    ],
)
def test_a_routing_number_has_a_check_digit(routing: str, passes: bool) -> None:  # noqa: FBT001
    assert passes_routing_check(routing) is passes


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("routing", "011401534", "routing_wrong"),
        ("routing", "000000000", "routing_wrong"),
        ("routing", "11000000", "routing_wrong"),
        ("routing", "11000000x", "routing_wrong"),
        ("routing", "", "routing_wrong"),
        ("routing", "021000021", "routing_real"),  # a bank's own
        ("account", "12", "account_wrong"),
        ("account", "123456789", "account_real"),
        ("agree", "", "agree_wrong"),
    ],
)
def test_says_what_is_wrong_with_a_field(field: str, value: str, code: str) -> None:
    with pytest.raises(FormRefused) as refused:
        read_bank_account(form={**FORM, field: value})

    assert refused.value.fields == {field: code}


def test_keeps_no_number_only_the_last_digits() -> None:
    method = read_bank_account(form=FORM)

    assert method.last4 == CLEARS[-4:]
    assert CLEARS not in repr(method)
    assert TEST_ROUTING not in repr(method)
