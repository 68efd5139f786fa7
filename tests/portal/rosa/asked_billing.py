"""Billing at the desk, asked by Rosa with Maria's cycle, run and bill: she learns of none."""

from __future__ import annotations

from tests.portal.rosa.tables import Ask, Tables, Things


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


RUN = "desk/bills/runs/<plain:cycle>/<day:day>/"
ASKED: Tables = {
    "desk/bills/runs/": (_look("/desk/bills/runs/"),),
    RUN: (_look(_run()),),
    f"{RUN}start/": (_act(_run("start/")),),
    f"{RUN}progress/": (_look(_run("progress/")),),
    f"{RUN}again/": (_act(_run("again/")),),
    f"{RUN}write/": (Ask("GET", lambda _: _run("write/"), owner=""), _act(_run("write/"))),
    f"{RUN}drop/": (Ask("GET", lambda _: _run("drop/"), owner=""), _act(_run("drop/"))),
    f"{RUN}accounts/<plain:number>/": _of_account("", "GET"),
    f"{RUN}accounts/<plain:number>/hold/": _of_account("hold/", "POST"),
    f"{RUN}accounts/<plain:number>/release/": _of_account("release/", "POST"),
    f"{RUN}accounts/<plain:number>/estimate/": _of_account("estimate/", "POST"),
    "desk/bills/differences/": (_look("/desk/bills/differences/"),),
    "desk/bills/differences/<int:difference>/leave/": (_act("/desk/bills/differences/1/leave/"),),
    "desk/bills/<plain:bill_number>/": (
        Ask("GET", lambda t: f"/desk/bills/{t['bill']}/", owner="dana"),
    ),
    "desk/bills/<plain:bill_number>/correct/": (
        Ask("GET", lambda t: f"/desk/bills/{t['bill']}/correct/", owner="dana"),
        Ask("POST", lambda t: f"/desk/bills/{t['bill']}/correct/", lambda _: {}, owner=""),
    ),
}
