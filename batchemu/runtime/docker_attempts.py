"""The attempts that a Docker runtime has in hand, and where each of them stands."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchemu.core.effects import AttemptKey, StartContainer
    from batchemu.engine.ports import LogStream, Reporter, Scope
    from batchemu.runtime.docker_logs import LogReader

_EARLY_STOPS = 1_000
"""How many stops of attempts that we do not know are remembered."""


class Phase(Enum):
    """QUEUED -> STARTING -> RUNNING -> ENDING -> OVER; an attempt that waits for its image goes back
    from STARTING to QUEUED; DROPPED from anywhere, by a reset."""

    QUEUED = auto()
    STARTING = auto()
    RUNNING = auto()
    ENDING = auto()
    OVER = auto()
    DROPPED = auto()


@dataclass(slots=True, eq=False)
class Attempt:
    """One attempt. The table's lock guards every field but ``stream`` and ``logs``."""

    scope: Scope
    request: StartContainer
    report: Reporter
    phase: Phase = Phase.QUEUED
    container_id: str | None = None
    stopping: bool = False
    """Someone wants it to end."""
    at_once: bool = False
    """And without a grace period."""
    died: bool = False
    """The container ended, perhaps before the engine had answered that it was started."""
    exit_code: int | None = None
    """As the ``die`` event says it."""
    oom: bool = False
    """An ``oom`` event was seen."""
    signalled: bool = False
    """A ``kill`` event was seen, or we sent a signal: exit code 137 says nothing about memory."""
    unwatched: bool = False
    """The event stream was broken while it ran: what no event said may have happened all the same."""
    pulled: bool = False
    """Its image was pulled for it, once."""
    started_ms: int | None = None
    stream: LogStream | None = None
    logs: LogReader | None = None

    def is_over(self) -> bool:
        """Nothing is to be reported of it any more."""
        return self.phase in {Phase.OVER, Phase.DROPPED}


class Attempts:
    """The table, and the lock for all that is in it. No method calls anything outside."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_key: dict[AttemptKey, Attempt] = {}
        self._by_container: dict[str, Attempt] = {}
        self._early_stops: OrderedDict[AttemptKey, None] = OrderedDict()
        self._busy = 0
        self._quiet = threading.Condition()

    def __len__(self) -> int:
        with self._lock:
            return len(self._by_key)

    def add(self, attempt: Attempt) -> None:
        """Take an attempt in; a stop that overtook it counts."""
        with self._lock:
            key = attempt.request.key
            self._by_key[key] = attempt
            if key in self._early_stops:
                del self._early_stops[key]
                attempt.stopping = True

    def all(self) -> list[Attempt]:
        with self._lock:
            return list(self._by_key.values())

    @contextmanager
    def changing(self, attempt: Attempt) -> Iterator[Attempt]:
        """Hold the lock to look at an attempt and move it on."""
        with self._lock:
            yield attempt

    def of_container(self, container_id: str) -> Attempt | None:
        with self._lock:
            return self._by_container.get(container_id)

    def claim(self, attempt: Attempt, container_id: str) -> None:
        """Events of this container are about this attempt. Before it starts, so that none is missed."""
        with self._lock:
            if attempt.container_id is not None:
                self._by_container.pop(attempt.container_id, None)
            attempt.container_id = container_id
            if not attempt.is_over():
                self._by_container[container_id] = attempt

    def claimed(self, job_id: str, attempt_no: str, container_id: str) -> bool:
        """Whether a container with these labels is, or may yet turn out to be, one of ours in hand."""
        with self._lock:
            return any(
                attempt.container_id in {None, container_id}
                for key, attempt in self._by_key.items()
                if (key.job_id, str(key.attempt)) == (job_id, attempt_no)
            )

    def ask_to_stop(self, key: AttemptKey, *, at_once: bool) -> tuple[Attempt, Phase] | None:
        """Note that an attempt is to end, and where it stood; None when there is nothing to do.

        One that has no container yet is over by that.
        """
        with self._lock:
            attempt = self._by_key.get(key)
            if attempt is None:
                self._early_stops[key] = None
                if len(self._early_stops) > _EARLY_STOPS:
                    self._early_stops.popitem(last=False)
                return None
            if attempt.stopping:
                return None
            attempt.stopping, attempt.at_once = True, at_once
            return attempt, attempt.phase

    def end(self, attempt: Attempt) -> bool:
        """Move an attempt to OVER; True for the one caller who then reports its end."""
        with self._lock:
            if attempt.is_over():
                return False
            attempt.phase = Phase.OVER
            self._by_key.pop(attempt.request.key, None)
            if attempt.container_id is not None:
                self._by_container.pop(attempt.container_id, None)
            return True

    def drop_all(self) -> None:
        """Forget every attempt: nothing is reported for any of them from now on."""
        with self._lock:
            for attempt in self._by_key.values():
                attempt.phase = Phase.DROPPED
            self._by_key.clear()
            self._by_container.clear()
            self._early_stops.clear()

    @contextmanager
    def busy(self) -> Iterator[None]:
        """While something may bring a container into being that the engine does not list yet."""
        with self._quiet:
            self._busy += 1
        try:
            yield
        finally:
            with self._quiet:
                self._busy -= 1
                self._quiet.notify_all()

    def wait_until_quiet(self, timeout_s: float) -> bool:
        with self._quiet:
            return self._quiet.wait_for(lambda: self._busy == 0, timeout_s)


def with_reason(prefix: str, words: str) -> str:
    """ECS's form of what an engine said, within AWS's limit for a reason: 255 characters."""
    return f"{prefix}: Error response from daemon: {words}"[:255]
