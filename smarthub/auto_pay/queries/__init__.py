"""Every read of plans, drafts, credits and proposals."""

from __future__ import annotations

from smarthub.auto_pay.queries.beside_dues import BesideDues, list_beside_dues
from smarthub.auto_pay.queries.by_hand import list_by_hand_left
from smarthub.auto_pay.queries.credits import (
    get_programme,
    list_credits,
    list_pending_credits,
    list_pending_credits_of_cycle,
    list_posted_credits,
    list_programme_rows,
    list_programmes,
)
from smarthub.auto_pay.queries.drafts import (
    AUTO_PAY,
    OPEN,
    find_draft_of,
    get_draft,
    list_drafts,
    list_drafts_of_accounts,
    list_failed_drafts,
    list_failed_in_a_row,
    list_open_among,
    list_open_drafts,
    list_tried_before,
    list_unpaid_drafts,
)
from smarthub.auto_pay.queries.on_bill import get_on_bill
from smarthub.auto_pay.queries.plans import (
    STATE_AFTER,
    count_plans_of_method,
    find_plan,
    get_plan,
    is_made,
    list_plans,
    list_plans_of_method,
    was_turned_off,
)
from smarthub.auto_pay.queries.proposals import (
    had_auto_pay_before,
    list_proposals,
)

__all__ = [
    "AUTO_PAY",
    "OPEN",
    "STATE_AFTER",
    "BesideDues",
    "count_plans_of_method",
    "find_draft_of",
    "find_plan",
    "get_draft",
    "get_on_bill",
    "get_plan",
    "get_programme",
    "had_auto_pay_before",
    "is_made",
    "list_beside_dues",
    "list_by_hand_left",
    "list_credits",
    "list_drafts",
    "list_drafts_of_accounts",
    "list_failed_drafts",
    "list_failed_in_a_row",
    "list_open_among",
    "list_open_drafts",
    "list_pending_credits",
    "list_pending_credits_of_cycle",
    "list_plans",
    "list_plans_of_method",
    "list_posted_credits",
    "list_programme_rows",
    "list_programmes",
    "list_proposals",
    "list_tried_before",
    "list_unpaid_drafts",
    "was_turned_off",
]
