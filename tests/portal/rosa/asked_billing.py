"""Billing at the desk, asked by Rosa with Maria's cycle, run and bill: she learns of none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from smarthub.accounts.models import Account
from smarthub.billing.models import Bill
from smarthub.billing.operations.certificates import record_certificate
from smarthub.billing.operations.messages import write_message
from smarthub.billing.types import NewCertificate, NewMessage
from smarthub.kernel.text import Text
from tests.billing.village import MADE
from tests.cast import Cast
from tests.portal.rosa.tables import Ask, Tables, Things

LONG_AGO = dt.date(2020, 1, 1)
MISSING = {"bill_message": "9999", "certificate": "9999"}


def prepare(cast: Cast) -> dict[str, str]:
    """Give Maria an old bill that carries a message."""
    number = write_message(
        message=NewMessage(
            title=Text("News", "Avisos"),
            text=Text("For you.", "Para usted."),
            more=None,
            audience="list",
            values=("1001",),
            starts_on=LONG_AGO,
            ends_on=LONG_AGO,
        ),
        author="tests",
        now=MADE,
    )
    Bill.objects.create(
        number="1001-200101",
        account=Account.objects.get(pk=cast.account_1001),
        bill_date=LONG_AGO,
        due_date=LONG_AGO,
        previous_cents=0,
        payments_cents=0,
        adjustments_cents=0,
        charges_cents=0,
        asked_cents=0,
        template_version="2",
        facts={"holder": "Maria", "last_charges_cents": None, "segments": [], "messages": [number]},
        created_at=MADE,
    )
    certificate = record_certificate(
        account_id=cast.account_1001,
        certificate=NewCertificate(
            reason="church",
            number="IL-17",
            taxes=("state_tax",),
            starts_on=LONG_AGO,
            ends_on=LONG_AGO + dt.timedelta(days=1),
            proof=b"%PDF-1.7",
        ),
        author="tests",
        now=MADE,
    )
    return {"bill_message": str(number), "certificate": str(certificate)}


def _run(what: str = "") -> str:
    return f"/desk/bills/runs/C1/2024-11-01/{what}"


def _of_account(what: str, method: str) -> tuple[Ask, ...]:
    def address(things: Things) -> str:
        return _run(f"accounts/{things['account']}/{what}")

    # Once written a run has no drafts, so not even Dana finds one; to Rosa nothing is there.
    return (Ask(method, address, owner=""),)


def _look(address: str) -> Ask:
    return Ask("GET", lambda _: address, owner="dana")


def _act(address: str) -> Ask:
    return Ask("POST", lambda _: address, owner="")


def _certificates() -> Callable[[Things], str]:
    return lambda things: f"/desk/bills/accounts/{things['account']}/certificates/"


CERTIFICATES = "desk/bills/accounts/<plain:number>/certificates/"
RUN = "desk/bills/runs/<plain:cycle>/<day:day>/"
ASKED: Tables = {
    "desk/bills/runs/": (_look("/desk/bills/runs/"),),
    RUN: (_look(_run()),),
    f"{RUN}start/": (_act(_run("start/")),),
    f"{RUN}progress/": (_look(_run("progress/")),),
    f"{RUN}again/": (_act(_run("again/")),),
    f"{RUN}write/": (Ask("GET", lambda _: _run("write/"), owner=""), _act(_run("write/"))),
    f"{RUN}drop/": (Ask("GET", lambda _: _run("drop/"), owner=""), _act(_run("drop/"))),
    f"{RUN}print/": (Ask("GET", lambda _: _run("print/"), owner=""),),
    f"{RUN}print/progress/": (Ask("GET", lambda _: _run("print/progress/"), owner=""),),
    f"{RUN}print/start/": (_act(_run("print/start/")),),
    f"{RUN}print/<plain:name>": (Ask("GET", lambda _: _run("print/bills-0001.pdf"), owner=""),),
    f"{RUN}accounts/<plain:number>/": _of_account("", "GET"),
    f"{RUN}accounts/<plain:number>/hold/": _of_account("hold/", "POST"),
    f"{RUN}accounts/<plain:number>/release/": _of_account("release/", "POST"),
    f"{RUN}accounts/<plain:number>/estimate/": _of_account("estimate/", "POST"),
    "desk/bills/accounts/<plain:number>/invoice/": (
        Ask("GET", lambda t: f"/desk/bills/accounts/{t['account']}/invoice/", owner="dana"),
        Ask("POST", lambda t: f"/desk/bills/accounts/{t['account']}/invoice/", owner=""),
    ),
    CERTIFICATES: (
        Ask("GET", _certificates(), owner="dana"),
        Ask("POST", _certificates(), owner=""),
    ),
    f"{CERTIFICATES}<int:certificate>/copy/": (
        Ask("GET", lambda t: f"{_certificates()(t)}{t['certificate']}/copy/", owner="dana"),
    ),
    f"{CERTIFICATES}<int:certificate>/end/": (
        Ask("GET", lambda t: f"{_certificates()(t)}{t['certificate']}/end/", owner="dana"),
        Ask("POST", lambda t: f"{_certificates()(t)}{t['certificate']}/end/", owner=""),
    ),
    "desk/bills/accounts/<plain:number>/districts/": (
        Ask("GET", lambda t: f"/desk/bills/accounts/{t['account']}/districts/", owner="dana"),
        Ask("POST", lambda t: f"/desk/bills/accounts/{t['account']}/districts/", owner=""),
    ),
    "desk/bills/certificates/": (_look("/desk/bills/certificates/"),),
    "desk/bills/accounts/<plain:number>/today/": (
        Ask("GET", lambda t: f"/desk/bills/accounts/{t['account']}/today/", owner="dana"),
        Ask("POST", lambda t: f"/desk/bills/accounts/{t['account']}/today/", owner=""),
    ),
    "desk/bills/differences/": (_look("/desk/bills/differences/"),),
    "desk/bills/differences/<int:difference>/leave/": (_act("/desk/bills/differences/1/leave/"),),
    "desk/bills/messages/": (_look("/desk/bills/messages/"),),
    "desk/bills/messages/new/": (
        _look("/desk/bills/messages/new/"),
        _act("/desk/bills/messages/new/"),
    ),
    "desk/bills/messages/<int:number>/": (
        Ask("GET", lambda t: f"/desk/bills/messages/{t['bill_message']}/", owner="dana"),
        _act("/desk/bills/messages/1/"),
    ),
    "bills/messages/<int:number>/": (
        Ask("GET", lambda t: f"/bills/messages/{t['bill_message']}/"),
    ),
    "desk/bills/<plain:bill_number>/": (
        Ask("GET", lambda t: f"/desk/bills/{t['bill']}/", owner="dana"),
    ),
    "desk/bills/<plain:bill_number>/correct/": (
        Ask("GET", lambda t: f"/desk/bills/{t['bill']}/correct/", owner="dana"),
        Ask("POST", lambda t: f"/desk/bills/{t['bill']}/correct/", lambda _: {}, owner=""),
    ),
}
