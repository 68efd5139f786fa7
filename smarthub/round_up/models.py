"""Rows of Operation Round-Up: what was chosen for an account, and when. Only added to."""

from __future__ import annotations

from django.db import models

from smarthub.accounts.models import Account
from smarthub.cooperative.models import APPEND_ONLY
from smarthub.members.models import Person


class RoundUpChoice(models.Model):
    """That somebody turned rounding up on or off for an account; the newest one holds."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    rounds_up = models.BooleanField()
    chosen_on = models.DateField()
    chosen_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        indexes = [models.Index(fields=["account", "-id"], name="round_up_newest_first")]

    def __str__(self) -> str:
        return f"{self.account} rounds up: {self.rounds_up}"
