"""The engine: owns the worlds, the clock, the timers and the log; their only writer, under one lock.

Inputs come in by ``apply``; the core decides; the effects are carried out after the lock is released,
in the order in which they were decided, by whichever thread is there (a trampoline: a runtime that
answers from within its own call does not nest).
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from batchemu.core.effects import (
    CancelTimer,
    SetTimer,
    StartContainer,
    StartTraining,
    StopContainer,
    StopTraining,
)
from batchemu.core.explain import explain
from batchemu.core.facts import FACTS
from batchemu.core.inputs import (
    ContainerExited,
    ContainersReported,
    ContainerStarted,
    TimerFired,
    TrainingReported,
)
from batchemu.core.quotas import RAISED, Quotas
from batchemu.core.step import step
from batchemu.core.trainings import TrainingStatus
from batchemu.core.world import RETENTION_MS, Delays, World
from batchemu.engine.clock import MAX_MILLIS, Clock
from batchemu.engine.log import Log
from batchemu.engine.waiting import Waiters

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from batchemu.core.effects import AttemptKey, Effect, TimerKey
    from batchemu.core.facts import Fact
    from batchemu.core.ids import JobId, Millis
    from batchemu.core.inputs import Input
    from batchemu.core.world import JobStatus, ServiceJobStatus
    from batchemu.engine.clock import Timer
    from batchemu.engine.ports import JobRuntime, Scope, TrainingService

    AnyStatus = JobStatus | ServiceJobStatus
    ContainerReport = ContainerStarted | ContainerExited
    Listener = Callable[[Scope, Sequence[Fact]], None]

T = TypeVar("T")
log = logging.getLogger("batchemu.engine")
_BROKEN = "InternalError: see batchemu's log"
"""Why an attempt fails that a runtime broke on."""


_TOGETHER = 500
"""How many reports are taken in one step at most: as long as the lock is held nobody else is answered."""


class _Here(threading.local):
    """What one thread is about."""

    gathers = False
    """It takes the reports that come in meanwhile later."""


class Engine:
    """``attach`` a runtime before the first input."""

    def __init__(
        self,
        clock: Clock,
        *,
        delays: Delays | None = None,
        quotas: Quotas = RAISED,
        retention_ms: int = RETENTION_MS,
        records: Log | None = None,
    ) -> None:
        self.clock = clock
        self.log = records or Log()
        self._delays = delays or Delays()
        self._quotas = quotas
        self._retention_ms = retention_ms
        self._worlds: dict[Scope, World] = {}
        self._standing: Callable[[Millis], Sequence[Input]] = lambda at: ()
        self._lock = threading.RLock()
        self._timers_changed = threading.Condition(self._lock)
        self._reports: deque[tuple[Scope, Callable[[Millis], ContainerReport]]] = deque()
        """What runtimes have reported and the core has not taken yet."""
        self._work: deque[Callable[[], None]] = deque()
        """What was decided and is still to be carried out."""
        self._here = _Here()
        self._pumping = threading.Lock()
        self._resetting = threading.Lock()
        self._paused = False
        """Nothing is carried out meanwhile: a reset, or the end."""
        self._armed: dict[tuple[Scope, TimerKey], Timer] = {}
        self._moving = threading.RLock()
        self._waiters = Waiters()
        self._listeners: list[Listener] = []
        self._ticker: threading.Thread | None = None
        self._closed = False
        self._runtime: JobRuntime | None = None
        self._trainings: TrainingService | None = None

    @property
    def runtime(self) -> JobRuntime:
        assert self._runtime is not None, "no runtime is attached"
        return self._runtime

    def attach(self, runtime: JobRuntime, trainings: TrainingService | None = None) -> None:
        """``trainings``: without it service jobs stay SCHEDULED."""
        self._runtime = runtime
        self._trainings = trainings

    def listen(self, listener: Listener) -> None:
        """Have the facts of each step told, after it, outside the lock, in order."""
        self._listeners.append(listener)

    def found_with(self, standing: Callable[[Millis], Sequence[Input]]) -> None:
        """Begin every world that comes into being with these inputs; asked for under the lock."""
        self._standing = standing

    # --- in

    def apply(self, scope: Scope, make: Callable[[Millis], Input]) -> object | None:
        """Let one input happen, stamped with the present; its result. Raises ServiceError."""
        with self._lock:
            while self._reports:
                self._take_reports()
            result = self._step(scope, make(self.clock.now()))
        if self._work:
            self._pump()
        return result

    def report(self, scope: Scope, make: Callable[[Millis], ContainerReport]) -> None:
        """Let a container's report happen, in its turn.

        Those that come while this thread carries something out, or fires the timers of one instant, are
        taken together afterwards: a thousand containers that end at once are one step of the core.
        """
        self._reports.append((scope, make))
        if not self._here.gathers:
            self._flush()
            self._pump()

    def _flush(self) -> None:
        while self._reports:
            with self._lock:
                self._take_reports()

    def _take_reports(self) -> None:
        """One step's, under the lock."""
        reports = self._reports
        if not reports:
            return  # another thread has taken them meanwhile
        batch: list[ContainerReport] = []
        scope, at = reports[0][0], self.clock.now()
        while reports and reports[0][0] == scope and len(batch) < _TOGETHER:
            batch.append(reports.popleft()[1](at))
        self._step(scope, batch[0] if len(batch) == 1 else ContainersReported(at, tuple(batch)))

    def _step(self, scope: Scope, taken: Input) -> object | None:
        outcome = step(self._worlds.get(scope) or self._found(scope), taken)
        facts: list[Fact] = []
        to_do: list[Callable[[], None]] = []
        for effect in outcome.effects:
            if isinstance(effect, FACTS):
                facts.append(effect)
            elif isinstance(effect, SetTimer):
                self._set_timer(scope, effect)
            elif isinstance(effect, CancelTimer):
                self._cancel_timer(scope, effect.timer)
            else:
                to_do.append(partial(self._carry_out, scope, effect))
        if self._listeners and facts:
            self._work.append(partial(self._tell, scope, facts))
        self._work.extend(to_do)
        self.log.append(scope, taken, tuple(facts))
        if self._waiters:
            self._waiters.tell(scope, facts)
        return outcome.result

    def _found(self, scope: Scope) -> World:
        world = self._worlds[scope] = self._new_world(scope)
        for given in self._standing(self.clock.now()):
            self._step(scope, given)
        return world

    def _new_world(self, scope: Scope) -> World:
        return World(
            account=scope.account,
            region=scope.region,
            delays=self._delays,
            quotas=self._quotas,
            retention_ms=self._retention_ms,
        )

    def _set_timer(self, scope: Scope, effect: SetTimer) -> None:
        timer = effect.timer
        self._cancel_timer(scope, timer)

        def fire() -> None:
            self._armed.pop((scope, timer), None)
            self.apply(scope, lambda at: TimerFired(at=at, timer=timer))

        self._armed[scope, timer] = self._call_at(effect.at, fire)

    def _cancel_timer(self, scope: Scope, timer: TimerKey) -> None:
        armed = self._armed.pop((scope, timer), None)
        if armed is not None:
            self.clock.cancel(armed)

    # --- out

    def _pump(self, *, wait: bool = False) -> None:
        """Carry out what was decided; one thread at a time, the others leave it to that one.

        ``wait``: do not leave it to that thread, but wait until it is done.
        """
        while (self._work or wait) and not self._paused and self._pumping.acquire(blocking=wait):
            wait = False
            above, self._here.gathers = self._here.gathers, True
            try:
                while self._work and not self._paused:
                    work = self._work.popleft()
                    try:
                        work()
                    except Exception:
                        log.exception("batchemu failed to carry out what it had decided")
            finally:
                self._here.gathers = above
                self._pumping.release()
            if not above:
                self._flush()

    def _carry_out(self, scope: Scope, effect: Effect) -> None:
        if isinstance(effect, StartContainer):
            report = Report(self, scope, effect.key)
            try:
                self.runtime.start(scope, effect, report)
            except Exception:
                report.exited(None, reason=_BROKEN)
                raise
        elif isinstance(effect, StopContainer):
            self.runtime.stop(effect.key)
        elif isinstance(effect, StartTraining):
            self._start_training(scope, effect)
        elif isinstance(effect, StopTraining) and self._trainings is not None:
            self._trainings.stop(effect.key)

    def _start_training(self, scope: Scope, effect: StartTraining) -> None:
        if self._trainings is None:
            return
        report = TrainingReport(self, scope, effect.key)
        try:
            self._trainings.start(effect, report)
        except Exception:
            report.progressed(TrainingStatus.FAILED, status_reason=_BROKEN)
            raise

    def _tell(self, scope: Scope, facts: list[Fact]) -> None:
        for listener in self._listeners:
            listener(scope, facts)

    # --- looking

    def read(self, scope: Scope, view: Callable[[World], T]) -> T:
        """A consistent picture: ``view`` runs under the lock and changes nothing.

        Of an account or a region that nothing has happened in, it is one that nobody keeps.
        """
        with self._lock:
            return view(self._worlds.get(scope) or self._new_world(scope))

    def scopes(self) -> list[Scope]:
        """The accounts and regions that have been used."""
        with self._lock:
            return list(self._worlds)

    def find_job(self, job_id: JobId) -> tuple[Scope, AnyStatus] | None:
        """Where a job or a service job is and how it stands, whatever its account and region."""
        with self._lock:
            for scope, world in self._worlds.items():
                job = world.jobs.get(job_id) or world.service_jobs.get(job_id)
                if job is not None:
                    return scope, job.status
        return None

    def explain(self, job_id: JobId) -> dict[str, Any] | None:
        """Why a job is where it is (see core.explain); None: no such job, or it is a service job."""
        with self._lock:
            for world in self._worlds.values():
                if job_id in world.jobs:
                    return explain(world, world.jobs[job_id])
        return None

    def wait(self, job_id: JobId, statuses: Collection[AnyStatus], timeout_s: float) -> AnyStatus | None:
        """Block until the job enters one of ``statuses`` or is over; its status then, None: no such job.

        Woken by the transition itself. After ``timeout_s`` real seconds: the status as it is.
        """
        with self._lock:
            found = self.find_job(job_id)
            if found is None:
                return None
            waiter = self._waiters.add(*found, job_id, statuses)
        status = waiter.wait(timeout_s)
        with self._lock:
            self._waiters.remove(found[0], job_id, waiter)
        return status

    # --- time

    def call_later(self, delay_ms: int, action: Callable[[], None]) -> None:
        """Run ``action`` once the clock has moved on by ``delay_ms`` (see ports.Scheduler).

        Without a delay as soon as what was decided before has been carried out, on any clock.
        """
        if delay_ms <= 0:
            self._work.append(action)
            self._pump()
            return
        with self._lock:
            self._call_at(self.clock.now() + delay_ms, action)

    def _call_at(self, at: int, action: Callable[[], None]) -> Timer:
        timer = self.clock.call_at(at, action)
        if self._ticker is not None and at == self.clock.next_due():
            self._timers_changed.notify_all()
        return timer

    def advance(self, ms: int) -> Millis:
        """Move the clock forward, firing each timer at its own time; returns the new present.

        Synchronous: what the timers cause has been decided when this returns, and carried out by a
        runtime that needs no real time.
        """
        with self._moving:
            with self._lock:
                target = min(self.clock.now() + max(0, ms), MAX_MILLIS)
            self._run_due(target)
            with self._lock:
                self.clock.move_to(target)
                self._timers_changed.notify_all()
                return self.clock.now()

    def settle(self) -> None:
        """Run the timers that are due by now."""
        with self._moving:
            self._run_due(None)

    def _run_due(self, until: int | None) -> None:
        """Fire what is due now; then, with ``until``, move the clock to the next timer, and so on."""
        above, self._here.gathers = self._here.gathers, True
        try:
            while True:
                with self._lock:
                    due = self.clock.pop_due(self.clock.now())
                    if due is None and (until is None or self._has_arrived(until)):
                        break
                if due is not None:
                    due[1]()
                else:
                    self._flush()
                    self._pump(wait=True)
        finally:
            self._here.gathers = above
        self._flush()
        self._pump()

    def _has_arrived(self, until: int) -> bool:
        """Whether nothing is left to be done; else, unless something is being done, move the clock on."""
        if not self._paused and (self._reports or self._work or self._pumping.locked()):
            return False
        due = self.clock.next_due()
        if due is None or due > until:
            return True
        self.clock.move_to(due)
        return False

    def start(self) -> None:
        """Let time pass by itself: one thread fires the timers. The manual clock needs none."""
        if self.clock.rate and self._ticker is None:
            self._ticker = threading.Thread(target=self._tick, name="batchemu-clock", daemon=True)
            self._ticker.start()

    def _tick(self) -> None:
        while True:
            with self._lock:
                if self._closed:
                    return
                due = self.clock.next_due()
                wait_s = None if due is None else self.clock.real_seconds_until(due)
                if wait_s is None or wait_s > 0:
                    # a wait has an upper bound, and the host's time may be set meanwhile
                    self._timers_changed.wait(None if wait_s is None else min(wait_s, 3600.0))
                    continue
            try:
                self.settle()
            except Exception:
                log.exception("batchemu failed to fire a timer")

    # --- the end

    def reset(self) -> int:
        """Forget every account and region and end every container; how many containers that were."""
        with self._resetting:
            self._paused = True
            try:
                with self._pumping, self._lock:
                    self._worlds.clear()
                    self._reports.clear()
                    self._work.clear()
                    self._armed.clear()
                    self.clock.forget_timers()
                    self.log.clear()
                    self._waiters.forget()
                if self._trainings is not None:
                    self._trainings.reset()
                # what comes in now belongs to new worlds, and is carried out once the old are gone
                return self.runtime.reset()
            finally:
                self._paused = self._closed
                self._pump()

    def close(self) -> None:
        """Stop the clock's thread and the runtime."""
        with self._lock:
            self._closed = self._paused = True
            self._timers_changed.notify_all()
            self._waiters.forget()
        if self._ticker is not None:
            self._ticker.join()
        self.runtime.close()


class Report:
    """How a runtime answers for one attempt (see ports.Reporter)."""

    __slots__ = ("_engine", "_key", "_scope")

    def __init__(self, engine: Engine, scope: Scope, key: AttemptKey) -> None:
        self._engine = engine
        self._scope = scope
        self._key = key

    def _emulated(self, wall_ms: int, now: Millis) -> Millis:
        return min(self._engine.clock.emulated(wall_ms), now)

    def started(self, runtime_id: str, wall_ms: int | None = None) -> None:
        self._engine.report(
            self._scope,
            lambda at: ContainerStarted(
                at,
                self._key.job_id,
                self._key.attempt,
                runtime_id,
                at if wall_ms is None else self._emulated(wall_ms, at),
            ),
        )

    def exited(
        self,
        exit_code: int | None,
        *,
        reason: str | None = None,
        status_reason: str | None = None,
        wall_ms: int | None = None,
    ) -> None:
        self._engine.report(
            self._scope,
            lambda at: ContainerExited(
                at,
                self._key.job_id,
                self._key.attempt,
                exit_code,
                reason,
                at if wall_ms is None else self._emulated(wall_ms, at),
                status_reason,
            ),
        )


class TrainingReport:
    """How whoever runs training jobs answers for one attempt (see ports.TrainingReporter)."""

    def __init__(self, engine: Engine, scope: Scope, key: AttemptKey) -> None:
        self._engine = engine
        self._scope = scope
        self._key = key

    def progressed(
        self, status: TrainingStatus, reason: str | None = None, *, status_reason: str | None = None
    ) -> None:
        self._engine.apply(
            self._scope,
            lambda at: TrainingReported(
                at=at,
                job_id=self._key.job_id,
                attempt=self._key.attempt,
                status=status,
                reason=reason,
                status_reason=status_reason,
            ),
        )
