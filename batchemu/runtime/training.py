"""The stand-in for Amazon SageMaker: service jobs train nothing, and end as plans say, in emulated time."""

from __future__ import annotations

import json
import threading
from functools import partial
from typing import TYPE_CHECKING

from batchemu.core.trainings import TrainingStatus

if TYPE_CHECKING:
    from batchemu.core.effects import AttemptKey, StartTraining
    from batchemu.engine.ports import Scheduler, TrainingReporter
    from batchemu.runtime.plans import Plan, Plans


def no_plan(job_name: str) -> str:
    """Why a service job without a plan fails: ours."""
    example = json.dumps({"serviceJob": True, "jobName": job_name, "exitCode": 0})
    return f"No plan matches this service job: POST /_batchemu/plans {example}"


class TrainingStandIn:
    """Runs whatever the runtime of containers is. It never reports from within ``start`` or ``stop`` but
    by the scheduler, so that a thousand jobs in a row are not a thousand calls deep."""

    def __init__(self, *, scheduler: Scheduler, plans: Plans) -> None:
        self._scheduler = scheduler
        self._plans = plans
        self._lock = threading.Lock()
        self._live: dict[AttemptKey, TrainingReporter] = {}
        self._stop_ms: dict[AttemptKey, int] = {}
        """How long those that live take to stop, where that is not at once."""

    def start(self, training: StartTraining, report: TrainingReporter) -> None:
        """Begin one attempt; returns at once."""
        plan = self._plans.match_training(training)
        with self._lock:
            self._live[training.key] = report
            if plan is not None and plan.stop_ms:
                self._stop_ms[training.key] = plan.stop_ms
        self._scheduler.call_later(0, partial(self._run, training, report, plan))

    def _run(self, training: StartTraining, report: TrainingReporter, plan: Plan | None) -> None:
        key = training.key
        if plan is None:
            self._end(key, report, TrainingStatus.FAILED, status_reason=no_plan(training.job_name))
            return
        if plan.start_error is not None:
            self._end(key, report, TrainingStatus.FAILED, plan.start_error)
            return
        with self._lock:
            if self._live.get(key) is not report:
                return
        report.progressed(TrainingStatus.DOWNLOADING)
        report.progressed(TrainingStatus.TRAINING)
        failed = plan.exit_code != 0
        status = TrainingStatus.FAILED if failed else TrainingStatus.COMPLETED
        reason = (plan.reason or f"AlgorithmError: exit code {plan.exit_code}") if failed else None
        self._scheduler.call_later(plan.duration_ms, partial(self._end, key, report, status, reason))

    def stop(self, key: AttemptKey) -> None:
        """The training job is Stopped at once, or when its plan says, unless it ends before."""
        with self._lock:
            report, delay = self._live.get(key), self._stop_ms.get(key, 0)
        if report is not None:
            self._scheduler.call_later(delay, partial(self._end, key, report, TrainingStatus.STOPPED))

    def _end(
        self,
        key: AttemptKey,
        report: TrainingReporter,
        status: TrainingStatus,
        reason: str | None = None,
        *,
        status_reason: str | None = None,
    ) -> None:
        """Report an end; the first of several wins, and a reset leaves none."""
        with self._lock:
            if self._live.get(key) is not report:
                return
            del self._live[key]
            self._stop_ms.pop(key, None)
        report.progressed(status, reason, status_reason=status_reason)

    def reset(self) -> None:
        """Forget what runs; nothing is reported for it afterwards."""
        with self._lock:
            self._live.clear()
            self._stop_ms.clear()
