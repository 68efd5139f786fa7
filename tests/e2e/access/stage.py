"""Fill the database the settings name, for good: ``python -m tests.e2e.access.stage``."""

from __future__ import annotations

import django

if __name__ == "__main__":
    django.setup()

    from tests.e2e.access.filling import fill

    fill()
