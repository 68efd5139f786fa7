"""Write the paper bills of a run for a mailing house."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from smarthub.cooperative.queries import get_cooperative
from smarthub.kernel.errors import ExpectedError
from smarthub.workflows.bills.print_batches import folder_of
from smarthub.workflows.bills.print_bills import print_bills


class Command(BaseCommand):
    """``print_bills --cycle C1 --date 2026-12-01 [--to FOLDER]``."""

    help = "Write the paper bills of a run as tagged PDFs with their data; again is harmless."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the run and the folder."""
        parser.add_argument("--cycle", required=True)
        parser.add_argument("--date", required=True, type=dt.date.fromisoformat)
        parser.add_argument("--to", type=Path, help="a folder for this run alone")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print, and say how far it is after each file."""
        cycle, day = options["cycle"], options["date"]
        folder = options["to"] or folder_of(
            state_dir=settings.STATE_DIR, cycle_code=cycle, bill_date=day
        )
        messages = reverse("bill_message", args=[0]).replace("/0/", "/{number}/")
        try:
            printed = print_bills(
                cycle_code=cycle,
                bill_date=day,
                folder=folder,
                cooperative=get_cooperative(on=day),
                pay_address=settings.BASE_URL + reverse("pay"),
                message_address=settings.BASE_URL + messages,
                progress=self._say_progress,
            )
        except ExpectedError as error:
            raise CommandError(f"{error.code}: {error.values}") from error
        self._say(
            f"{printed.bills} bills in {printed.files} files; {printed.before} were there before, "
            f"{printed.paperless} go without paper, "
            f"{printed.refused} cannot be printed. {folder}"
        )

    def _say_progress(self, done: int, whole: int) -> None:
        self._say(f"{done} of {whole}")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        sys.stdout.flush()
