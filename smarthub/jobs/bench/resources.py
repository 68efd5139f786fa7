"""What a bench took of the machine: memory at the most, and processor time of a process."""

from __future__ import annotations

import contextlib
import os
import resource
from pathlib import Path

_KILO = 1024


def forget_peak() -> None:
    """Begin to count memory anew, where the system lets us; else the peak is the process's."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak_memory() -> int:
    """Return the most memory held, in bytes, since it was forgotten."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * _KILO
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILO


def cpu_seconds_of(pid: int) -> float:
    """Return what a process of this machine has taken, such as the one behind a connection."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
