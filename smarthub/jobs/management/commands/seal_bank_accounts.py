"""Seal every bank account's number with the newest key, so that an old key may be thrown away."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from smarthub.kernel.sealing import SealBroken, new_key
from smarthub.payments.operations import seal_accounts_again
from smarthub.wiring.bank_files import bank_sealer


class Command(BaseCommand):
    """``seal_bank_accounts``: after a key was put before the others; ``--new-key`` draws one."""

    help = "Seal every bank account's number with the newest key."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the wish for a new key instead."""
        parser.add_argument("--new-key", action="store_true", help="only print a new key")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Seal, and tell how many; or print a key."""
        if options["new_key"]:
            self.stdout.write(new_key())
            return
        try:
            sealed = seal_accounts_again(sealer=bank_sealer())
        except SealBroken:
            raise CommandError(
                "A number was sealed with a key that is not in SMARTHUB_BANK_KEYS. "
                "Put it back behind the others and run this again."
            ) from None
        self.stdout.write(f"{sealed} bank accounts sealed with the newest key")
