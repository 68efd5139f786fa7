"""What is checked of a route, as functions that return complaints: none is what a test wants."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import transaction
from django.test import Client

from tests.portal.rosa.tables import Ask, Tables, Things

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NO_SUCH_METHOD = 405
REFUSALS = (403, 404, 405, 500)
HOW_TO = """
Write each into tests/portal/rosa/asked_<your room>.py (a new file is found by itself):
    ASKED["bills/<str:number>/<str:bill_number>/"] = (
        Ask("GET", lambda t: f"/bills/{t['account']}/{t['bill']}/"),
    )
one Ask for each method it takes, naming Maria's real row; t is what `prepare` of the rooms made,
and a room whose rows are not among it has a `prepare` and a `MISSING` of its own.
A page that names nothing of anybody goes into OWN with what it shows; a page everybody may see
into tests/portal/rosa/public.py with its reason."""


def name_unlisted(
    routes: Mapping[str, str], asked: Tables, own: Mapping[str, str], public: Mapping[str, str]
) -> list[str]:
    """Return a complaint for each route in no table or in two, and each entry without a route."""
    tables: tuple[Mapping[str, object], ...] = (asked, own, public)
    complaints = [
        f"{route!r} (named {name!r}) is in {count} of ASKED, OWN and PUBLIC"
        for route, name in routes.items()
        if (count := sum(route in table for table in tables)) != 1
    ]
    complaints += [
        f"{route!r} is in a table, but no route"
        for table in tables
        for route in table
        if route not in routes
    ]
    complaints += [
        f"{route!r} takes something in its address, so it cannot be in OWN: ask for Maria's"
        for route in own
        if "<" in route
    ]
    return complaints


def compare_with_missing(rosa: Client, asked: Tables, real: Things, missing: Things) -> list[str]:
    """Return a complaint for each of Maria's things Rosa can tell from one that is not there."""
    complaints = []
    for route, ask in each_ask(asked):
        hers, nobodys = send(rosa, ask, real), send(rosa, ask, missing)
        if hers[0] != ask.status:
            complaints.append(f"{ask.method} {route!r}: Rosa got {hers[0]}, not {ask.status}")
        elif hers != nobodys:
            complaints.append(f"{ask.method} {route!r}: Maria's differs from one not there")
    return complaints


def reach_as_owner(clients: Mapping[str, Client], asked: Tables, real: Things) -> list[str]:
    """Return a complaint for each thing its owner does not reach: nothing real was asked for."""
    complaints = []
    for route, ask in each_ask(asked):
        if not ask.owner:
            continue
        status, _ = send(clients[ask.owner], ask, real)
        wrong = status in REFUSALS if ask.reached is None else status != ask.reached
        if wrong:
            complaints.append(f"{ask.method} {route!r}: {ask.owner} got {status}, too")
    return complaints


def try_other_methods(clients: Mapping[str, Client], asked: Tables, real: Things) -> list[str]:
    """Return a complaint for each method a route takes that Rosa was not made to try."""
    complaints = []
    for route, asks in asked.items():
        ask = next((each for each in asks if each.owner), asks[0])
        for method in set(METHODS) - {each.method for each in asks}:
            other = Ask(method, ask.address)
            status, _ = send(clients[ask.owner or "maria"], other, real)
            if status != NO_SUCH_METHOD:
                complaints.append(f"{method} {route!r} answers {status}; ask for it as well")
    return complaints


def find_traces(page: str, traces: tuple[str, ...]) -> list[str]:
    """Return which of Maria's traces a page shows, as whole words."""
    return [trace for trace in traces if re.search(rf"(?<!\w){re.escape(trace)}(?!\w)", page)]


def each_ask(asked: Tables) -> Iterator[tuple[str, Ask]]:
    """Yield every request, with its route."""
    for route, asks in asked.items():
        for ask in asks:
            yield route, ask


def send(client: Client, ask: Ask, things: Things) -> tuple[int, str]:
    """Send one request, undo what it wrote, and return status and body without what must differ."""
    address = ask.address(things)
    client.raise_request_exception = False
    with undone():
        if ask.data is not None:
            answer = client.generic(
                ask.method,
                address,
                "&".join(f"{name}={value}" for name, value in ask.data(things).items()),
                content_type="application/x-www-form-urlencoded",
            )
        else:
            answer = client.generic(ask.method, address)
        body = b"".join(answer) if answer.streaming else answer.content
    return answer.status_code, without_what_differs(body.decode(errors="replace"), address)


def without_what_differs(body: str, address: str) -> str:
    """Take out what differs from one answer to the next: the form token, and the address."""
    body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", body)
    return re.sub(r'nonce="[^"]*"', "", body).replace(address, "")


@contextmanager
def undone() -> Iterator[None]:
    """Take back what is written meanwhile; views may open durable transactions all the same."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # noqa: SLF001 (as TestCase does)
    with block:
        yield
        transaction.set_rollback(True)
