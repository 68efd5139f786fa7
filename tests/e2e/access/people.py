"""Who is visited: one login for each state of the pages."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

FIRST_BILL, SECOND_BILL = dt.date(2024, 11, 1), dt.date(2024, 12, 1)
SETTLED_ON = dt.date(2024, 10, 1)
MOVED_IN = dt.date(2024, 12, 5)
ENROLLED_AT = dt.datetime(2024, 11, 20, 18, 0, tzinfo=dt.UTC)
"""When some turned Auto Pay on: between the bills."""
VISITED_AT = dt.datetime(2024, 12, 10, 18, 0, tzinfo=dt.UTC)
"""Noon of a Tuesday in Chicago; bills of November are late, those of December are not."""

LONG_NAME = "Hubert" + "wolfeschlegelsteinhausenbergerdorff" * 3 + "alternware"[:9]
assert len(LONG_NAME) == 120, "as long as a name may be"
LONG_STREET = "10244 North County Road 1900 East at the Old Prairie Schoolhouse"

RECEIPTS = {
    state: uuid.uuid5(uuid.NAMESPACE_URL, f"access:{state}")
    for state in ("paid", "declined", "waiting")
}
"""The payments whose receipts are visited."""
SECRET = "PRAIRIERIDGEACCESSHARNESS234567A"


@dataclass(frozen=True)
class Person:
    """One login, the accounts it holds, and what makes it different."""

    given: str
    family: str
    accounts: tuple[str, ...] = ()
    viewed: tuple[str, ...] = ()
    services: tuple[str, ...] = ("electric",)
    cycle: str = "C1"
    since: dt.date = SETTLED_ON
    street: str = "Elm St"
    nickname: str = ""
    is_staff: bool = False
    has_second_step: bool = False
    """An authenticator app, and a passkey beside it."""
    has_password: bool = True

    @property
    def email(self) -> str:
        """What they sign in with."""
        return f"{self.given[:60].lower()}@prairieridge.example"


PEOPLE: dict[str, Person] = {
    "stranger": Person("Nils", "Newcomer"),
    "settled_in": Person("Nora", "Fresh", ("2010",), since=MOVED_IN),
    "one": Person("Ada", "Berg", ("2001",), services=("electric", "gas", "fiber")),
    "with_card": Person("Cora", "Lund", ("2002",)),
    "pending": Person("Pia", "Moe", ("2003",)),
    "past_due": Person("Petra", "Vik", ("2004",), cycle="C2"),
    "credit": Person("Carl", "Dahl", ("2005",)),
    "zero": Person("Zoe", "Nyhus", ("2006",)),
    "million": Person("Mila", "Steen", ("2007",)),
    "estimated": Person("Ester", "Haug", ("2008",)),
    "long_name": Person(
        LONG_NAME, "Alvarez", ("2009",), street=LONG_STREET, nickname=f"Home of {LONG_NAME[:40]}"
    ),
    "forty_services": Person("Fay", "Foss", ("2040",), services=("electric",) * 40),
    "forty_accounts": Person(
        "Max", "Many", tuple(str(number) for number in range(3001, 3041)), services=("fiber",)
    ),
    "on_auto_pay": Person("Alma", "Lie", ("2013",)),
    "asked_by_auto_pay": Person("Arne", "Foss", ("2014",)),
    "auto_pay_paused": Person("Anita", "Moe", ("2015",)),
    "auto_pay_of_old": Person("Odile", "Rud", ("2018",)),
    "paid_for": Person("Gus", "Rud", ("2016",)),  # by guests and by links
    "corrected": Person("Karin", "Hjelm", ("2019",)),
    "viewer": Person("Ben", "Okafor", viewed=("2001",)),
    "forgetful": Person("Finn", "Forgetful"),  # never signs in: a link ends with the next sign-in
    "without_script": Person("Wanda", "Lie", ("2012",)),
    "two_steps": Person("Tom", "Tveit", ("2011",), has_second_step=True),
    "no_password": Person("Olga", "Krog", has_password=False),
    "clerk": Person("Dana", "Whitfield", is_staff=True, has_second_step=True),
    "new_clerk": Person("Dirk", "Berge", is_staff=True),
}

WALKERS = {
    f"walks_{screen}_{language}": Person(
        given, "Walker", tuple(f"{first + n}" for n in range(3)), cycle="WK"
    )
    for given, screen, language, first in (
        ("Wren", "phone", "en", 2101),
        ("Wilma", "phone", "es", 2111),
        ("Wade", "computer", "en", 2121),
        ("Ward", "computer", "es", 2131),
    )
}
"""Who walks through Auto Pay, one for each screen and language: on their first account it is off,
on their second it was on in the old system, on their third a withdrawal is on its way."""
PEOPLE |= WALKERS
BILLED_ALONE = dt.date(2024, 11, 19)
"""When the walkers' third accounts were billed: due three weeks later, on the day of the visit."""

NEWCOMERS = range(5001, 5081)
"""The accounts of people who have no sign-in yet: one for each window that registers."""


def email_of_newcomer(number: str | int) -> str:
    """Return the address that is on file of an account nobody signs in to."""
    return f"newcomer{number}@mail.example"
