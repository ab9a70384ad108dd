"""Runs attempts as containers of a Docker engine.

Threads, all of them: at most six that start containers, two that end them, one on the engine's event
stream, one alarm. None belongs to a job.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from batchemu.engine.ports import JobRuntime
from batchemu.runtime import docker_options, owner
from batchemu.runtime.alarm import Alarm
from batchemu.runtime.docker_attempts import Attempt, Attempts, Phase
from batchemu.runtime.docker_ending import Ending
from batchemu.runtime.docker_engine import Away, Engine, Refused, TimedOut, connect, no_engine
from batchemu.runtime.docker_events import Watcher
from batchemu.runtime.docker_starter import Starter
from batchemu.runtime.pool import Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import docker

    from batchemu.core.effects import AttemptKey, StartContainer
    from batchemu.engine.ports import LogSink, Reporter, Scope
    from batchemu.runtime.surroundings import Group

__all__ = ["DockerRuntime", "connect"]

log = logging.getLogger("batchemu.runtime")

_MOST_STARTERS = 6
_FINISHERS = 2
_DRAIN_S = 30.0
"""How long a reset waits for starts under way: one takes up to 3 s with 16 at once, measured."""
_JOIN_S = 5.0
_ALIVE = frozenset({"running", "paused", "restarting", "created"})


def _starters() -> int:
    """Two for each core: more starts at once only make each of them slower (measured)."""
    return min(_MOST_STARTERS, 2 * (os.cpu_count() or 1))


class DockerRuntime(JobRuntime):
    """The Docker JobRuntime. ``session`` is the value of the label by which its containers are found.

    ``stop_grace_s`` lies between SIGTERM and SIGKILL. ``privileged_fallback``: where the engine
    cannot give privileges, run a privileged job without them instead of failing it. A ``client``
    that is passed in stays open. ``around``: what the emulator adds to the environment of a container.

    Raises SettingsError when no engine answers.
    """

    def __init__(
        self,
        *,
        session: str,
        sink: LogSink,
        stop_grace_s: float = 30.0,
        starters: int | None = None,
        client: docker.DockerClient | None = None,
        privileged_fallback: bool = False,
        around: Callable[[Scope], Iterable[Group]] = lambda _: (),
    ) -> None:
        self._session_label = f"{docker_options.LABEL_SESSION}={session}"
        self._engine = Engine(client)
        self._attempts = Attempts()
        self._start_pool = Pool(starters or _starters(), "batchemu-docker-start")
        self._end_pool = Pool(_FINISHERS, "batchemu-docker-end")
        self._alarm = Alarm("batchemu-docker-alarm")
        self._ending = Ending(
            self._engine, self._attempts, self._end_pool, self._alarm, stop_grace_s=stop_grace_s
        )
        me = owner.me()
        self._starter = Starter(
            self._engine,
            self._attempts,
            sink,
            self._ending,
            self._start_pool,
            labels=lambda attempt: docker_options.labels(attempt.request, session=session, owner=me),
            around=around,
            privileged_fallback=privileged_fallback,
        )
        try:
            self._watcher = Watcher(self._engine, self._session_label, self._ending.on_event, self._reconcile)
        except (Refused, TimedOut, Away) as error:
            self._engine.close()
            raise no_engine() from error

    def describe(self) -> str:
        """One line for the health page: ``docker 20.10.24 at unix:///var/run/docker.sock``."""
        return self._engine.describe()

    def gateway(self) -> str | None:
        """The address by which containers reach the host; None: the engine has no usual network."""
        try:
            return self._engine.gateway()
        except (Refused, TimedOut, Away):
            return None

    def start(self, scope: Scope, container: StartContainer, report: Reporter) -> None:
        attempt = Attempt(scope, container, report)
        self._attempts.add(attempt)
        self._start_pool.submit(partial(self._starter.run, attempt))

    def stop(self, key: AttemptKey, *, at_once: bool = False) -> None:
        """Before there is a container there will be none; while it is being started, the starter stops it."""
        asked = self._attempts.ask_to_stop(key, at_once=at_once)
        if asked is None:
            return
        attempt, phase = asked
        if phase is Phase.QUEUED:
            # not here: whoever calls us may hold a lock that its report wants
            self._end_pool.submit(partial(self._starter.run, attempt))
        elif phase is Phase.RUNNING:
            self._ending.terminate_soon(attempt)

    def refresh_logs(self, scope: Scope, group: str | None, streams: Sequence[str]) -> None:
        for attempt in self._attempts.all():
            stream = attempt.stream
            if (
                attempt.logs is not None
                and stream is not None
                and stream.scope == scope
                and group in {None, stream.group}
                and (not streams or stream.name in streams)
            ):
                self._refresh(attempt)

    def live(self) -> int:
        """An attempt counts until its end is about to be reported."""
        return len(self._attempts)

    def reset(self) -> int:
        self._attempts.drop_all()
        if not self._attempts.wait_until_quiet(_DRAIN_S):
            log.warning("the Docker engine is slow: containers that it is starting are removed later")
        try:
            found = [container["Id"] for container in self._engine.labelled(self._session_label)]
        except (Refused, TimedOut, Away) as error:
            log.warning("the containers of this session could not be removed: %s", error)
            return 0
        self._remove_all(found)
        return len(found)

    def close(self) -> None:
        self.reset()
        self._start_pool.close(_JOIN_S)
        self._end_pool.close(_JOIN_S)
        self._alarm.close()
        self._watcher.close()
        self._engine.close()

    def remove_orphans(self) -> int:
        """Remove the containers of servers that died without doing so; how many there were.

        Only where we know it: owners that were processes of this host and live no more.
        """
        found = [
            container["Id"]
            for container in self._engine.labelled(docker_options.LABEL_OWNER)
            if owner.is_dead(container["Labels"][docker_options.LABEL_OWNER])
        ]
        self._remove_all(found)
        return len(found)

    def _refresh(self, attempt: Attempt) -> None:
        """A container that is not there yet, or no more, has no lines; the final fetch gets the others."""
        try:
            if attempt.logs is not None:
                attempt.logs.read()
        except (Refused, TimedOut, Away) as error:
            log.debug("the lines of %s cannot be read now: %s", attempt.request.key, error)

    def _remove_all(self, containers: Sequence[str]) -> None:
        """Remove in all the threads that are free, ours included: the engine takes 50 ms for each."""
        waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        for container_id in containers:
            waiting.put(container_id)
        left = len(containers)
        done = threading.Condition()

        def work() -> None:
            nonlocal left
            with contextlib.suppress(queue.Empty):
                while True:
                    container_id = waiting.get_nowait()
                    try:
                        self._ending.remove(container_id)
                    finally:
                        with done:
                            left -= 1
                            done.notify()

        for pool in (self._start_pool, self._end_pool):
            for _ in range(min(len(containers), pool.size)):
                pool.submit(work)
        work()
        with done:
            done.wait_for(lambda: left == 0)

    def _reconcile(self) -> None:
        """The event stream was broken: bring what we believe in line with what the engine has."""
        running = []
        for attempt in self._attempts.all():
            with self._attempts.changing(attempt):
                attempt.unwatched = True
                if attempt.phase is Phase.RUNNING and attempt.container_id is not None:
                    running.append((attempt, attempt.container_id))
        listed = {container["Id"]: container for container in self._engine.labelled(self._session_label)}
        for attempt, container_id in running:
            found = listed.get(container_id)
            if found is None:
                self._ending.vanished(attempt)
            elif found["State"] not in _ALIVE:
                self._ending.on_death(attempt, None)
        self._end_pool.submit(partial(self._remove_strays, listed))

    def _remove_strays(self, listed: dict[str, dict[str, Any]]) -> None:
        """Containers that no attempt claims: made by a call whose answer never came."""
        for container_id, container in listed.items():
            labels = container["Labels"]
            job_id = labels.get(docker_options.LABEL_JOB_ID, "")
            attempt_no = labels.get(docker_options.LABEL_ATTEMPT, "")
            if not self._attempts.claimed(job_id, attempt_no, container_id):
                self._ending.remove(container_id)
