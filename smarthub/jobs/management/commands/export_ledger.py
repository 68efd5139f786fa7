"""Write the whole ledger to standard output, for beancount or hledger."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from smarthub.wiring.ledger_formats import LEDGER_FORMATS
from smarthub.workflows.cooperative.export_ledger import export_ledger


class Command(BaseCommand):
    """``export_ledger --format beancount|hledger``."""

    help = "Write the ledger as plain text that bean-check or hledger can check."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the layout."""
        parser.add_argument("--format", choices=sorted(LEDGER_FORMATS), default="beancount")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write it a piece at a time."""
        for piece in export_ledger(layout=LEDGER_FORMATS[options["format"]]):
            self.stdout.write(piece, ending="")
