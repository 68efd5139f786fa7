"""What members are told of Auto Pay: what was agreed, what will be drafted, what was not."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from smarthub.accounts.queries import list_holders
from smarthub.auto_pay.types import Draft, DraftView, LeftOut, Plan, PlanEventKind, PlanState
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import local_day
from smarthub.members.queries import get_person, list_email_addresses, list_languages
from smarthub.members.types import PersonId
from smarthub.notifications.many import queue_messages
from smarthub.notifications.types import NewMessage
from smarthub.payments.queries import get_payment, list_methods_by_id
from smarthub.payments.types import MethodId, StoredMethod
from smarthub.workflows.messages.tell_person import tell_person


@dataclass(frozen=True, slots=True)
class Announcement:
    """A draft about to be announced: to whom, how much, and whether something must be done.

    ``is_later``: it was announced before, and is asked about now that the limit was lowered.
    """

    draft: Draft
    plan: Plan
    amount: Money
    asks: bool
    is_later: bool = False

    @property
    def about(self) -> str:
        """What makes its message one: a draft is announced once, and asked about later once."""
        return f"{'asked' if self.is_later else 'planned'}:{self.draft.id}"

    @property
    def rest(self) -> Money:
        """What of the bill is to be paid by hand: a debt of before, or what is above a limit."""
        return self.draft.billed - self.amount

    @property
    def what(self) -> str:
        """Return which words say it.

        ``planned``, or ``part`` up to a limit, or ``debt`` where the rest was owed before;
        ``asks`` where the amount is above the cap, or ``asks_part`` with such a rest; ``paused``.
        """
        if self.plan.state is not PlanState.ACTIVE:
            return "paused"
        if self.asks:
            return "asks_part" if self.rest > ZERO else "asks"
        if self.rest > ZERO:
            return "part" if self.amount == self.plan.at_most else "debt"
        return "planned"


def tell_of_agreement(
    *, plan: Plan, replaced: Plan | None, method: StoredMethod, words: str, now: dt.datetime
) -> None:
    """Send whoever turned Auto Pay on a copy of what they agreed to, and tell the others of it.

    The others hold the account, or Auto Pay drew on what is theirs until now.

    Source: domain rule 67 (a copy of the authorisation to the member).
    """
    context = _named(plan, method) | {
        "words": words,
        "cap": plan.cap,
        "takes_up_to_cap": plan.takes_up_to_cap,
        "agreed_on": local_day(now, get_zone()),
    }
    tell_person(
        person_id=plan.person_id,
        template="auto_pay_agreed",
        context=context,
        about=f"plan:{plan.id}",
        account_number=plan.account_number,
        now=now,
    )
    also = [replaced.person_id] if replaced else []
    _tell_others(plan, "on", plan.person_id, f"on:{plan.id}", now, also=also)


def tell_of_plan_event(
    *, plan: Plan, kind: PlanEventKind, by: PersonId | None, now: dt.datetime
) -> None:
    """Tell of a plan that was paused, taken up again, suspended or stopped.

    Who did it gets a confirmation; the plan's owner and whoever holds the account are told who
    it was. What nobody did is told to the owner.
    """
    about = f"{kind}:{plan.id}:{now.isoformat()}"
    _tell_changed(by or plan.person_id, plan, kind, about, now)
    if by is not None:
        _tell_others(plan, kind, by, about, now)


def tell_of_mandate_ended(*, plan: Plan, now: dt.datetime) -> None:
    """Tell the owner of a plan that it is off, for their bank says that they allowed nothing."""
    about = f"unauthorised:{plan.id}"
    _tell_changed(plan.person_id, plan, "unauthorised", about, now)


def tell_of_plan_of_let_out(*, plan: Plan, now: dt.datetime) -> None:
    """Tell whoever may pay for an account no more, and its holders, that their Auto Pay is off."""
    about = f"let_out:{plan.id}"
    _tell_changed(plan.person_id, plan, "let_out", about, now)
    _tell_others(plan, "let_out", plan.person_id, about, now)


def announce_drafts(*, announcements: Sequence[Announcement], now: dt.datetime) -> None:
    """Say of each draft how much is taken, when and from what, and how to stop it; once each.

    Source: domain rules 66 and 67; payments reference, section 4 (notice).
    """
    people = sorted({each.plan.person_id for each in announcements})
    addresses = list_email_addresses(person_ids=people)
    languages = list_languages(person_ids=people)
    methods = list_methods_by_id(method_ids={each.plan.method_id for each in announcements})
    alike: dict[tuple[str, str, dt.date, dt.date], list[NewMessage]] = defaultdict(list)
    for each in announcements:
        shared = (each.what, languages[each.plan.person_id], each.draft.planned_on)
        for message in _messages(each, addresses, methods, now):
            alike[*shared, each.draft.due_date].append(message)
    for (what, language, planned_on, due_date), messages in alike.items():
        queue_messages(
            template="auto_pay_planned",
            language=language,
            shared={"what": what, "planned_on": planned_on, "due_date": due_date},
            messages=messages,
            now=now,
        )


def tell_left_out(*, plan: Plan, draft: Draft, reason: LeftOut, now: dt.datetime) -> None:
    """Say that a bill is not drafted, why, and that it is to be paid by hand."""
    tell_person(
        person_id=plan.person_id,
        template="auto_pay_left_out",
        context={
            "reason": reason,
            "due_date": draft.due_date,
            "account_ending": plan.account_number[-4:],
        },
        about=f"{reason}:{draft.id}",
        account_number=plan.account_number,
        now=now,
    )


def tell_failed(*, plan: Plan, view: DraftView, again_on: dt.date | None, now: dt.datetime) -> None:
    """Say on the same day that a draft did not go through, and what comes next (rule 68).

    It is told to whose card or bank account was tried: another's may have taken its place since.
    """
    last = view.last
    if last is None:
        raise ValueError("a draft without a try cannot have failed")
    tell_person(
        person_id=get_payment(payment_id=last.payment_id).person_id or plan.person_id,
        template="auto_pay_failed",
        context={
            "amount": last.amount,
            "again_on": again_on,
            "due_date": view.draft.due_date,
            "account_ending": plan.account_number[-4:],
        },
        about=f"failed:{last.payment_id}",
        account_number=plan.account_number,
        now=now,
    )


def _messages(
    each: Announcement,
    addresses: Mapping[PersonId, Sequence[str]],
    methods: Mapping[MethodId, StoredMethod],
    now: dt.datetime,
) -> list[NewMessage]:
    """Return the e-mails of one announcement; whoever has no address is told another way."""
    amounts = {"amount": each.amount, "rest": each.rest, "billed": each.draft.billed}
    own = _named(each.plan, methods[each.plan.method_id]) | amounts
    found = addresses.get(each.plan.person_id, ())
    if not found:
        tell_person(
            person_id=each.plan.person_id,
            template="auto_pay_planned",
            context=own
            | {
                "what": each.what,
                "planned_on": each.draft.planned_on,
                "due_date": each.draft.due_date,
            },
            about=each.about,
            account_number=each.plan.account_number,
            now=now,
        )
    return [
        NewMessage(
            dedupe_key=f"auto_pay_{each.about}:{address}"[:160],
            person_id=each.plan.person_id,
            account_number=each.plan.account_number,
            address=address,
            own=own,
        )
        for address in found
    ]


def _named(plan: Plan, method: StoredMethod) -> dict[str, object]:
    return {
        "account_ending": plan.account_number[-4:],
        "brand": method.brand,
        "last4": method.last4,
    }


def _tell_others(
    plan: Plan,
    change: str,
    by: PersonId,
    about: str,
    now: dt.datetime,
    *,
    also: Sequence[PersonId] = (),
) -> None:
    """Tell the plan's owner and the account's holders what somebody else of them did."""
    on = local_day(now, get_zone())
    holders = list_holders(account_ids=[plan.account_id], on=on).get(plan.account_id, [])
    who = get_person(person_id=by).name
    for person_id in dict.fromkeys([plan.person_id, *also, *holders]):
        if person_id != by:
            _tell_changed(person_id, plan, change, about, now, who=who)


def _tell_changed(
    person_id: PersonId,
    plan: Plan,
    change: str,
    about: str,
    now: dt.datetime,
    *,
    who: str = "",
) -> None:
    """Tell one person of a change; ``who`` names whoever did it, where that was somebody else."""
    tell_person(
        person_id=person_id,
        template="auto_pay_changed",
        context={"change": change, "who": who, "account_ending": plan.account_number[-4:]},
        about=about,
        account_number=plan.account_number,
        now=now,
    )
