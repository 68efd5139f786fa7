"""Bill one account on the day of the visit: ``python -m tests.e2e.access.bill_account NUMBER``."""

from __future__ import annotations

import datetime as dt
import sys

import django

if __name__ == "__main__":
    django.setup()

    from smarthub.members.models import User
    from smarthub.workflows.bills.bill_single import write_single_bill
    from tests.e2e.access.people import PEOPLE, VISITED_AT

    write_single_bill(
        user_id=User.objects.get(email=PEOPLE["clerk"].email).pk,
        account_number=sys.argv[1],
        on=VISITED_AT.date(),
        now=VISITED_AT + dt.timedelta(hours=1),  # whoever turned Auto Pay on did so before
    )
