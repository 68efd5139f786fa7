"""What becomes of a charge after the answer: corrected, returned, disputed, won or lost.

The gateway's word is never taken for what happened: it is asked how the charge stands, and our
books are brought to that. So the order in which news comes does not matter, nor how often.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from smarthub.accounts.types import AccountId
from smarthub.cooperative.queries import get_zone, list_policies
from smarthub.kernel.money import ZERO, Money, split
from smarthub.kernel.period import local_day
from smarthub.ledger.operations import lock_accounts, post_entry
from smarthub.ledger.queries import list_standing_entries
from smarthub.ledger.types import Asked, EntryId, NewEntry, Posting
from smarthub.payments import queries
from smarthub.payments.engine import return_rule
from smarthub.payments.models import Attempt, ChargeFact, FactPart, Fee
from smarthub.payments.operations.exceptions import find_exception
from smarthub.payments.operations.methods import refuse_method
from smarthub.payments.operations.paying import record_answer
from smarthub.payments.operations.posting import (
    PAYING_FEE,
    Credit,
    Debit,
    paid_by_account,
    post_credits,
    post_debits,
    reverse_payment,
)
from smarthub.payments.ports import ChargeState, Dispute
from smarthub.payments.types import AttemptState, DisputeStage, FactKind, Payment, PaymentId

NSF_FEE = "fee.nsf_cents"
FEES = "ar:fees"
Standing = tuple[EntryId, NewEntry]


def record_charge_state(*, attempt_key: str, state: ChargeState, now: dt.datetime) -> bool:
    """Bring our books to how a charge stands at the gateway; return whether anything was news.

    A charge we had as failed and that succeeded is booked, one that succeeded and failed after
    all is returned; both are put before staff. Safe to call at any time and from two processes.

    Source: payments reference, section 1.2; domain rules 55 and 56.
    """
    with transaction.atomic():
        attempt = Attempt.objects.select_related("payment__method").get(key=attempt_key)
        payment = queries.get_payment(payment_id=PaymentId(attempt.payment_id))
        lock_accounts(account_ids=queries.list_touched_accounts(payment=payment))
        book = _Book(attempt, payment, now, local_day(now, get_zone()))
        news = [book.answer(state)]
        if book.has_succeeded():
            news.append(book.give_back(state))
            news += [book.dispute(each) for each in state.disputes]
            book.look_at_sum(state.amount)
    return any(news)


class _Book:
    """One charge about to be brought up to date, under the locks of its accounts."""

    def __init__(
        self, attempt: Attempt, payment: Payment, now: dt.datetime, today: dt.date
    ) -> None:
        self.attempt = attempt
        self.payment = payment
        self.now = now
        self.today = today

    def has_succeeded(self) -> bool:
        """Return whether the charge is booked as a success."""
        return self.attempt.events.filter(state=AttemptState.SUCCESS).exists()

    def answer(self, state: ChargeState) -> bool:
        """Record what the charge itself came to, even if we had it otherwise."""
        failed_before = self.attempt.events.filter(state=AttemptState.FAILED).exists()
        is_news = record_answer(
            key=self.attempt.key,
            state=state.state,
            reference=state.reference,
            reason=state.reason,
            now=self.now,
            corrects=True,
        )
        if is_news and failed_before:
            self._put_before_staff("failed_then_paid", self.attempt.key)
        return is_news

    def give_back(self, state: ChargeState) -> bool:
        """Answer a charge that was returned, or failed after all, by its opposite."""
        failed_after_all = state.state is AttemptState.FAILED
        code = state.returned or (state.reason if failed_after_all else "")
        if not code:
            return False
        fact, created = self._fact(FactKind.RETURNED, state.reference, state.amount, code)
        if not created:
            return False
        taken = reverse_payment(payment_id=self.payment.id, on=self.today, now=self.now)
        for account_id, amount in taken:
            FactPart.objects.create(fact=fact, account_id=account_id, amount_cents=amount.cents)
        rule = return_rule(code)
        if rule.charges_fee and taken and not queries.is_presented_again(self.payment.id):
            charge_nsf_fee(
                account_id=taken[0][0],
                payment_id=self.payment.id,
                on=self.today,
                now=self.now,
            )
        if rule.disables_method:
            self._disable_method(code)
        if rule.case:
            self._put_before_staff(rule.case, self.attempt.key, reason=code)
        return True

    def dispute(self, dispute: Dispute) -> bool:
        """Take disputed money from where it is, and give it back if the dispute is won."""
        news = self._open_dispute(dispute)
        match dispute.stage:
            case DisputeStage.WON:
                news = self._win_dispute(dispute) or news
            case DisputeStage.LOST:
                _, lost = self._fact(FactKind.DISPUTE_LOST, dispute.reference, ZERO, dispute.reason)
                news = lost or news
            case DisputeStage.OPEN:
                pass
        return news

    def look_at_sum(self, charged: Money) -> None:
        """Put before staff a charge of which more went back than it brought."""
        if queries.sum_gone_back(attempt_id=self.attempt.pk) > charged:
            self._put_before_staff("more_went_back", self.attempt.key)

    def _open_dispute(self, dispute: Dispute) -> bool:
        standing = self._standing()
        if not standing:  # returned before: there is nothing left to take
            self._put_before_staff("dispute_of_returned", dispute.reference)
            return False
        fact, created = self._fact(
            FactKind.DISPUTED, dispute.reference, dispute.amount, dispute.reason
        )
        if not created:
            return False
        paid = paid_by_account(entries=[entry for _, entry in standing])
        *shares, fee = split(
            dispute.amount,
            [*(each.amount.dollars for each in paid.values()), self.payment.fee.dollars],
        )
        self._move_fee("dispute", dispute.reference, -fee)
        parts = [
            (account_id, share) for account_id, share in zip(paid, shares, strict=True) if share
        ]
        post_debits(
            [
                Debit(
                    source_key=f"dispute:{dispute.reference}:{account_id}",
                    kind="dispute",
                    account_id=account_id,
                    amount=share,
                    clearing=self.payment.clearing,
                    on=self.today,
                    had_paid=paid[account_id].receivables,
                )
                for account_id, share in parts
            ],
            self.now,
        )
        for account_id, share in parts:
            FactPart.objects.create(fact=fact, account_id=account_id, amount_cents=share.cents)
        self._put_before_staff("disputed", dispute.reference, reason=dispute.reason)
        return True

    def _win_dispute(self, dispute: Dispute) -> bool:
        opened = ChargeFact.objects.filter(
            attempt=self.attempt, kind=FactKind.DISPUTED, reference=dispute.reference
        ).first()
        if opened is None:
            return False
        fact, created = self._fact(
            FactKind.DISPUTE_WON, dispute.reference, dispute.amount, dispute.reason
        )
        if not created:
            return False
        parts = list(opened.parts.order_by("account_id"))
        fee = Money(opened.amount_cents - sum(part.amount_cents for part in parts))
        self._move_fee("dispute_won", dispute.reference, fee)
        post_credits(
            [
                Credit(
                    source_key=f"dispute_won:{dispute.reference}:{part.account_id}",
                    kind="dispute_won",
                    account_id=AccountId(part.account_id),
                    amount=Money(part.amount_cents),
                    clearing=self.payment.clearing,
                    on=self.today,
                )
                for part in parts
            ],
            self.now,
        )
        for part in parts:
            FactPart.objects.create(
                fact=fact, account_id=part.account_id, amount_cents=-part.amount_cents
            )
        return True

    def _move_fee(self, kind: str, reference: str, amount: Money) -> None:
        """Take the fee for paying with its share of a dispute, or give it back."""
        if amount:
            post_entry(
                source_key=f"{kind}:{reference}:fee",
                kind=kind,
                effective_date=self.today,
                postings=[Posting(self.payment.clearing, amount), Posting(PAYING_FEE, -amount)],
                posted_at=self.now,
            )

    def _standing(self) -> list[Standing]:
        return list_standing_entries(kind="payment", key_prefix=f"payment:{self.payment.id}:")

    def _fact(
        self, kind: FactKind, reference: str, amount: Money, reason: str
    ) -> tuple[ChargeFact, bool]:
        return ChargeFact.objects.get_or_create(
            attempt=self.attempt,
            kind=kind,
            reference=reference,
            defaults={
                "amount_cents": amount.cents,
                "reason": reason,
                "on": self.today,
                "learnt_at": self.now,
            },
        )

    def _disable_method(self, code: str) -> None:
        if self.attempt.payment.method is not None:
            refuse_method(method_id=self.attempt.payment.method.pk, because=code, now=self.now)

    def _put_before_staff(self, kind: str, about: str, **values: str) -> None:
        find_exception(
            key=f"{kind}:{about}",
            kind=kind,
            now=self.now,
            payment=str(self.payment.id),
            **values,
        )


def charge_nsf_fee(
    *, account_id: AccountId, payment_id: PaymentId, on: dt.date, now: dt.datetime
) -> None:
    """Charge the fee for a payment whose money was not there, by the policy of the day, once.

    Source: domain rule 55.
    """
    cents = list_policies(on=on).get(NSF_FEE, 0)
    if cents:
        charge_fee(
            kind="nsf",
            account_id=account_id,
            amount=Money(cents),
            about=f"payment:{payment_id}",
            on=on,
            now=now,
        )


def charge_fee(
    *,
    kind: str,
    account_id: AccountId,
    amount: Money,
    about: str,
    on: dt.date,
    now: dt.datetime,
) -> None:
    """Charge one of the co-op's fees to an account, once for what it is about.

    Args:
        kind: ``nsf`` or ``late``; each has a policy of its own.
        account_id: Who pays it.
        amount: By the policy in force on the day; positive.
        about: What caused it, such as ``payment:<id>``.
        on: The local day it counts for.
        now: When it is charged.

    Source: domain rules 53 to 55.
    """
    key = f"fee:{kind}:{about}"
    with transaction.atomic():
        _, created = Fee.objects.get_or_create(
            source_key=key,
            defaults={
                "kind": kind,
                "account_id": account_id,
                "amount_cents": amount.cents,
                "about": about,
                "on": on,
                "charged_at": now,
            },
        )
        if created:
            post_entry(
                source_key=key,
                kind="fee",
                effective_date=on,
                postings=[Posting(FEES, amount, account_id), Posting(f"fee:{kind}", -amount)],
                asked=[Asked(account_id, amount)],
                posted_at=now,
            )
