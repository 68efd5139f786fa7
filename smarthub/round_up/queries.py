"""Every read of Operation Round-Up."""

from __future__ import annotations

from collections.abc import Collection

from smarthub.accounts.types import AccountId
from smarthub.cooperative.among import among
from smarthub.round_up.models import RoundUpChoice
from smarthub.round_up.types import Choice


def list_choices(*, account_ids: Collection[AccountId]) -> dict[AccountId, Choice]:
    """Return what was chosen last for each account where anything ever was, in one query."""
    rows = RoundUpChoice.objects.filter(among("account_id", account_ids))
    newest = rows.order_by("account_id", "-pk").distinct("account_id").select_related("chosen_by")
    return {
        AccountId(row.account_id): Choice(row.rounds_up, row.chosen_on, str(row.chosen_by))
        for row in newest
    }


def list_rounding_up(*, account_ids: Collection[AccountId]) -> set[AccountId]:
    """Return which of these accounts round their bills up, in one query."""
    choices = list_choices(account_ids=account_ids)
    return {account_id for account_id, choice in choices.items() if choice.rounds_up}
