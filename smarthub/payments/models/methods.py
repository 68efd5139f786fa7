"""Rows of stored methods: tokens and what may be shown, never a number."""

from __future__ import annotations

import uuid

from django.db import models

from smarthub.members.models import Person


class StoredMethod(models.Model):
    """A card or bank account the gateway keeps; here only its token and what may be shown.

    One without a person was given for one payment by somebody who did not sign in: it is offered
    to nobody, and forgotten at the gateway once that payment is settled.
    """

    class Kind(models.TextChoices):
        CARD = "card"
        BANK = "bank"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="stored_methods"
    )
    gateway = models.CharField(max_length=20)
    token = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=6, choices=Kind)
    brand = models.CharField(max_length=30)
    last4 = models.CharField(max_length=4)
    expires_on = models.DateField(null=True)
    added_at = models.DateTimeField()
    name = models.CharField(max_length=30, blank=True, db_default="")
    made_default_at = models.DateTimeField(null=True, blank=True)
    network_reference = models.CharField(max_length=80, blank=True, db_default="")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_because = models.CharField(max_length=60, blank=True, db_default="")

    def __str__(self) -> str:
        return f"{self.brand} ending {self.last4}"


class MethodSetup(models.Model):
    """A visit to the gateway's own form; ``return_to`` is where the member was."""

    reference = models.CharField(max_length=80, unique=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    return_to = models.CharField(max_length=300)
    started_at = models.DateTimeField()
    method = models.ForeignKey(StoredMethod, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.reference
