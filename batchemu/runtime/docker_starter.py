"""Brings containers up: log stream, create, pull where the image is missing, start."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from functools import partial
from typing import TYPE_CHECKING

from batchemu.runtime import docker_options, streams
from batchemu.runtime.docker_attempts import Phase, with_reason
from batchemu.runtime.docker_engine import Away, Refused, TimedOut
from batchemu.runtime.docker_logs import LogReader
from batchemu.runtime.docker_time import moment_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from batchemu.engine.ports import LogLine, LogSink, Scope
    from batchemu.runtime.docker_attempts import Attempt, Attempts
    from batchemu.runtime.docker_ending import Ending
    from batchemu.runtime.docker_engine import Engine
    from batchemu.runtime.docker_options import CreateOptions
    from batchemu.runtime.pool import Pool
    from batchemu.runtime.surroundings import Group

log = logging.getLogger("batchemu.runtime")


class CannotStart(Exception):
    """The attempt has no container and gets none; ``reason`` in ECS's words, None when it was stopped."""

    def __init__(self, reason: str | None) -> None:
        super().__init__(reason)
        self.reason = reason


class ImageMissing(Exception):
    """The engine does not have the image."""


class Starter:
    """Runs in the threads of the starters' pool. One for a runtime."""

    def __init__(
        self,
        engine: Engine,
        attempts: Attempts,
        sink: LogSink,
        ending: Ending,
        pool: Pool,
        *,
        labels: Callable[[Attempt], dict[str, str]],
        around: Callable[[Scope], Iterable[Group]],
        privileged_fallback: bool,
    ) -> None:
        self._engine = engine
        self._attempts = attempts
        self._sink = sink
        self._ending = ending
        self._pool = pool
        self._labels = labels
        self._around = around
        self._privileged_fallback = privileged_fallback
        self._pulling = threading.Lock()
        self._waiting: dict[str, list[Attempt]] = {}
        self._given_up: set[str] = set()

    def run(self, attempt: Attempt) -> None:
        """Start one attempt's container, or report why it does not run."""
        try:
            self._start(attempt)
        except CannotStart as failure:
            self._fail(attempt, failure.reason)
        except ImageMissing:
            self._pull(attempt)
        except Exception as error:
            log.exception("unexpected failure at the start of %s", attempt.request.key)
            self._fail(attempt, f"CannotStartContainerError: {error!r}"[:255])
            if attempt.container_id is not None:
                self._ending.remove(attempt.container_id)

    def _start(self, attempt: Attempt) -> None:
        with self._attempts.changing(attempt):
            if attempt.is_over():
                return
            if attempt.stopping:
                raise CannotStart(None)
            attempt.phase = Phase.STARTING
        self._open_stream(attempt)
        with self._attempts.busy():
            if attempt.stopping or attempt.is_over():  # a reset from here on waits for us
                raise CannotStart(None)
            container_id = self._up(attempt)
            attempt.started_ms = self._started_ms(container_id)
            if attempt.is_over():
                self._ending.remove(container_id)
                return
        attempt.report.started(container_id, attempt.started_ms)
        self._hand_on(attempt)

    def _started_ms(self, container_id: str) -> int:
        """When the container began: start() returns up to a hundred milliseconds later."""
        try:
            began = moment_ms(self._engine.state(container_id), "StartedAt")
        except (Refused, TimedOut, Away):
            began = None
        return int(time.time() * 1000) if began is None else began

    def _hand_on(self, attempt: Attempt) -> None:
        """From here on events decide; what happened while the engine was starting it is made up for."""
        with self._attempts.changing(attempt):
            if attempt.is_over():
                return
            died, stopping, unwatched = attempt.died, attempt.stopping, attempt.unwatched
            attempt.phase = Phase.ENDING if died else Phase.RUNNING
        if died:
            self._ending.finish_soon(attempt)
            return
        if unwatched:
            self._ending.look_soon(attempt)
        if stopping:
            self._ending.terminate_soon(attempt)

    def _open_stream(self, attempt: Attempt) -> None:
        if attempt.stream is not None:
            return
        try:
            attempt.stream = streams.open_stream(self._sink, attempt.scope, attempt.request)
        except LookupError:
            raise CannotStart(streams.GROUP_MISSING) from None

    def _up(self, attempt: Attempt) -> str:
        """Create and start, without the privileges that this engine may not give if so configured."""
        options = docker_options.options(attempt.request, self._labels(attempt), self._around(attempt.scope))
        try:
            return self._create_and_start(attempt, options)
        except CannotStart as failure:
            if failure.reason is None or not (self._privileged_fallback and options.host.get("privileged")):
                raise
            log.warning("%s runs without privileges: %s", attempt.request.key, failure.reason)
        options.host["privileged"] = False
        return self._create_and_start(attempt, options)

    def _create_and_start(self, attempt: Attempt, options: CreateOptions) -> str:
        container_id = self._create(attempt, options)
        self._attempts.claim(attempt, container_id)
        if attempt.stream is not None:
            attempt.logs = LogReader(partial(self._engine.logs, container_id), partial(self._put, attempt))
        try:
            if attempt.stopping or attempt.is_over():
                raise CannotStart(None)
            self._begin(attempt, container_id)
        except CannotStart:
            self._ending.remove(container_id)
            raise
        return container_id

    def _create(self, attempt: Attempt, options: CreateOptions) -> str:
        name = docker_options.name(attempt.request)
        for again in (True, False):
            try:
                return self._engine.create(options, name)
            except Refused as refused:
                if refused.not_found and refused.words.startswith("No such image"):
                    raise ImageMissing from refused
                if not (refused.conflict and again):
                    raise CannotStart(with_reason("CannotCreateContainerError", refused.words)) from refused
            except TimedOut as late:
                raise CannotStart(
                    "DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s"
                ) from late
            except Away as away:  # an idle connection that the engine closed looks the same: ask once more
                if not again:
                    raise _unavailable(away) from away
            name = f"{docker_options.name(attempt.request)}-{uuid.uuid4().hex[:6]}"
        raise AssertionError("the second try returns or raises")

    def _begin(self, attempt: Attempt, container_id: str) -> None:
        try:
            self._engine.start(container_id)
        except Refused as refused:
            raise CannotStart(with_reason("CannotStartContainerError", refused.words)) from refused
        except TimedOut as late:
            raise CannotStart(
                "DockerTimeoutError: Could not transition to started; timed out after waiting 4m0s"
            ) from late
        except Away as away:
            self._begin_again(attempt, container_id, away)

    def _begin_again(self, attempt: Attempt, container_id: str, first: Away) -> None:
        """The connection broke during a start: see whether the container runs, and never run it twice."""
        try:
            state = self._engine.state(container_id)
            if state["Status"] == "created":
                self._engine.start(container_id)
            elif not state["Running"]:
                with self._attempts.changing(attempt):
                    attempt.died = True
        except (Refused, TimedOut, Away):
            raise _unavailable(first) from first

    def _put(self, attempt: Attempt, lines: Sequence[LogLine]) -> None:
        if attempt.stream is not None and attempt.phase is not Phase.DROPPED:
            self._sink.put(attempt.stream, lines)

    def _fail(self, attempt: Attempt, reason: str | None) -> None:
        if self._attempts.end(attempt):
            attempt.report.exited(None, reason=reason)

    def _pull(self, attempt: Attempt) -> None:
        """Pull the attempt's image; whoever wants the same one meanwhile waits without a thread."""
        image = str(attempt.request.spec.container["image"])
        with self._attempts.changing(attempt):
            if attempt.is_over():
                return
            stopping, again = attempt.stopping, attempt.pulled
            attempt.phase, attempt.pulled = Phase.QUEUED, True
        if stopping or again:
            words = with_reason("CannotPullContainerError", f"No such image: {image}")
            self._fail(attempt, None if stopping else words)
            return
        with self._pulling:
            if image in self._waiting:
                self._waiting[image].append(attempt)
                return
            self._waiting[image] = [attempt]
        failure = self._fetch(image)
        with self._pulling:
            waiting = self._waiting.pop(image)
            given_up = image in self._given_up
            self._given_up.discard(image)
        for each in waiting:
            each.pulled = not given_up
            if failure is None:
                self._pool.submit(partial(self.run, each))
            else:
                self._fail(each, failure)

    def _fetch(self, image: str) -> str | None:
        """Pull; the reason of the failure, or None. Given up once nobody wants the image any more."""
        try:
            for _ in self._engine.pull(image):
                if self._unwanted(image):
                    return None
        except Refused as refused:
            return with_reason("CannotPullContainerError", refused.words)
        except (TimedOut, Away) as error:
            return with_reason("CannotPullContainerError", str(error))
        except Exception as error:
            log.exception("unexpected failure at the pull of %s", image)
            return with_reason("CannotPullContainerError", repr(error))
        return None

    def _unwanted(self, image: str) -> bool:
        """Whether all who waited are over. Who comes while the pull is given up may ask once more."""
        with self._pulling:
            unwanted = all(attempt.is_over() for attempt in self._waiting[image])
            if unwanted:
                self._given_up.add(image)
        return unwanted


def _unavailable(away: Away) -> CannotStart:
    """Ours, not ECS's: AWS has no word for an emulator without an engine."""
    return CannotStart(f"DockerUnavailable: no Docker engine answers: {away}"[:255])
