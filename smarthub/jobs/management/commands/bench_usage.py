"""Measure reads in an empty database: a night, packed rows beside a row a read, a year."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from smarthub.jobs.bench.usage.table import tell_usage
from smarthub.metering.models import Meter


class Command(BaseCommand):
    """``bench_usage``: ``smarthub bench usage`` makes its server and removes it."""

    help = "Measure reads in an empty database."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how many meters a night has, and how many are compared."""
        parser.add_argument("--meters", type=int, default=300_000)
        parser.add_argument("--singles", type=int, default=10_000_000)
        parser.add_argument("--compared", type=int, default=10_000)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Migrate, measure and print; a missed limit is printed, not raised."""
        call_command("prepare_database", verbosity=0)
        if Meter.objects.exists():
            raise CommandError("This database holds meters; the bench fills an empty one.")
        tell_usage(
            meters=options["meters"],
            singles=options["singles"],
            compared=options["compared"],
            say=self.stdout.write,
        )
