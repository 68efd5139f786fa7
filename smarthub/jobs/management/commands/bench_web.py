"""Measure the pages of a running demo against their budgets."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from smarthub.jobs.bench.web import measure_web

RUNS = 5


class Command(BaseCommand):
    """``bench_web``: prints figure, limit, measured and verdict."""

    help = "Measure the pages of the running demo."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address and how often Lighthouse measures."""
        parser.add_argument("--base-url", default=settings.BASE_URL)
        parser.add_argument("--runs", type=int, default=RUNS)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Measure, and end with how many limits were missed."""
        # The client tells each of its requests at this level; the table would be lost in them.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        figures = measure_web(
            base_url=options["base_url"].rstrip("/"),
            gateway_url=settings.GATEWAY_URL,
            state_dir=settings.STATE_DIR,
            root=settings.ROOT,
            runs=options["runs"],
            say=self.stdout.write,
        )
        over = sum(figure.verdict == "over" for figure in figures)
        self.stdout.write(f"{len(figures)} figures, {over} over their limit")
