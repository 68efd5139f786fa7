"""Check the migrations: none missing, one line of them, none unsafe: ``make check`` runs this.

They are compared with a real server, the one the tests use.
"""

from __future__ import annotations

import os

import django
from django.core.management import call_command

from tests.plugin import STARTED_SERVER

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings_checks"
    try:
        django.setup()
        call_command("check", fail_level="WARNING")
        call_command("makemigrations", check=True, dry_run=True)
        call_command("lintmigrations")
    finally:
        if STARTED_SERVER is not None:
            STARTED_SERVER.stop()
