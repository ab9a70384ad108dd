"""A bounded pool of daemon threads.

Not ``concurrent.futures``: its threads are joined when the interpreter ends, however long a pull
from a registry that does not answer may hold one of them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("batchemu.runtime")


class Pool:
    """At most ``size`` threads, each begun when there is work that no idle one can take."""

    def __init__(self, size: int, name: str) -> None:
        self.size = size
        self._name = name
        self._work: deque[Callable[[], None]] = deque()
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._closed = False

    def submit(self, work: Callable[[], None]) -> None:
        """Run ``work`` in a thread of the pool, in order of submission; ignored once closed."""
        with self._changed:
            if self._closed:
                return
            self._work.append(work)
            if self._idle >= len(self._work):
                self._changed.notify()
            elif len(self._threads) < self.size:
                thread = threading.Thread(
                    target=self._run, name=f"{self._name}-{len(self._threads)}", daemon=True
                )
                self._threads.append(thread)
                thread.start()

    def close(self, timeout_s: float) -> None:
        """Forget the work that has not begun and wait for the rest, ``timeout_s`` at most."""
        with self._changed:
            self._closed = True
            self._work.clear()
            self._changed.notify_all()
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                log.warning("%s is still busy and was left behind", thread.name)

    def _run(self) -> None:
        while (work := self._next()) is not None:
            try:
                work()
            except Exception:
                log.exception("unexpected failure in %s", threading.current_thread().name)

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            self._idle += 1
            while not self._work and not self._closed:
                self._changed.wait()
            self._idle -= 1
            return self._work.popleft() if self._work else None
