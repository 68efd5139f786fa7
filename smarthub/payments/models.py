"""Rows of payments, stored methods and attempts. No card or bank number is ever here."""

from __future__ import annotations

import uuid

from django.db import models

from smarthub.accounts.models import Account
from smarthub.cooperative.models import APPEND_ONLY, FromSource
from smarthub.members.models import Person


class StoredMethod(models.Model):
    """A card or bank account the gateway keeps; here only its token and what may be shown."""

    class Kind(models.TextChoices):
        CARD = "card"
        BANK = "bank"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="stored_methods")
    gateway = models.CharField(max_length=20)
    token = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=6, choices=Kind)
    brand = models.CharField(max_length=30)
    last4 = models.CharField(max_length=4)
    expires_on = models.DateField(null=True)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_because = models.CharField(max_length=60, blank=True, db_default="")

    def __str__(self) -> str:
        return f"{self.brand} ending {self.last4}"


class MethodSetup(models.Model):
    """A visit to the gateway's own form; ``return_to`` is where the member was."""

    reference = models.CharField(max_length=80, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    return_to = models.CharField(max_length=300)
    started_at = models.DateTimeField()
    method = models.ForeignKey(StoredMethod, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.reference


class Payment(FromSource):
    """One intent to pay, for one or several accounts; its id comes from the form, so once."""

    class Channel(models.TextChoices):
        WEB = "web"
        OFFICE = "office"
        MAIL = "mail"
        PHONE = "phone"
        AUTO_PAY = "auto_pay"
        GUEST = "guest"
        SUSPENSE = "suspense"

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="payments")
    channel = models.CharField(max_length=10, choices=Channel)
    amount_cents = models.BigIntegerField()
    method = models.ForeignKey(StoredMethod, null=True, on_delete=models.PROTECT, related_name="+")
    request_digest = models.CharField(max_length=64)
    received_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_cents__gt=0), name="payment_is_positive"
            )
        ]

    def __str__(self) -> str:
        return f"payment {self.id}"


class PaymentPart(models.Model):
    """The part of a payment meant for one account."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="parts")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(
                fields=["payment", "account"], name="payment_part_once_per_account"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_cents__gt=0), name="payment_part_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount_cents}"


class Attempt(models.Model):
    """One try at the gateway, written before it is called; ``key`` is its idempotency key."""

    key = models.CharField(max_length=80, unique=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="attempts")
    gateway = models.CharField(max_length=20)
    made_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return self.key


class AttemptEvent(models.Model):
    """What was learnt of an attempt, in order; the latest row is its state."""

    class State(models.TextChoices):
        PENDING = "pending"
        SUCCESS = "success"
        FAILED = "failed"
        UNKNOWN = "unknown"

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="events")
    state = models.CharField(max_length=10, choices=State)
    reference = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    learnt_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(
                fields=["attempt"],
                condition=models.Q(state="success"),
                name="attempt_succeeds_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.attempt}: {self.state}"


class ChargeFact(models.Model):
    """What became of a charge after it had succeeded: returned, disputed, won or lost, once."""

    class Kind(models.TextChoices):
        RETURNED = "returned"
        DISPUTED = "disputed"
        DISPUTE_WON = "dispute_won"
        DISPUTE_LOST = "dispute_lost"

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=12, choices=Kind)
    reference = models.CharField(max_length=80)
    amount_cents = models.BigIntegerField()
    reason = models.CharField(max_length=60, blank=True)
    on = models.DateField()
    learnt_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "kind", "reference"], name="charge_fact_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.attempt} {self.kind}"


class FactPart(models.Model):
    """What such a fact means for one account: positive where it owes again."""

    fact = models.ForeignKey(ChargeFact, on_delete=models.PROTECT, related_name="parts")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["fact", "account"], name="fact_part_once_per_account")
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount_cents}"


class Fee(models.Model):
    """A fee of the co-op's own on an account, by a dated policy; ``about`` is what caused it."""

    source_key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()
    about = models.CharField(max_length=80)
    on = models.DateField()
    charged_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.kind} fee on {self.account}"


class Refund(models.Model):
    """Money of a payment that is to go back to its payer; the id comes from the form, so once."""

    id = models.UUIDField(primary_key=True)
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="refunds")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    needs_second = models.BooleanField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_cents__gt=0), name="refund_is_positive"
            )
        ]

    def __str__(self) -> str:
        return f"refund {self.id}"


class RefundDecision(models.Model):
    """What a second person said to a refund above the co-op's limit, once."""

    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, related_name="decision")
    is_allowed = models.BooleanField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.refund} {'allowed' if self.is_allowed else 'refused'}"


class RefundEvent(models.Model):
    """What was learnt of a refund, in order; ``sent`` comes before the gateway is called."""

    class State(models.TextChoices):
        SENT = "sent"
        UNKNOWN = "unknown"
        SUCCESS = "success"
        FAILED = "failed"

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="events")
    state = models.CharField(max_length=10, choices=State)
    reference = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    on = models.DateField()
    learnt_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["refund", "state"], name="refund_learns_once")
        ]

    def __str__(self) -> str:
        return f"{self.refund}: {self.state}"


class PaymentMove(models.Model):
    """A payment's money taken from one account and given to another, for it was meant for that."""

    id = models.UUIDField(primary_key=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="moves")
    from_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    to_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    on = models.DateField()
    moved_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(from_account=models.F("to_account")),
                name="payment_moves_elsewhere",
            )
        ]

    def __str__(self) -> str:
        return f"{self.payment} to {self.to_account}"


class PaymentNote(models.Model):
    """What a clerk wrote about a payment."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="notes")
    text = models.CharField(max_length=500)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return self.text


class SuspenseItem(FromSource):
    """Money that came in and nobody knows for whom; ``told`` is what came with it."""

    source_key = models.CharField(max_length=80, unique=True)
    amount_cents = models.BigIntegerField()
    channel = models.CharField(max_length=20)
    told = models.CharField(max_length=120)
    received_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return self.source_key


class SuspenseMatch(models.Model):
    """Whose money it was: the payment it became, once."""

    item = models.OneToOneField(SuspenseItem, on_delete=models.PROTECT, related_name="match")
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="+")
    matched_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    matched_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.item} is {self.payment}"


class InboxEvent(models.Model):
    """Word from a gateway as it came, once by its id; what it means is found out later."""

    gateway = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    charge_reference = models.CharField(max_length=80)
    body = models.TextField()
    received_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["gateway", "event_id"], name="inbox_event_once")
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.event_id}"


class InboxResult(models.Model):
    """What an event came to, once: it changed something, nothing, or was put before staff."""

    class Outcome(models.TextChoices):
        APPLIED = "applied"
        NO_NEWS = "no_news"
        PARKED = "parked"

    event = models.OneToOneField(InboxEvent, on_delete=models.PROTECT, related_name="result")
    outcome = models.CharField(max_length=10, choices=Outcome)
    handled_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.event}: {self.outcome}"


class Settlement(models.Model):
    """A pay-out of a gateway to the co-op's bank, once by its reference."""

    gateway = models.CharField(max_length=20)
    reference = models.CharField(max_length=80)
    paid_on = models.DateField()
    amount_cents = models.BigIntegerField()
    learnt_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["gateway", "reference"], name="settlement_once")
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.reference}"


class SettlementLine(models.Model):
    """One line of a pay-out, and the attempt it belongs to where we know it."""

    class Kind(models.TextChoices):
        CHARGE = "charge"
        REFUND = "refund"
        RETURN = "return"
        DISPUTE = "dispute"
        DISPUTE_WON = "dispute_won"

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="lines")
    reference = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=Kind)
    charge_reference = models.CharField(max_length=80)
    attempt = models.ForeignKey(
        Attempt, null=True, on_delete=models.PROTECT, related_name="settlement_lines"
    )
    amount_cents = models.BigIntegerField()
    fee_cents = models.BigIntegerField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["settlement", "reference"], name="settlement_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.settlement} {self.reference}"


class MoneyException(models.Model):
    """Something about money that needs a person, once by its key; it stays until explained."""

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=40)
    values = models.JSONField(default=dict)
    found_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return self.key


class Explanation(models.Model):
    """Why an exception is none any more, once: a clerk's words, or that it mended itself."""

    exception = models.OneToOneField(
        MoneyException, on_delete=models.PROTECT, related_name="explanation"
    )
    text = models.CharField(max_length=500)
    explained_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    explained_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return self.text
