"""The policies staff may change: what is read, what is refused, and that both ways agree."""

from __future__ import annotations

from typing import Any

import pytest

from smarthub.cooperative.catalogue import (
    BY_KEY,
    RULES,
    PolicyUnknown,
    PolicyValueRefused,
    read_value,
    rule_of,
    value_in,
    write_value,
)


class TestReadValue:
    @pytest.mark.parametrize(
        ("key", "written", "value"),
        [
            ("fee.nsf_cents", "$1,025.5", None),  # 1,025.50 is above the most, 100.00
            ("fee.nsf_cents", "25", 25_00),
            ("fee.nsf_cents", " $25.50 ", 25_50),
            ("late_fee.percent", "1.5%", "1.5"),
            ("late_fee.percent", "0", "0"),
            ("arrears.cold_fahrenheit", "-20", -20),
            ("bill.delinquent_after_days", "30", 30),
            ("late_fee.excluded_accounts", "1001, 1002\n1001", ["1001", "1002"]),
            ("late_fee.excluded_accounts", "", []),
            ("refund.second_person_above_cents", "1,025.5", 1025_50),
        ],
    )
    def test_reads_what_a_clerk_writes(self, key: str, written: str, value: Any) -> None:
        if value is None:
            with pytest.raises(PolicyValueRefused):
                read_value(BY_KEY[key], written)
            return

        assert read_value(BY_KEY[key], written) == value

    @pytest.mark.parametrize(
        ("key", "written", "reason"),
        [
            ("fee.nsf_cents", "", "not_understood"),
            ("fee.nsf_cents", "25.005", "not_understood"),
            ("fee.nsf_cents", "-1", "too_small"),
            ("fee.nsf_cents", "100.01", "too_large"),
            ("fee.nsf_cents", "1e1", "not_understood"),
            ("fee.nsf_cents", "NaN", "not_understood"),
            ("fee.nsf_cents", "Infinity", "not_understood"),
            ("late_fee.percent", "10.001", "too_large"),
            ("late_fee.percent", "1.5555", "not_understood"),
            ("bill.delinquent_after_days", "1.5", "not_understood"),
            ("bill.delinquent_after_days", "31", "too_large"),
            ("arrears.notice_period_days", "4", "too_small"),
            ("late_fee.excluded_accounts", "10/01", "not_understood"),
        ],
    )
    def test_refuses_the_rest_with_its_reason(self, key: str, written: str, reason: str) -> None:
        with pytest.raises(PolicyValueRefused) as refused:
            read_value(BY_KEY[key], written)

        assert refused.value.values["reason"] == reason

    @pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.key)
    def test_reads_back_what_it_writes(self, rule: Any) -> None:
        assert read_value(rule, write_value(rule, rule.unset)) == rule.unset

    def test_knows_no_other_policy(self) -> None:
        with pytest.raises(PolicyUnknown):
            rule_of("identity")


def test_a_policy_nobody_set_leaves_members_alone() -> None:
    assert value_in({}, "late_fee.percent") == "0"
    assert value_in({}, "fee.nsf_cents") == 0
    assert value_in({"fee.nsf_cents": 25_00}, "fee.nsf_cents") == 25_00
