"""Brings containers to their end: signals, the exit's facts, the last lines, removal."""

from __future__ import annotations

import logging
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from batchemu.runtime.docker_attempts import Phase
from batchemu.runtime.docker_engine import Away, Refused, TimedOut
from batchemu.runtime.docker_time import moment_ms
from batchemu.runtime.faults import KILLED, OUT_OF_MEMORY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchemu.runtime.alarm import Alarm
    from batchemu.runtime.docker_attempts import Attempt, Attempts
    from batchemu.runtime.docker_engine import Engine
    from batchemu.runtime.pool import Pool

log = logging.getLogger("batchemu.runtime")

GONE = "DockerUnavailable: the container vanished while batchemu could not see the Docker engine"
"""Ours: ECS would say that the host was lost."""

_AGAIN_S = 1.0
"""Between two tries while the engine is away."""


class Ending:
    """Runs in the threads of the finishers' pool, the engine's events in the watcher's. One for a runtime."""

    def __init__(
        self, engine: Engine, attempts: Attempts, pool: Pool, alarm: Alarm, *, stop_grace_s: float
    ) -> None:
        self._engine = engine
        self._attempts = attempts
        self._pool = pool
        self._alarm = alarm
        self._stop_grace_s = stop_grace_s

    # Signals

    def terminate_soon(self, attempt: Attempt) -> None:
        """SIGTERM now, SIGKILL after the grace period; at once where nobody grants one."""
        self._pool.submit(partial(self._terminate, attempt))

    def _terminate(self, attempt: Attempt) -> None:
        if attempt.at_once:
            self._signal(attempt, "SIGKILL")
            return
        self._signal(attempt, "SIGTERM")
        self._later(self._stop_grace_s, partial(self._signal, attempt, "SIGKILL"))

    def _signal(self, attempt: Attempt, signal: str) -> None:
        """Send a signal; a container that has just ended takes none, which is what was wanted."""
        with self._attempts.changing(attempt):
            if attempt.phase is not Phase.RUNNING or attempt.container_id is None:
                return
            attempt.signalled = True
        try:
            self._engine.kill(attempt.container_id, signal)
        except Refused as refused:
            if not (refused.not_found or refused.conflict):
                log.warning("%s at %s: %s", signal, attempt.request.key, refused)
        except (TimedOut, Away):
            self._later(_AGAIN_S, partial(self._signal, attempt, signal))

    def _later(self, delay_s: float, work: Callable[[], None]) -> None:
        self._alarm.call_later(delay_s, partial(self._pool.submit, work))

    # Events

    def on_event(self, event: Mapping[str, Any]) -> None:
        """Note what an event says; ``die`` is the end. One that comes twice changes nothing."""
        actor = event.get("Actor") or {}
        attempt = self._attempts.of_container(str(actor.get("ID")))
        if attempt is None:
            return
        action = event.get("Action")
        with self._attempts.changing(attempt):
            attempt.oom |= action == "oom"
            attempt.signalled |= action == "kill"
        if action == "die":
            code = str((actor.get("Attributes") or {}).get("exitCode", ""))
            self.on_death(attempt, int(code) if code.isdigit() else None)

    def on_death(self, attempt: Attempt, exit_code: int | None) -> None:
        """The container ended. While its start is under way the starter sees to it."""
        with self._attempts.changing(attempt):
            attempt.died = True
            if exit_code is not None:
                attempt.exit_code = exit_code
            if attempt.phase is not Phase.RUNNING:
                return
            attempt.phase = Phase.ENDING
        self.finish_soon(attempt)

    def look_soon(self, attempt: Attempt) -> None:
        """See whether the container ended at a time when we could not hear of it."""
        self._pool.submit(partial(self._look, attempt))

    def _look(self, attempt: Attempt) -> None:
        try:
            running = attempt.container_id is None or self._engine.state(attempt.container_id)["Running"]
        except Refused:
            running = False
        except (TimedOut, Away):
            self._later(_AGAIN_S, partial(self._look, attempt))
            return
        if not running:
            self.on_death(attempt, None)

    # The end

    def finish_soon(self, attempt: Attempt) -> None:
        """Collect the facts and the last lines, report, and remove the container."""
        self._pool.submit(partial(self._finish, attempt))

    def _finish(self, attempt: Attempt) -> None:
        if attempt.is_over() or attempt.container_id is None:
            return
        try:
            state = self._engine.state(attempt.container_id)
            self._last_lines(attempt)
        except (TimedOut, Away):
            self._later(_AGAIN_S, partial(self._finish, attempt))
            return
        except Refused as refused:
            log.warning("%s ended and its container cannot be read: %s", attempt.request.key, refused)
            self.vanished(attempt)
        else:
            exit_code = int(state["ExitCode"])
            reason = OUT_OF_MEMORY if _ran_out_of_memory(attempt, state, exit_code) else None
            self._report(attempt, exit_code, reason, moment_ms(state, "FinishedAt"))
        self.remove(attempt.container_id)

    def _last_lines(self, attempt: Attempt) -> None:
        """A sink that fails costs lines, never the report of the end."""
        if attempt.logs is None:
            return
        try:
            attempt.logs.read(final=True)
        except (TimedOut, Away):
            raise
        except Exception:
            log.exception("the last lines of %s are lost", attempt.request.key)

    def _report(
        self, attempt: Attempt, exit_code: int | None, reason: str | None, finished_ms: int | None
    ) -> None:
        """Never earlier than the start: the engine answers a start a little after the process began."""
        finished_ms = finished_ms or int(time.time() * 1000)
        if self._attempts.end(attempt):
            attempt.report.exited(
                exit_code, reason=reason, wall_ms=max(finished_ms, attempt.started_ms or finished_ms)
            )

    def vanished(self, attempt: Attempt) -> None:
        """The engine has no such container any more; an event may have told us its exit code."""
        self._report(attempt, attempt.exit_code, GONE if attempt.exit_code is None else None, None)

    def remove(self, container_id: str) -> None:
        """Remove a container; what stays behind while the engine is away goes when it is back."""
        try:
            self._engine.remove(container_id)
        except (Refused, TimedOut, Away) as error:
            log.warning("the container %s could not be removed: %s", container_id[:12], error)


def _ran_out_of_memory(attempt: Attempt, state: Mapping[str, Any], exit_code: int) -> bool:
    """The engine's flag stays false for ever in one of eight real cases, and then no event comes.

    So a kill that nobody sent is the kernel's, for every container here has a memory limit;
    not where we may have missed that somebody sent it.
    """
    if state.get("OOMKilled") or attempt.oom:
        return True
    return exit_code == KILLED and not (attempt.signalled or attempt.unwatched)
