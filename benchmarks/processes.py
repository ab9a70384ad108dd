"""What the kernel says of a process: proc(5)."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
SAMPLE_S = 0.25


def cpu_s(pid: int) -> float:
    """CPU time of all threads so far, in user and kernel mode: fields 14 and 15 of stat."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


def status(pid: int, field: str) -> int:
    """A number of /proc/<pid>/status: ``VmRSS`` (KiB), ``Threads``."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0])
    raise KeyError(field)


def rss_mb(pid: int) -> float:
    """Resident memory, in MB of a million bytes."""
    return status(pid, "VmRSS") * 1024 / 1e6


def descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


class Watch:
    """Samples a process for as long as the block runs and keeps the highest values."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.threads = 0
        self.descriptors = 0
        self.rss_mb = 0.0
        self.samples = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                self._sample()
            except OSError:  # the process is gone: whoever waits for it will say so
                return
            if self._done.wait(SAMPLE_S):
                return

    def _sample(self) -> None:
        self.threads = max(self.threads, status(self._pid, "Threads"))
        self.descriptors = max(self.descriptors, descriptors(self._pid))
        self.rss_mb = max(self.rss_mb, rss_mb(self._pid))
        self.samples += 1
