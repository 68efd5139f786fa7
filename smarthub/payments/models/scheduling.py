"""Rows of payments to be made on a day: what was ordered, and how an order ended."""

from __future__ import annotations

from django.db import models

from smarthub.accounts.models import Account
from smarthub.cooperative.models import APPEND_ONLY
from smarthub.members.models import Person
from smarthub.payments.models.methods import StoredMethod
from smarthub.payments.models.paying import Payment


class ScheduledPayment(models.Model):
    """An order to pay on a day. The payment it becomes has the same id: so it is made once."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    method = models.ForeignKey(StoredMethod, on_delete=models.PROTECT, related_name="+")
    pay_on = models.DateField()
    keeps_amount = models.BooleanField()
    fee_cents = models.BigIntegerField(default=0, db_default=0)
    request_digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    supersedes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"payment {self.id} on {self.pay_on}"


class ScheduledPart(models.Model):
    """The part of an order meant for one account: so much at most."""

    scheduled = models.ForeignKey(ScheduledPayment, on_delete=models.PROTECT, related_name="parts")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(
                fields=["scheduled", "account"], name="scheduled_part_once_per_account"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_cents__gt=0), name="scheduled_part_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount_cents}"


class ScheduledEnd(models.Model):
    """How an order ended that became no payment, once."""

    class What(models.TextChoices):
        CANCELLED = "cancelled"
        NOTHING_DUE = "nothing_due"
        REFUSED = "refused"

    scheduled = models.OneToOneField(ScheduledPayment, on_delete=models.PROTECT, related_name="end")
    what = models.CharField(max_length=12, choices=What)
    reason = models.CharField(max_length=60, blank=True)
    ended_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.scheduled}: {self.what}"


class PresentedAgain(models.Model):
    """That a payment the bank returned is ordered once more: for its number, and its day, once.

    ``payment`` is the first of them, ``scheduled`` the order; what comes of it has the order's id.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="presented_again")
    number = models.PositiveSmallIntegerField()
    scheduled = models.OneToOneField(
        ScheduledPayment, on_delete=models.PROTECT, related_name="presents"
    )
    present_on = models.DateField()
    ordered_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["payment", "number"], name="presented_again_once"),
            models.UniqueConstraint(
                fields=["payment", "present_on"], name="presented_again_once_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(number__gte=1, number__lte=2), name="presented_again_twice"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment}, again {self.number}"
