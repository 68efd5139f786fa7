"""Every write of plans, drafts, credits and proposals: each once by its key, in one transaction."""

from __future__ import annotations

from smarthub.auto_pay.operations.credits import (
    PROMOTION,
    ProgrammeChangedMeanwhile,
    ProgrammeEndsTooEarly,
    ProgrammesOverlap,
    earn_credits,
    end_credits,
    end_programme,
    set_programme,
)
from smarthub.auto_pay.operations.drafts import note_draft_event, note_tries, plan_drafts
from smarthub.auto_pay.operations.plans import (
    NothingToChange,
    PlanChangedMeanwhile,
    make_plan,
    note_plan_event,
)
from smarthub.auto_pay.operations.proposals import keep_proposals, refuse_proposal

__all__ = [
    "PROMOTION",
    "NothingToChange",
    "PlanChangedMeanwhile",
    "ProgrammeChangedMeanwhile",
    "ProgrammeEndsTooEarly",
    "ProgrammesOverlap",
    "earn_credits",
    "end_credits",
    "end_programme",
    "keep_proposals",
    "make_plan",
    "note_draft_event",
    "note_plan_event",
    "note_tries",
    "plan_drafts",
    "refuse_proposal",
    "set_programme",
]
