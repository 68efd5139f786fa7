"""Compile the Spanish catalogue, which is built and not committed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from smarthub.jobs.catalogue import compile_catalogue


class Command(BaseCommand):
    """``compile_catalogue``: a moment's work."""

    help = "Compile the Spanish catalogue."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Compile it."""
        compile_catalogue()
