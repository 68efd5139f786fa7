"""Load the demo co-op into an installation that is a demonstration."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from smarthub.jobs.demo.loading import (
    DEFAULT_MEMBERS,
    DEFAULT_SEED,
    ZONE,
    AnotherCooperative,
    Wish,
    load_demo,
)
from smarthub.jobs.demo.places import FEWEST_MEMBERS
from smarthub.wiring.clock import today

TENTHS = 10


class Command(BaseCommand):
    """``load_demo``: once; again it changes nothing, after a kill it goes on."""

    help = "Load Prairie Ridge Energy Cooperative, the demo co-op."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the size, the seed and the day at whose first midnight history ends."""
        parser.add_argument("--members", type=int, default=DEFAULT_MEMBERS)
        parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
        parser.add_argument("--today", type=dt.date.fromisoformat)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load it, telling how far each step is."""
        if not settings.DEMO:
            raise CommandError("Its passwords are public: load it only where SMARTHUB_DEMO=1.")
        if options["members"] < FEWEST_MEMBERS:
            raise CommandError(f"The demo needs {FEWEST_MEMBERS} members or more.")
        wish = Wish(
            members=options["members"],
            seed=options["seed"],
            today=options["today"] or today(zone=ZONE),
        )
        try:
            loaded = load_demo(
                wish=wish,
                state_dir=settings.STATE_DIR,
                base_url=settings.BASE_URL,
                report=self._report,
            )
        except AnotherCooperative as error:
            raise CommandError("This database holds another co-op; it is left as it is.") from error
        self.stdout.write("The demo co-op is loaded." if loaded else "The demo co-op is there.")

    def _report(self, step: str, done: int, total: int) -> None:
        """Draw a bar on a terminal; elsewhere write a line at each tenth of a step."""
        tenths = done * TENTHS // total
        if self.stdout.isatty():
            bar = "#" * tenths + "." * (TENTHS - tenths)
            self.stdout.write(f"\r{step:<10} [{bar}] {done}/{total}", ending="")
            self.stdout.write("", ending="\n" if done == total else "")
            self.stdout.flush()
        elif tenths > (done - 1) * TENTHS // total:
            self.stdout.write(f"{step} {tenths}/{TENTHS}")
