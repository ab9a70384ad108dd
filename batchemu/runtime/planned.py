"""Plans before the truth: a runtime in front of a real one, which gets what nobody has planned."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from batchemu.engine.ports import JobRuntime
from batchemu.runtime.faults import STRIKES, end_of
from batchemu.runtime.scripted import ScriptedRuntime

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchemu.core.effects import AttemptKey, StartContainer
    from batchemu.engine.ports import LogSink, Reporter, Scheduler, Scope
    from batchemu.runtime.faults import End
    from batchemu.runtime.plans import Plans

log = logging.getLogger("batchemu.runtime")


class PlannedRuntime(JobRuntime):
    """A plan takes the place of the container, unless its fault is one that strikes a container that runs:
    then the real one is started, and killed when it is time."""

    def __init__(self, real: JobRuntime, *, plans: Plans, scheduler: Scheduler, sink: LogSink) -> None:
        self._real = real
        self._plans = plans
        self._scheduler = scheduler
        self._scripted = ScriptedRuntime(scheduler=scheduler, sink=sink, plans=plans)

    def start(self, scope: Scope, container: StartContainer, report: Reporter) -> None:
        plan = self._plans.match(container)
        if plan is None:
            self._real.start(scope, container, report)
            return
        end = end_of(plan, container)
        if plan.fault in STRIKES and end is not None:
            log.info("%s runs until it meets its planned %s", container.key, plan.fault)
            delay_ms = plan.duration_ms
            struck = _Struck(
                self._real, self._scheduler, key=container.key, report=report, end=end, delay_ms=delay_ms
            )
            self._real.start(scope, container, struck)
        else:
            log.info("a plan takes the place of the container of %s: %s", container.key, plan.to_json())
            self._scripted.play(scope, container, report, plan)

    def stop(self, key: AttemptKey, *, at_once: bool = False) -> None:
        """Whoever has the attempt stops it; the other takes no notice."""
        for runtime in (self._scripted, self._real):
            runtime.stop(key, at_once=at_once)

    def refresh_logs(self, scope: Scope, group: str | None, streams: Sequence[str]) -> None:
        self._real.refresh_logs(scope, group, streams)

    def live(self) -> int:
        return self._real.live()

    def reset(self) -> int:
        return self._scripted.reset() + self._real.reset()

    def close(self) -> None:
        self._scripted.close()
        self._real.close()


class _Struck:
    """Hears of a real container, and lets a fault strike it a while after its start.

    From then on its end is the fault's, whatever it was; one that ended before has its own.
    """

    def __init__(
        self,
        real: JobRuntime,
        scheduler: Scheduler,
        *,
        key: AttemptKey,
        report: Reporter,
        end: End,
        delay_ms: int,
    ) -> None:
        self._real = real
        self._scheduler = scheduler
        self._key = key
        self._report = report
        self._end = end
        self._delay_ms = delay_ms
        self._has_struck = False
        self._is_over = False

    def started(self, runtime_id: str, wall_ms: int | None = None) -> None:
        self._has_struck = self._delay_ms == 0  # so that the shortest of containers cannot escape
        self._scheduler.call_later(self._delay_ms, self._strike)
        self._report.started(runtime_id, wall_ms)

    def _strike(self) -> None:
        if not self._is_over:
            self._has_struck = True
            self._real.stop(self._key, at_once=True)

    def exited(
        self,
        exit_code: int | None,
        *,
        reason: str | None = None,
        status_reason: str | None = None,
        wall_ms: int | None = None,
    ) -> None:
        self._is_over = True
        if self._has_struck:
            exit_code, reason = self._end.exit_code, self._end.reason
            status_reason = self._end.status_reason
        self._report.exited(exit_code, reason=reason, status_reason=status_reason, wall_ms=wall_ms)
