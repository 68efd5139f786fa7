"""What a page costs the server: its queries, its processor time, and its time beside a file's."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

import httpx
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from smarthub.jobs.bench.first_view import Visitor

ROUNDS = 20


@dataclass(frozen=True)
class ServerCost:
    """What one page costs: queries, processor milliseconds, and how much longer than a file."""

    queries: int
    cpu_ms: float
    times_a_file: float


def measure_cost(*, visitor: Visitor, page: str, file: str) -> ServerCost:
    """Ask for a page in this process and over the wire; medians of 20 rounds.

    Args:
        visitor: who asks; her session must be one of the database this process uses.
        page: one of the visitor's pages.
        file: the address of a static file of the same server, to compare with.

    Raises:
        ValueError: the page did not answer with 200, so its cost would mean nothing.
    """
    client = Client(SERVER_NAME="127.0.0.1", headers={"accept-encoding": "gzip"})
    if page != "sign-in":
        client.cookies.load({one["name"]: one["value"] for one in visitor.cookies})
    path = visitor.paths[page]
    # The first answer reads the templates; members meet a server that has done so.
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    if answer.status_code != httpx.codes.OK:
        raise ValueError(f"{path} answered {answer.status_code}")
    return ServerCost(
        queries=len(captured),
        cpu_ms=statistics.median(_cpu_ms(client, path) for _round in range(ROUNDS)),
        times_a_file=_times_a_file(visitor, page, file),
    )


def _cpu_ms(client: Client, path: str) -> float:
    begun = time.process_time()
    client.get(path)
    return (time.process_time() - begun) * 1000


def _times_a_file(visitor: Visitor, page: str, file: str) -> float:
    """Return how much longer a page takes than a file; asked in turn, so both meet one load."""
    cookies = {} if page == "sign-in" else {"Cookie": visitor.cookie_header}
    pages, files = [], []
    with httpx.Client(base_url=visitor.base_url) as wire:
        for _round in range(ROUNDS):
            asked = wire.get(visitor.paths[page], headers=cookies)
            pages.append(asked.elapsed.total_seconds())
            files.append(wire.get(file).elapsed.total_seconds())
    return statistics.median(pages) / statistics.median(files)
