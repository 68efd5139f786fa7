"""Operation Round-Up as a member sees and chooses it: per account, and what each year gave."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from smarthub.accounts.access import list_visible_accounts, open_account
from smarthub.accounts.types import Right, VisibleAccount
from smarthub.billing.queries.bills import list_gifts
from smarthub.cooperative.catalogue import value_in
from smarthub.cooperative.queries import list_policies
from smarthub.kernel.errors import Refused
from smarthub.kernel.money import Money
from smarthub.members.operations import record_act
from smarthub.members.queries import get_person_of_user
from smarthub.round_up.operations import choose
from smarthub.round_up.queries import list_choices
from smarthub.round_up.types import MOST_IN_A_YEAR, Choice


class RoundUpNotOffered(Refused):
    """The co-op does not round bills up."""

    code = "round_up_not_offered"


@dataclass(frozen=True, slots=True)
class AccountGifts:
    """One account: what was chosen for it last, and what it gave in each year, the newest first."""

    account: VisibleAccount
    choice: Choice | None
    years: tuple[tuple[int, Money], ...]

    @property
    def rounds_up(self) -> bool:
        """Whether its next bill is rounded up."""
        return self.choice is not None and self.choice.rounds_up


@dataclass(frozen=True, slots=True)
class RoundUp:
    """The accounts a login may choose for; ``most`` is what each may give in a year."""

    most: Money
    accounts: tuple[AccountGifts, ...]


def see_round_up(*, user_id: int, on: dt.date) -> RoundUp:
    """Return what each of a login's own accounts gives, in four queries.

    Source: domain rules 61 and 144.
    """
    visible = list_visible_accounts(user_id=user_id, on=on)
    own = [account for account in visible if Right.MANAGE in account.rights]
    ids = [account.id for account in own]
    choices = list_choices(account_ids=ids)
    gifts = list_gifts(account_ids=ids)
    return RoundUp(
        most=_most(on),
        accounts=tuple(
            AccountGifts(
                account,
                choices.get(account.id),
                tuple(sorted(gifts[account.id].items(), reverse=True)),
            )
            for account in own
        ),
    )


def choose_round_up(
    *, user_id: int, number: str, rounds_up: bool, on: dt.date, now: dt.datetime
) -> bool:
    """Turn rounding up on or off for an account; return whether that changed anything.

    Raises:
        NotVisible: it is not theirs to choose for.
        RoundUpNotOffered: it is turned on where the co-op does not offer it.

    Source: domain rules 61 and 144.
    """
    account = open_account(user_id=user_id, number=number, on=on, needs=Right.MANAGE)
    if rounds_up and not _most(on):
        raise RoundUpNotOffered
    with transaction.atomic():
        by = get_person_of_user(user_id=user_id).id
        is_news = choose(account_id=account.id, rounds_up=rounds_up, by=by, on=on, now=now)
        if is_news:
            record_act(
                user_id=user_id,
                act="round_up.on" if rounds_up else "round_up.off",
                subject=f"account:{number}",
                now=now,
            )
    return is_news


def _most(on: dt.date) -> Money:
    return Money(value_in(list_policies(on=on), MOST_IN_A_YEAR))
