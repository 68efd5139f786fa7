"""Rows of the outbox and its tries, of calls staff noted, and of suspicious contacts reported."""

from __future__ import annotations

import uuid

from django.db import models

from smarthub.cooperative.models import APPEND_ONLY
from smarthub.members.models import Person, User


class Message(models.Model):
    """One message to one address; the dedupe key makes it once, ``code`` proves it is ours."""

    class Channel(models.TextChoices):
        EMAIL = "email"
        TEXT = "text"
        PUSH = "push"
        LETTER = "letter"

    dedupe_key = models.CharField(max_length=400, unique=True)
    channel = models.CharField(max_length=8, choices=Channel)
    person = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    account_number = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=254)
    template = models.CharField(max_length=60)
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    code = models.CharField(max_length=12, unique=True)
    queued_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        indexes = [
            models.Index(fields=["person", "-queued_at"], name="message_of_person"),
            models.Index(fields=["-queued_at"], name="message_newest_first"),
            models.Index(fields=["account_number", "-queued_at"], name="message_of_account"),
        ]

    def __str__(self) -> str:
        return f"{self.template} to {self.address}"


class WaitingMessage(models.Model):
    """A message still to be sent: written with it, gone once it is sent or refused for good.

    Kept apart so that messages stay append-only and the sender never searches all of them.
    """

    message = models.OneToOneField(
        Message, primary_key=True, on_delete=models.PROTECT, related_name="waiting"
    )
    not_before = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["not_before"], name="waiting_message_by_time")]

    def __str__(self) -> str:
        return f"{self.message} from {self.not_before}"


class DeliveryTry(models.Model):
    """One try at sending a message: sent, or why not and whether it will be tried again."""

    class Outcome(models.TextChoices):
        SENT = "sent"
        FAILED = "failed"
        REFUSED = "refused"
        DOWN = "down"

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="tries")
    outcome = models.CharField(max_length=8, choices=Outcome)
    detail = models.CharField(max_length=300, blank=True)
    tried_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(
                fields=["message"],
                condition=models.Q(outcome="sent"),
                name="message_sent_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.message}: {self.outcome}"


class ContactNote(models.Model):
    """A call, visit or letter between the office and a member, noted by staff; members read it."""

    class Way(models.TextChoices):
        CALL = "call"
        VISIT = "visit"
        LETTER = "letter"
        OTHER = "other"

    account_number = models.CharField(max_length=20)
    way = models.CharField(max_length=8, choices=Way)
    by_us = models.BooleanField()
    about = models.CharField(max_length=400)
    happened_at = models.DateTimeField()
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        indexes = [models.Index(fields=["account_number", "-happened_at"], name="note_of_account")]

    def __str__(self) -> str:
        return f"{self.way} about {self.account_number}"


class SuspiciousReport(models.Model):
    """A call or message somebody does not believe to be ours, as they told us of it."""

    class Way(models.TextChoices):
        CALL = "call"
        EMAIL = "email"
        TEXT = "text"
        LETTER = "letter"
        VISIT = "visit"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="reports")
    way = models.CharField(max_length=8, choices=Way)
    came_from = models.CharField(max_length=254, blank=True)
    text = models.TextField()
    answer_to = models.CharField(max_length=254, blank=True)
    picture = models.BinaryField(null=True)
    reported_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        indexes = [models.Index(fields=["-reported_at"], name="report_newest_first")]

    def __str__(self) -> str:
        return f"{self.way} reported"


class ReportStep(models.Model):
    """What staff did about a report; the newest is its state."""

    class State(models.TextChoices):
        LOOKED_INTO = "looked_into"
        OURS = "ours"
        FRAUD = "fraud"
        CLOSED = "closed"

    report = models.ForeignKey(SuspiciousReport, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=12, choices=State)
    note = models.CharField(max_length=1000, blank=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.report}: {self.state}"
