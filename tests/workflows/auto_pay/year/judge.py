"""What must be true of a year of Auto Pay, whatever chance did.

Nothing here asks the code that drafts: bills, messages and postings are read from their rows,
charges from the gateway, banking days from a list written by hand, and reasons from what the
play noted.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db import connection

from smarthub.auto_pay.models import AutoPayDraft, DraftTry, SignUpCredit
from smarthub.auto_pay.queries import list_drafts
from smarthub.auto_pay.types import Draft, DraftState, DraftView, LeftOut
from smarthub.billing.models import Bill
from smarthub.kernel.period import local_day
from smarthub.ledger.models import Entry
from smarthub.notifications.models import Message
from smarthub.payments.models import ChargeFact, StoredMethod
from smarthub.payments.types import PaymentStatus
from tests.metering.yard import CHICAGO
from tests.workflows.auto_pay.year.play import Owing, Play
from tests.workflows.auto_pay.year.town import BANK_SHUT, BANK_SHUT_TOO, CREDIT, House

BANKS_CLOSED = {
    *(dt.date(2027, m, d) for m, d in [(9, 6), (10, 11), (11, 11), (11, 25)]),
    *(
        dt.date(2028, m, d)
        for m, d in [(1, 17), (2, 21), (5, 29), (6, 19), (7, 4), (9, 4), (10, 9)]
    ),
    BANK_SHUT,
    BANK_SHUT_TOO,
}
"""Weekdays of the play on which the co-op's bank moves no money, from the printed schedule:
Christmas of 2027 and New Year's Day of 2028 fall on Saturdays, and close no weekday."""
ENDED = {DraftState.PAID, DraftState.FAILED, DraftState.LEFT_OUT}
STANDING = """
SELECT e.source_key, sum(p.amount_cents)::bigint
  FROM ledger_entry e JOIN ledger_postingrow p ON p.entry_id = e.id
 WHERE e.kind = 'payment' AND p.gl LIKE 'clearing:sandbox:%%'
   AND NOT EXISTS (SELECT FROM ledger_entry r WHERE r.reverses_id = e.id)
 GROUP BY 1
"""


@dataclass(frozen=True)
class Verdict:
    """How the year went: drafts by how they ended, and what stands for the whole story."""

    ends: Counter[str]
    story: tuple[tuple[object, ...], ...]


def judge(play: Play) -> Verdict:
    """Refuse a year in which anything is not as promised; return how it went."""
    charges = {each["key"]: each for each in play.simulator.charges("payment:")}
    ends: Counter[str] = Counter()
    story: list[tuple[object, ...]] = []
    for house in play.houses:
        views = list_drafts(account_id=house.account_id, zone=CHICAGO, limit=1000)
        look_at_bills(play, house, views)
        for view in views:
            look_at_days(view)
            look_at_words(view)
            look_at_end(play, house, view, views)
            reason = view.draft.left_out or (view.last.reason if view.last else "")
            ends[f"{view.state}: {reason}" if reason else str(view.state)] += 1
            story.append(
                (
                    view.draft.bill_number,
                    view.draft.planned_on,
                    str(view.state),
                    str(reason),
                    tuple((each.on, each.amount.cents, str(each.status)) for each in view.tries),
                )
            )
    look_at_amounts(play, charges)
    look_at_credits(play)
    look_at_books(charges)
    return Verdict(ends, tuple(sorted(story, key=str)))


def look_at_bills(play: Play, house: House, views: list[DraftView]) -> None:
    """Every bill has one draft if Auto Pay was on when it was written, and none otherwise."""
    drafted = Counter(view.draft.bill_number for view in views)
    bills = Bill.objects.filter(account=house.account_id).values_list("number", flat=True)
    for number in bills:
        assert drafted.pop(number, 0) == play.on_when_billed[number], f"drafts of bill {number}"
    assert not drafted, f"drafts of no bill: {drafted}"


def look_at_days(view: DraftView) -> None:
    """It is drafted on the first banking day from its due date on, and never twice on a day."""
    day = view.draft.due_date
    while not is_banking_day(day):
        day += dt.timedelta(days=1)
    assert view.draft.planned_on == day, f"bill {view.draft.bill_number} planned on"
    days = [each.on for each in view.tries]
    assert days == sorted(set(days)), f"bill {view.draft.bill_number} tried twice on a day"
    assert len(days) <= 3
    assert all(is_banking_day(each) for each in days), f"{view.draft.bill_number} tried {days}"
    assert not days or days[0] == day


def is_banking_day(day: dt.date) -> bool:
    """Return whether the co-op's bank moves money, by the list above."""
    return day.weekday() < 5 and day not in BANKS_CLOSED


def look_at_words(view: DraftView) -> None:
    """Whoever is drafted was told before, and is told after: each try, and each bill left out."""
    draft, told = view.draft, words_about(view)
    silent = draft.left_out is LeftOut.NOTHING_DUE and not draft.billed.cents
    announced = [m for m in told if f"planned:{draft.id}" in m.dedupe_key]
    foreseen = [m for m in told if m.template == "auto_pay_left_out" and is_before(m, draft)]
    if not silent:
        before = announced or foreseen
        assert len(before) == 1, f"bill {draft.bill_number} announced {len(before)} times"
        assert is_before(before[0], draft)
    after = Counter(m.template for m in told if m.template != "auto_pay_planned")
    wrong = [t for t in view.tries if t.status in (PaymentStatus.FAILED, PaymentStatus.RETURNED)]
    assert after["auto_pay_failed"] == len(wrong), f"bill {draft.bill_number} failed {after}"
    assert after["payment_receipt"] == len(
        [t for t in view.tries if t.status in (PaymentStatus.PAID, PaymentStatus.RETURNED)]
    ), f"receipts of bill {draft.bill_number}: {after}"
    is_left_out = draft.left_out is not None and not silent
    # What could not be drawn on when the bill was made may be put right, or stopped, till its day.
    otherwise = [m for m in foreseen if f"{draft.left_out}:{draft.id}" not in m.dedupe_key]
    assert after["auto_pay_left_out"] == is_left_out + len(otherwise), (
        f"bill {draft.bill_number}, {draft.left_out}: {after}"
    )


def is_before(message: Message, draft: Draft) -> bool:
    """Return whether something was told on a day before the draft's."""
    return local_day(message.queued_at, CHICAGO) < draft.planned_on


def words_about(view: DraftView) -> list[Message]:
    """Return what was told of a draft and of its tries."""
    keys = [str(view.draft.id), *(str(each.payment_id) for each in view.tries)]
    found = Message.objects.filter(template__in=TOLD, account_number=view.draft.account_number)
    return [m for m in found if any(key in m.dedupe_key for key in keys)]


TOLD = ("auto_pay_planned", "auto_pay_failed", "auto_pay_left_out", "payment_receipt")


def look_at_end(play: Play, house: House, view: DraftView, views: list[DraftView]) -> None:
    """It was taken once, or it has a reason that what was noted beside it bears out."""
    number, tries = view.draft.bill_number, view.tries
    assert view.state in ENDED, f"bill {number} is still {view.state}"
    paid = [each for each in tries if each.status is PaymentStatus.PAID]
    assert len(paid) == (view.state is DraftState.PAID), f"bill {number} taken {len(paid)} times"
    if view.state is DraftState.FAILED:
        assert tries
        assert all(each.reason for each in tries)
    if view.draft.left_out is not None and not tries:
        day = next(d for (n, d) in play.owing if n == house.number and d == view.draft.planned_on)
        stood = play.owing[house.number, day]
        assert bears_out(play, house, view, views, stood), (
            f"bill {number} left out as {view.draft.left_out}, but {stood}"
        )


def bears_out(
    play: Play, house: House, view: DraftView, views: list[DraftView], stood: Owing
) -> bool:
    """Return whether what was noted on the day is a reason to leave a draft out."""
    draft = view.draft
    before = [v for v in views if v.draft.planned_on < draft.planned_on]
    left = min(draft.billed.cents, stood.asked - stood.in_flight)
    reasons = {
        LeftOut.BILL_CANCELLED: draft.bill_number in play.taken_back,
        LeftOut.PAUSED: stood.is_paused,
        LeftOut.STOPPED: not stood.is_on or enrolled_after(house, view),
        LeftOut.ABOVE_CAP: stood.cap is not None and amount(view, stood) > stood.cap.cents,
        LeftOut.METHOD_GONE: not stood.method_is_there or was_taken_away(house),
        LeftOut.GUARANTEED_FUNDS: came_back(house) >= 2,
        LeftOut.BY_HAND: max(stood.by_hand, play.by_hand_when_billed[draft.bill_number]) > 0,
        LeftOut.SUSPENDED: sum(v.state is DraftState.FAILED for v in before) >= 2,
        LeftOut.NOTHING_DUE: left <= 0,
    }
    return draft.left_out is not None and reasons[draft.left_out]


def enrolled_after(house: House, view: DraftView) -> bool:
    """Return whether Auto Pay was turned on anew after a draft's bill was written."""
    return house.enrolled_at is not None and house.enrolled_at > made_at(view)


def made_at(view: DraftView) -> dt.datetime:
    """Return when a draft's bill was written."""
    made: dt.datetime = Bill.objects.values_list("created_at", flat=True).get(
        number=view.draft.bill_number
    )
    return made


def amount(view: DraftView, stood: Owing) -> int:
    """Return the cents a draft was to take, worked out from what was noted."""
    left = min(view.draft.billed.cents, stood.asked - stood.in_flight) - stood.by_hand
    return max(left, 0)


def was_taken_away(house: House) -> bool:
    """Return whether a method of a household was disabled, by themselves or by a bank's word."""
    return StoredMethod.objects.filter(person=house.person_id).exclude(removed_at=None).exists()


def came_back(house: House) -> int:
    """Return how many payments of a household their bank sent back."""
    return ChargeFact.objects.filter(
        kind="returned", attempt__payment__person=house.person_id
    ).count()


def look_at_amounts(play: Play, charges: dict[str, dict[str, object]]) -> None:
    """Each first try took what the bill asked, less what was paid by hand, and no more."""
    tries = DraftTry.objects.filter(number=1).select_related("draft__account", "draft")
    seen: dict[tuple[str, dt.date], int] = defaultdict(int)
    for each in tries.order_by("draft__planned_on", "draft__bill_number"):
        draft: AutoPayDraft = each.draft
        key = (draft.account.number, draft.planned_on)
        charge = charges.get(f"payment:{each.payment_id}")
        if charge is None:
            continue
        stood = play.owing[key]
        due = min(draft.billed_cents, stood.asked - stood.in_flight - seen[key]) - stood.by_hand
        assert charge["amount_cents"] == max(due, 0), f"bill {draft.bill_number}: {stood}"
        if charge["state"] != "failed":
            seen[key] += int(str(charge["amount_cents"]))


def look_at_credits(play: Play) -> None:
    """The credit is one for each service for ever, and what was posted is what the co-op gave."""
    earned = Counter(SignUpCredit.objects.values_list("service_point", flat=True))
    assert set(earned.values()) <= {1}
    posted = Entry.objects.filter(kind="auto_pay_credit").count()
    ends = Counter(SignUpCredit.objects.values_list("end__kind", flat=True))
    assert posted == ends["posted"]
    assert sum_of("promo:auto_pay") == posted * CREDIT.cents
    for house in play.houses:
        mine = SignUpCredit.objects.filter(account=house.account_id).count()
        assert mine == (house.services if house.enrolled_at else 0), f"credits of {house.number}"


def look_at_books(charges: dict[str, dict[str, object]]) -> None:
    """What the gateway moved and did not send back is what our ledger says, both ways."""
    at_gateway = {
        key: int(str(each["amount_cents"]))
        for key, each in charges.items()
        if each["state"] == "success" and not each["returned"]
    }
    with connection.cursor() as cursor:
        cursor.execute(STANDING)
        in_ledger: Counter[str] = Counter()
        for source_key, cents in cursor.fetchall():
            in_ledger[source_key.rsplit(":", 1)[0]] += cents
    assert dict(in_ledger) == at_gateway
    assert sum_of("") == 0


def sum_of(gl: str) -> int:
    """Return the sum in the general-ledger accounts that begin so, in cents."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(amount_cents), 0)::bigint FROM ledger_postingrow"
            " WHERE starts_with(gl, %s)",
            [gl],
        )
        return int(cursor.fetchone()[0])
