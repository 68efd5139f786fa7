"""Keep which members had Auto Pay in the old system, so that it is proposed to them anew."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from smarthub.wiring.clock import now
from smarthub.workflows.auto_pay.migrated_auto_pay import ColumnsMissing, RowFault, import_proposals

FAULTS = {
    RowFault.NO_ACCOUNT: "no account number",
    RowFault.NOT_THERE: "no account has this number",
    RowFault.TWICE: "this account was in an earlier row",
    RowFault.BAD_CAP: "the cap is no amount above 0, such as 250.00",
    RowFault.TOO_LONG: "drew_on takes 40 characters and id takes 80",
    RowFault.CARD_NUMBER: "drew_on holds too many digits; keep the last four only",
    RowFault.TOO_MANY: "it has more values than columns; put what holds a comma in quotes",
    RowFault.NO_TEXT: "a value holds a line break or another character that is no text",
}

FIRST_ROW = 2
"""The number of the row after the heads."""


class Command(BaseCommand):
    """``import_auto_pay FILE --from NAME [--trial]``: a CSV of account, cap, drew_on, id."""

    help = "Keep which accounts had Auto Pay in the old system; again is harmless."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, the old system's name, and the wish only to try."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--from", dest="source", required=True, help="the old system's name")
        parser.add_argument("--trial", action="store_true", help="only say what is wrong")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Import, and say of each row that was not kept why."""
        line_numbers: list[int] = []
        try:
            with options["file"].open(encoding="utf-8-sig", newline="") as lines:
                reader = csv.DictReader(lines, strict=True)
                done = import_proposals(
                    rows=_noting(reader, line_numbers),
                    columns=reader.fieldnames or (),
                    source_system=options["source"][:40],
                    now=now(),
                    is_trial=options["trial"],
                )
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}") from None
        except (UnicodeDecodeError, csv.Error):
            raise CommandError("The file is no CSV in UTF-8; export it again.") from None
        except ColumnsMissing as error:
            columns = error.values["columns"]
            raise CommandError(
                f"The first line must name of these columns, each once: {columns}"
            ) from None
        for row, fault in done.faults:
            self.stderr.write(f"line {line_numbers[row - FIRST_ROW]}: {FAULTS[fault]}")
        said = "would be kept" if options["trial"] else "are kept"
        good = done.rows - len(done.faults)
        self.stdout.write(
            f"{good} of {done.rows} rows {said}, {done.kept} of them new; "
            f"{len(done.faults)} have faults"
        )


def _noting(reader: csv.DictReader[str], line_numbers: list[int]) -> Iterator[dict[Any, Any]]:
    """Yield the rows, and note on which line of the file each ends: empty lines are no rows."""
    for row in reader:
        line_numbers.append(reader.line_num)
        yield row
