"""The process log goes to another machine as well, where the installation names a relay."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

import pytest

from smarthub.config.environment import ROOT
from tests.config.test_settings import DEPLOYED

SAY = """
import logging, django
django.setup()
logging.getLogger("smarthub.entry").warning("somebody\\nknocked")
"""


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_each_line_reaches_the_relay_and_standard_output() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as relay:
        relay.bind(("127.0.0.1", 0))
        relay.settimeout(30)
        port = relay.getsockname()[1]

        done = _say(SMARTHUB_LOG_RELAY=f"127.0.0.1:{port}")
        sent = relay.recv(65_536).decode()

    told = json.loads(sent[sent.index("{") :].rstrip("\0"))
    assert (told["by"], told["message"]) == ("smarthub.entry", "somebody\nknocked")
    assert json.loads(done.splitlines()[-1]) == told


def test_nothing_is_sent_where_none_is_named() -> None:
    assert "somebody" in _say()


def _say(**variables: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SAY],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "smarthub.config.settings"}
        | DEPLOYED
        | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stderr
