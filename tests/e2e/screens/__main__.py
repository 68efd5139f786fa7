"""Take all pictures: ``python -m tests.e2e.screens [--only bill] [--kept] [--check]``."""

from __future__ import annotations

import os

import django

from tests.plugin import STARTED_SERVER

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smarthub.config.settings")
    try:
        django.setup()

        from tests.e2e.screens.command import take_screens

        take_screens()
    finally:
        if STARTED_SERVER is not None:
            STARTED_SERVER.stop()
