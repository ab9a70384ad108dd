"""Who waits for a job to get somewhere: woken by the transition, never by polling."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from batchemu.core.facts import JobStatusChanged, ServiceJobStatusChanged
from batchemu.core.world import TERMINAL, TRAINING_OVER

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from batchemu.core.facts import Fact
    from batchemu.core.ids import JobId
    from batchemu.core.world import JobStatus, ServiceJobStatus
    from batchemu.engine.ports import Scope

    AnyStatus = JobStatus | ServiceJobStatus


class Waiter:
    def __init__(self, status: AnyStatus, wanted: Collection[AnyStatus]) -> None:
        self.status = status
        self._wanted = {*wanted, *TERMINAL, *TRAINING_OVER}
        self._there = threading.Event()
        self.tell(status)

    def tell(self, status: AnyStatus) -> bool:
        """Note the job's status; whether that was what is waited for."""
        if not self._there.is_set():
            self.status = status
            if status in self._wanted:
                self._there.set()
        return self._there.is_set()

    def wait(self, timeout_s: float) -> AnyStatus:
        self._there.wait(timeout_s)
        return self.status

    def give_up(self) -> None:
        self._there.set()


class Waiters:
    """Not safe for threads: the engine holds its lock."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[Scope, JobId], list[Waiter]] = {}

    def add(self, scope: Scope, status: AnyStatus, job_id: JobId, wanted: Collection[AnyStatus]) -> Waiter:
        waiter = Waiter(status, wanted)
        if not waiter.tell(status):
            self._waiting.setdefault((scope, job_id), []).append(waiter)
        return waiter

    def remove(self, scope: Scope, job_id: JobId, waiter: Waiter) -> None:
        """Forget one that waits no longer."""
        waiting = self._waiting.get((scope, job_id), [])
        if waiter in waiting:
            waiting.remove(waiter)
            if not waiting:
                del self._waiting[scope, job_id]

    def __bool__(self) -> bool:
        """Whether anybody waits."""
        return bool(self._waiting)

    def tell(self, scope: Scope, facts: Iterable[Fact]) -> None:
        for fact in facts:
            if isinstance(fact, JobStatusChanged | ServiceJobStatusChanged):
                self._tell(scope, fact)

    def _tell(self, scope: Scope, fact: JobStatusChanged | ServiceJobStatusChanged) -> None:
        key = (scope, fact.job_id)
        waiting = self._waiting.get(key)
        if waiting is None:
            return
        still = [waiter for waiter in waiting if not waiter.tell(fact.after)]
        if still:
            self._waiting[key] = still
        else:
            del self._waiting[key]

    def forget(self) -> None:
        for waiting in self._waiting.values():
            for waiter in waiting:
                waiter.give_up()
        self._waiting.clear()
