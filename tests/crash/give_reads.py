"""Give a file of reads at the desk, or confirm it, as a process of its own.

python -m tests.crash.give_reads give KEY FILE    a file of profile wide, kept and to be tried
python -m tests.crash.give_reads confirm KEY      have it taken in
"""

from __future__ import annotations

import sys
import uuid
from pathlib import Path

import django


def act(what: str, key: uuid.UUID, *files: str) -> None:
    """Do it as the first clerk there is."""
    from django.conf import settings  # noqa: PLC0415

    from smarthub.members.models import User  # noqa: PLC0415
    from smarthub.wiring.clock import now  # noqa: PLC0415
    from smarthub.workflows.reads.import_desk import confirm_file, give_file  # noqa: PLC0415

    clerk = User.objects.filter(is_staff=True).first()
    assert clerk is not None
    if what == "confirm":
        confirm_file(user_id=clerk.pk, key=key, now=now())
        return
    (file,) = map(Path, files)
    give_file(
        user_id=clerk.pk,
        key=key,
        name=file.name,
        chunks=[file.read_bytes()],
        profile="wide",
        refuse_flawed=False,
        state_dir=settings.STATE_DIR,
        now=now(),
    )


if __name__ == "__main__":
    django.setup()
    act(sys.argv[1], uuid.UUID(sys.argv[2]), *sys.argv[3:])
