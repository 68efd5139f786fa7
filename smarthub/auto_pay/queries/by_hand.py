"""Reads of what is left of a debt of before Auto Pay, which is its member's to pay by hand."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat

from smarthub.accounts.types import AccountId
from smarthub.auto_pay.engine import by_hand_left
from smarthub.auto_pay.queries.drafts import AUTO_PAY
from smarthub.auto_pay.types import Plan
from smarthub.cooperative.among import among
from smarthub.cooperative.written_once import Given, WrittenOnce, union
from smarthub.kernel.array_text import array_text
from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.models import Entry
from smarthub.payments.models import (
    AttemptEvent,
    FactPart,
    PaymentMove,
    PaymentPart,
    UndoingPart,
)
from smarthub.payments.types import AttemptState

CAME, SENT, FAILED, WENT = "came", "sent", "failed", "went"
"""What money did: came, is on its way, did not come, or was moved or went back."""


class _Row(NamedTuple):
    account_id: int
    sent_at: dt.datetime
    """When its payment was made, or was booked if nobody sent it for."""
    at: dt.datetime
    channel: str
    cents: int
    what: str

    def counts(self, since: dt.datetime, *, on_its_way: bool) -> bool:
        """Return whether it pays, or opens again, what was open ``since`` a plan was made.

        What was on its way then was no more open; so of that only counts that it did not come.
        """
        if self.what == FAILED:
            return self.sent_at < since <= self.at
        if self.channel == AUTO_PAY and self.sent_at >= since:
            return False
        return self.at >= since and (on_its_way or self.what != SENT)


def list_by_hand_left(
    *, plans: Collection[Plan], on_its_way: bool = True
) -> dict[AccountId, Money]:
    """Return what is still open of bills made before Auto Pay was turned on; one query.

    Money that came by hand since settles them first, whatever day it was received; what went back
    since is open again, whether it was paid before or after.

    Args:
        plans: The plans, one of each account.
        on_its_way: Whether what is on its way counts as paid. It does beside what is owed less
            that; not where the most is told that a draft may take.

    Source: domain rule 64; promise R07.
    """
    if not plans:
        return {}
    since = {plan.account_id: plan.enrolled_at for plan in plans}
    paid: dict[AccountId, Money] = defaultdict(lambda: ZERO)
    for row in map(_Row._make, _MONEY.ask(accounts=array_text(since))):
        account_id = AccountId(row.account_id)
        if row.counts(since[account_id], on_its_way=on_its_way):
            paid[account_id] += Money(row.cents)
    return {
        plan.account_id: by_hand_left(at_start=plan.by_hand, paid_since=paid[plan.account_id])
        for plan in plans
    }


def _money(accounts: Given) -> list[QuerySet[Any, Any]]:
    parts = PaymentPart.objects.filter(among("account_id", accounts))
    sent = parts.exclude(payment__method=None)
    came = Exists(_answers(AttemptState.SUCCESS))
    failed = Exists(_answers(AttemptState.FAILED))
    no_longer = _answers(AttemptState.FAILED).order_by("pk").values("learnt_at")[:1]
    facts = FactPart.objects.filter(among("account_id", accounts))
    undone = UndoingPart.objects.filter(among("account_id", accounts))
    moves = PaymentMove.objects.all()
    out = moves.filter(among("from_account_id", accounts))
    into = moves.filter(among("to_account_id", accounts))
    return [
        _rows(parts.filter(payment__method=None), "payment__", _booked_at(), CAME),
        _rows(sent.filter(came), "payment__", F("payment__received_at"), CAME),
        _rows(sent.exclude(came).exclude(failed), "payment__", F("payment__received_at"), SENT),
        _rows(sent.filter(failed), "payment__", Subquery(no_longer), FAILED, sign=-1),
        _rows(facts, "fact__attempt__payment__", F("fact__learnt_at"), WENT, sign=-1),
        _rows(undone, "undoing__payment__", F("undoing__undone_at"), WENT, sign=-1),
        _rows(out, "payment__", F("moved_at"), WENT, sign=-1, account="from_account_id"),
        _rows(into, "payment__", F("moved_at"), CAME, account="to_account_id"),
    ]


def _rows(
    rows: QuerySet[Any, Any],
    payment: str,
    at: Any,
    what: str,
    *,
    sign: int = 1,
    account: str = "account_id",
) -> QuerySet[Any, Any]:
    """Return rows in the shape of ``_Row``."""
    channel = F(f"{payment}channel")
    cents = F("amount_cents") * sign
    return rows.order_by().values_list(
        account, F(f"{payment}received_at"), at, channel, cents, Value(what)
    )


def _booked_at() -> Coalesce:
    """Return when money that nobody sent for was booked; its day may lie before."""
    payment_id = Cast(OuterRef("payment_id"), TextField())
    parts = (Value("payment:"), payment_id, Value(":"), OuterRef("account__number"))
    key = Concat(*parts, output_field=TextField())
    booked = Entry.objects.filter(source_key=key).values("posted_at")[:1]
    return Coalesce(Subquery(booked), F("payment__received_at"))


def _answers(state: AttemptState) -> QuerySet[AttemptEvent]:
    payment = OuterRef("payment_id")
    return AttemptEvent.objects.filter(attempt__payment=payment, state=state)


_MONEY = WrittenOnce(lambda: union(_money(Given("accounts"))))
