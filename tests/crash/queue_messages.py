"""Queue messages to Maria: ``python -m tests.crash.queue_messages COUNT``."""

from __future__ import annotations

import sys

import django

if __name__ == "__main__":
    django.setup()

    from smarthub.members.models import Person
    from smarthub.members.types import PersonId
    from smarthub.notifications.operations import queue_message
    from tests.cast import NOW

    maria = Person.objects.get(given_name="Maria")
    for number in range(int(sys.argv[1])):
        queue_message(
            dedupe_key=f"crash:{number}",
            template="sign_in_code",
            language="en",
            person_id=PersonId(maria.pk),
            account_number="",
            address="maria@prairieridge.example",
            context={"code": f"{number:06}"},
            now=NOW,
        )
