"""Rows of the outbox: what was to be told, what still waits, and each try at telling it."""

from __future__ import annotations

from django.db import models

from smarthub.cooperative.models import APPEND_ONLY
from smarthub.members.models import Person


class Message(models.Model):
    """One message to one address; the dedupe key makes it once, ``code`` proves it is ours."""

    class Channel(models.TextChoices):
        EMAIL = "email"
        TEXT = "text"
        PUSH = "push"
        LETTER = "letter"

    dedupe_key = models.CharField(max_length=400, unique=True)
    channel = models.CharField(max_length=8, choices=Channel)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="messages")
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
