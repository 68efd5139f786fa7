"""Rows of what about money needs a person, and what a person found out."""

from __future__ import annotations

from django.db import models

from smarthub.cooperative.models import APPEND_ONLY
from smarthub.members.models import Person


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
