"""The people of the demo co-op. All are invented; a few are sample sign-ins with a part to play."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from smarthub.jobs.demo.chance import Chance
from smarthub.jobs.demo.world import DemoPerson

MAIL = "prairieridge.example"
SPANISH_PERMILLE, NO_EMAIL_PERMILLE, JOINT_PERMILLE = 50, 220, 300
"""Domain rules 9.3: Spanish 5 %, no e-mail 22 %."""

NAMES = yaml.safe_load((Path(__file__).parent / "names.yaml").read_text(encoding="utf-8"))
ORGANISATION_PERMILLE = 60


@dataclass(frozen=True, slots=True)
class SampleMember:
    """A member of the demo who has a sign-in and a part to play."""

    key: str
    given: str
    family: str
    language: str = "en"


SAMPLES = {
    0: SampleMember("maria", "Maria", "Alvarez"),
    1: SampleMember("walter", "Walter", "Lindgren"),
    2: SampleMember("june", "June", "Becker"),
    5: SampleMember("rosa", "Rosa", "Nuñez", language="es"),
}
"""Which members, by their place in the list. Walter is past due, June is in credit."""


def holder_of(index: int, chance: Chance) -> DemoPerson:
    """Return who holds the membership at ``index``: a sample member, or somebody by chance."""
    if (sample := SAMPLES.get(index)) is not None:
        return DemoPerson(
            key=sample.key,
            given=sample.given,
            family=sample.family,
            organisation="",
            language=sample.language,
            email=f"{sample.key}@{MAIL}",
            phone=_phone(index),
        )
    if chance.happens("organisation", index, permille=ORGANISATION_PERMILLE):
        return _organisation(index, chance)
    return _person(f"member-{index:05d}", index, chance)


def joint_holder_of(index: int, holder: DemoPerson, chance: Chance) -> DemoPerson | None:
    """Return who shares the membership, with the holder's family name and language, or nobody."""
    if not holder.family or not chance.happens("joint", index, permille=JOINT_PERMILLE):
        return None
    given = NAMES["spanish_given" if holder.language == "es" else "given"]
    others = [name for name in given if name != holder.given]
    return DemoPerson(
        key=f"joint-{index:05d}",
        given=chance.pick("joint given", index, among=others),
        family=holder.family,
        organisation="",
        language=holder.language,
        email="",
        phone="",
    )


def _person(key: str, index: int, chance: Chance) -> DemoPerson:
    spanish = chance.happens("spanish", index, permille=SPANISH_PERMILLE)
    kind = "spanish_" if spanish else ""
    given = chance.pick("given", index, among=NAMES[f"{kind}given"])
    family = chance.pick("family", index, among=NAMES[f"{kind}family"])
    return DemoPerson(
        key=key,
        given=given,
        family=family,
        organisation="",
        language="es" if spanish else "en",
        email=_email(index, chance),
        phone=_phone(index),
    )


def _organisation(index: int, chance: Chance) -> DemoPerson:
    name = chance.pick("organisation name", index, among=NAMES["organisations"])
    return DemoPerson(
        key=f"member-{index:05d}",
        given="",
        family="",
        organisation=name,
        language="en",
        email=_email(index, chance),
        phone=_phone(index),
    )


def _email(index: int, chance: Chance) -> str:
    if chance.happens("no e-mail", index, permille=NO_EMAIL_PERMILLE):
        return ""
    return f"member{index:05d}@mail.example"


def _phone(index: int) -> str:
    """Return one of the hundred numbers kept for fiction, 555-0100 to 555-0199."""
    return f"815-555-01{index % 100:02d}"
