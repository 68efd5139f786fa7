"""The settings with the checks of migrations switched on; they serve nobody."""

from __future__ import annotations

from smarthub.config.settings import *  # noqa: F403
from smarthub.config.settings import INSTALLED_APPS as SERVED_APPS

FIRST_PARTY_APPS = [app for app in SERVED_APPS if app.startswith("smarthub.")]
INSTALLED_APPS = [*SERVED_APPS, "django_linear_migrations", "django_migration_linter"]
MIGRATION_LINTER_OPTIONS = {
    "include_apps": [app.rpartition(".")[2] for app in FIRST_PARTY_APPS],
    "no_cache": True,
    "quiet": ["ok", "ignore"],
    # A first migration makes tables nobody uses yet, so nothing in it can be unsafe.
    "ignore_initial_migrations": True,
    # The interval store is a new table written in SQL; the linter takes its columns for added.
    "ignore_name": ["0002_pack_intervals"],
}
