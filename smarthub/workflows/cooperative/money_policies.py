"""The policies about money as staff see and change them: dated rows, followed and never edited.

A change holds from a day on that is not over yet. What was charged before keeps the value it
was charged by.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from smarthub.arrears.engine import late_fee
from smarthub.arrears.types import LateFeeRule
from smarthub.cooperative.catalogue import RULES, Rule, Topic, rule_of, value_in
from smarthub.cooperative.operations import set_policy
from smarthub.cooperative.queries import list_policies, list_policy_rows
from smarthub.cooperative.types import PolicyRow
from smarthub.deposits.engine import deposit_amount, simple_interest
from smarthub.deposits.types import DepositRule
from smarthub.kernel.errors import Refused
from smarthub.kernel.money import Money
from smarthub.members.operations import record_act
from smarthub.members.queries import get_person_of_user
from smarthub.payments.engine import FeeRule
from smarthub.payments.types import MethodKind

EXAMPLE_PAID = Money(100_00)
EXAMPLE_OVERDUE = Money(132_47)
EXAMPLE_YEAR = Money(1_860_00)
EXAMPLE_HELD = Money(200_00)
"""The figures of domain rules 53, 58 and 59, by which a change is shown."""
DEPOSIT_AMOUNT = {"deposit.months_of_charges", "deposit.most_months", "deposit.minimum_cents"}


class PolicyInThePast(Refused):
    """The day is over: what was done under the value of that day stays done."""

    code = "policy_in_the_past"


class PolicyUnchanged(Refused):
    """The value holds on that day already."""

    code = "policy_unchanged"


class PolicyNeedsSource(Refused):
    """Nobody said what the change rests on."""

    code = "policy_needs_source"


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A policy on a local day: what holds, what will hold, and every row ever written.

    ``now`` is None where no row was ever written and the list's own value holds.
    """

    rule: Rule
    value: Any
    now: PolicyRow | None
    coming: tuple[PolicyRow, ...]
    rows: tuple[PolicyRow, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A figure before and after a change: ``of`` is the sum it is reckoned from."""

    code: str
    of: Money
    before: Money
    after: Money


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """What a change would do: the value before and after, and until when it holds."""

    rule: Rule
    before: Any
    after: Any
    effective_from: dt.date
    until: dt.date | None
    example: Example | None


def list_money_policies(*, on: dt.date) -> tuple[PolicyView, ...]:
    """Return every policy of the list as it stands on a local day, in one query."""
    rows = list_policy_rows(keys=[rule.key for rule in RULES])
    return tuple(_view(rule, rows.get(rule.key, []), on) for rule in RULES)


def get_money_policy(*, key: str, on: dt.date) -> PolicyView:
    """Return one policy with all its rows, in one query.

    Raises:
        PolicyUnknown: the list has none of this name.
    """
    rule = rule_of(key)
    return _view(rule, list_policy_rows(keys=[key]).get(key, []), on)


def preview_change(
    *, key: str, value: Any, effective_from: dt.date, source_note: str, on: dt.date
) -> PolicyChange:
    """Return what a change would do, and write nothing.

    Raises:
        PolicyUnknown: the list has none of this name.
        PolicyInThePast, PolicyUnchanged, PolicyNeedsSource: it would be refused.
    """
    if not source_note.strip():
        raise PolicyNeedsSource
    if effective_from < on:
        raise PolicyInThePast(on=on)
    seen = get_money_policy(key=key, on=effective_from)
    if seen.value == value:
        raise PolicyUnchanged
    until = min((row.effective_from for row in seen.coming), default=None)
    example = _example(seen.rule, value, list_policies(on=effective_from))
    return PolicyChange(seen.rule, seen.value, value, effective_from, until, example)


def change_policy(
    *,
    user_id: int,
    key: str,
    value: Any,
    effective_from: dt.date,
    source_note: str,
    on: dt.date,
    now: dt.datetime,
) -> None:
    """Let a policy have a value from a day on, and leave both values in the audit trail.

    Args:
        user_id: The clerk's login, whose person is the author.
        key: One of ``cooperative.catalogue.RULES``.
        value: As ``catalogue.read_value`` returned it.
        effective_from: The first local day it holds; today or later.
        source_note: What it rests on, such as a board's resolution.
        on: The co-op's local day.
        now: When it is recorded.

    Raises:
        PolicyUnknown, PolicyInThePast, PolicyUnchanged, PolicyNeedsSource: nothing is written.

    Source: domain rules 125 and 140.
    """
    with transaction.atomic():
        change = preview_change(
            key=key, value=value, effective_from=effective_from, source_note=source_note, on=on
        )
        set_policy(
            key=key,
            value=value,
            effective_from=effective_from,
            author=get_person_of_user(user_id=user_id).name,
            now=now,
            source_note=source_note.strip(),
        )
        record_act(
            user_id=user_id,
            act="policy.changed",
            subject=f"policy:{key}",
            now=now,
            before={"value": change.before},
            after={"value": value, "from": effective_from.isoformat()},
        )


def _view(rule: Rule, rows: list[PolicyRow], on: dt.date) -> PolicyView:
    """Return a policy on a day; of two rows for one day only the later written one counts."""
    standing: dict[dt.date, PolicyRow] = {}
    for row in rows:
        standing.setdefault(row.effective_from, row)
    holds = next((row for day, row in standing.items() if day <= on), None)
    return PolicyView(
        rule=rule,
        value=rule.unset if holds is None else holds.value,
        now=holds,
        coming=tuple(row for day, row in reversed(standing.items()) if day > on),
        rows=tuple(rows),
    )


def _example(rule: Rule, value: Any, before: Mapping[str, Any]) -> Example | None:
    """Return a worked figure for a change that moves one, under all policies of that day."""
    after = {**before, rule.key: value}
    if rule.topic is Topic.PAYING:
        kind = MethodKind.BANK if rule.key == "payment_fee.bank_cents" else MethodKind.CARD
        return Example("paying", EXAMPLE_PAID, _paying(before, kind), _paying(after, kind))
    if rule.topic is Topic.LATE:
        return Example("late_fee", EXAMPLE_OVERDUE, _late(before), _late(after))
    if rule.key == "deposit.interest_percent":
        return Example("interest", EXAMPLE_HELD, _interest(before), _interest(after))
    if rule.key in DEPOSIT_AMOUNT:
        return Example("deposit", EXAMPLE_YEAR, _deposit(before), _deposit(after))
    return None


def _paying(policies: Mapping[str, Any], kind: MethodKind) -> Money:
    return FeeRule.from_policies(policies).fee(kind=kind, amount=EXAMPLE_PAID)


def _late(policies: Mapping[str, Any]) -> Money:
    return late_fee(rule=LateFeeRule.from_policies(policies), overdue=EXAMPLE_OVERDUE)


def _interest(policies: Mapping[str, Any]) -> Money:
    return simple_interest(
        held=EXAMPLE_HELD,
        percent=Decimal(value_in(policies, "deposit.interest_percent")),
        start=dt.date(2026, 1, 1),
        end=dt.date(2027, 1, 1),
    )


def _deposit(policies: Mapping[str, Any]) -> Money:
    rule = DepositRule.from_policies(policies)
    return deposit_amount(
        expected_year=EXAMPLE_YEAR,
        months=rule.months,
        minimum=rule.minimum,
        most_months=rule.most_months,
    )
