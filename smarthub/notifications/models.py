"""Rows of the outbox: what was to be told, and each try at telling it."""

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

    dedupe_key = models.CharField(max_length=160, unique=True)
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
        indexes = [models.Index(fields=["-queued_at"])]

    def __str__(self) -> str:
        return f"{self.template} to {self.address}"


class DeliveryTry(models.Model):
    """One try at sending a message: sent, or why not."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="tries")
    sent = models.BooleanField()
    detail = models.CharField(max_length=300, blank=True)
    tried_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(
                fields=["message"], condition=models.Q(sent=True), name="message_sent_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.message}: {'sent' if self.sent else self.detail}"
