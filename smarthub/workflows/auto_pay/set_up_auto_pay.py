"""Turn Auto Pay on, change it, pause it, stop it; and say beforehand what it will do.

The consent keeps the words as they were shown, and its owner gets a copy of them. Nothing is
carried over from another system: a method and a consent are always given anew (promise R06).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import transaction

from smarthub.accounts.access import list_visible_accounts
from smarthub.accounts.types import Right, VisibleAccount
from smarthub.auto_pay import operations, queries
from smarthub.auto_pay.types import (
    DraftEventKind,
    DraftState,
    DraftView,
    NewPlan,
    Plan,
    PlanEventKind,
    PlanId,
    Proposal,
    SignUpCredit,
)
from smarthub.kernel.errors import Refused
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import local_day
from smarthub.ledger.operations import lock_accounts
from smarthub.members.operations import record_consent
from smarthub.members.queries import get_person_of_user
from smarthub.members.types import PersonId
from smarthub.payments.operations import withdraw_unsent
from smarthub.payments.queries import (
    get_method,
    list_dues,
    list_methods,
    list_methods_by_id,
    list_unsent,
)
from smarthub.payments.types import MethodId, PaymentId, StoredMethod
from smarthub.workflows.accounts.auto_pay_ahead import Ahead, list_ahead
from smarthub.workflows.auto_pay.auto_pay_forecast import ExpectedDraft, expect_drafts
from smarthub.workflows.auto_pay.plan_drafts import ask_about_open_drafts, get_draft_terms
from smarthub.workflows.auto_pay.sign_up_credits import credit_to_earn, earn_sign_up_credits
from smarthub.workflows.debts.hold_deposits import waive_with_auto_pay, waived_by_auto_pay
from smarthub.workflows.messages.auto_pay_messages import tell_of_agreement, tell_of_plan_event
from smarthub.workflows.money.pay_balance import MayNotPay, open_to_pay

CONSENT = "auto_pay"
SHOWN_DRAFTS = 12
HELD_BACK = {PlanEventKind.PAUSED, PlanEventKind.STOPPED}
"""After which nothing is taken that no bank has heard of yet."""


class NothingChosen(Refused):
    """No account was chosen to be put on Auto Pay."""

    code = "nothing_chosen"


class ApprovedTooLate(Refused):
    """The draft was left out before its member's word came: its bill is to be paid by hand."""

    code = "approved_too_late"


@dataclass(frozen=True, slots=True)
class Agreement:
    """What somebody agreed to: the words as shown, their version and language, and from where."""

    words: str
    version: str
    language: str
    ip_address: str | None
    user_agent: str


@dataclass(frozen=True, slots=True)
class AutoPayOffer:
    """What turning Auto Pay on would mean for an account, before anything is agreed to.

    ``by_hand`` is what is owed now: bills made before are never drafted. ``expected`` are the next
    drafts, each with its day and a guess of its amount. ``credit`` is what signing up earns, and
    ``proposal`` what Auto Pay was in the old system.
    """

    account: VisibleAccount
    plan: Plan | None
    by_hand: Money
    expected: tuple[ExpectedDraft, ...]
    credit: Money
    proposal: Proposal | None


@dataclass(frozen=True, slots=True)
class AutoPayState:
    """One account in the list: whether it is on Auto Pay, and what it does about what is due.

    ``proposal`` is what Auto Pay was in the old system, while nobody set it up anew.
    """

    account: VisibleAccount
    plan: Plan | None
    ahead: Ahead | None
    proposal: Proposal | None
    may_change: bool
    """Whether its reader may: their own Auto Pay, or that of an account they manage."""


@dataclass(frozen=True, slots=True)
class AutoPayView:
    """How an account's Auto Pay stands: its plan, its method, and its drafts, the newest first."""

    account: VisibleAccount
    plan: Plan | None
    method: StoredMethod | None
    drafts: tuple[DraftView, ...]
    expected: tuple[ExpectedDraft, ...]
    credits: tuple[SignUpCredit, ...]
    waived: Money
    """Deposits that are not asked for while Auto Pay is on."""
    ahead: Ahead | None = None
    """What it does about what is due; None where nothing is."""
    may_change: bool = True
    """Whether its reader may: their own Auto Pay, or that of an account they manage."""
    unsent: frozenset[PaymentId] = frozenset()
    """What was begun and waits for the next bank file: it can be stopped still."""


def list_auto_pay(*, user_id: int, on: dt.date) -> tuple[AutoPayState, ...]:
    """Return the accounts a person may pay, with how the Auto Pay of each stands."""
    visible = list_visible_accounts(user_id=user_id, on=on)
    accounts = [account for account in visible if account.may_pay]
    ids = [account.id for account in accounts]
    plans = queries.list_plans(account_ids=ids)
    ahead = list_ahead(account_ids=list(plans), dues=list_dues(account_ids=list(plans)), on=on)
    proposals = queries.list_proposals(account_ids=ids)
    person_id = get_person_of_user(user_id=user_id).id
    return tuple(
        AutoPayState(
            a,
            plans.get(a.id),
            ahead.get(a.id),
            proposals.get(a.id),
            may_change=_may_change(a, plans.get(a.id), person_id),
        )
        for a in accounts
    )


def offer_auto_pay(*, user_id: int, number: str, on: dt.date) -> AutoPayOffer:
    """Return what Auto Pay would do for an account.

    Raises:
        NotVisible: the account is not theirs to see, or does not exist.
        MayNotPay: they may see it, not pay for it.

    Source: promises R07 and R11; domain rule 64.
    """
    account = open_to_pay(user_id=user_id, number=number, on=on)
    due = list_dues(account_ids=[account.id])[account.id]
    return AutoPayOffer(
        account=account,
        plan=queries.find_plan(account_id=account.id),
        by_hand=max(due.asked - due.in_flight, ZERO),
        expected=expect_drafts(account=account, on=on),
        credit=credit_to_earn(account_id=account.id, on=on),
        proposal=queries.list_proposals(account_ids=[account.id]).get(account.id),
    )


def see_auto_pay(*, user_id: int, number: str, on: dt.date, zone: ZoneInfo) -> AutoPayView:
    """Return how an account's Auto Pay stands, for its page.

    Raises:
        NotVisible, MayNotPay: see ``offer_auto_pay``.
    """
    account = open_to_pay(user_id=user_id, number=number, on=on)
    plan = queries.find_plan(account_id=account.id)
    methods = list_methods_by_id(method_ids=[plan.method_id] if plan else [])
    return AutoPayView(
        account=account,
        plan=plan,
        method=methods.get(plan.method_id) if plan else None,
        drafts=tuple(queries.list_drafts(account_id=account.id, zone=zone, limit=SHOWN_DRAFTS)),
        expected=expect_drafts(account=account, on=on),
        credits=tuple(queries.list_credits(account_ids=[account.id])),
        waived=waived_by_auto_pay(account=account),
        ahead=_ahead_of(account, on),
        may_change=_may_change(account, plan, get_person_of_user(user_id=user_id).id),
        unsent=frozenset(list_unsent(account_id=account.id, channel=queries.AUTO_PAY)),
    )


def turn_on(
    *,
    plan_id: UUID,
    user_id: int,
    number: str,
    method_id: UUID,
    cap: Money | None,
    agreement: Agreement,
    now: dt.datetime,
    zone: ZoneInfo,
) -> Plan:
    """Turn Auto Pay on for an account, or change its method or cap; once for each plan id.

    A cap below a draft that was announced already asks about it at once.

    Args:
        plan_id: Made when the form is shown, so that a double click agrees once.
        user_id: Who agrees.
        number: The account's number.
        method_id: One of the person's stored methods.
        cap: The most one draft takes without being asked; none for no limit.
        agreement: The words they agreed to.
        now: When.
        zone: The co-op's.

    Raises:
        NotVisible: the account or the method is not theirs, or there is none.
        MayNotPay: they may see the account, not pay for it; or Auto Pay there is another's.
        PlanChangedMeanwhile: it was changed since the page was shown, by somebody else or, from
            another page, by whoever sends this one again.

    Source: domain rules 64 and 67; promises R06, R07 and R11.
    """
    on = local_day(now, zone)
    account = open_to_pay(user_id=user_id, number=number, on=on)
    person = get_person_of_user(user_id=user_id)
    method = get_method(method_id=MethodId(method_id), person_id=person.id)
    with transaction.atomic():
        lock_accounts(account_ids=[account.id])  # no bill may come between what is due and the plan
        offer = offer_auto_pay(user_id=user_id, number=number, on=on)
        _refuse_of_others(account, offer.plan, person.id)
        new = NewPlan(
            PlanId(plan_id),
            account.id,
            person.id,
            method.id,
            cap,
            offer.by_hand,
            takes_up_to_cap=get_draft_terms(on=on).takes_up_to_cap,
        )
        is_new = operations.make_plan(plan=new, replaces=offer.plan, now=now)
        plan = queries.get_plan(plan_id=new.id)
        if is_new:
            if offer.plan is None:
                earn_sign_up_credits(plan=plan, now=now, zone=zone)
            _keep_consent(plan, agreement, granted=True, now=now)
            waive_with_auto_pay(account_ids=[plan.account_id], now=now)
            tell_of_agreement(
                plan=plan, replaced=offer.plan, method=method, words=agreement.words, now=now
            )
            ask_about_open_drafts(plan=plan, now=now, zone=zone)
    return plan


def turn_on_together(
    *,
    form_id: UUID,
    user_id: int,
    numbers: Sequence[str],
    method_id: UUID,
    cap: Money | None,
    agreement: Agreement,
    now: dt.datetime,
    zone: ZoneInfo,
) -> tuple[Plan, ...]:
    """Turn Auto Pay on for several accounts with one method and one consent: all, or none.

    Raises:
        NothingChosen: no account was chosen.
        NotVisible, MayNotPay, PlanChangedMeanwhile: see ``turn_on``.
    """
    if not numbers:
        raise NothingChosen
    on = local_day(now, zone)
    accounts = [open_to_pay(user_id=user_id, number=number, on=on) for number in numbers]
    with transaction.atomic():
        lock_accounts(account_ids={account.id for account in accounts})  # in one order, at once
        return tuple(
            turn_on(
                plan_id=uuid5(form_id, number),
                user_id=user_id,
                number=number,
                method_id=method_id,
                cap=cap,
                agreement=agreement,
                now=now,
                zone=zone,
            )
            for number in numbers
        )


def change_state(
    *, user_id: int, number: str, kind: PlanEventKind, now: dt.datetime, zone: ZoneInfo
) -> Plan:
    """Pause Auto Pay, take it up again, or stop it; at once, for every draft not sent yet.

    Raises:
        NotVisible, MayNotPay: see ``turn_on``.
        NothingToChange: it stands so already.

    Source: domain rule 67 (stopping is possible until the draft is sent).
    """
    account = open_to_pay(user_id=user_id, number=number, on=local_day(now, zone))
    person = get_person_of_user(user_id=user_id)
    _refuse_of_others(account, queries.find_plan(account_id=account.id), person.id)
    with transaction.atomic():
        plan = operations.note_plan_event(
            account_id=account.id, kind=kind, person_id=person.id, now=now
        )
        if kind is PlanEventKind.STOPPED:
            words = Agreement("", "", person.language, None, "")
            _keep_consent(plan, words, granted=False, now=now)
        if kind in HELD_BACK:
            withdraw_unsent(account_id=account.id, channel=queries.AUTO_PAY, now=now)
        tell_of_plan_event(plan=plan, kind=kind, by=person.id, now=now)
    return plan


def approve_draft(
    *, user_id: int, number: str, bill_number: str, now: dt.datetime, zone: ZoneInfo
) -> DraftView:
    """Let a draft above the cap be taken on its day, once.

    Raises:
        NotVisible: the account is not theirs to pay, or has no such draft.
        MayNotPay: see ``turn_on``.
        ApprovedTooLate: it was left out by now.
        NothingToChange: nothing is asked about it: it was allowed before, or needs no word.

    Source: domain rule 66.
    """
    account = open_to_pay(user_id=user_id, number=number, on=local_day(now, zone))
    person = get_person_of_user(user_id=user_id)
    with transaction.atomic():
        lock_accounts(account_ids=[account.id])  # its run may be leaving it out at this moment
        _refuse_of_others(account, queries.find_plan(account_id=account.id), person.id)
        view = queries.get_draft(account_id=account.id, bill_number=bill_number, zone=zone)
        if view.state is DraftState.LEFT_OUT and view.draft.asked:
            raise ApprovedTooLate
        if not view.waits_for_word:
            raise operations.NothingToChange
        operations.note_draft_event(
            draft_id=view.draft.id, kind=DraftEventKind.APPROVED, person_id=person.id, now=now
        )
    return queries.get_draft(account_id=account.id, bill_number=bill_number, zone=zone)


def list_methods_to_draw_on(*, user_id: int) -> list[StoredMethod]:
    """Return the stored methods Auto Pay may draw on, the newest first."""
    return list_methods(person_id=get_person_of_user(user_id=user_id).id)


def _may_change(account: VisibleAccount, plan: Plan | None, person_id: PersonId) -> bool:
    """Return whether somebody may change Auto Pay of an account they may pay.

    Whoever was let in to pay changes no settings: not what another's card is drawn on for.
    """
    return plan is None or plan.person_id == person_id or Right.MANAGE in account.rights


def _refuse_of_others(account: VisibleAccount, plan: Plan | None, person_id: PersonId) -> None:
    if not _may_change(account, plan, person_id):
        raise MayNotPay(account_number=account.number)


def _ahead_of(account: VisibleAccount, on: dt.date) -> Ahead | None:
    dues = list_dues(account_ids=[account.id])
    return list_ahead(account_ids=[account.id], dues=dues, on=on).get(account.id)


def _keep_consent(plan: Plan, agreement: Agreement, *, granted: bool, now: dt.datetime) -> None:
    record_consent(
        person_id=plan.person_id,
        kind=CONSENT,
        granted=granted,
        text=agreement.words,
        text_version=agreement.version,
        language=agreement.language,
        account_number=plan.account_number,
        given_at=now,
        ip_address=agreement.ip_address,
        user_agent=agreement.user_agent,
    )
