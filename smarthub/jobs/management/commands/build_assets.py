"""Build the browser's libraries, the fonts, the catalogues and the static files."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from smarthub.jobs.assets import BuildFailed, build_assets


class Command(BaseCommand):
    """``build_assets``: quick where nothing changed."""

    help = "Build what browsers and printed bills need."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether the tools of tests and benches are wanted."""
        parser.add_argument("--with-tools", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Build, naming each step as it starts."""
        try:
            build_assets(
                root=settings.ROOT,
                build_dir=settings.BUILD_DIR,
                with_tools=options["with_tools"],
                progress=lambda name: self.stdout.write(f"Building {name}"),
            )
        except BuildFailed as error:
            raise CommandError(str(error)) from error
