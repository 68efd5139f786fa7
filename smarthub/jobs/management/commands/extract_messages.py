"""Bring the Spanish catalogue up to date with the texts of the house."""

from __future__ import annotations

from typing import Any

from babel.messages.catalog import Message
from django.core.management.base import BaseCommand

from smarthub.jobs.catalogue import SPANISH, update_catalogue


class Command(BaseCommand):
    """``extract_messages``: then translate what it names, and run it again."""

    help = "Collect every text to translate, and say which have no Spanish yet."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Update the catalogue and name what is missing."""
        catalog = update_catalogue()
        missing = [message for message in catalog if message.id and not _is_said(message)]
        for message in missing:
            self.stdout.write(f"no Spanish: {message.id}")
        self.stdout.write(f"{len(catalog)} texts, {len(missing)} without Spanish: {SPANISH.name}")


def _is_said(message: Message) -> bool:
    """Whether there is Spanish for it; of a text with a plural, for each of its forms."""
    said = message.string or ""
    return all([said] if isinstance(said, str) else said)
