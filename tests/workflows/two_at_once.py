"""Two people who do the same at the same moment, in a database in which both may really commit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.db import connection, transaction

BLOCKED_SECONDS = 10
WAITING = (
    "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
    " WHERE NOT l.granted AND a.datname = current_database()"
)


class TwoAtOnce:
    """The first stops in the middle until the second waits for it; then both go on.

    ``answers`` are what each got, the first one's first, or the error it met instead.
    """

    def __init__(self) -> None:
        self.answers: list[object] = [None, None]
        self.has_waited = False
        self._is_under_way = threading.Event()
        self._first = 0

    def act(self, first: Callable[[], object], second: Callable[[], object]) -> list[object]:
        """Let both act, each in a transaction of its own that the first keeps open at its end."""

        def keep_open() -> object:
            with transaction.atomic():
                answer = first()
                self.pause()
            return answer

        return self.act_freely(keep_open, second)

    def act_freely(self, first: Callable[[], object], second: Callable[[], object]) -> list[object]:
        """Let both act; the first has to come to ``pause`` by itself."""
        threads = [
            threading.Thread(target=self._do, args=(0, first)),
            threading.Thread(target=self._do, args=(1, second)),
        ]
        threads[0].start()
        assert self._is_under_way.wait(BLOCKED_SECONDS)
        threads[1].start()
        for each in threads:
            each.join()
        return self.answers

    def pause_at(self, wanted: str) -> Callable[[str], None]:
        """Return what stands in for ``reach``: the first stops where it comes to a point."""
        return lambda point: self.pause() if point == wanted else None

    def pause(self) -> None:
        """Stop the first, the first time it comes here, until the second waits or is done."""
        if self._is_under_way.is_set() or threading.get_ident() != self._first:
            return
        self._is_under_way.set()
        until = time.monotonic() + BLOCKED_SECONDS
        while time.monotonic() < until and self.answers[1] is None and not self.has_waited:
            with connection.cursor() as cursor:
                # Inside a transaction the list of backends stays as it was first read.
                cursor.execute("SELECT pg_stat_clear_snapshot()")
                cursor.execute(WAITING)
                self.has_waited = bool(cursor.fetchone()[0])
            time.sleep(0.02)

    def _do(self, place: int, act: Callable[[], object]) -> None:
        if place == 0:
            self._first = threading.get_ident()
        try:
            self.answers[place] = act() or "done"
        except Exception as error:  # noqa: BLE001 (what each met is what a test is about)
            self.answers[place] = error
        finally:
            connection.close()
