"""A year of Auto Pay by chance: each bill drafted once or with a reason, told, in both books."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import transaction

from tests.sandbox_gateway import Simulator, start_simulator, stop_simulator
from tests.workflows.auto_pay.year.judge import Verdict, judge
from tests.workflows.auto_pay.year.play import Play
from tests.workflows.auto_pay.year.town import build_town

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@contextmanager
def simulator_of_its_own(folder: Path) -> Iterator[Simulator]:
    """Run a simulator for one play: its clock is moved, and its books are compared whole."""
    folder.mkdir(exist_ok=True)
    running = start_simulator(folder / "state.sqlite3")
    try:
        yield running
    finally:
        stop_simulator(running)


def play(
    simulator: Simulator, *, seed: int, houses: int, starts_on: dt.date, last_bill: dt.date
) -> tuple[Play, Verdict]:
    """Play from the month after ``starts_on`` until five weeks and a half after the last bill."""
    first_bill = (starts_on + dt.timedelta(days=32)).replace(day=1)
    clerk, town = build_town(houses=houses, starts_on=starts_on)
    played = Play(seed, simulator, clerk, town, first_bill=first_bill)
    played.days(
        first_bill - dt.timedelta(days=5), last_bill + dt.timedelta(days=39), last_bill=last_bill
    )
    return played, judge(played)


def test_two_months_with_a_leap_day_go_as_promised(
    cooperative_founded: None, tmp_path: Path
) -> None:
    with simulator_of_its_own(tmp_path) as simulator:
        _, verdict = play(
            simulator,
            seed=8,
            houses=4,
            starts_on=dt.date(2028, 1, 1),
            last_bill=dt.date(2028, 3, 8),
        )

    assert verdict.ends["paid"] > 0, verdict.ends


@pytest.mark.crash
def test_a_seed_replays(cooperative_founded: None, tmp_path: Path) -> None:
    stories = []
    for name in ("first", "second"):
        before = transaction.savepoint()
        with simulator_of_its_own(tmp_path / name) as simulator:
            _, verdict = play(
                simulator,
                seed=1,
                houses=3,
                starts_on=dt.date(2028, 1, 1),
                last_bill=dt.date(2028, 2, 8),
            )
            stories.append(verdict.story)
        transaction.savepoint_rollback(before)

    assert stories[0] == stories[1]
    assert "paid" in str(stories[0])


@pytest.mark.crash
@pytest.mark.parametrize("seed", [2028])
def test_a_year_goes_as_promised(cooperative_founded: None, tmp_path: Path, seed: int) -> None:
    with simulator_of_its_own(tmp_path) as simulator:
        played, verdict = play(
            simulator,
            seed=seed,
            houses=6,
            starts_on=dt.date(2027, 8, 1),
            last_bill=dt.date(2028, 8, 8),
        )

    for act in ("enrolled during a draft run", "enrolled during a bill run", "repaired"):
        assert played.acts[act], f"no year without: {act}"
    assert verdict.ends["paid"] >= 20
    assert len(verdict.ends) >= 8, f"too few kinds of ends: {verdict.ends}"
