"""Run the sandbox's payment gateway: a process of its own, on an origin of its own.

    python -m smarthub.integrations.sandbox.gateway_process --port 8001 --state FILE

It plays another company's server, so it reads its secret from its own environment
(``SMARTHUB_GATEWAY_SECRET``, ``SMARTHUB_GATEWAY_EVENTS_SECRET``) and has a clock of its own, moved
by ``SMARTHUB_CLOCK_SHIFT_SECONDS``. On ``/phone`` it plays the phone company as well, whose secret
is ``SMARTHUB_PHONE_SECRET``.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from smarthub.integrations.sandbox.gateway_events import EventSender
from smarthub.integrations.sandbox.gateway_server import GatewayServer, Settings
from smarthub.integrations.sandbox.gateway_state import GatewayState
from smarthub.integrations.sandbox.phone_company import PhoneCompany

HOLD_SECONDS = 15.0
"""Longer than our adapter waits, so that a held answer is a lost one."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until stopped; say where, once it does."""
    parser = argparse.ArgumentParser(prog="gateway_process", description="The sandbox's gateway")
    parser.add_argument("--port", type=int, required=True, help="0 takes any free one")
    parser.add_argument("--state", type=Path, required=True, help="its SQLite file")
    parser.add_argument("--hold-seconds", type=float, default=HOLD_SECONDS)
    parser.add_argument("--think-seconds", type=float, default=0.0, help="what a charge takes")
    parser.add_argument("--events-to", default="", help="our address for signed events")
    parser.add_argument("--phone-to", default="", help="our origin, for payments by phone")
    parser.add_argument("--mischief", type=int, help="a seed: events come twice and shuffled")
    options = parser.parse_args(arguments)
    secret = os.environ["SMARTHUB_GATEWAY_SECRET"]
    shift = int(os.environ.get("SMARTHUB_CLOCK_SHIFT_SECONDS", "0"))
    settings = Settings(
        secret,
        options.hold_seconds,
        clock_shift_seconds=shift,
        think_seconds=options.think_seconds,
    )
    options.state.parent.mkdir(parents=True, exist_ok=True)
    state = GatewayState(options.state)
    with GatewayServer(port=options.port, state=state, settings=settings) as server:
        sys.stdout.write(f"listening on 127.0.0.1:{server.server_port}\n")
        sys.stdout.flush()
        if options.phone_to:
            shared = os.environ.get("SMARTHUB_PHONE_SECRET", secret)
            server.phone = PhoneCompany(options.phone_to, shared, server.now)
        if options.events_to:
            EventSender(
                state=state,
                address=options.events_to,
                secret=os.environ.get("SMARTHUB_GATEWAY_EVENTS_SECRET", secret),
                clock_shift_seconds=shift,
                mischief=options.mischief,
            ).start()
        server.serve_forever()


if __name__ == "__main__":
    main()
