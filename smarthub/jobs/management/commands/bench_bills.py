"""Measure a bill run in the scratch database of ``smarthub bench bills``."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from smarthub.jobs.bench.bills.measuring import analyze, make_set, measure_bills, work_on


class Command(BaseCommand):
    """``bench_bills``: prints figure, measured, limit and verdict; ``--work-on`` is one worker."""

    help = "Measure a bill run; only in a database made for it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the size, the numbers of workers, and what a worker works on."""
        parser.add_argument("--members", type=int, default=24_000)
        parser.add_argument("--workers", type=int, action="append")
        parser.add_argument("--make", action="store_true", help="make the set, and no more")
        parser.add_argument("--analyze", action="store_true", help="take statistics, and no more")
        parser.add_argument("--work-on", help="a cycle: be one worker on it")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Measure, or work."""
        if not (settings.STATE_DIR / "bench.scratch").exists():
            raise CommandError("This is no scratch database: start it by `smarthub bench bills`.")
        workers = tuple(options["workers"] or (1, 2))
        if options["work_on"]:
            self._say(str(work_on(cycle=options["work_on"])))
        elif options["make"]:
            make_set(members=options["members"], workers=workers, say=self._say)
        elif options["analyze"]:
            analyze()
        else:
            self._measure(workers)

    def _measure(self, workers: tuple[int, ...]) -> None:
        figures = measure_bills(workers=workers, say=self._say)
        missed = sum(figure.kept is False for figure in figures)
        self._say(f"{len(figures)} figures, {missed} missed")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        sys.stdout.flush()
