"""The cast of an installation whose processes are killed, found again by whoever comes after."""

from __future__ import annotations

from dataclasses import fields

from smarthub.accounts.queries import find_account_id
from smarthub.accounts.types import ServicePointId
from smarthub.members.models import User
from smarthub.members.queries import get_person_of_user
from tests.cast import Cast, Player

PLAYERS = ("maria", "ben", "rosa", "dana")


def find_cast() -> Cast:
    """Return who is on stage; the service points are not asked for."""
    players = {name: _player(name) for name in PLAYERS}
    first, second = (find_account_id(number=number) for number in ("1001", "1002"))
    assert first is not None
    assert second is not None
    points = {
        field.name: ServicePointId(0)
        for field in fields(Cast)
        if field.name.startswith(("electric", "gas"))
    }
    return Cast(account_1001=first, account_1002=second, **players, **points)  # type: ignore[arg-type]


def _player(name: str) -> Player:
    user = User.objects.get(email=f"{name}@prairieridge.example")
    return Player(get_person_of_user(user_id=user.pk).id, user)
