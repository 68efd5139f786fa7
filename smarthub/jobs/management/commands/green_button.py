"""Write the use of an account as a Green Button file, and apart from it who holds the account."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from smarthub.accounts.queries import find_account_id
from smarthub.accounts.types import AccountId
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.period import Period
from smarthub.usage.types import UsageExport
from smarthub.wiring.clock import today
from smarthub.wiring.green_button import customer_feed, usage_feed
from smarthub.workflows.usage.export_usage import NothingMetered, export_usage, get_holding


class Command(BaseCommand):
    """``green_button``: one usage feed of all metered services, and on request whose they are."""

    help = "Write the use of an account as Green Button XML."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the account, the local days from and (not included) to, and the files."""
        parser.add_argument("--account", required=True)
        parser.add_argument("--from", required=True, dest="start")
        parser.add_argument("--to", required=True, dest="end")
        parser.add_argument("--out", required=True, type=Path)
        parser.add_argument("--customer-out", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the files; each is there whole or not at all."""
        period = _period(options["start"], options["end"])
        account_id = find_account_id(number=options["account"])
        if account_id is None:
            raise CommandError(f"There is no account {options['account']}.")
        zone = get_zone()
        try:
            export = export_usage(
                account_id=account_id, period=period, zone=zone, gas_in_therms=True
            )
        except NothingMetered as error:
            raise CommandError(
                f"Account {options['account']} had no metered service from {period.start} "
                f"to {period.end}."
            ) from error
        _write_whole(options["out"], usage_feed().write(export))
        self.stdout.write(f"Use from {period.start} to {period.end}: {options['out']}")
        if not export.has_reads:
            self.stderr.write("There are no readings in this range, so the file has none.")
        if options["customer_out"]:
            self._write_customer(options["customer_out"], account_id, period, export)

    def _write_customer(
        self, path: Path, account_id: AccountId, period: Period, export: UsageExport
    ) -> None:
        holding = get_holding(account_id=account_id, period=period, on=today(export.zone))
        feed = customer_feed().write(
            account_number=holding.account_number,
            holders=holding.holders,
            agreements=holding.agreements,
            zone=export.zone,
            updated_at=export.updated_at,
        )
        _write_whole(path, feed)
        self.stdout.write(f"Name and places, personal data: {path}")


def _period(start: str, end: str) -> Period:
    first, past = _day("--from", start), _day("--to", end)
    if past <= first:
        raise CommandError(
            f"--to must be after --from: {end} is the first day left out, {start} the first taken."
        )
    return Period(first, past)


def _day(option: str, text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{option} is a day such as 2026-11-01, not {text}.") from error


def _write_whole(path: Path, pieces: Iterable[str]) -> None:
    """Write beside the file first, so that a stop in the middle leaves no half of it."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
        part.replace(path)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
