"""What people of the visited co-op wrote into their profiles, and what they reported."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from smarthub.accounts.types import SharedRole
from smarthub.members.operations import add_contact, begin_contact
from smarthub.members.queries import get_profile
from smarthub.notifications.types import Channel
from smarthub.workflows.membership.share_account import invite_to_account
from smarthub.workflows.messages.genuine_contact import report_suspicious
from tests.e2e.access.people import LONG_NAME

REPORT = UUID("5f0d3c1e-2b7a-4c55-9a53-0f6a0c6f1e2b")


def fill_people(users: dict[str, int], *, now: dt.datetime) -> None:
    """Add contacts to one person, an invitation to another's account, and a report."""
    person_id = get_profile(user_id=users["credit"]).person_id
    add_contact(person_id=person_id, kind="email", value="carl@home.example", verified_at=now)
    begin_contact(person_id=person_id, kind="email", value=f"carl.{LONG_NAME[:48]}@home.example")
    invite_to_account(
        user_id=users["forty_accounts"],
        number="3002",
        name=LONG_NAME,
        channel=Channel.EMAIL,
        address="guest@mail.example",
        language="en",
        role=SharedRole.VIEWER,
        role_ends_on=None,
        on=now.date(),
        now=now,
    )
    report_suspicious(
        report_id=REPORT,
        user_id=users["one"],
        way="call",
        came_from="(815) 555-0142",
        text="He wanted my card number, or the power would be off in half an hour.",
        answer_to="ada@prairieridge.example",
        picture=None,
        now=now,
    )
