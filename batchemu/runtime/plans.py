"""What becomes of jobs, where something other than the truth is wanted: rules that tests write."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from batchemu.core.holds import Hold, fits
from batchemu.core.world import JobStatus
from batchemu.runtime import members
from batchemu.runtime.faults import Fault, stuck_reason
from batchemu.runtime.members import Member

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchemu.core.effects import StartContainer, StartTraining

SIGTERM_EXIT = 143
"""128 + SIGTERM: a process that obeys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which attempts, and what becomes of them. A pattern that is None matches all.

    Patterns are globs and tell capitals from small letters. Raises ValueError with one sentence for what
    cannot be together.
    """

    service_job: bool = False
    """For service jobs, and for these only."""
    job_name: str | None = None
    job_definition: str | None = None
    """Matches ``name`` and ``name:revision``."""
    job_queue: str | None = None
    """Name of the job queue."""
    array_index: int | None = None
    """Of a child of an array job; 0 for the first."""
    attempt: int | None = None
    """1 for the first."""
    real_after: int | None = None
    """So many attempts are planned; those after them run for real, whatever other plans say."""
    exit_code: int = 0
    duration_s: float = 0.0
    """In emulated time; until the fault strikes, where the plan names one."""
    reason: str | None = None
    """Of the container's end, e.g. ``OutOfMemoryError: Container killed due to memory usage``."""
    status_reason: str | None = None
    """Of the attempt's end, e.g. ``Host EC2 (instance i-0123456789abcdef0) terminated.``"""
    logs: tuple[str, ...] = ()
    """Lines that the job prints as soon as it runs."""
    start_error: str | None = None
    """The container never starts, for this reason."""
    on_stop: int = SIGTERM_EXIT
    """Exit code when it is stopped; 137 for a process that had to be killed. Not for service jobs."""
    stop_s: float = 0.0
    """How long a training job takes to stop, in emulated time. For service jobs only."""
    fault: str | None = None
    """One of ``Fault``: what AWS or its machines do to the job."""

    def __post_init__(self) -> None:
        members.check("plan", _MEMBERS, self)
        if self.fault is not None and self.fault not in list(Fault):
            raise ValueError(f'"fault" of a plan is one of {", ".join(Fault)}, not {self.fault!r}.')
        if self.stop_s and not self.service_job:
            raise ValueError('"stopSeconds" has no meaning in a plan without "serviceJob".')
        named = members.written(_MEMBERS, self)
        for given, other in _EXCLUDE:
            if given in named and other in named:
                raise ValueError(f'"{other}" has no meaning in a plan with "{given}".')
        if self.fault == Fault.STUCK_RUNNABLE:
            stuck_reason(self.status_reason)
            if self.real_after is not None:
                raise ValueError(f'"realAfter" has no meaning in a plan with the fault "{self.fault}".')

    @classmethod
    def from_json(cls, given: object) -> Plan:
        """From the members that ``POST /_batchemu/plans`` takes. Raises ValueError with one sentence."""
        return cls(**members.read("plan", _MEMBERS, given))

    def to_json(self) -> dict[str, Any]:
        """The members that differ from their defaults: what ``from_json`` reads back."""
        return members.written(_MEMBERS, self)

    @property
    def duration_ms(self) -> int:
        return round(self.duration_s * 1000)

    @property
    def stop_ms(self) -> int:
        return round(self.stop_s * 1000)

    def matches(self, container: StartContainer) -> bool:
        return (
            not self.service_job
            and self.fault != Fault.STUCK_RUNNABLE
            and self.array_index in (None, container.array_index)
            and self.attempt in (None, container.key.attempt)
            and (self.job_name is None or fits(self.job_name, container.job_name))
            and (self.job_definition is None or self._is_of(container.spec.job_definition))
            and (self.job_queue is None or fits(self.job_queue, container.job_queue))
        )

    def _is_of(self, definition: str) -> bool:
        return fits(self.job_definition, definition.partition(":")[0], definition)

    def matches_training(self, training: StartTraining) -> bool:
        return (
            self.service_job
            and fits(self.job_name, training.job_name)
            and fits(self.job_queue, training.job_queue)
            and self.attempt in {None, training.attempt}
        )

    def hold(self) -> Hold | None:
        """What a stuck-runnable plan asks of the scheduler."""
        if self.fault != Fault.STUCK_RUNNABLE:
            return None
        return Hold(
            state=JobStatus.RUNNABLE,
            job_name=self.job_name,
            job_definition=self.job_definition,
            job_queue=self.job_queue,
            array_index=self.array_index,
            attempt=self.attempt,
            blocks=stuck_reason(self.status_reason),
        )


class Plans:
    """An ordered list of plans. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._plans: tuple[Plan, ...] = ()
        self._changed: Callable[[], None] = lambda: None

    def listen(self, changed: Callable[[], None]) -> None:
        """Have ``changed`` called after each change."""
        self._changed = changed

    def add(self, plan: Plan) -> None:
        with self._lock:
            self._plans = (*self._plans, plan)
        self._changed()

    def remove(self, plan: Plan) -> int:
        """Forget all plans that are equal to this one; how many there were."""
        return self._keep(lambda each: each != plan)

    def clear(self) -> int:
        """Forget all plans; how many there were."""
        return self._keep(lambda _: False)

    def _keep(self, wanted: Callable[[Plan], bool]) -> int:
        with self._lock:
            before = len(self._plans)
            self._plans = tuple(plan for plan in self._plans if wanted(plan))
            count = before - len(self._plans)
        self._changed()
        return count

    def all(self) -> list[Plan]:
        """In order of addition."""
        return list(self._plans)

    def match(self, container: StartContainer) -> Plan | None:
        """The plan added last that matches: a test overrides what its set-up said. None also for an
        attempt that this plan leaves to run for real."""
        for plan in reversed(self._plans):
            if plan.matches(container):
                is_planned = plan.real_after is None or container.key.attempt <= plan.real_after
                return plan if is_planned else None
        return None

    def match_training(self, training: StartTraining) -> Plan | None:
        """As ``match``, for an attempt of a service job."""
        return next((plan for plan in reversed(self.all()) if plan.matches_training(training)), None)


_MOST = 10**9

_MEMBERS: Final[Mapping[str, Member]] = {
    "serviceJob": Member("service_job", "true or false", members.is_flag),
    "jobName": Member("job_name", "a string", members.is_text),
    "jobDefinition": Member("job_definition", "a string", members.is_text),
    "jobQueue": Member("job_queue", "a string", members.is_text),
    "arrayIndex": Member("array_index", "an integer from 0 on", members.is_integer(0, _MOST)),
    "attempt": Member("attempt", "an integer from 1 on", members.is_integer(1, _MOST)),
    "realAfter": Member("real_after", "an integer from 1 on", members.is_integer(1, _MOST)),
    "exitCode": Member("exit_code", "an integer from 0 to 255", members.is_integer(0, 255)),
    "durationSeconds": Member("duration_s", "a number from 0 on", members.is_duration),
    "reason": Member("reason", "a string", members.is_text),
    "statusReason": Member("status_reason", "a string", members.is_text),
    "logs": Member("logs", "a list of strings", members.is_lines),
    "startError": Member("start_error", "a string", members.is_text),
    "onStop": Member("on_stop", "an integer from 0 to 255", members.is_integer(0, 255)),
    "stopSeconds": Member("stop_s", "a number from 0 on", members.is_duration),
    "fault": Member("fault", "a string", members.is_text),
}

_EXCLUDE: Final = (
    *(("serviceJob", other) for other in ("arrayIndex", "realAfter", "statusReason", "fault")),
    *(("fault", other) for other in ("exitCode", "startError")),
)
"""Members that cannot be together."""
