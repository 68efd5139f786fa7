"""Found the co-op and put the cast on stage for good: ``python -m tests.crash.stage``."""

from __future__ import annotations

import django

if __name__ == "__main__":
    django.setup()

    from tests.cast import build_cast, found

    found()
    build_cast()
