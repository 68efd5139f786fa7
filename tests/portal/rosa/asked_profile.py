"""Contacts, sharing, invitations and the log, asked by Rosa for Maria's; reports at the desk."""

from __future__ import annotations

from uuid import UUID

from smarthub.accounts.models import AccountRole
from smarthub.accounts.operations import invite
from smarthub.accounts.types import SharedRole
from smarthub.members.models import Contact
from smarthub.notifications.operations import report_suspicious
from tests.cast import Cast
from tests.portal.conftest import NOW
from tests.portal.rosa.tables import Ask, Tables, Things

NOBODYS = "00000000-0000-4000-8000-00000000dead"
REPORT = UUID("00000000-0000-4000-8000-000000003001")
MISSING = {
    "contact": NOBODYS,
    "new_contact": NOBODYS,
    "other_contact": NOBODYS,
    "bens_role": NOBODYS,
    "invitation": "2222-2222",
    "report": NOBODYS,
}


def prepare(cast: Cast) -> dict[str, str]:
    """Give Maria a second address, one still to be confirmed, an invitation, and a report."""
    maria = cast.maria.person_id
    signs_in = Contact.objects.get(person=maria)
    other, new = (
        Contact.objects.create(
            person_id=maria, kind="email", value=value, normalised=value, verified_at=verified_at
        )
        for value, verified_at in (("m@ridge.example", NOW), ("new@ridge.example", None))
    )
    role = AccountRole.objects.get(person=cast.ben.person_id)
    invitation = invite(
        account_id=cast.account_1001,
        invited_by=maria,
        name="Ana",
        channel="email",
        address="ana@ridge.example",
        role=SharedRole.VIEWER,
        role_ends_on=None,
        now=NOW,
        expires_at=NOW.replace(year=2025),
    )
    report_suspicious(
        report_id=REPORT,
        person_id=maria,
        way="call",
        came_from="815-555-0155",
        text="Maria was asked for her card.",
        answer_to="",
        picture=b"\xff\xd8\xff",
        now=NOW,
    )
    for each in (signs_in, other, new, role):
        each.refresh_from_db()
    return {
        "contact": str(signs_in.reference),
        "other_contact": str(other.reference),
        "new_contact": str(new.reference),
        "bens_role": str(role.reference),
        "invitation": invitation,
        "report": str(REPORT),
    }


def _contact(what: str, name: str) -> tuple[Ask, ...]:
    def address(things: Things) -> str:
        return f"/settings/contacts/{things[name]}/{what}"

    return Ask("GET", address), Ask("POST", address, lambda _: {})


def _users(*parts: str) -> tuple[Ask, ...]:
    def address(things: Things) -> str:
        return "/settings/users/" + "".join(f"{things.get(part, part)}/" for part in parts)

    return Ask("GET", address), Ask("POST", address, lambda _: {})


ASKED: Tables = {
    "settings/contacts/<uuid:reference>/": _contact("", "new_contact"),
    "settings/contacts/<uuid:reference>/remove/": _contact("remove/", "other_contact"),
    "settings/contacts/<uuid:reference>/sign-in/": _contact("sign-in/", "other_contact"),
    "settings/accounts/<str:number>/name/": (
        Ask("GET", lambda t: f"/settings/accounts/{t['account']}/name/"),
        Ask("POST", lambda t: f"/settings/accounts/{t['account']}/name/", lambda _: {}),
    ),
    # A role on an account of Maria's that is Ben's: even Maria does not give it up for him.
    "settings/accounts/shared/<uuid:reference>/": (
        Ask("GET", lambda t: f"/settings/accounts/shared/{t['bens_role']}/", owner="ben"),
        Ask(
            "POST",
            lambda t: f"/settings/accounts/shared/{t['bens_role']}/",
            lambda _: {},
            owner="ben",
        ),
    ),
    "settings/users/<str:number>/": (Ask("GET", lambda t: f"/settings/users/{t['account']}/"),),
    "settings/users/<str:number>/invite/": (
        Ask("GET", lambda t: f"/settings/users/{t['account']}/invite/"),
        Ask(
            "POST",
            lambda t: f"/settings/users/{t['account']}/invite/",
            lambda _: {},
            reached=200,
        ),
    ),
    "settings/users/<str:number>/<uuid:reference>/": (
        *_users("account", "bens_role"),
        Ask(
            "POST",
            lambda t: f"/settings/users/{t['rosas_account']}/{t['bens_role']}/",
            lambda _: {},
            owner="",
        ),
    ),
    "settings/users/<str:number>/<str:invitation>/": (
        *_users("account", "invitation"),
        Ask(
            "POST",
            lambda t: f"/settings/users/{t['rosas_account']}/{t['invitation']}/",
            lambda _: {},
            owner="",
        ),
    ),
    # Whoever has the address gets the same form for any number; the code opens, and nothing else.
    "invitations/<str:number>/": (
        Ask("GET", lambda t: f"/invitations/{t['invitation']}/", owner="", status=200),
        Ask(
            "POST",
            lambda t: f"/invitations/{t['invitation']}/",
            lambda _: {"code": "2222-2222"},
            owner="",
            status=400,
        ),
    ),
    "invitations/<str:number>/sign-in/": (
        Ask("GET", lambda t: f"/invitations/{t['invitation']}/sign-in/", owner=""),
        Ask("POST", lambda t: f"/invitations/{t['invitation']}/sign-in/", lambda _: {}, owner=""),
    ),
    "invitations/<str:number>/accept/": (
        Ask("POST", lambda t: f"/invitations/{t['invitation']}/accept/", lambda _: {}, owner=""),
    ),
    "desk/reports/": (Ask("GET", lambda _: "/desk/reports/", owner="dana"),),
    "desk/reports/<uuid:report_id>/": (
        Ask("GET", lambda t: f"/desk/reports/{t['report']}/", owner="dana"),
        Ask("POST", lambda t: f"/desk/reports/{t['report']}/", lambda _: {}, owner="dana"),
    ),
    "desk/reports/<uuid:report_id>/picture/": (
        Ask("GET", lambda t: f"/desk/reports/{t['report']}/picture/", owner="dana"),
    ),
    "desk/accounts/<str:number>/note/": (
        Ask("GET", lambda t: f"/desk/accounts/{t['account']}/note/", owner="dana"),
        Ask("POST", lambda t: f"/desk/accounts/{t['account']}/note/", lambda _: {}, owner="dana"),
    ),
}

OWN = {
    "settings/profile/": "what the reader told the co-op about themselves",
    "settings/profile/name/": "the reader's own name",
    "settings/profile/bills/": "the reader's own bills",
    "settings/profile/address/": "the reader's own mailing address",
    "settings/contacts/": "the reader's own contacts",
    "settings/contacts/email/": "adds an address to the reader's own contacts",
    "settings/contacts/phone/": "adds a phone to the reader's own contacts",
    "settings/accounts/": "the accounts of the reader's own sign-in",
    "settings/users/": "the accounts the reader may share",
    "settings/messages/": "what was sent to the reader",
    "settings/my-data/": "says what can be taken away",
    "settings/my-data/everything.zip": "everything held about the reader",
    "settings/close/": "closes the reader's own sign-in",
}
