"""The sample sign-ins, and ``demo.json``, which tells later tools and tests about them.

The password and the second factor's secret are public on purpose. They are for a demonstration
on one's own machine only; ``load_demo`` refuses any other installation.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import get_user_model

from smarthub.accounts.operations import grant_role
from smarthub.accounts.queries import find_account_id
from smarthub.jobs.demo.drafted import list_shown
from smarthub.jobs.demo.founding import IDENTITY, add_demo_person
from smarthub.jobs.demo.people import MAIL, SAMPLES
from smarthub.jobs.demo.world import DemoPerson, Holding, Household, World
from smarthub.members.operations import open_login

PASSWORD = "prairie-demo-2026"  # noqa: S105 - public on purpose
TOTP_SECRET = "PRAIRIERIDGEDEMOONLY234567ABCDEF"  # noqa: S105 - public on purpose

BEN = DemoPerson("ben", "Ben", "Okafor", "", "en", f"ben@{MAIL}", "815-555-0198")
DANA = DemoPerson("dana", "Dana", "Whitfield", "", "en", f"dana@{MAIL}", "815-555-0199")


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody who can sign in, and the accounts they will see."""

    person: DemoPerson
    holdings: Sequence[Holding]
    totp_secret: str = ""

    @property
    def role(self) -> str:
        """Member or staff, as ``demo.json`` says it."""
        return "staff" if self.totp_secret else "member"


def list_sign_ins(world: World) -> list[SignIn]:
    """Return the sample sign-ins, members first; Ben may see Maria's home but not pay.

    After the sample members come those whose Auto Pay shows something.
    """
    samples = [world.households[index] for index in sorted(SAMPLES)]
    members = [SignIn(household.holder, household.holdings) for household in samples]
    ben = SignIn(BEN, _home_of(samples).holdings[:1])
    dana = SignIn(DANA, (), TOTP_SECRET)
    drafted = [SignIn(household.holder, household.holdings) for household in list_shown(world)]
    return [members[0], ben, *members[1:], *drafted, dana]


def open_sign_ins(world: World, *, now: dt.datetime) -> int:
    """Give each sample sign-in its login, and return the staff's; again changes nothing."""
    user_id = 0
    for sign_in in list_sign_ins(world):
        person_id = add_demo_person(sign_in.person, now=now)
        user_id = open_login(
            person_id=person_id,
            email=sign_in.person.email,
            password=PASSWORD,
            is_staff=sign_in.role == "staff",
            now=now,
        )
        if sign_in.totp_secret:
            _add_second_factor(user_id, sign_in.totp_secret)
        if sign_in.person is BEN:
            home = sign_in.holdings[0]
            account_id = find_account_id(number=home.number)
            assert account_id is not None, "Maria's home is settled first"  # noqa: S101
            grant_role(
                account_id=account_id,
                person_id=person_id,
                role="viewer",
                starts_on=world.history_start,
            )
    return user_id  # the last is the staff's


def write_demo_json(world: World, *, path: Path, base_url: str) -> None:
    """Write ``demo.json``: the address, the co-op, and who can sign in to see what."""
    described = {
        "base_url": base_url,
        "coop": IDENTITY.name,
        "time_zone": IDENTITY.zone,
        "sign_ins": [_described(sign_in) for sign_in in list_sign_ins(world)],
    }
    part = path.with_suffix(".part")
    part.write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")
    part.replace(path)


def _home_of(samples: Iterable[Household]) -> Household:
    return next(household for household in samples if household.holder.key == "maria")


def _add_second_factor(user_id: int, secret: str) -> None:
    user = get_user_model().objects.get(pk=user_id)
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(user, secret)


def _described(sign_in: SignIn) -> dict[str, Any]:
    described: dict[str, Any] = {
        "role": sign_in.role,
        "email": sign_in.person.email,
        "password": PASSWORD,
    }
    if sign_in.totp_secret:
        described["totp_secret"] = sign_in.totp_secret
    described["accounts"] = [_described_account(holding) for holding in sign_in.holdings]
    return described


def _described_account(holding: Holding) -> dict[str, Any]:
    return {
        "number": holding.number,
        "service_locations": [
            {
                "number": supply.number,
                "service": supply.service,
                "meters": [meter.serial for meter in supply.meters if meter.removed_on is None],
            }
            for _place, supply in holding.supplies
        ],
    }
