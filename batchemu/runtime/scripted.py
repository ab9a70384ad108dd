"""Runs nothing: attempts end as plans say, in emulated time and without a thread."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from batchemu.engine.ports import JobRuntime, LogLine
from batchemu.runtime import streams
from batchemu.runtime.faults import KILLED, End, end_of, start_error
from batchemu.runtime.plans import Plan, Plans

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batchemu.core.effects import AttemptKey, StartContainer
    from batchemu.engine.ports import LogSink, Reporter, Scheduler, Scope

log = logging.getLogger("batchemu.runtime")

_LONGEST_REASON = 255
_EARLY_STOPS = 1_000
"""How many stops of attempts that we do not know are remembered."""


_RUNTIME_ID = "scripted"
"""There is no container that could be told from others."""


def no_plan(job_name: str) -> str:
    """Why a job without a plan fails: ours, and within AWS's 255 characters for any job name."""
    example = json.dumps({"jobName": job_name, "exitCode": 0})
    return f"No plan matches this job: POST /_batchemu/plans {example}"[:_LONGEST_REASON]


def _wall_ms() -> int:
    return int(time.time() * 1000)


@dataclass(slots=True, eq=False)
class _Attempt:
    key: AttemptKey
    container: StartContainer
    report: Reporter
    plan: Plan | None


class ScriptedRuntime(JobRuntime):
    """The JobRuntime of unit tests. ``plans`` may be added to at any time.

    ``started`` is reported before ``start`` returns. An end is never reported from within ``start``
    or ``stop`` but by the scheduler, after 0 ms if need be: a chain of a thousand jobs must not be a
    thousand calls deep.
    """

    def __init__(
        self,
        *,
        scheduler: Scheduler,
        sink: LogSink,
        plans: Plans | None = None,
        now_wall_ms: Callable[[], int] = _wall_ms,
    ) -> None:
        self.plans = plans if plans is not None else Plans()
        self._scheduler = scheduler
        self._sink = sink
        self._now_wall_ms = now_wall_ms
        self._lock = threading.Lock()
        self._attempts: dict[AttemptKey, _Attempt] = {}
        self._early_stops: OrderedDict[AttemptKey, None] = OrderedDict()

    def describe(self) -> str:
        """One line for the health page."""
        return f"scripted by {len(self.plans.all())} plans"

    def start(self, scope: Scope, container: StartContainer, report: Reporter) -> None:
        self.play(scope, container, report, self.plans.match(container))

    def play(self, scope: Scope, container: StartContainer, report: Reporter, plan: Plan | None) -> None:
        """As ``start``, by a plan that was found already; None: there is none."""
        key = container.key
        attempt = _Attempt(key, container, report, plan)
        self._attempts[key] = attempt  # before the stops are looked at: see stop()
        if self._early_stops and self._was_stopped(key):
            self._end_later(attempt, End(None))
        elif plan is None:
            self._end_later(attempt, End(None, no_plan(container.job_name)))
        elif (error := start_error(plan, container)) is not None:
            self._end_later(attempt, End(None, error, plan.status_reason))
        else:
            self._run(scope, attempt, plan)

    def _run(self, scope: Scope, attempt: _Attempt, plan: Plan) -> None:
        container = attempt.container
        try:
            stream = streams.open_stream(self._sink, scope, container)
        except LookupError:
            self._end_later(attempt, End(None, streams.GROUP_MISSING))
            return
        attempt.report.started(_RUNTIME_ID)
        if stream is not None and plan.logs:
            now = self._now_wall_ms()
            try:
                self._sink.put(stream, [LogLine(now, line) for line in plan.logs if line])
            except Exception:
                log.exception("the lines of %s are lost", container.key)
        end = end_of(plan, container)
        if end is not None:
            self._end_later(attempt, end, delay_ms=plan.duration_ms)

    def stop(self, key: AttemptKey, *, at_once: bool = False) -> None:
        """Ends a running attempt at once, in emulated time: what obeys SIGTERM needs no grace."""
        attempt = self._attempts.get(key)
        if attempt is None:
            with self._lock:
                self._early_stops[key] = None
                if len(self._early_stops) > _EARLY_STOPS:
                    self._early_stops.popitem(last=False)
            attempt = self._attempts.get(key)  # one that begins now sees the stop, or is seen here
            if attempt is None:
                return
            self._was_stopped(key)
        plan = attempt.plan
        if plan is not None and start_error(plan, attempt.container) is None:
            self._end_later(attempt, End(KILLED if at_once else plan.on_stop))

    def _was_stopped(self, key: AttemptKey) -> bool:
        """Whether a stop overtook the start; it is forgotten."""
        with self._lock:
            was = key in self._early_stops
            self._early_stops.pop(key, None)
        return was

    def refresh_logs(self, scope: Scope, group: str | None, streams: Sequence[str]) -> None:
        """Nothing to do: lines are handed over as soon as an attempt runs."""

    def live(self) -> int:
        """0: durations are timers, so the clock may jump."""
        return 0

    def reset(self) -> int:
        with self._lock:
            count = len(self._attempts)
            self._attempts.clear()
            self._early_stops.clear()
        return count

    def close(self) -> None:
        self.reset()

    def _end_later(self, attempt: _Attempt, end: End, *, delay_ms: int = 0) -> None:
        self._scheduler.call_later(delay_ms, partial(self._end, attempt, end))

    def _end(self, attempt: _Attempt, end: End) -> None:
        """Report an end; the first of several wins, and a reset leaves none."""
        if self._attempts.get(attempt.key) is not attempt or self._attempts.pop(attempt.key, None) is None:
            return
        attempt.report.exited(end.exit_code, reason=end.reason, status_reason=end.status_reason)
