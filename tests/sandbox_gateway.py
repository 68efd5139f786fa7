"""The payment company in play, as a real process, for tests that pay."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from smarthub.integrations.sandbox.gateway import SandboxGateway
from tests.cast import NOW

SECRET = "only for tests"
TIMEOUT_SECONDS = 1.0
HOLD_SECONDS = 1.5

GOOD = "4242 4242 4242 4242"
DECLINED = "4000 0000 0000 0002"
INSUFFICIENT = "4000 0000 0000 9995"
EXPIRED = "4000 0000 0000 0069"
LOST, STOLEN = "4000 0000 0000 9987", "4000 0000 0000 9979"
SILENT_ONCE = "4000 0000 0000 0259"
DISPUTED = "4000 0000 0000 2685"
ASKS_HOLDER = "4000 0025 0000 3155"
ROUTING = "110000000"
CLEARS, BOUNCES = "000123456789", "000111111116"
RETURNS, RETURNS_CLOSED = "000222222227", "000111111113"
RETURNS_UNAUTHORISED = "000333333335"
FORM = {"number": GOOD, "expiry": "08/30", "cvc": "123", "zip": "61000"}


@dataclass
class Simulator:
    """A running simulator, and how a person and our adapter speak to it."""

    url: str
    state: Path
    process: subprocess.Popen[str]
    gateway: SandboxGateway
    browser: httpx.Client

    def fill_in_form(self, form_url: str, **fields: str) -> httpx.Response:
        """Send the card form as a browser does; a good card is answered by a redirect."""
        return self.browser.post(form_url, data={**FORM, **fields})

    def give_card(self, form_url: str, number: str) -> str:
        """Give a card as a person does, and return the reference carried back."""
        answer = self.fill_in_form(form_url, number=number)
        return parse_qs(urlsplit(answer.headers["Location"]).query)["setup"][0]

    def give_bank(self, form_url: str, account: str) -> str:
        """Give a bank account as a person does, and return the reference carried back."""
        fields = {"routing": ROUTING, "account": account, "agree": "1"}
        answer = self.browser.post(form_url, data=fields)
        return parse_qs(urlsplit(answer.headers["Location"]).query)["setup"][0]

    def tell(self, path: str, **values: Any) -> None:
        """Tell the simulator what to play."""
        headers = {"Authorization": f"Bearer {SECRET}"}
        self.browser.post(f"{self.url}{path}", headers=headers, json=values).raise_for_status()

    def act(self, reference: str, act: str, reason: str = "") -> None:
        """Let something happen to a charge: clear, fail, return, dispute, win, lose."""
        self.tell(f"/v1/charges/{reference}/acts", act=act, reason=reason)

    def update_card(self, token: str, *, last4: str, expires_on: dt.date) -> None:
        """Let a card's network give it a new number or expiry."""
        path = f"/v1/methods/{token}/update"
        self.tell(path, last4=last4, expires_on=expires_on.isoformat())

    def end_day(self, day: dt.date) -> None:
        """Let a day end: bank charges go on, and what moved money is paid out."""
        self.tell("/v1/day-ends", day=day.isoformat())

    def charges(self, key_part: str) -> list[dict[str, Any]]:
        """Return the charges tried under keys that contain ``key_part``."""
        headers = {"Authorization": f"Bearer {SECRET}"}
        answer = self.browser.get(f"{self.url}/v1/charges", headers=headers)
        return [charge for charge in answer.json()["charges"] if key_part in charge["key"]]


def start_simulator(state: Path, *, port: int = 0) -> Simulator:
    """Start a simulator and wait until it listens."""
    module = "smarthub.integrations.sandbox.gateway_process"
    options = ["--port", str(port), "--state", str(state), "--hold-seconds", str(HOLD_SECONDS)]
    shift = round(NOW.timestamp() - time.time())  # its clock is the tests'
    process = subprocess.Popen(
        [sys.executable, "-m", module, *options],
        env={
            **os.environ,
            "SMARTHUB_GATEWAY_SECRET": SECRET,
            "SMARTHUB_CLOCK_SHIFT_SECONDS": str(shift),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    said = re.search(r"127\.0\.0\.1:\d+", process.stdout.readline())
    assert said is not None, "the simulator did not start"
    url = f"http://{said[0]}"
    gateway = SandboxGateway(base_url=url, secret=SECRET, timeout_seconds=TIMEOUT_SECONDS)
    return Simulator(url, state, process, gateway, browser=httpx.Client(trust_env=False))


def stop_simulator(simulator: Simulator) -> None:
    """Stop it, as it is stopped in earnest."""
    simulator.gateway.close()
    simulator.browser.close()
    simulator.process.kill()
    simulator.process.wait()
    assert simulator.process.stdout is not None
    simulator.process.stdout.close()


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """Run one simulator for all tests of this process."""
    running = start_simulator(tmp_path_factory.mktemp("gateway") / "state.sqlite3")
    yield running
    stop_simulator(running)


@pytest.fixture
def silent_gateway() -> Iterator[SandboxGateway]:
    """Return an adapter whose gateway is down: nothing listens on the discard port."""
    gateway = SandboxGateway(
        base_url="http://127.0.0.1:9", secret=SECRET, timeout_seconds=TIMEOUT_SECONDS
    )
    yield gateway
    gateway.close()
