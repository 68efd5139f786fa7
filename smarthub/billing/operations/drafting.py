"""Draft the bills of some accounts from what is stored now; writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from smarthub.accounts.types import AccountId
from smarthub.billing.engine.draft import Drafts, draft_bills
from smarthub.billing.engine.facts import AccountFacts, Plan, Terms
from smarthub.billing.engine.planning import plan_account
from smarthub.billing.queries import (
    get_weather,
    list_account_facts,
    list_holds,
    list_readings,
)
from smarthub.kernel.errors import ExpectedError, Unavailable


class BillOnHold(Unavailable):
    """Somebody holds this account's bills; ``reason`` says why (rule 47)."""

    code = "bill_on_hold"


def draft_accounts(
    *,
    account_ids: Sequence[AccountId],
    terms: Terms,
    with_holds: bool = True,
) -> Drafts:
    """Return the next bill of each account, and why others cannot be billed.

    Without ``with_holds``, accounts on hold are drafted too, so that staff see what is held.

    Some twenty queries, whatever the number of accounts.

    Source: domain rules 40 and 46.
    """
    planned: list[tuple[AccountFacts, list[Plan]]] = []
    errors: dict[AccountId, ExpectedError] = {}
    held = list_holds(account_ids=account_ids) if with_holds else {}
    for account in list_account_facts(account_ids=account_ids, bill_date=terms.bill_date):
        if reason := held.get(account.id):
            errors[account.id] = BillOnHold(reason=reason)
            continue
        try:
            if plans := plan_account(account=account, terms=terms):
                planned.append((account, plans))
        except ExpectedError as error:
            errors[account.id] = error
    drafts = draft_planned(planned=planned, terms=terms)
    drafts.errors |= errors
    return drafts


def draft_planned(
    *,
    planned: Sequence[tuple[AccountFacts, Sequence[Plan]]],
    terms: Terms,
    editions: Mapping[AccountId, int] | None = None,
) -> Drafts:
    """Return the bills of accounts whose periods are settled already, from what is stored now."""
    plans = [plan for _account, its_plans in planned for plan in its_plans]
    stations = {plan.unbilled.agreement.station for plan in plans} - {""}
    return draft_bills(
        planned=planned,
        readings=list_readings(plans=plans, zone=terms.zone),
        terms=terms,
        weather=get_weather(stations=stations, bill_date=terms.bill_date),
        editions=editions,
    )
