"""Measure draft runs in the scratch database of ``smarthub bench payments``."""

from __future__ import annotations

import logging
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from smarthub.jobs.bench.payments.measuring import make_set, measure_payments


class Command(BaseCommand):
    """``bench_payments``: prints drafts a second and the ratios between the runs."""

    help = "Measure draft runs; only in a database made for it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the size, and whether only to make the set."""
        parser.add_argument("--accounts", type=int, default=30_000)
        parser.add_argument("--make", action="store_true", help="make the set, and no more")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Measure, or make."""
        if not (settings.STATE_DIR / "bench.scratch").exists():
            raise CommandError("This is no scratch database: start `smarthub bench payments`.")
        logging.getLogger("httpx").setLevel(logging.WARNING)
        work = make_set if options["make"] else measure_payments
        work(accounts=options["accounts"], say=self._say)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        sys.stdout.flush()
