"""Load the demo co-op, whole or not at all as far as anybody can tell.

What is being loaded is written down first (``demo.started``) and that it is done last
(``demo.loaded``). A load that was killed goes on with the values it began with: every step is
once by its key, so what is there already stays and what is missing comes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from smarthub.cooperative.operations import set_policy
from smarthub.cooperative.queries import IDENTITY as IDENTITY_KEY
from smarthub.cooperative.queries import list_policies
from smarthub.jobs.demo.drafting import Drafting
from smarthub.jobs.demo.founding import AUTHOR, FOUNDED_ON, IDENTITY, found, settle
from smarthub.jobs.demo.history import live_through
from smarthub.jobs.demo.places import design_world
from smarthub.jobs.demo.rate_book import publish_rate_book
from smarthub.jobs.demo.reads import import_read_files, write_read_files
from smarthub.jobs.demo.schedule import HISTORY_MONTHS
from smarthub.jobs.demo.sign_ins import open_sign_ins, write_demo_json
from smarthub.jobs.demo.world import World
from smarthub.kernel.period import Period, day_bounds
from smarthub.wiring.play import play_gateway
from smarthub.workflows.reads.complete_reads import (
    LOOK_BACK_NIGHTS,
    complete_reads,
    learn_usual_use,
)

DEFAULT_MEMBERS, DEFAULT_SEED = 200, 1
STARTED, LOADED = "demo.started", "demo.loaded"
ZONE = ZoneInfo(IDENTITY.zone)

Report = Callable[[str, int, int], None]
"""Told the step, how much of it is done, and how much there is."""


class AnotherCooperative(RuntimeError):
    """The database already holds a co-op that is not the demo; it is left as it is."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which demo is asked for. Equal wishes give equal co-ops, to the cent."""

    members: int
    seed: int
    today: dt.date
    months: int = HISTORY_MONTHS

    def design(self) -> World:
        """Return the co-op that is wished for."""
        return design_world(
            members=self.members, seed=self.seed, today=self.today, months=self.months
        )

    def as_json(self) -> dict[str, object]:
        """Return it as the policy holds it."""
        return {**asdict(self), "today": self.today.isoformat()}


def load_demo(*, wish: Wish, state_dir: Path, base_url: str, report: Report) -> bool:
    """Load the demo if it is not loaded; write ``demo.json`` either way.

    Args:
        wish: Size, seed and day; a demo begun with other values keeps those.
        state_dir: ``import/`` and ``demo.json`` are written here.
        base_url: The address members use.
        report: Told how each step goes on.

    Returns:
        Whether anything was loaded.

    Raises:
        AnotherCooperative: the database holds a real co-op.
        ValueError: too few members.
    """
    policies = list_policies(on=dt.date.max)
    if IDENTITY_KEY in policies and STARTED not in policies:
        raise AnotherCooperative
    begun = policies.get(STARTED)
    chosen = wish if begun is None else _wish_of(begun)
    world = chosen.design()
    now, _end = day_bounds(world.today, ZONE)
    if LOADED not in policies:
        _mark(STARTED, chosen, now)
        _load(world, state_dir, report)
        _mark(LOADED, chosen, now)
    write_demo_json(world, path=state_dir / "demo.json", base_url=base_url)
    return LOADED not in policies


def _load(world: World, state_dir: Path, report: Report) -> None:
    now, _end = day_bounds(world.today, ZONE)
    found(now=now)
    publish_rate_book(last_year=world.today.year + 1, now=now)
    settle(world, now=now, progress=_step(report, "Members"))
    staff_id = open_sign_ins(world, now=now)
    folder = state_dir / "import"
    files = write_read_files(world, folder=folder, zone=ZONE, progress=_step(report, "Read files"))
    import_read_files(files, zone=ZONE, now=now, progress=_step(report, "Reads"))
    _spend_the_night(world.today, now)
    with play_gateway(state_dir=state_dir) as play:
        drafting = Drafting(world, ZONE, play)
        drafting.begin(staff_id=staff_id)
        live_through(world, zone=ZONE, drafting=drafting, progress=_step(report, "Bills"))


def _spend_the_night(today: dt.date, now: dt.datetime) -> None:
    """Complete the last weeks of reads, as each night would have."""
    last_weeks = Period(today - dt.timedelta(days=LOOK_BACK_NIGHTS), today)
    complete_reads(period=last_weeks, zone=ZONE, now=now)
    learn_usual_use(on=today)


def _step(report: Report, name: str) -> Callable[[int, int], None]:
    return lambda done, total: report(name, done, total)


def _mark(key: str, wish: Wish, now: dt.datetime) -> None:
    set_policy(
        key=key,
        value=wish.as_json(),
        effective_from=FOUNDED_ON,
        author=AUTHOR,
        now=now,
        source_note="which demo this database holds",
    )


def _wish_of(value: dict[str, object]) -> Wish:
    return Wish(
        members=int(str(value["members"])),
        seed=int(str(value["seed"])),
        today=dt.date.fromisoformat(str(value["today"])),
        months=int(str(value["months"])),
    )
