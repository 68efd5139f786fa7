"""Rows of arrears: holds, pledges, processes and their steps, fees given up. Only added to."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from smarthub.accounts.models import Account
from smarthub.cooperative.models import APPEND_ONLY
from smarthub.members.models import Person
from smarthub.payments.models import Fee, Payment


class Hold(models.Model):
    """What keeps an account from being followed, for a while or until somebody ends it.

    ``ends_on`` is the first local day it no longer holds. ``reason`` is for named staff only
    (rule 88).
    """

    class Kind(models.TextChoices):
        MEDICAL = "medical"
        DISPUTED = "disputed"
        EXTENSION = "extension"
        PLEDGE = "pledge"
        DECEASED = "deceased"
        BANKRUPTCY = "bankruptcy"
        ARRANGEMENT = "arrangement"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="arrears_holds")
    kind = models.CharField(max_length=12, choices=Kind)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    reason = models.CharField(max_length=200)
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gt=models.F("starts_on")),
                name="hold_has_days",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.account}"


class HoldEnd(models.Model):
    """That a hold was ended before its day, once; by nobody: what held it came to its end."""

    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, related_name="end")
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.hold} ended"


class Agency(models.Model):
    """Somebody who pays or collects for members, by the code its files carry."""

    class Kind(models.TextChoices):
        ASSISTANCE = "assistance"
        COLLECTION = "collection"

    code = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=60)
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return self.name


class AgencyEnd(models.Model):
    """That the co-op no longer works with an agency; what it promised or holds goes on."""

    agency = models.OneToOneField(Agency, on_delete=models.PROTECT, related_name="end")
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.agency} ended"


class Pledge(models.Model):
    """What an agency promised to pay on an account, and the last local day it holds (rule 92).

    A promise is no payment: it posts nothing, and what came of it are its parts.
    """

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="pledges")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="pledges")
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, related_name="pledge")
    amount_cents = models.BigIntegerField()
    pledged_on = models.DateField()
    last_day = models.DateField()
    reference = models.CharField(max_length=40, blank=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_cents__gt=0), name="pledge_positive"),
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("pledged_on")), name="pledge_has_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_cents} for {self.account} by {self.agency}"


class PledgePart(models.Model):
    """So much of a payment came of a pledge."""

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="parts")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["pledge", "payment"], name="pledge_part_once"),
            models.CheckConstraint(
                condition=models.Q(amount_cents__gt=0), name="pledge_part_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_cents} of {self.pledge}"


class PledgeEnd(models.Model):
    """How a pledge ended, once; by nobody: its money came, or its day passed."""

    class How(models.TextChoices):
        FULFILLED = "fulfilled"
        LAPSED = "lapsed"
        WITHDRAWN = "withdrawn"

    pledge = models.OneToOneField(Pledge, on_delete=models.PROTECT, related_name="end")
    how = models.CharField(max_length=10, choices=How)
    on = models.DateField()
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.pledge} {self.how}"


class Arrangement(models.Model):
    """A debt to be paid in instalments; while it is kept, its hold keeps the account alone.

    ``total_cents`` is what was unpaid of services up to the bill of ``bill_date`` that day. Of one
    that is ``back_billed`` it is what corrected bills asked more, and ``bill_date`` the day it was
    agreed.
    """

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="arrangements")
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, related_name="arrangement")
    bill_date = models.DateField()
    due_date = models.DateField()
    total_cents = models.BigIntegerField()
    back_billed = models.BooleanField(default=False, db_default=False)
    low_income = models.BooleanField(default=False, db_default=False)
    amends = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="amendment"
    )
    agreed_on = models.DateField()
    agreed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.CheckConstraint(
                condition=models.Q(total_cents__gt=0), name="arrangement_positive"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account}, agreed {self.agreed_on}"


class Instalment(models.Model):
    """One part of an arrangement, due on a local day; the first may be a down payment."""

    arrangement = models.ForeignKey(
        Arrangement, on_delete=models.PROTECT, related_name="instalments"
    )
    due_on = models.DateField()
    amount_cents = models.BigIntegerField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["arrangement", "due_on"], name="instalment_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(amount_cents__gt=0), name="instalment_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.arrangement}: {self.amount_cents} on {self.due_on}"


class ArrangementEnd(models.Model):
    """How an arrangement ended, once."""

    class How(models.TextChoices):
        KEPT = "kept"
        BROKEN = "broken"
        CANCELLED = "cancelled"
        AMENDED = "amended"

    arrangement = models.OneToOneField(Arrangement, on_delete=models.PROTECT, related_name="end")
    how = models.CharField(max_length=10, choices=How)
    on = models.DateField()
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.arrangement} {self.how}"


class LowIncome(models.Model):
    """That a clerk saw proof of a household's low income; ``last_day`` is the last it counts."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    verified_on = models.DateField()
    last_day = models.DateField()
    how = models.CharField(max_length=200)
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.account} until {self.last_day}"


class LowIncomeEnd(models.Model):
    """That such a mark was taken off before its day."""

    mark = models.OneToOneField(LowIncome, on_delete=models.PROTECT, related_name="end")
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.mark} ended"


class ArrangementOffer(models.Model):
    """That an arrangement was offered and not taken; in winter nothing is cut without (rule 86)."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    what_was_said = models.CharField(max_length=200)
    offered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"offered to {self.account} on {self.on}"


class WriteOff(models.Model):
    """That what an account owed is no longer expected, and why; the debt itself is not forgiven."""

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="write_offs")
    amount_cents = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    on = models.DateField()
    written_off_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    written_off_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_cents__gt=0), name="write_off_positive"
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount_cents} of {self.account} written off"


class WriteOffEnd(models.Model):
    """That a debt that was written off is asked for again, once."""

    write_off = models.OneToOneField(WriteOff, on_delete=models.PROTECT, related_name="end")
    on = models.DateField()
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.write_off}: owed again"


class AgencyFile(models.Model):
    """Debts handed to a collection agency, or called back, in one file drawn from its rows."""

    class Kind(models.TextChoices):
        PLACED = "placed"
        RECALLED = "recalled"

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=10, choices=Kind)
    on = models.DateField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.kind} {self.agency} {self.on}"


class Placement(models.Model):
    """A debt that was written off, in an agency's hands; ``amount_cents`` is what was left then."""

    file = models.ForeignKey(AgencyFile, on_delete=models.PROTECT, related_name="placements")
    write_off = models.ForeignKey(WriteOff, on_delete=models.PROTECT, related_name="placements")
    amount_cents = models.BigIntegerField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["file", "write_off"], name="placement_once_a_file"),
            models.CheckConstraint(
                condition=models.Q(amount_cents__gt=0), name="placement_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.write_off} with {self.file.agency}"


class PlacementEnd(models.Model):
    """That an agency has a debt no longer: called back in a file, or nothing is left of it."""

    placement = models.OneToOneField(Placement, on_delete=models.PROTECT, related_name="end")
    file = models.ForeignKey(
        AgencyFile, null=True, on_delete=models.PROTECT, related_name="recalls"
    )
    on = models.DateField()
    ended_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.placement} ended"


class Recovery(models.Model):
    """So much of a payment took from a debt that was written off."""

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="recoveries")
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_cents__gt=0), name="recovery_positive")
        ]

    def __str__(self) -> str:
        return f"{self.amount_cents} of {self.placement}"


class RecoveryEnd(models.Model):
    """That a recovery counts no longer: the payment went back, or the debt is owed again."""

    recovery = models.OneToOneField(Recovery, on_delete=models.PROTECT, related_name="end")
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.recovery} ended"


class Process(models.Model):
    """An account being followed for one due date; stopped and begun again, it is another one."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    bill_date = models.DateField()
    due_date = models.DateField()
    attempt = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(
                fields=["account", "due_date", "attempt"], name="arrears_process_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account}, due {self.due_date}"


class StepTaken(models.Model):
    """One step of a process, once: on which local day, for how much, for which services.

    ``cut_on`` is the first day the notice allows a disconnection, as it was printed.
    """

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=12)
    on = models.DateField()
    amount_cents = models.BigIntegerField()
    services = ArrayField(models.CharField(max_length=20), default=list)
    cut_on = models.DateField(null=True)
    why = models.CharField(max_length=10, blank=True)
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["process", "step"], name="arrears_step_once")
        ]

    def __str__(self) -> str:
        return f"{self.process}: {self.step}"


class FeeWaiver(models.Model):
    """A fee the co-op gave up, once, with a reason; it does not come back on a rebill (rule 54)."""

    fee = models.OneToOneField(Fee, on_delete=models.PROTECT, related_name="waiver")
    reason = models.CharField(max_length=200)
    on = models.DateField()
    waived_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    waived_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.fee} given up"
