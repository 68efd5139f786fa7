"""The settings of the server that is visited: pages for every error, and a pseudo-language."""

from __future__ import annotations

from smarthub.config.settings import *  # noqa: F403
from smarthub.config.settings import LANGUAGES as SERVED_LANGUAGES
from smarthub.config.settings import LOCALE_PATHS as SERVED_PATHS
from smarthub.config.settings import STATE_DIR
from tests.e2e.access.pseudo import PSEUDO

ROOT_URLCONF = "tests.e2e.access.urls"
LANGUAGES = [*SERVED_LANGUAGES, (PSEUDO, "Pseudo")]
LOCALE_PATHS = [STATE_DIR / "locale", *SERVED_PATHS]
