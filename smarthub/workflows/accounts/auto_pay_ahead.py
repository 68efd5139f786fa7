"""The drafts Auto Pay is going to make by itself: for who would pay, or remind, besides."""

from __future__ import annotations

from collections.abc import Collection

from smarthub.accounts.types import AccountId
from smarthub.auto_pay.queries import list_coming_drafts, list_plans
from smarthub.auto_pay.types import Draft, PlanState
from smarthub.cooperative.queries import get_zone


def list_drafts_ahead(*, account_ids: Collection[AccountId]) -> dict[AccountId, Draft]:
    """Return each account's next draft that will be made unless somebody acts.

    None of a plan that rests, and none above a cap its member has not answered for: nobody is
    to rely on those.

    Source: domain rules 65 and 66.
    """
    coming = list_coming_drafts(account_ids=account_ids, zone=get_zone())
    plans = list_plans(account_ids=list(coming))
    drafts = {account_id: view.draft for account_id, view in coming.items()}
    return {
        account_id: draft
        for account_id, draft in drafts.items()
        if account_id in plans
        and plans[account_id].state is PlanState.ACTIVE
        and (draft.approved or not draft.asked)
    }
