"""Rate one load under a tariff, month by month."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from smarthub.cooperative.queries import get_zone
from smarthub.jobs.rate_load import NotRated, add_arguments, answer, tell_progress, zone_named


class Command(BaseCommand):
    """``rate TARIFF LOAD``: prints what the load costs; the zone is the co-op's by default."""

    help = "Rate one load under a tariff, for calendar months."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the two files, the zone, and riders' rates."""
        add_arguments(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print each month's lines and total."""
        name = options["timezone"]
        try:
            zone = get_zone() if name is None else zone_named(name=name)
            self.stdout.write(answer(options=options, zone=zone, progress=tell_progress()))
        except NotRated as error:
            raise CommandError(str(error)) from error
