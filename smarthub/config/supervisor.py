"""Keep a handful of processes running: start, watch, start again, and stop all of them.

A child that dies takes its whole process group with it and is started again, after a pause
that grows while it keeps dying. If we ourselves are killed, the kernel tells each child to stop.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
STOP_SECONDS = 15.0
STEADY_SECONDS = 20.0
LONGEST_PAUSE_SECONDS = 20.0
_libc = ctypes.CDLL(None)


@dataclass
class Child:
    """One process to keep running; what it says goes to its own log file."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    quick_deaths: int = 0

    def start(self, *, now: float) -> None:
        """Start the process in a group of its own, so that Ctrl-C reaches only us."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                self.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_stop_with_parent,  # noqa: PLW1509 (we have no threads)
            )
        self.started_at = now

    def has_died(self) -> bool:
        """Say whether the process ended by itself."""
        return self.process is not None and self.process.poll() is not None

    def bury(self, *, now: float) -> float:
        """Clear up after a death; return how many seconds to wait before starting again."""
        self._signal_group(signal.SIGKILL)
        self.process = None
        steady = now - self.started_at > STEADY_SECONDS
        self.quick_deaths = 0 if steady else self.quick_deaths + 1
        return min(0.25 * float(1 << self.quick_deaths), LONGEST_PAUSE_SECONDS)

    def ask_to_stop(self) -> None:
        """Ask the process to finish what it does and end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def see_off(self, *, seconds: float) -> None:
        """Wait for the end, then make sure that nothing of the group is left."""
        if self.process is None:
            return
        try:
            self.process.wait(timeout=max(seconds, 0.1))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._signal_group(signal.SIGKILL)

    def _signal_group(self, number: int) -> None:
        """Signal what is left of the child's group: its number is the first process's."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return


@dataclass
class Supervisor:
    """Runs the children until it is told to stop.

    Args:
        children: started in this order and stopped in the opposite one.
        heal: called at each look around, to mend what is no child (the private server).
        say: told, in plain words, of each death and start.
    """

    children: Sequence[Child]
    heal: Callable[[], None]
    say: Callable[[str], None]
    stopping: bool = False
    _due: dict[str, float] = field(default_factory=dict)

    def start(self) -> None:
        """Start every child."""
        for child in self.children:
            child.start(now=time.monotonic())

    def run(self, *, look_every: float = 0.25) -> None:
        """Watch until a signal asks us to stop."""
        self.listen()
        while not self.stopping:
            self.look_around(now=time.monotonic())
            time.sleep(look_every)

    def listen(self) -> None:
        """Stop at Ctrl-C, at a polite kill, and when the terminal goes away."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: setattr(self, "stopping", True))

    def look_around(self, *, now: float) -> None:
        """Mend what broke, bury who died, and start who is due."""
        self.heal()
        for child in self.children:
            if child.has_died():
                pause = child.bury(now=now)
                self._due[child.name] = now + pause
                self.say(f"{child.name} stopped; starting it again")
            elif child.name in self._due and now >= self._due[child.name]:
                del self._due[child.name]
                child.start(now=now)

    def stop(self) -> None:
        """Stop every child, the last started first, and wait for the end of all."""
        for child in reversed(self.children):
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for child in reversed(self.children):
            child.see_off(seconds=deadline - time.monotonic())


def _stop_with_parent() -> None:
    """In the child: have the kernel send SIGTERM when the parent dies, however it dies."""
    _libc.prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)
