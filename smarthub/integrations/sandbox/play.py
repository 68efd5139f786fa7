"""The sandbox's gateway for a while, so that a history can be played with it: cards, days, clock.

It is the same program that a demo runs, on a free port and with the same file, so what was charged
in the history is known to the gateway that the demo starts afterwards.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx

from smarthub.integrations.sandbox.gateway import SandboxGateway
from smarthub.integrations.sandbox.gateway_banks import TEST_ROUTING

MODULE = "smarthub.integrations.sandbox.gateway_process"
TIMEOUT_SECONDS = 10.0


class Play:
    """A gateway that is told what happens: who gives which card, what it does, when a day ends."""

    def __init__(self, *, address: str, secret: str) -> None:
        self.gateway = SandboxGateway(
            base_url=address, secret=secret, timeout_seconds=TIMEOUT_SECONDS
        )
        self._client = httpx.Client(
            base_url=address,
            headers={"Authorization": f"Bearer {secret}"},
            timeout=TIMEOUT_SECONDS,
            trust_env=False,
        )

    def close(self) -> None:
        """Close the connections."""
        self.gateway.close()
        self._client.close()

    def set_clock(self, at: dt.datetime) -> None:
        """Let it be a moment at the gateway."""
        self._tell("/v1/clock", {"at": at.isoformat()})

    def give_card(self, form_url: str, *, number: str, expiry: str) -> str:
        """Give one of the test cards as a person does; return the reference carried back."""
        fields = {"number": number, "expiry": expiry, "cvc": "123", "zip": "61000"}
        return self._fill_in(form_url, fields)

    def give_bank(self, form_url: str, *, account: str) -> str:
        """Give one of the test bank accounts, with its mandate; return the reference."""
        fields = {"routing": TEST_ROUTING, "account": account, "agree": "1"}
        return self._fill_in(form_url, fields)

    def write_script(self, *, token: str, steps: Sequence[str]) -> None:
        """Say what the next charges of a method do, one step each."""
        self._tell(f"/v1/methods/{token}/script", {"steps": list(steps)})

    def end_day(self, day: dt.date) -> None:
        """Let a day end: bank charges go on, and what moved money is paid out."""
        self._tell("/v1/day-ends", {"day": day.isoformat()})

    def events_were_heard(self) -> None:
        """Let what was told so far be told to nobody again."""
        self._tell("/v1/events/heard", {})

    def _fill_in(self, form_url: str, fields: dict[str, str]) -> str:
        answer = self._client.post(form_url, data=fields)
        return parse_qs(urlsplit(answer.headers["Location"]).query)["setup"][0]

    def _tell(self, path: str, values: dict[str, object]) -> None:
        self._client.post(path, json=values).raise_for_status()


@contextmanager
def run_play(state: Path) -> Iterator[Play]:
    """Run the simulator with its file until the block ends.

    Raises:
        RuntimeError: it did not start.
    """
    secret = secrets.token_hex(16)
    state.parent.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(  # noqa: S603 (our own program)
        [sys.executable, "-m", MODULE, "--port", "0", "--state", str(state)],
        env={**os.environ, "SMARTHUB_GATEWAY_SECRET": secret},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        said = process.stdout.readline() if process.stdout else ""
        address = re.search(r"127\.0\.0\.1:\d+", said)
        if address is None:
            raise RuntimeError("the simulator did not start")
        with closing(Play(address=f"http://{address[0]}", secret=secret)) as play:
            yield play
    finally:
        process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()
