"""A portal to measure: the one that answers, or a demo started for the while."""

from __future__ import annotations

import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

START_SECONDS = 300


class DoesNotAnswer(RuntimeError):
    """There is no portal to measure; the text says why."""


@contextmanager
def kept_running(*, base_url: str, command: Sequence[str]) -> Iterator[None]:
    """Start a portal unless one answers at the address, and stop it afterwards if we started it.

    Raises:
        DoesNotAnswer: it ended, or took longer than five minutes.
    """
    if answers(base_url):
        yield
        return
    process = subprocess.Popen(command)  # noqa: S603
    try:
        _wait(base_url, process)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


def answers(base_url: str) -> bool:
    """Return whether a portal is ready at this address."""
    try:
        with urllib.request.urlopen(f"{base_url}/readyz", timeout=5):  # noqa: S310 (named by us)
            return True
    except OSError:
        return False


def _wait(base_url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers(base_url):
        if process.poll() is not None:
            raise DoesNotAnswer("The demo ended before it answered; see above")
        if time.monotonic() > deadline:
            raise DoesNotAnswer(f"{base_url} did not answer in {START_SECONDS} s")
        time.sleep(0.25)
