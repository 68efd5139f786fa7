"""Bring the database to this version, then give the application's role its rights."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from smarthub.jobs.database import (
    MIGRATION_LOCK,
    count_waiting_migrations,
    get_current_role,
    grant_application_rights,
)


class Command(BaseCommand):
    """``prepare_database``: run as the owner; two at once take turns."""

    help = "Migrate, then grant the application's role its rights."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Migrate and grant; with one role for both there is nothing to grant."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
            try:
                self._prepare()
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])

    def _prepare(self) -> None:
        waiting = count_waiting_migrations()
        if waiting:
            self.stdout.write(f"Applying {waiting} migrations")
            call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        role = settings.APPLICATION_ROLE
        if role != get_current_role():
            grant_application_rights(role=role)
