"""The sandbox's gateway tells our side what happened: signed, more than once, in any order.

As real ones do it, it sends again until it hears a 2xx answer; ``mischief`` also sends some twice
and shuffles what waits, by a seed that replays.
"""

from __future__ import annotations

import json
import random
import threading
import time
from dataclasses import dataclass, field

import httpx

from smarthub.integrations.event_signature import sign
from smarthub.integrations.sandbox.gateway_state import GatewayState, Row

PAUSE_SECONDS = 0.2
TIMEOUT_SECONDS = 10.0
TWICE_PERCENT = 30


@dataclass
class EventSender(threading.Thread):
    """Sends what was not delivered yet, for as long as the process lives."""

    state: GatewayState
    address: str
    secret: str
    clock_shift_seconds: int = 0
    mischief: int | None = None
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self._chance = random.Random(self.mischief)  # noqa: S311 (a play, not a secret)

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        """Look for news until the process ends."""
        with httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False) as client:
            while True:
                self.send_waiting(client)
                time.sleep(PAUSE_SECONDS)

    def send_waiting(self, client: httpx.Client) -> None:
        """Send every event that nobody has acknowledged."""
        waiting = self.state.all("SELECT * FROM event WHERE NOT delivered ORDER BY sequence")
        if self.mischief is not None:
            waiting += [row for row in waiting if self._chance.randrange(100) < TWICE_PERCENT]
            self._chance.shuffle(waiting)
        for event in waiting:
            if self._send(client, event):
                self.state.write("UPDATE event SET delivered = 1 WHERE id = ?", event["id"])

    def _send(self, client: httpx.Client, event: Row) -> bool:
        body = event_body(event)
        at = int(time.time()) + self.clock_shift_seconds
        headers = {
            "Content-Type": "application/json",
            "Sandbox-Signature": sign(body=body, secret=self.secret, at=at),
        }
        try:
            answer = client.post(self.address, content=body, headers=headers)
        except httpx.TransportError:
            return False
        return answer.is_success


def event_body(event: Row) -> bytes:
    """Return an event as it is sent; it says what happened to which charge or method, no more."""
    names = ("id", "kind", "charge", "method", "made_at")
    return json.dumps({name: event[name] for name in names}).encode()
