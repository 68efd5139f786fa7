"""Rows of payments, of their parts by account, and of their tries at the gateway."""

from __future__ import annotations

from django.db import models

from smarthub.accounts.models import Account
from smarthub.cooperative.models import APPEND_ONLY, FromSource
from smarthub.members.models import Person
from smarthub.payments.models.methods import StoredMethod


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
        STORE = "store"
        AGENCY = "agency"
        IVR = "ivr"

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="payments")
    channel = models.CharField(max_length=10, choices=Channel)
    amount_cents = models.BigIntegerField()
    fee_cents = models.BigIntegerField(default=0, db_default=0)
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

    @property
    def charged_cents(self) -> int:
        """What the gateway takes: what is paid, and the fee for paying."""
        return self.amount_cents + self.fee_cents


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
        indexes = [models.Index(fields=["reference"], name="attempt_of_reference")]

    def __str__(self) -> str:
        return f"{self.attempt}: {self.state}"
