"""The rules of drafting, as formulas: which day, how much, whether to try once more.

Pure functions: no database, no clock. The dates are local service days.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence

from smarthub.auto_pay.types import CreditProgramme, Draft, DraftId, DraftState, LeftOut, Try
from smarthub.kernel.banking_days import banking_day_on_or_after, banking_day_on_or_before
from smarthub.kernel.money import ZERO, Money
from smarthub.payments.types import WITHDRAWN, PaymentStatus

NAMESPACE = uuid.UUID("5b1d0f52-0f1c-5f0e-9a57-6f1f7a3c2d11")
"""Fixed for ever: with a draft and a number it makes the id of a try."""
DAYS_BETWEEN_TRIES = (3, 4)
"""Days after the first failed try, and after the second: three tries in about a week."""
TRY_AGAIN = frozenset({"insufficient_funds", "card_declined", "processing_error", "R01", "R09"})
"""What may go better another day; anything else never does, and is not tried."""
WAITS = frozenset({PaymentStatus.PENDING, PaymentStatus.UNKNOWN})
WENT_WRONG = frozenset({PaymentStatus.FAILED, PaymentStatus.RETURNED})


def draft_day(
    *,
    due_date: dt.date,
    days_before: int = 0,
    moves_back: bool = False,
    also_closed: Collection[dt.date] = (),
) -> dt.date:
    """Return the day a bill is drafted: its due date, or a day near it on which banks move money.

    Args:
        due_date: The bill's.
        days_before: So many days earlier, by the co-op's policy.
        moves_back: Whether a day on which banks are closed gives way to the last banking day
            before it, by the co-op's policy; else to the next one.
        also_closed: Days on which the co-op's bank is closed besides the usual holidays.

    Source: domain rules 65 and 139; payments reference, section 4 (draft date).
    """
    day = due_date - dt.timedelta(days=days_before)
    if moves_back:
        return banking_day_on_or_before(day, also_closed=also_closed)
    return banking_day_on_or_after(day, also_closed=also_closed)


def amount_to_draft(
    *, billed: Money, owed: Money, by_hand_left: Money, at_most: Money | None = None
) -> Money:
    """Return what a draft takes now; nothing where nothing of the bill is left.

    Args:
        billed: What the bill asked for: a draft never takes more than was announced.
        owed: What the account is asked for now, less what is on its way; may be a credit.
        by_hand_left: What is still open of bills made before Auto Pay was turned on; they are
            the member's to pay, so the draft leaves them alone.
        at_most: The member's limit, where what is above it is theirs to pay by hand.

    Source: domain rules 64 to 66; promise R07.
    """
    amount = max(min(billed, owed) - by_hand_left, ZERO)
    return amount if at_most is None else min(amount, at_most)


def why_nothing(*, billed: Money, owed: Money) -> LeftOut:
    """Return why a draft takes nothing: nothing is left of its bill, or what is left is older.

    Args:
        billed: What the bill asked for.
        owed: What the account is asked for now, less what is on its way; may be a credit.

    Source: domain rule 64; promise R07.
    """
    return LeftOut.BY_HAND if min(billed, owed) > ZERO else LeftOut.NOTHING_DUE


def by_hand_left(*, at_start: Money, paid_since: Money) -> Money:
    """Return what is still to be paid by hand: money paid by hand settles the oldest first."""
    return max(at_start - paid_since, ZERO)


def try_id(*, draft_id: DraftId, number: int) -> uuid.UUID:
    """Return the id of a draft's try; the same for ever, so that it is made once."""
    return uuid.uuid5(NAMESPACE, f"{draft_id}:{number}")


def next_try(
    *, planned_on: dt.date, tries: Sequence[Try], also_closed: Collection[dt.date] = ()
) -> dt.date | None:
    """Return the day of the next try, or none where there is nothing more to be tried.

    Never twice on one day, three times at the most, and only after a refusal that another day
    may mend.

    Args:
        planned_on: The draft day that was announced.
        tries: What was tried, the newest last.
        also_closed: Days on which the co-op's bank is closed besides the usual holidays.

    Source: domain rule 68; the retry rules of the payments reference, sections 2.2 and 4.
    """
    if not tries:
        return planned_on
    last = tries[-1]
    may_mend = last.status in WENT_WRONG and last.reason in TRY_AGAIN
    if not may_mend or len(tries) > len(DAYS_BETWEEN_TRIES):
        return None
    waited = last.on + dt.timedelta(days=DAYS_BETWEEN_TRIES[len(tries) - 1])
    return banking_day_on_or_after(waited, also_closed=also_closed)


def counted(tries: Sequence[Try]) -> tuple[Try, ...]:
    """Return the tries that count: one taken back before any bank heard of it never was.

    Source: domain rule 67.
    """
    return tuple(each for each in tries if each.reason != WITHDRAWN)


def state_of(*, draft: Draft, tries: Sequence[Try]) -> DraftState:
    """Return how a draft stands with these tries, the newest last."""
    if tries:
        return _state_of_tries(draft, tries)
    if draft.left_out is not None:
        return DraftState.LEFT_OUT
    return DraftState.ASKED if draft.asked and not draft.approved else DraftState.PLANNED


def _state_of_tries(draft: Draft, tries: Sequence[Try]) -> DraftState:
    status = tries[-1].status
    if status in WAITS:
        return DraftState.ON_ITS_WAY
    if status is PaymentStatus.UNDONE:  # drawn by our mistake, and given back
        return DraftState.LEFT_OUT
    if status not in WENT_WRONG:
        return DraftState.PAID
    ended = draft.given_up or draft.left_out is not None
    again = None if ended else next_try(planned_on=draft.planned_on, tries=tries)
    return DraftState.FAILED if again is None else DraftState.TO_BE_TRIED_AGAIN


def programme_on(*, programmes: Sequence[CreditProgramme], on: dt.date) -> CreditProgramme | None:
    """Return the programme a sign-up on a local day falls under; of several the newest set."""
    return next((each for each in programmes if each.holds(on)), None)
