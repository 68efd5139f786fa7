"""Take in a file of reads under a profile, or show what would come of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from smarthub.cooperative.queries import get_zone
from smarthub.metering.profiles import ProfileRefused
from smarthub.metering.types import ImportReport, OnError
from smarthub.wiring.clock import now, today
from smarthub.wiring.read_formats import GREEN_BUTTON, OURS, read_format
from smarthub.workflows.reads.import_reads import (
    Order,
    Preview,
    import_file,
    list_mapping_profiles,
    try_file,
)

SHOWN_PROBLEMS = 20
PERCENT = 100


class Command(BaseCommand):
    """``import_reads``: the report of a file, row by row where something is wrong."""

    help = "Take in a file of reads."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, the profile and what it needs."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--profile", required=True)
        parser.add_argument("--meter", default="")
        parser.add_argument("--station", default="")
        parser.add_argument("--refuse-file", action="store_true")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Import or try; end with 1 if nothing was, or would be, kept."""
        order = _order(options)
        if options["dry_run"]:
            preview = try_file(order=order, progress=self._progress)
            self._tell_report(preview.report, kept="would be kept")
            self._tell_preview(preview)
            report = preview.report
        else:
            report = import_file(order=order, progress=self._progress)
            self._tell_report(report, kept="kept")
        if not (report.stored or report.already_known):
            raise CommandError("Nothing of the file was kept.")

    def _progress(self, done: int, total: int) -> None:
        if sys.stderr.isatty():
            share = PERCENT * done // max(total, 1)
            self.stderr.write(f"\r{share} %", ending="\n" if done == total else "")

    def _tell_report(self, report: ImportReport, *, kept: str) -> None:
        if report.already_known:
            self.stdout.write(f"{report.file_name} was taken in before; nothing changed.")
        self.stdout.write(f"{report.file_name}: {report.rows} rows, {report.kept} {kept}")
        for problem in report.problems[:SHOWN_PROBLEMS]:
            found = ", ".join(f"{name} {value}" for name, value in problem.values.items())
            self.stdout.write(f"  row {problem.row}: {problem.code}{': ' if found else ''}{found}")
        more = len(report.problems) - SHOWN_PROBLEMS
        if more > 0:
            self.stdout.write(f"  and {more} more")

    def _tell_preview(self, preview: Preview) -> None:
        for total in preview.totals:
            self.stdout.write(
                f"  {total.flow}: {total.total:f} {total.unit} on {total.days} new or changed "
                f"days of {total.meters} meters"
            )
        for read in preview.first:
            self.stdout.write(
                f"  {read.meter_serial} {read.flow} {read.starts_at.isoformat()} "
                f"{read.value:f} {read.unit}"
            )


def _order(options: dict[str, Any]) -> Order:
    path, name = options["file"], options["profile"]
    if not path.is_file():
        raise CommandError(f"There is no file {path}.")
    zone = get_zone()
    try:
        mappings = list_mapping_profiles(on=today(zone))
    except ProfileRefused as error:
        raise CommandError(
            f"A saved profile cannot be: {error.values['field']} ({error.values['reason']})."
        ) from error
    if name == GREEN_BUTTON and not options["meter"]:
        raise CommandError("Say with --meter which meter the Green Button file is of.")
    if name == "temperature" and not options["station"]:
        raise CommandError("Say with --station which station the temperatures are of.")
    layout = read_format(name, mappings=mappings, zone=zone, meter=options["meter"])
    if layout is None:
        known = ", ".join([*OURS, GREEN_BUTTON, *sorted(mappings)])
        raise CommandError(f"There is no profile {name}; there are {known}.")
    return Order(
        path=path,
        layout=layout,
        on_error=OnError.REFUSE_FILE if options["refuse_file"] else OnError.KEEP_GOOD,
        received_at=now(),
        zone=zone,
        station=options["station"],
    )
